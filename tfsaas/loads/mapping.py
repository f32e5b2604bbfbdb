"""Which of a file's columns is which of the feed's: remembered by source, otherwise guessed by name."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from tfsaas.families.identifiers import fingerprint_text
from tfsaas.loads.feeds import Feed


def guess(
    feed: Feed, header: Sequence[str], remembered: Mapping[str, str], seen: Collection[str] = ()
) -> dict[str, str]:
    """By name of the feed's column the file's column; columns nobody could place are left out.

    What was said for this source before stands; then come names that say the same. That a column is
    not there ("") stands, too, for the columns that the file had then (`seen`).
    """
    found = {ours: theirs for ours, theirs in remembered.items() if theirs and theirs in header}
    taken = set(found.values())
    for column in feed.all_columns:
        if column.name in found:
            continue
        names = {_bare(name) for name in (column.name, column.title, *column.also)}
        alike = [name for name in header if name and name not in taken and _bare(name) in names]
        if remembered.get(column.name) == "":
            alike = [name for name in alike if name not in seen]
        if alike:
            found[column.name] = alike[0]
            taken.add(alike[0])
    return found


def mark_column(name: str) -> str:
    """What is kept of a column's name beside what was said of it: of a file without names it is a cell."""
    return fingerprint_text("column", name)


def marks_seen(header: Sequence[str], marks: Collection[str]) -> set[str]:
    """Those of a file's columns whose marks were kept."""
    return {name for name in header if mark_column(name) in marks}


def list_gone(header: Sequence[str], remembered: Mapping[str, str]) -> dict[str, str]:
    """By name of the feed's column what the partner's last file called it, where this file has no such column."""
    return {ours: theirs for ours, theirs in remembered.items() if theirs and theirs not in header}


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower().replace("'", "").replace("’", "")).strip()


def list_missing(feed: Feed, mapping: Mapping[str, str]) -> dict[str, str]:
    """What must still be said about the columns, by name of the feed's column; none: the file can be checked."""
    faults = {
        column.name: f"Choose the column that holds: {column.title.lower()}"
        for column in feed.columns
        if column.needed and column.name not in mapping
    }
    for fact in feed.facts:
        part, rest = fact.columns.get("part"), fact.or_rest_of
        if rest and part and not {part, rest} & (mapping.keys() | faults.keys()):
            faults[part] = f"Choose the column for “{feed.column(part).title}” or “{feed.column(rest).title}”"  # fmt: skip
    chosen = list(mapping.values())
    for name, theirs in mapping.items():
        if chosen.count(theirs) > 1:
            faults[name] = f"“{theirs}” is chosen twice. Choose another column, or none"
    if not _says_who(mapping):
        faults["person_reference"] = (
            "Choose columns that say who the row is about: a number (UPN, NHS or National Insurance), "
            "or a last name with a date of birth or postcode"
        )
    return faults


def list_spoken(feed: Feed, mapping: Mapping[str, str]) -> Iterator[str]:
    """The signals that a file with these columns can say something about."""
    for fact in feed.facts:
        names = {
            key: name for key, name in fact.columns.items() if (fact.kind, key) != ("spell", "to")
        }
        part = names.pop("part", None)
        told = all(name in mapping for name in names.values())
        if not told or (part and part not in mapping and fact.or_rest_of not in mapping):
            continue
        if fact.signal:
            yield fact.signal
        elif fact.signal_from in mapping:
            for code in (feed.column(fact.signal_from).codes or {}).values():
                yield from (signal for signal in (*code.signals, code.otherwise) if signal)


def _says_who(mapping: Mapping[str, str]) -> bool:
    numbers = any(name in mapping for name in ("upn", "nhs_number", "nino"))
    named = "family_name" in mapping and ("date_of_birth" in mapping or "postcode" in mapping)
    return numbers or named or "person_reference" in mapping
