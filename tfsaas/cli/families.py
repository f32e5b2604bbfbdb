"""flask families: people in two files linked, without settings, servers or database."""

import csv
from pathlib import Path

import click
from flask.cli import AppGroup

from tfsaas.cli.needs import leave, refuse
from tfsaas.families.identifiers import NotAnIdentifier, check
from tfsaas.families.models import Scheme
from tfsaas.loads.cells import read_day
from tfsaas.loads.delimited import read_delimited
from tfsaas.loads.table import Table, TableRefused
from tfsaas.matching.deciding import match
from tfsaas.matching.people import Somebody, somebody

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
PERSONAL = ("given_name", "family_name", "date_of_birth", "address", "postcode")
COLUMNS = ("person_id", *PERSONAL, *(scheme.value for scheme in Scheme))
HEADER = ("left_id", "right_id", "score", "decision", "why")

families = AppGroup("families", help="People and families.")


@families.command("match")
@click.argument("left", type=FILE)
@click.argument("right", type=FILE)
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help="Where the pairs are written, as CSV.")  # fmt: skip
def match_files(left: Path, right: Path, output: Path) -> None:
    """Say which people of RIGHT are, or may be, which of LEFT, and why.

    Columns: person_id, given_name, family_name, date_of_birth, address, postcode, upn,
    nhs_number, nino; any but the first may be empty or absent. Numbers that cannot be right
    are passed over and counted.
    """
    faults: list[str] = []
    files = [_read(path, faults) for path in (left, right)]
    refuse(faults)
    (left_ids, left_people), (right_ids, right_people) = files
    rows = [
        (left_ids[m.left], right_ids[m.right], f"{m.score:.4f}", m.decision.value, m.why)
        for m in match(left_people, right_people)
    ]
    try:
        with output.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened, lineterminator="\n")
            writer.writerow(HEADER)
            writer.writerows(rows)
    except OSError as error:
        leave(f"{output}: {error.strerror}")


def _read(path: Path, faults: list[str]) -> tuple[list[str], list[Somebody]]:
    """The ids and people of a file, with what is wrong noted in `faults`."""
    try:
        table = read_delimited(path.read_bytes())
    except TableRefused as refused:
        if "has a header but no rows" not in str(refused):
            faults += [f"{path.name}: {fault}" for fault in refused.faults]
        return [], []
    except OSError as error:
        faults.append(f"{path.name}: {error.strerror}")
        return [], []
    if unknown := [name for name in table.header if name not in COLUMNS]:
        faults.append(f"{path.name}: line 1: unknown columns {', '.join(unknown)}; the columns are {', '.join(COLUMNS)}")  # fmt: skip
    if "person_id" not in table.header:
        faults.append(f"{path.name}: line 1: the column person_id is missing")
        return [], []
    ids = table.columns[table.header.index("person_id")]
    _check_ids(path, table, ids, faults)
    return ids, _people(path, table)


def _check_ids(path: Path, table: Table, ids: list[str], faults: list[str]) -> None:
    first: dict[str, int] = {}
    for line, name in zip(table.lines, ids, strict=True):
        if not name:
            faults.append(f"{path.name}: line {line}, column person_id: is empty; it is needed")
        elif first.setdefault(name, line) != line:
            faults.append(f"{path.name}: line {line}, column person_id: {name!r} stands on line {first[name]} already")  # fmt: skip


def _people(path: Path, table: Table) -> list[Somebody]:
    empty = [""] * len(table.lines)
    columns = {name: table.columns[table.header.index(name)] if name in table.header else empty for name in COLUMNS}  # fmt: skip
    wrong = 0
    found = []
    for at in range(len(table.lines)):
        numbers = {}
        for scheme in Scheme:
            if text := columns[scheme.value][at]:
                try:
                    numbers[scheme.value] = check(scheme, text)
                except NotAnIdentifier:
                    wrong += 1
        given, family, born, address, postcode = (columns[name][at] for name in PERSONAL)
        found.append(somebody(given, family, _born(born), address, postcode, numbers))
    if wrong:
        click.echo(f"{path.name}: {wrong:,} numbers cannot be right and were passed over", err=True)
    return found


def _born(text: str) -> str:
    """A day in ISO where it is one; otherwise as it was written: a wrong day still tells something."""
    try:
        return read_day(text).isoformat()
    except ValueError:
        return text
