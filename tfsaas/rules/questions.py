"""What each part of a plan asks of whoever edits it: its fields, in words."""

from dataclasses import dataclass
from enum import Enum

from tfsaas.rules.plan import ANYONE, PRINCIPLE_TITLES, Scope, SignalKind


class FieldKind(Enum):
    """What a field of an item takes."""

    TEXT = "text"
    WHOLE = "whole"
    CHOICE = "choice"
    MANY = "many"
    CODE = "code"  # given once, and then what facts and other parts know the item by


@dataclass(frozen=True, slots=True)
class Field:
    """One thing an item says. `default`: what it is when the file does not say."""

    key: str
    label: str
    kind: FieldKind
    hint: str = ""
    needed: bool = False
    least: int = 0
    choices: tuple[tuple[str, str], ...] = ()
    default: str = ""


YES_NO = (("yes", "Yes"), ("no", "No"))
TITLE = Field("title", "What is it called?", FieldKind.TEXT, needed=True)
SIGNAL_KINDS = (
    (SignalKind.EVENT.value, "Something that happens on a day, such as an offence"),
    (SignalKind.PERIOD.value, "A share of something over days, such as sessions missed"),
    (SignalKind.SPELL.value, "A state that holds from one day to another, such as a benefit"),
    (SignalKind.SCORE.value, "A score on a day, such as a family star"),
    (SignalKind.ATTESTATION.value, "A professional’s dated statement"),
)
RESIDENT = (("", "Wherever they live"), ("yes", "Only those who live with the family"), ("no", "Only those who live elsewhere"))  # fmt: skip
SCOPES = (
    (Scope.ANY.value, "One of them is enough"),
    (Scope.EVERY.value, "It must be so for each of them"),
    (Scope.FAMILY.value, "They are counted together"),
)
WEEKS = Field(
    "weeks", "For how many weeks must the work be held?", FieldKind.WHOLE, needed=True, least=1
)
WITHIN = Field(
    "within_weeks", "Within how many weeks?", FieldKind.WHOLE, "Leave it empty if it must be every one of them", least=1
)  # fmt: skip
CODE_HINT = "A short name that files and facts use. Leave it empty to have one made. It cannot be changed later"


def _whole(key: str, label: str, hint: str = "") -> Field:
    return Field(key, label, FieldKind.WHOLE, hint)


def _measure(default: Scope) -> tuple[Field, ...]:
    return (
        Field("code", "What is its number?", FieldKind.TEXT, "Such as 1.4", needed=True),
        TITLE,
        Field("who", "Who is asked about?", FieldKind.CHOICE, default=ANYONE),
        Field(
            "for", "And how do they count?", FieldKind.CHOICE, choices=SCOPES, default=default.value
        ),
    )


FIELDS: dict[str, tuple[Field, ...]] = {
    "plan": (TITLE,),
    "eligibility": (
        _whole("minimum_headlines", "How many headline problems must a family have?", "Leave it empty if it does not matter"),
        _whole("minimum_needs", "How many needs must a family have?", "Each indicator counts once. Leave it empty if it does not matter"),
        _whole("nonresident_headlines", "How many headlines may members bring who live elsewhere?", "Leave it empty for no limit"),
        Field("dependent_child", "Must there be a dependent child?", FieldKind.CHOICE, choices=YES_NO, default="no"),
        Field("expectant_parent", "Does somebody who expects a child count as well?", FieldKind.CHOICE, choices=YES_NO, default="no"),
    ),
    "worked_with": (
        Field("principles", "What does working with a family mean?", FieldKind.MANY, choices=tuple(PRINCIPLE_TITLES.items())),
    ),
    "group": (
        Field("code", "Code", FieldKind.CODE, CODE_HINT),
        _whole("min_age", "Youngest age", "Included. Leave it empty for no limit"),
        _whole("max_age", "Oldest age", "Included. Leave it empty for no limit"),
        Field("resident", "Where do they live?", FieldKind.CHOICE, choices=RESIDENT),
    ),
    "signal": (
        Field("code", "Code", FieldKind.CODE, CODE_HINT),
        TITLE,
        Field("kind", "What kind of fact is it?", FieldKind.CHOICE, choices=SIGNAL_KINDS, needed=True),
        Field("source", "Who supplies it?", FieldKind.TEXT, "Such as the youth offending team"),
    ),
    "headline": (
        Field("code", "Code", FieldKind.CODE, CODE_HINT),
        _whole("number", "Number", "Leave it empty if it has none"),
        TITLE,
        Field("goal", "What is it for?", FieldKind.TEXT, "Such as: fewer victims, safer neighbourhoods"),
    ),
    "indicator": _measure(Scope.ANY),
    "outcome": _measure(Scope.EVERY),
    "always": _measure(Scope.EVERY),
    "employment": (
        Field("signal", "What is recorded when somebody is in work?", FieldKind.CHOICE, needed=True),
        Field("benefits", "Which benefits must they not be on?", FieldKind.MANY),
    ),
    "employment_route": (
        Field("prior", "Which benefit did they come from?", FieldKind.CHOICE, needed=True), WEEKS, WITHIN,
    ),
    "result": (
        Field("prefer", "Which way counts when a family has a result by both?", FieldKind.CHOICE,
              choices=(("ce", "Continuous employment"), ("ssp", "Significant and sustained progress")), default="ce"),
    ),
}  # fmt: skip
