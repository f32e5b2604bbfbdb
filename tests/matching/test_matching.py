"""Who is the same person, who may be, and who must never be linked without somebody looking."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tfsaas.matching.companions import count_companions
from tfsaas.matching.deciding import Decision, Everybody, fit, judge_pairs, match
from tfsaas.matching.levels import compare_pairs
from tfsaas.matching.people import Somebody, keys_of, somebody

HOME = ("12 Mill Lane, Westford", "ME4 4TR")
AMIRA = ("Amira", "Okafor", "2014-03-09", *HOME)
# enough strangers that what is rare and what is common can be told
STRANGERS = [
    (f"Name{number}", f"Surname{number}", f"19{number % 90 + 10}-0{number % 9 + 1}-11", f"{number} High Street", f"ME{number % 9} {number % 9}AB")
    for number in range(200)
]  # fmt: skip


def person(told: tuple[str, str, str, str, str], numbers: dict[str, str] | None = None) -> Somebody:
    return somebody(*told, numbers or {})


def decide(one: Somebody, other: Somebody, *, also: list[Somebody] | None = None):
    """The decision about `other`, with `one` (and `also`) among two hundred strangers."""
    left = [person(stranger) for stranger in STRANGERS] + [one, *(also or [])]
    found = [match for match in match_of(left, other) if match.left >= len(STRANGERS)]
    return found[0] if found else None


def match_of(left: list[Somebody], other: Somebody):
    return match(left, [other])


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        (AMIRA, "first name: the same"),
        (("AMIRA ", "okafor", "2014-03-09", *HOME), "last name: the same"),
        (("Amíra", "Okafor", "2014-03-09", *HOME), "first name: the same"),
        (("Amria", "Okafor", "2014-03-09", *HOME), "one letter or so apart"),
        (("Okafor", "Amira", "2014-03-09", *HOME), "each other’s place"),
        (("Amira", "Okafor-Hill", "2014-03-09", *HOME), "last name: shares a part"),
        (("Amira", "Hill", "2014-03-09", *HOME), "last name: differs"),
        (("Amira", "Okafor", "2014-09-03", *HOME), "day and month swapped"),
        (("Amira", "Okafor", "2014-03-08", *HOME), "one figure apart"),
        (("Amira", "Okafor", "2014-03-90", *HOME), "two figures swapped"),
        (("Amira", "Okafor", "2014-03-09", "4 Other Road, Elsewhere", "DA1 1AA"), "home: differs"),
        (("Amira", "Okafor", "2014-03-09", "12 Mill Ln Westford", "ME4 4TR"), "postcode and address the same"),
        (("Amira", "Okafor", "2014-03-09", "", ""), "home: not given"),
    ],
)  # fmt: skip
def test_one_mistake_does_not_part_a_person(changed, words):
    found = decide(person(AMIRA), person(changed))

    assert found is not None
    assert found.decision is Decision.LINK, found
    assert words in found.why


@pytest.mark.parametrize(
    ("formal", "short"),
    [("Elizabeth", "Liz"), ("Mohammed", "Muhammad"), ("Robert", "Bob"), ("Thomas", "Tommy"), ("Katherine", "Kate"), ("Stephen", "Steve")],
)  # fmt: skip
def test_a_short_form_is_the_same_name(formal, short):
    rest = ("Okafor", "1985-04-12", *HOME)

    found = decide(person((formal, *rest)), person((short, *rest)))

    assert found is not None
    assert found.decision is Decision.LINK
    assert "short form" in found.why


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (
            ("Zara", "Okafor", "2014-03-09", *HOME),
            Decision.REVIEW,
        ),  # a twin, as far as anybody knows
        (("Amira", "Okafor", "1986-11-30", *HOME), Decision.REVIEW),  # her mother of the same name
        (("Zara", "Okafor", "2016-07-21", *HOME), None),  # her sister
        (("Amira", "Jones", "1979-01-05", "4 Other Road", "DA1 1AA"), None),
        (("Zara", "Jones", "2014-03-09", "4 Other Road", "DA1 1AA"), None),
    ],
    ids=["twin", "namesake", "sister", "first name alone", "day alone"],
)
def test_people_of_one_home_are_not_taken_for_one(other, expected):
    found = decide(person(AMIRA), person(other))

    decision = None if found is None or found.score < 0.5 else found.decision
    assert decision is not Decision.LINK
    if expected:
        assert found is not None
        assert found.decision is expected


def test_a_family_with_twins_is_asked_about_a_third_name():
    twins = [person(AMIRA), person(("Zara", *AMIRA[1:]))]

    found = match([*map(person, STRANGERS), *twins], [person(("Leila", *AMIRA[1:]))])

    assert all(each.decision is Decision.REVIEW for each in found)


def test_each_twin_is_linked_to_themselves():
    twin = person(("Zara", *AMIRA[1:]))

    found = match([*map(person, STRANGERS), person(AMIRA), twin], [twin])

    assert [(each.left, each.decision) for each in found] == [(201, Decision.LINK)]


@pytest.mark.parametrize(
    ("one", "other", "told", "expected"),
    [
        ({"nhs_number": "9990079196"}, {"nhs_number": "9990079196"}, AMIRA, Decision.LINK),
        ({"nhs_number": "9990079196"}, {"nhs_number": "9990079196"}, ("Mia", "Hill", "2014-03-09", "", ""), Decision.LINK),
        ({"nhs_number": "9990079196"}, {"nhs_number": "9990079196"}, ("Bill", "Hill", "1950-01-30", "", ""), Decision.REVIEW),
        ({"nhs_number": "9990079196"}, {"nhs_number": "9990237573"}, AMIRA, Decision.REVIEW),
        ({"upn": "B801200005001"}, {"nhs_number": "9990237573"}, AMIRA, Decision.LINK),
    ],
    ids=["all agrees", "number and day", "number alone", "numbers differ", "nothing to compare"],
)  # fmt: skip
def test_checked_numbers_decide_unless_all_else_speaks_against_them(one, other, told, expected):
    found = decide(person(AMIRA, one), person(told, other))

    assert found is not None
    assert found.decision is expected, found


def test_two_who_fit_alike_are_for_somebody_to_decide():
    found = match([*map(person, STRANGERS), person(AMIRA), person(AMIRA)], [person(AMIRA)])

    assert [each.decision for each in found] == [Decision.REVIEW, Decision.REVIEW]


def test_nobody_is_compared_without_a_shared_key():
    assert match([person(AMIRA)], [person(("Bo", "Li", "1950-02-03", "", ""))]) == []
    assert match([], []) == []
    assert match([person(("", "", "", "", ""))], [person(("", "", "", "", ""))]) == []


def test_twins_and_namesakes_are_counted_once_a_person():
    twins = [person(AMIRA), person(("Zara", *AMIRA[1:]))]
    father_and_son = [person(("John", "Hill", born, *HOME)) for born in ("1970-01-01", "1999-05-05")]  # fmt: skip
    nobody = count_companions([])

    counted = count_companions([*map(person, STRANGERS), *twins, *father_and_son])

    assert (nobody.twins, nobody.namesakes) == (0.03, 0.01)
    assert counted.twins == pytest.approx((2 + 3) / 304)
    assert counted.namesakes == pytest.approx((2 + 1) / 304)


TEXTS = st.text(max_size=30)


@given(TEXTS, TEXTS, TEXTS, TEXTS, TEXTS)
def test_whatever_is_written_of_a_person_can_be_compared(first, last, born, address, postcode):
    odd = somebody(first, last, born, address, postcode, {})

    assert keys_of(odd) == keys_of(odd)
    for found in match([person(AMIRA), odd], [odd, person(AMIRA)]):
        assert 0 <= found.score <= 1
        assert found.why


@pytest.mark.parametrize(
    ("told", "least"),
    [
        (("Amira", "Okafor", "", "", ""), 0.9),
        (("Amira", "Hill", "2014-03-09", "4 Other Road, Elsewhere", "DA1 1AA"), 0.5),
        (("Amira", "Okafor", "", "4 Other Road, Elsewhere", "DA1 1AA"), 0.5),
    ],
)
def test_the_only_one_at_hand_who_shares_a_rare_name_is_not_taken_for_common(told, least):
    """In a council only those who share a key are at hand; how rare a name is must come from everybody."""
    names = dict.fromkeys(("amira", "okafor", "hill"), 2 / 60_000)

    score, _ = judge([person(AMIRA)], [person(told)], Everybody(60_000, names=names))

    assert score >= least


def test_a_name_that_half_the_council_has_says_little():
    told = ("Amira", "Okafor", "", "", "")
    rare = dict.fromkeys(("amira", "okafor"), 2 / 60_000)
    common = dict.fromkeys(("amira", "okafor"), 0.5)

    scores = [judge([person(AMIRA)], [person(told)], Everybody(60_000, names=names))[0] for names in (rare, common)]  # fmt: skip

    assert scores[0] > 0.9
    assert scores[1] < 0.5


def judge(left: list[Somebody], right: list[Somebody], of: Everybody) -> tuple[float, str]:
    pairs = (np.array([0]), np.array([0]))
    return judge_pairs(left, right, pairs, fit(left, right, compare_pairs(left, right, *pairs), of))[0]  # fmt: skip
