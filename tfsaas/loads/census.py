"""The Children in Need census: an XML file read without entities and without a network, as a table of spells."""

import io
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from tfsaas.loads.table import MOST_ROWS, TOO_MANY_ROWS, Table, TableRefused

ELEMENTS = Path(__file__).with_name("census_elements.toml")
YEARS = range(2023, 2027)
HEADER = ["person_reference", "upn", "date_of_birth", "plan", "from", "to"]
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
FLAGS = {"0", "1", "true", "false"}
MOST_FAULTS = 200
EXPORT_AGAIN = "Export it again from your case system"
ENTITIES = (
    f"The file defines entities or a document type, which a census file never does. {EXPORT_AGAIN}"
)
SPELLS = (
    ("CINPlanDates", "CINPlanStartDate", "CINPlanEndDate", "in need"),
    ("ChildProtectionPlans", "CPPstartDate", "CPPendDate", "protection"),
    ("Section47", "S47ActualStartDate", "DateOfInitialCPC", "enquiry"),
    ("Assessments", "AssessmentActualStartDate", "AssessmentAuthorisationDate", "assessment"),
)


@dataclass(frozen=True, slots=True)
class Known:
    """An element of the census. `codes`: what it may hold; empty: see `holds`."""

    holds: str
    codes: frozenset[str]
    many: bool
    needed: bool


@cache
def known_elements() -> dict[str, Known]:
    """Every element that is read, by its path below Message."""
    told = tomllib.loads(ELEMENTS.read_text())["element"]
    return {each["path"]: _known(each) for each in told}


def list_uses() -> list[tuple[str, str]]:
    """Every element that is read, by its path, and what becomes of it."""
    return [(each["path"], each["use"]) for each in tomllib.loads(ELEMENTS.read_text())["element"]]


def _known(told: dict[str, Any]) -> Known:
    codes = frozenset(told["holds"].split()) if told["holds"].isupper() or told["holds"][0].isdigit() else frozenset()  # fmt: skip
    return Known(told["holds"], codes, told.get("many", False), told.get("needed", False))


@dataclass
class Census:
    """What was found so far."""

    header: Element | None = None
    children: int = 0
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(
        default_factory=list
    )  # the number of the child, as it stands in the file
    faults: list[str] = field(default_factory=list)
    unborn: int = 0
    unknown: set[str] = field(default_factory=set)


def read_census(content: bytes) -> Table:
    """A census file: a row for each plan, section 47 enquiry, assessment and open case.

    Raises:
        TableRefused: it is another XML file, another collection, or has faults.
    """
    census = Census()
    try:
        _walk_file(content, census)
    except DefusedXmlException:
        raise TableRefused(ENTITIES) from None
    except (ParseError, ValueError) as error:
        line = getattr(error, "position", (0, 0))[0]
        raise TableRefused(f"The file is not whole XML (line {line}). {EXPORT_AGAIN}") from None
    covers = _read_header(census.header, census.faults)
    if census.faults or covers is None:
        raise TableRefused(*census.faults[:MOST_FAULTS])
    if not census.rows:
        raise TableRefused("The census holds no plan, no enquiry, no assessment and no open case")
    columns = [list(column) for column in zip(*census.rows, strict=True)]
    return Table(HEADER, columns, census.lines, list(_notes(census)), covers)


def _notes(census: Census) -> Iterator[str]:
    council = dict(_walk(census.header, "Header")).get("Header/Source/LEA") if census.header is not None else ""  # fmt: skip
    if council:
        yield f"The file says that it is of local authority {council[:10]}. If that is not yours, set it aside"
    if census.unborn:
        many = "child was" if census.unborn == 1 else "children were"
        yield f"{census.unborn:,} {many} not born yet and {'is' if census.unborn == 1 else 'are'} passed over"
    if census.unknown:
        names = ", ".join(sorted(census.unknown)[:10])
        yield f"Not known to this service, and so passed over: {names}. If one of them is a plan or an enquiry under another name, do not approve the file"


