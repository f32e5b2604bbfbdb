"""The feeds: what partners send, each a declared format with its help and a sample."""

import csv
import io
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).with_name("feeds")
CENSUS = "cin-census"
SAME_SYSTEM = {CENSUS: "social-care"}


class Holds(Enum):
    """What a column holds."""

    TEXT = "text"
    DAY = "day"
    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Code:
    """One value of a code list. `signals`: what it counts as; none: for nothing.

    `also`: other ways to write it, in small letters. `otherwise`: the signal where the council's
    plans know none of `signals`; "" when there is none.
    """

    value: str
    title: str
    signals: Sequence[str]
    also: Sequence[str] = ()
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class FeedColumn:
    """One column. `needed`: no cell of it may be empty. `least` and `most`: of a number, both included."""

    name: str
    title: str
    holds: Holds = Holds.TEXT
    needed: bool = True
    help: str = ""
    example: str = ""
    also: Sequence[str] = ()
    codes: Mapping[str, Code] | None = None
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Makes:
    """What a row becomes: a fact of this kind, its values from these columns.

    `signal_from` names the column whose code gives the signal. `columns` maps the fact's own
    names (on, from, to, part, possible, value) to columns; `or_rest_of`: the part may be given
    as the rest of the whole.
    """

    kind: str
    columns: Mapping[str, str]
    signal: str = ""
    signal_from: str = ""
    or_rest_of: str = ""


@dataclass(frozen=True, slots=True)
class Feed:
    """A kind of file that partners send."""

    code: str
    title: str
    usually_from: str
    help: str
    columns: Sequence[FeedColumn]
    facts: Sequence[Makes]

    @property
    def all_columns(self) -> Sequence[FeedColumn]:
        """The columns about the person, then the feed's own."""
        return (*PERSON, *self.columns)

    @property
    def signals(self) -> Sequence[str]:
        """Every signal that a row of this feed can become, each once."""
        found = [fact.signal for fact in self.facts if fact.signal]
        for column in self.columns:
            for code in (column.codes or {}).values():
                found += [*code.signals, code.otherwise]
        return tuple(dict.fromkeys(signal for signal in found if signal))

    def column(self, name: str) -> FeedColumn:
        """A column by name."""
        return next(column for column in self.all_columns if column.name == name)


def _person(
    name: str, title: str, example: str, *also: str, holds: Holds = Holds.TEXT
) -> FeedColumn:
    return FeedColumn(name, title, holds, needed=False, example=example, also=also)


PERSON = (
    _person("person_reference", "The partner’s own number for the person", "A1047", "reference", "person id", "id", "client id", "child id", "lachildid"),
    _person("given_name", "First name", "Amira", "first name", "forename", "firstname", "given names", "forenames"),
    _person("family_name", "Last name", "Okafor", "last name", "surname", "lastname"),
    _person("date_of_birth", "Date of birth", "2014-03-09", "dob", "birth date", "date of birth", "d.o.b.", holds=Holds.DAY),
    _person("address", "Address", "12 Mill Lane, Westford", "address line 1", "street"),
    _person("postcode", "Postcode", "ME4 4TR", "post code"),
    _person("uprn", "Unique property reference number", "100061234567", "unique property reference number"),
    _person("upn", "Unique pupil number", "B801200005001", "pupil number", "unique pupil number"),
    _person("nhs_number", "NHS number", "999 007 9196", "nhs", "nhs no"),
    _person("nino", "National Insurance number", "AB123456C", "ni number", "national insurance number", "nino"),
)  # fmt: skip
IDENTIFIERS = ("upn", "nhs_number", "nino")


@cache
def list_feeds() -> tuple[Feed, ...]:
    """Every feed, by title; the census last, which is no table."""
    feeds = [_read(path) for path in FOLDER.glob("*.toml")]
    return tuple(sorted(feeds, key=lambda feed: (feed.code == CENSUS, feed.title)))


def find_feed(code: str) -> Feed | None:
    """The feed with a code; None when there is none."""
    return next((feed for feed in list_feeds() if feed.code == code), None)


def get_feed(code: str) -> Feed:
    """The feed with a code, which is known to exist."""
    feed = find_feed(code)
    assert feed is not None, code
    return feed


def system_of(code: str) -> str:
    """The feed whose numbers and corrections a feed shares, because both come out of one system of the partner."""
    return SAME_SYSTEM.get(code, code)


def _read(path: Path) -> Feed:
    told = tomllib.loads(path.read_text())
    return Feed(
        path.stem,
        told["title"],
        told["usually_from"],
        told["help"],
        tuple(_column(column) for column in told.get("column", [])),
        tuple(_makes(fact) for fact in told["fact"]),
    )


def _column(told: dict[str, Any]) -> FeedColumn:
    codes = {value: _code(value, code) for value, code in told.pop("codes", {}).items()}
    holds = Holds(told.pop("holds"))
    return FeedColumn(holds=holds, codes=codes or None, **told)


def _code(value: str, told: dict[str, Any]) -> Code:
    return Code(value, **told)


def _makes(told: dict[str, Any]) -> Makes:
    own = {key: told.pop(key) for key in ("kind", "signal", "signal_from", "or_rest_of") if key in told}  # fmt: skip
    return Makes(columns=told, **own)


def write_sample(feed: Feed) -> str:
    """A file in the feed's format with one invented row."""
    output = io.StringIO()
    writer = csv.writer(output, lineterminator="\r\n")
    writer.writerow(column.title for column in feed.all_columns)
    writer.writerow(column.example for column in feed.all_columns)
    return output.getvalue()


def read_census_sample() -> str:
    """A census of two invented children."""
    return (FOLDER / f"{CENSUS}-sample.xml").read_text(encoding="utf-8")
