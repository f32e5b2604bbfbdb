"""Whom the people of a file are: by the partner's own number, by checked numbers, or by the model."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

import numpy as np
from sqlalchemy import select, text

from tfsaas import clock
from tfsaas.db import Model, among, db
from tfsaas.families.identifiers import fingerprint
from tfsaas.families.keys import index_missing
from tfsaas.loads.answer_models import RememberedAnswer
from tfsaas.loads.answers import list_refused, mark_reference, recall, told_of
from tfsaas.loads.bare import SAME_DAY, find_bare
from tfsaas.loads.council import SAMPLE, everybody, mark_matching, read_council
from tfsaas.loads.models import Delivery, IncomingMatch, MatchStatus, PartnerReference
from tfsaas.loads.queries import list_own_agreements
from tfsaas.loads.twice_in_file import doubt_twice
from tfsaas.loads.who import FilePerson
from tfsaas.matching.deciding import (
    MOST_UNDER_A_KEY,
    REVIEW_AT,
    Decision,
    Match,
    decide,
    fit,
    judge_pairs,
)
from tfsaas.matching.levels import compare_pairs
from tfsaas.matching.names_of_people import are_short_forms, fold, sound
from tfsaas.matching.people import Somebody, keys_of, plain_key, somebody
from tfsaas.matching.weights import starting_model
from tfsaas.tenants.bulk import copy_to_temporary, insert_rows
from tfsaas.words import day

MOST_ALIKE = 5
PLAIN = 0.9999
PLAINLY = "first name, last name and date of birth: the same, and nobody else’s here"
KNOWN_BEFORE = "the partner’s own number: known from an earlier file"
ANSWERED = "the same was told before: somebody said on {} that it is this person"
Answers = Mapping[int, Mapping[UUID, RememberedAnswer]]


def pair_people(delivery: Delivery, people: Sequence[FilePerson]) -> dict[str, int]:
    """Find whom every person of a file is and keep it, for some only as a question. Returns counts."""
    index_missing()
    mark = mark_matching()  # whoever comes while people are weighed is in the next one
    db.session.execute(
        Model.metadata.tables["incoming_match"].delete().where(IncomingMatch.delivery_id == delivery.id)
    )  # fmt: skip
    weighed = _weigh_all(delivery, people)
    reviewed = _keep(delivery, weighed)
    delivery.matched_mark = mark
    linked = len(weighed.known) + sum(m.decision is Decision.LINK for m, _ in weighed.found)
    return {
        "people": len(people),
        "linked": linked,
        "review": reviewed,
        "left": len(people) - linked - reviewed,
        "unsure": weighed.unsure,
    }


COLUMNS = ("delivery_id", "number", "line", "person_id", "score", "why", "status", "told", "version")  # fmt: skip


class Known(NamedTuple):
    """Who somebody of a file is without being weighed, how surely, and why. `line`: where they stand in it."""

    line: int
    person_id: UUID
    why: str
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """Who people are: `known` by number in the file; of the `others` what was `found`, by place."""

    known: Mapping[int, Known]
    others: Sequence[FilePerson]
    found: Sequence[tuple[Match, UUID]]
    unsure: int


def _weigh_all(delivery: Delivery, people: Sequence[FilePerson]) -> Weighed:
    """Everybody by what was answered before, the partner's numbers, all that is told, the model, and at last the day of birth alone."""
    answers = recall(delivery, people)
    refused = list_refused(answers)
    known = _known_before(delivery, people, answers)
    known |= _plainly([person for person in people if person.number not in known], refused)
    others = [person for person in people if person.number not in known]
    right = [_somebody(person) for person in others]
    found = doubt_twice(people, known, others, _weigh(others, right, refused))
    days = delivery.covers_from or clock.today(), delivery.covers_to or clock.today()
    bare = find_bare(others, right, {match.right for match, _ in found}, refused, days)
    found += [(Match(0, at, REVIEW_AT, Decision.REVIEW, SAME_DAY), person_id) for at, person_id in bare.asked]  # fmt: skip
    return Weighed(known, others, found, bare.unsure)


