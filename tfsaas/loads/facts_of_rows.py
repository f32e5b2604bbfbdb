"""What rows become: facts, by the feed's own rules."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Self

from tfsaas.loads.feeds import Code, Feed, Makes
from tfsaas.loads.who import Notes


class Known(frozenset[str]):
    """The signals that a council's plans ask for: of all versions together, and (`versions`) of each by itself."""

    versions: Sequence[Collection[str]]

    def __new__(cls, *versions: Collection[str]) -> Self:
        """Of these versions."""
        found = super().__new__(cls, (signal for version in versions for signal in version))
        found.versions = versions
        return found


SIZES = {"event": 1, "period": 4, "spell": 2, "score": 2}  # values beside person and signal


@dataclass
class Found:
    """The facts of one kind, column by column; `lines` and `people` go with every one of them.

    `values`: event (on); period (from, to, part, possible); spell (from, to or None); score (on, value).
    """

    lines: list[int] = field(default_factory=list)
    people: list[int] = field(default_factory=list)
    signals: list[str] = field(default_factory=list)
    values: list[list[Any]] = field(default_factory=list)


APART = (
    "{} rows of “{}” count as {} under one version of your plan and as {} under another, which means something else under the "
    "first. They are stored as the first; of the second the file is not taken as complete, so its silence says nothing"
)
EMPTY = "is empty; write 0 where there were none, since an empty cell would count as not on roll"
Columns = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a file: values by column, whose each is, and where it stood."""

    columns: Columns
    number_of: Sequence[int]
    lines: Sequence[int]
    today: date
    given: Collection[str] = ()  # the columns that the file has

    def column(self, name: str | None) -> list[Any]:
        """A column's values; all empty where the feed names none."""
        return self.columns[name] if name else [None] * len(self.lines)


def make_facts(
    feed: Feed,
    rows: Rows,
    notes: Notes,
    known: Known,
) -> dict[str, Found]:
    """The facts of all rows, by kind. What no plan of the council asks for is dropped and counted."""
    found: dict[str, Found] = {}
    unknown: Counter[str] = Counter()
    for makes in feed.facts:
        store = found.setdefault(makes.kind, Found(values=[[] for _ in range(SIZES[makes.kind])]))
        signals = _signals(feed, makes, rows, known, unknown, notes)
        READERS[makes.kind](makes, rows, signals, store, notes)
    _want_a_day(feed, rows, notes)
    for signal, count in sorted(unknown.items()):
        notes.warnings.append(
            f"{count:,} rows would say something about “{signal}”, which no version of your plan asks for. They are not kept"
        )
    return found


def _want_a_day(feed: Feed, rows: Rows, notes: Notes) -> None:
    """A row that gives no day of anything says nothing, which is not what whoever wrote it meant."""
    names = [fact.columns.get("on") or fact.columns["from"] for fact in feed.facts]
    if all(feed.column(name).needed for name in names):
        return  # an empty cell is a fault already
    for line, *days in zip(rows.lines, *(rows.column(name) for name in names), strict=True):
        if not any(days):
            notes.add(line, names[0], "is empty, and no other day is given; the row says nothing")


def _signals(
    feed: Feed, makes: Makes, rows: Rows, known: Known, unknown: Counter[str], notes: Notes
) -> list[tuple[str, ...]]:
    """For each row the signals it speaks of."""
    count = len(rows.lines)
    if makes.signal:
        if makes.signal in known:
            return [(makes.signal,)] * count
        return [()] * count
    codes = feed.column(makes.signal_from).codes or {}
    meant = {value: _known_signals(code, known) for value, code in codes.items()}
    cells = rows.column(makes.signal_from)
    for value, code in codes.items():
        if code.signals and not meant[value] and (times := cells.count(value)):
            unknown[code.signals[0]] += times
    for value, code in codes.items():
        if all(_versions_of(code, known)) and (times := cells.count(value)):
            notes.mute.append(code.otherwise)
            notes.warnings.append(APART.format(f"{times:,}", code.title, " and ".join(code.signals), code.otherwise))  # fmt: skip
    return [meant.get(cell, ()) for cell in cells]


def _known_signals(code: Code, known: Known) -> tuple[str, ...]:
    """What a code counts as: its signals; where a version knows none of them, the other one, unless a version tells the two apart."""
    found = tuple(signal for signal in code.signals if signal in known)
    falls_back, tells_apart = _versions_of(code, known)
    return (*found, code.otherwise) if falls_back and not tells_apart else found


def _versions_of(code: Code, known: Known) -> tuple[bool, bool]:
    """Whether a version asks for the other signal alone, and whether one asks for it and for the code's own."""
    asks = [set(version) for version in known.versions if code.otherwise in version]
    own = set(code.signals)
    return any(not version & own for version in asks), any(version & own for version in asks)