def _walk_file(content: bytes, census: Census) -> None:
    path: list[str] = []
    events = iterparse(io.BytesIO(content), events=("start", "end"), forbid_dtd=True)
    for event, element in events:
        if event == "start":
            path.append(_bare(element.tag))
            continue
        path.pop()
        if path == ["Message"] and _bare(element.tag) == "Header":
            census.header = element
        elif path == ["Message", "Children"]:
            census.children += 1
            _read_child(element, census)
            element.clear()
        if len(census.rows) > MOST_ROWS:
            raise TableRefused(TOO_MANY_ROWS)
        if len(census.faults) >= MOST_FAULTS:
            return


def _bare(tag: str) -> str:
    return tag.rpartition("}")[2]


def _read_header(header: Element | None, faults: list[str]) -> tuple[str, str] | None:
    """The days that the census covers."""
    if header is None:
        faults.append("The file has no Header of a census. Choose the file that is sent to the department")  # fmt: skip
        return None
    found = dict(_walk(header, "Header"))
    if (found.get("Header/CollectionDetails/Collection") or "").upper() != "CIN":
        faults.append("Collection in the Header is not CIN, so this is another return")
    year = found.get("Header/CollectionDetails/Year") or ""
    if not year.isdigit() or int(year) not in YEARS:
        faults.append(f"Year in the Header is “{year[:20]}”; collections {YEARS[0]} to {YEARS[-1]} can be read")  # fmt: skip
    last = found.get("Header/CollectionDetails/ReferenceDate") or ""
    if not _is_day(last):
        faults.append("ReferenceDate in the Header is not a date such as 2026-03-31")
        return None
    day = date.fromisoformat(last)
    first = date(day.year - (day < date(day.year, 4, 1)), 4, 1)
    return first.isoformat(), last


def _walk(element: Element, path: str) -> Iterator[tuple[str, str]]:
    """Every element below, with its path and its text; "" where it has elements of its own."""
    for child in element:
        below = f"{path}/{_bare(child.tag)}"
        yield below, "" if len(child) else (child.text or "").strip()
        yield from _walk(child, below)


def _is_day(text: str) -> bool:
    if not DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _read_child(child: Element, census: Census) -> None:
    identity: dict[str, str] = {}
    for path, text in _walk(child, "Children/Child"):
        if text:
            _look_at(path, text, census)
        if path.startswith("Children/Child/ChildIdentifiers/"):
            identity[path.rpartition("/")[2]] = text
    if not identity.get("LAchildID"):
        census.faults.append(f"Child {census.children}: LAchildID is missing")
    if not identity.get("PersonBirthDate") and identity.get("ExpectedPersonBirthDate"):
        census.unborn += 1
        return
    for spell in _spells(child, identity.get("PersonDeathDate", ""), census):
        who = [identity.get(name, "") for name in ("LAchildID", "UPN", "PersonBirthDate")]
        census.rows.append([*who, *spell])
        census.lines.append(census.children)


def _look_at(path: str, text: str, census: Census) -> None:
    """Whether an element is one of the census's, and holds what it may."""
    known, name = known_elements().get(path), path.rpartition("/")[2]
    if known is None:
        census.unknown.add(name[:40])
    elif not _fits(known, text):
        fault = f"Child {census.children}, {name}: “{text[:40]}” is not {_asked(known)}"
        census.faults.append(fault)


def _spells(child: Element, died: str, census: Census) -> Iterator[tuple[str, str, str]]:
    """Kind, first day and end of everything about a child; a closed case or a death ends what has no end."""
    for details in _named(child, "CINdetails"):
        closed = _find(details, "CINclosureDate") or died
        for group, start, end, kind in SPELLS:
            for found in _named(details, group):
                first = _find(found, start)
                if first:
                    yield kind, first, _find(found, end) or closed
                else:
                    census.faults.append(f"Child {census.children}, {group}: {start} is missing")
        referred = _find(details, "CINreferralDate")
        if referred and _find(details, "ReferralNFA").lower() not in ("1", "true"):
            yield "open case", referred, closed


def _fits(known: Known, text: str) -> bool:
    if known.codes:
        return text in known.codes
    if known.holds == "day":
        return _is_day(text)
    return known.holds != "flag" or text.lower() in FLAGS


def _asked(known: Known) -> str:
    if known.codes:
        return "one of " + ", ".join(sorted(known.codes))
    return "a date such as 2026-03-31" if known.holds == "day" else "true or false"


def _named(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _bare(child.tag) == name)


def _find(element: Element, name: str) -> str:
    found = next(_named(element, name), None)
    return "" if found is None else (found.text or "").strip()