def has_newcomers(delivery: Delivery, people: Sequence[FilePerson]) -> bool:
    """Whether somebody of a matched file may by now be somebody on record who was not thought of then.

    Everybody is weighed as at the matching: among fewer people the model would say otherwise. After
    another plan was published the file may speak of others too, so there it is always yes.
    """
    before, now_marked = delivery.matched_mark, mark_matching()
    if before == now_marked:
        return False
    if before.partition(" ")[2] != now_marked.partition(" ")[2]:
        return True
    rows = select(IncomingMatch.number, IncomingMatch.person_id, IncomingMatch.status).where(IncomingMatch.delivery_id == delivery.id)  # fmt: skip
    seen, settled = set(), set()
    for number, person_id, status in db.session.execute(rows):
        seen.add((number, person_id))
        if status is not MatchStatus.OTHER:
            settled.add(number)
    weighed = _weigh_all(delivery, people)
    now = {(number, known.person_id) for number, known in weighed.known.items()}
    now |= {(weighed.others[match.right].number, person_id) for match, person_id in weighed.found}
    return any(pair not in seen and pair[0] not in settled for pair in now)


def _known_before(
    delivery: Delivery, people: Sequence[FilePerson], answers: Answers
) -> dict[int, Known]:
    """By number those about whom somebody was asked before, or whose number with this partner is known.

    A number that now comes with another date of birth, or another checked number, was given anew: it is not believed.
    """
    marks = {mark_reference(delivery.feed, person): person for person in people if person.reference}  # fmt: skip
    rows = db.session.execute(
        select(PartnerReference.value_hash, PartnerReference.person_id).where(
            PartnerReference.sharing_agreement_id.in_(list_own_agreements(delivery.sharing_agreement_id)),
            among(PartnerReference.value_hash, marks),
        )
    ).all()  # fmt: skip
    council = read_council(sorted({row.person_id for row in rows}))
    known = dict(zip(council.ids, council.people, strict=True))
    found = {
        marks[mark].number: Known(marks[mark].line, person_id, KNOWN_BEFORE)
        for mark, person_id in rows
        if not _is_another(marks[mark], known[person_id])
        and person_id not in answers.get(marks[mark].number, {})
    }
    said = {
        person.number: Known(person.line, person_id, ANSWERED.format(day(answer.answered_at)))
        for person in people
        for person_id, answer in answers.get(person.number, {}).items()
        if answer.is_same
    }
    return said | found


def _is_another(person: FilePerson, known: Somebody) -> bool:
    """Whether what the file says of a person cannot be true of the one whom their number meant."""
    who = _somebody(person)
    if any(known.numbers.get(scheme, mark) != mark for scheme, mark in who.numbers.items()):
        return True
    named = bool(who.given and known.given)
    agrees = named and (who.given == known.given or are_short_forms(who.given, known.given))
    if who.born and known.born and who.born != known.born:
        return not agrees
    sounds_other = named and not agrees and sound(who.given) != sound(known.given)
    is_proved = bool(who.born and who.born == known.born and who.family == known.family)
    return sounds_other and not is_proved


def _plainly(
    people: Sequence[FilePerson], refused: Collection[tuple[int, UUID]]
) -> dict[int, Known]:
    """By number those of whom exactly one on record has the same names and date of birth; no number is given that could differ.

    Never two of whom somebody said no.
    """
    rows = (
        (person.number, key)
        for person in people
        if not person.identifiers and (key := _plain_key(person))
    )
    copy_to_temporary("incoming_plain", (("number", "integer"), ("key", 'text collate "C"')), rows)
    same = dict(db.session.execute(text(PLAINLY_ONE)).tuples().all())
    return {
        person.number: Known(person.line, person_id, PLAINLY, PLAIN)
        for person in people
        if (person_id := same.get(person.number)) and (person.number, person_id) not in refused
    }


def _plain_key(person: FilePerson) -> str:
    """Their key as people on record have it: see `tfsaas.families.keys`."""
    born = person.date_of_birth.isoformat().replace("-", "") if person.date_of_birth else ""
    return plain_key(fold(person.given_name), fold(person.family_name), born)


PLAINLY_ONE = """
select i.number, (array_agg(k.person_id))[1] from incoming_plain i join person_key k on k.key = i.key
group by i.number having count(*) = 1
"""


