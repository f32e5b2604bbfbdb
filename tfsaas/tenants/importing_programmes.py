"""Taking programmes over from a file: particulars, targets, funding, plans and published figures."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any
from uuid import uuid4

from tfsaas import clock
from tfsaas.db import db
from tfsaas.rules.parse import (
    Document,
    PlanRefused,
    hash_document,
    parse,
    read_document,
    write_document,
)
from tfsaas.rules.table import Table
from tfsaas.tenants import queries
from tfsaas.tenants.actions import (
    Funding,
    ProgrammeRefused,
    add_programme,
    add_published_figure,
    arrange_funding,
    revise_target,
)
from tfsaas.tenants.models import FundingModel, PlanStatus, PlanVersion, Programme
from tfsaas.tenants.scope import actor


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: where the file says so, what it does in words, and doing it. False: it was so already."""

    place: str
    sentence: str
    do: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class PlanRow:
    """A version of a plan as the file has it."""

    place: str
    number: int
    status: PlanStatus
    in_force_from: date | None
    document: Document


@dataclass(frozen=True, slots=True)
class ProgrammeRow:
    """A programme as the file has it."""

    place: str
    values: Document
    targets: tuple[Document, ...]
    funding: tuple[tuple[str, Funding], ...]
    plans: tuple[PlanRow, ...]
    published: tuple[Document, ...]


def read_programme(table: Table) -> ProgrammeRow:
    """A programme of the file; faults are noted in the table."""
    values: Document = {
        "key": table.text("key"),
        "title": table.text("title"),
        "starts_on": table.needed_day("starts_on"),
        "ends_on": table.day("ends_on"),
        "is_current": table.flag("is_current"),
    }
    if values["ends_on"] and values["ends_on"] < values["starts_on"]:
        table.fault("ends_on", "is before starts_on")
    return ProgrammeRow(
        table.path,
        values,
        table.tables("target", _target),
        table.tables("funding", _funding),
        table.tables("plan", _plan),
        table.tables("published", _published),
    )


def _target(table: Table) -> Document:
    return {
        "place": table.path,
        "from_on": table.needed_day("from_on"),
        "families": table.whole("families", least=1, needed=True),
        "reason": table.text("reason"),
    }


def _funding(table: Table) -> tuple[str, Funding]:
    model = FundingModel(table.one_of("model", tuple(each.value for each in FundingModel)))
    pays = model is FundingModel.PAYMENT_BY_RESULTS
    found = Funding(
        model=model,
        starts_on=table.needed_day("starts_on"),
        ends_on=table.day("ends_on"),
        attachment_fee_pounds=table.whole("attachment_fee_pounds", needed=pays),
        result_pounds=table.whole("result_pounds", needed=pays),
        grant_pounds=table.whole("grant_pounds"),
        strands=table.texts("strands"),
        source=table.text("source", needed=False),
    )
    if found.ends_on and found.ends_on < found.starts_on:
        table.fault("ends_on", "is before starts_on")
    return table.path, found


def _plan(table: Table) -> PlanRow:
    statuses = tuple(each.value for each in PlanStatus)
    status = PlanStatus(table.one_of("status", statuses))
    in_force = table.day("in_force_from")
    if status in {PlanStatus.PUBLISHED, PlanStatus.RETIRED} and in_force is None:
        table.fault("in_force_from", "missing; a published version is in force from a day")
    document: Document = {}
    try:
        document = read_document(table.text("document"))
        parse(document)
    except PlanRefused as refused:
        for fault in refused.faults:
            table.fault("document", fault)
    number = table.whole("number", least=1, needed=True) or 1
    return PlanRow(table.path, number, status, in_force, document)


def _published(table: Table) -> Document:
    return {
        "place": table.path,
        "measure": table.text("measure"),
        "from_on": table.day("from_on"),
        "to_on": table.needed_day("to_on"),
        "value": table.text("value"),
        "source": table.text("source"),
    }