def _keep(
    store: Found, rows: Rows, signals: list[tuple[str, ...]], good: list[tuple[Any, ...]]
) -> None:
    """Keep the rows that are right: their places, each followed by its values."""
    store.lines += [rows.lines[row[0]] for row in good for _ in signals[row[0]]]
    store.people += [rows.number_of[row[0]] for row in good for _ in signals[row[0]]]
    store.signals += [signal for row in good for signal in signals[row[0]]]
    for at, column in enumerate(store.values, 1):
        column += [row[at] for row in good for _ in signals[row[0]]]


def _events(
    makes: Makes, rows: Rows, signals: list[tuple[str, ...]], store: Found, notes: Notes
) -> None:
    name, good = makes.columns["on"], []
    for at, on in enumerate(rows.column(name)):
        if on is None or not signals[at]:
            continue
        if on > rows.today:
            notes.add(rows.lines[at], name, f"{on:%d/%m/%Y} has not come yet")
        else:
            good.append((at, on))
    _keep(store, rows, signals, good)


def _spells(
    makes: Makes, rows: Rows, signals: list[tuple[str, ...]], store: Found, notes: Notes
) -> None:
    starts, ends = rows.column(makes.columns["from"]), rows.column(makes.columns["to"])
    good = []
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if not signals[at]:
            continue
        if start is None:
            if end is not None:
                notes.add(
                    rows.lines[at], makes.columns["from"], "is empty although the end is given"
                )
        elif start > rows.today:
            notes.add(rows.lines[at], makes.columns["from"], f"{start:%d/%m/%Y} has not come yet")
        elif end is not None and end < start:
            notes.add(rows.lines[at], makes.columns["to"], f"{end:%d/%m/%Y} is before the first day, {start:%d/%m/%Y}")  # fmt: skip
        else:
            good.append((at, start, end))
    codes = rows.columns[makes.signal_from] if makes.signal_from else ()
    _keep(store, rows, signals, _joined(good, rows, signals, codes) if codes else good)


def _joined(
    good: list[tuple[Any, ...]],
    rows: Rows,
    signals: Sequence[tuple[str, ...]],
    codes: Sequence[str],
) -> list[tuple[Any, ...]]:
    """Two codes that count as the same, of one person from the same day, hold until the later of their ends.

    Of one code two ends stay, which is a contradiction.
    """
    first: dict[object, int] = {}
    found: list[tuple[Any, ...]] = []
    for at, start, end in good:
        same = first.setdefault((rows.number_of[at], signals[at], start), len(found))
        if same == len(found) or codes[found[same][0]] == codes[at]:
            found.append((at, start, end))
        else:
            kept, _, other = found[same]
            found[same] = (kept, start, max(other, end) if other and end else None)
    return found


def _scores(
    makes: Makes, rows: Rows, signals: list[tuple[str, ...]], store: Found, notes: Notes
) -> None:
    days, values = rows.column(makes.columns["on"]), rows.column(makes.columns["value"])
    good = []
    for at, (on, value) in enumerate(zip(days, values, strict=True)):
        if on is None or value is None or not signals[at]:
            continue
        if on > rows.today:
            notes.add(rows.lines[at], makes.columns["on"], f"{on:%d/%m/%Y} has not come yet")
        else:
            good.append((at, on, value))
    _keep(store, rows, signals, good)


def _periods(
    makes: Makes, rows: Rows, signals: list[tuple[str, ...]], store: Found, notes: Notes
) -> None:
    names, good = makes.columns, []
    columns = [rows.column(name) for name in (names["from"], names["to"], names["part"], makes.or_rest_of, names["possible"])]  # fmt: skip
    for at, (start, end, part, rest, possible) in enumerate(zip(*columns, strict=True)):
        if start is None or end is None or possible is None or not signals[at]:
            continue
        share = possible - rest if part is None and rest is not None else part
        if share is None:
            if makes.or_rest_of:
                notes.add(rows.lines[at], names["part"], "is empty, and so is its counterpart; give one of the two")  # fmt: skip
            elif names["part"] in rows.given:
                notes.add(rows.lines[at], names["part"], EMPTY)
        elif fault := _period_fault(rows, names, (start, end, share, possible)):
            notes.add(rows.lines[at], *fault)
        else:
            good.append((at, start, end, share, possible))
    _keep(store, rows, signals, good)


def _period_fault(
    rows: Rows, names: Mapping[str, str], values: tuple[Any, ...]
) -> tuple[str, str] | None:
    """The column, and what is wrong with these days and numbers; None when nothing is."""
    start, end, part, possible = values
    if end < start:
        return names["to"], f"{end:%d/%m/%Y} is before the first day, {start:%d/%m/%Y}"
    if end > rows.today:
        return names["to"], f"{end:%d/%m/%Y} has not come yet"
    if not 0 <= part <= possible:
        return names["part"], f"is more than the sessions possible, {possible}"
    return None


READERS = {"event": _events, "spell": _spells, "score": _scores, "period": _periods}