def _weigh(
    people: Sequence[FilePerson],
    right: Sequence[Somebody],
    refused: Collection[tuple[int, UUID]],
) -> list[tuple[Match, UUID]]:
    """What the model says of each person, with the council's person it is about; never of two of whom somebody said no."""
    pairs = [(at, p) for at, p in _candidates(right) if (people[at].number, p) not in refused]
    if not pairs:
        return []
    council = read_council(sorted({person_id for _, person_id in pairs}))
    place = {person_id: at for at, person_id in enumerate(council.ids)}
    at = np.array([place[person_id] for _, person_id in pairs], dtype=np.int64)
    to = np.array([number for number, _ in pairs], dtype=np.int64)
    levels = compare_pairs(council.people, right, at, to)
    model = fit(council.people, right, levels, everybody(right, SAMPLE))
    found = decide(council.people, right, (at, to), model, council.stands_for)
    return [(match, council.ids[match.left]) for match in found]


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody on record who may be the one being entered: the probability, and why."""

    person_id: UUID
    score: float
    why: str


def find_alike(who: Somebody) -> list[Alike]:
    """People on record who may be this one, the likeliest first."""
    pairs = _candidates([who])
    if not pairs:
        return []
    council = read_council(sorted({person_id for _, person_id in pairs}))
    at = np.arange(len(council.ids))
    known = everybody([who])
    model = replace(starting_model(known.size), names=known.names)
    found = judge_pairs(council.people, [who], (at, at * 0), model)
    alike = [Alike(council.ids[k], score, why) for k, (score, why) in enumerate(found)]
    return sorted((a for a in alike if a.score >= REVIEW_AT), key=lambda a: -a.score)[:MOST_ALIKE]


def _somebody(person: FilePerson) -> Somebody:
    """A person of a file; their numbers as fingerprints, since that is how the council's can be compared."""
    born = person.date_of_birth.isoformat() if person.date_of_birth else ""
    numbers = {scheme.value: fingerprint(scheme, number) for scheme, number in person.identifiers.items()}  # fmt: skip
    return somebody(person.given_name, person.family_name, born, person.address, person.postcode, numbers)  # fmt: skip


def _candidates(right: Sequence[Somebody]) -> list[tuple[int, UUID]]:
    """Places in `right` with people of the council who share a key or a number. The cost grows with the file."""
    keys = ((at, key) for at, person in enumerate(right) for key in keys_of(person))
    copy_to_temporary("incoming_key", (("number", "integer"), ("key", 'text collate "C"')), keys)
    numbers = (
        (at, scheme, mark) for at, person in enumerate(right) for scheme, mark in person.numbers.items()
    )  # fmt: skip
    columns = (("number", "integer"), ("scheme", "text"), ("mark", "text"))
    copy_to_temporary("incoming_number", columns, numbers)
    rows = db.session.execute(text(CANDIDATES), {"most": MOST_UNDER_A_KEY})
    return [(number, person_id) for number, person_id in rows]


CANDIDATES = """
with shared as (
    select k.number, p.person_id, count(*) over (partition by k.number, k.key) as held
    from incoming_key k join person_key p on p.key = k.key
)
select number, person_id from shared where held <= :most
union
select n.number, i.person_id from incoming_number n
join identifier i on i.scheme = n.scheme and i.value_hash = n.mark
"""


def _keep(delivery: Delivery, weighed: Weighed) -> int:
    """Keep what was found; what the file says of a person only where somebody must look. Returns how many people that is."""
    linked = MatchStatus.LINKED.value
    rows = [
        [delivery.id, number, known.line, known.person_id, known.score, known.why, linked, "{}", 1]
        for number, known in weighed.known.items()
    ]
    asked = set()
    for match, person_id in weighed.found:
        person = weighed.others[match.right]
        is_link = match.decision is Decision.LINK
        status = linked if is_link else MatchStatus.REVIEW.value
        told = "{}" if is_link else json.dumps(told_of(person))
        rows.append([delivery.id, person.number, person.line, person_id, match.score, match.why, status, told, 1])  # fmt: skip
        if not is_link:
            asked.add(person.number)
    insert_rows(Model.metadata.tables["incoming_match"], COLUMNS, rows)
    return len(asked)