def list_programme_steps(row: ProgrammeRow) -> Iterator[Step]:
    """What to do for a programme and all that belongs to it."""
    title = row.values["title"]
    yield Step(row.place, f"The programme {title} is set up", lambda: _add_programme(row))
    for target in row.targets:
        sentence = f"{title}: the target of {target['families']:,} families is added"
        yield Step(target["place"], sentence, partial(_add_target, row, target))
    for place, funding in row.funding:
        sentence = f"{title}: funding from {funding.starts_on:%d %B %Y} is added"
        yield Step(place, sentence, partial(_add_funding, row, funding))
    for plan in sorted(row.plans, key=lambda each: each.number):
        yield Step(plan.place, _plan_sentence(title, plan), partial(_add_plan, row, plan))
    for figure in row.published:
        sentence = f"{title}: the published figure {figure['value']} is added"
        yield Step(figure["place"], sentence, partial(_add_figure, row, figure))


def _plan_sentence(title: str, plan: PlanRow) -> str:
    known = f"{title}: version {plan.number} of the outcomes plan is added"
    is_published = plan.status in {PlanStatus.PUBLISHED, PlanStatus.RETIRED}
    return (
        f"{known}, published unless the council has published one already"
        if is_published
        else f"{known} as a draft"
    )


def _find(row: ProgrammeRow) -> Programme:
    key = row.values["key"]
    return next(found for found in queries.list_programmes() if found.key == key)


def _add_programme(row: ProgrammeRow) -> bool:
    known = {programme.key: programme for programme in queries.list_programmes()}
    found, values = known.get(row.values["key"]), row.values
    if found is None:
        if values["is_current"] and any(other.is_current for other in known.values()):
            raise ProgrammeRefused(key="the council has another programme that families join now")
        add_programme(
            values["key"], values["title"], values["starts_on"], values["ends_on"],
            is_current=values["is_current"],
        )  # fmt: skip
        return True
    changed = {name: value for name, value in values.items() if getattr(found, name) != value}
    for name, value in changed.items():
        setattr(found, name, value)
    db.session.flush()
    return bool(changed)


def _add_target(row: ProgrammeRow, told: Document) -> bool:
    programme_id = _find(row).id
    if _has(queries.list_targets(programme_id), told):
        return False
    revise_target(programme_id, told["from_on"], told["families"], told["reason"])
    return True


def _has(rows: Any, told: Document) -> bool:
    """Whether a row says the same as the file."""
    names = [name for name in told if name != "place"]
    return any(all(getattr(row, name) == told[name] for name in names) for row in rows)


def _add_funding(row: ProgrammeRow, funding: Funding) -> bool:
    programme_id = _find(row).id
    told = {name: getattr(funding, name) for name in Funding.__slots__}
    if _has(queries.list_arrangements(programme_id), told | {"strands": list(funding.strands)}):
        return False
    arrange_funding(programme_id, funding)
    return True


def _add_plan(row: ProgrammeRow, plan: PlanRow) -> bool:
    programme_id = _find(row).id
    known = {version.number: version for version in queries.list_plan_versions(programme_id)}
    digest = hash_document(plan.document)
    if plan.number in known:
        if known[plan.number].document_hash == digest:
            return False
        raise ProgrammeRefused(number=f"version {plan.number} is another plan here")
    own = [version for version in known.values() if version.taken_over_at is None]
    may_publish = not any(version.published_at for version in own)
    db.session.add(_version(programme_id, plan, digest, may_publish=may_publish))
    db.session.flush()
    return True


def _version(programme_id: Any, plan: PlanRow, digest: str, *, may_publish: bool) -> PlanVersion:
    """Published as in the file where the council never published one itself; otherwise a draft to be approved."""
    stays = plan.status in {PlanStatus.PUBLISHED, PlanStatus.RETIRED} and may_publish
    moment = clock.now()
    return PlanVersion(
        id=uuid4(),
        programme_id=programme_id,
        number=plan.number,
        title=parse(plan.document).title,
        status=plan.status if stays else PlanStatus.DRAFT,
        document=write_document(plan.document),
        document_hash=digest,
        in_force_from=plan.in_force_from if stays else None,
        published_at=moment if stays else None,
        published_by_id=actor() if stays else None,
        taken_over_at=moment if stays else None,
        changed_by_id=actor(),
    )


def _add_figure(row: ProgrammeRow, told: Document) -> bool:
    programme_id = _find(row).id
    if _has(queries.list_published_figures(programme_id), told):
        return False
    days = (told["from_on"], told["to_on"])
    add_published_figure(programme_id, told["measure"], told["value"], told["source"], days=days)
    db.session.flush()
    return True
