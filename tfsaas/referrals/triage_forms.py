"""The forms of triage."""

from typing import Any

from govuk_frontend_wtf.wtforms_widgets import GovRadioInput
from wtforms import HiddenField, RadioField

from tfsaas.fields import CheckedForm, Needed, text_area
from tfsaas.referrals.models import Basis, Stage, Support

ACCEPT, ASK = "accept", "ask"
DECISIONS = {
    ACCEPT: "Accept: we support this family",
    ASK: "Ask the referrer for more",
    "step up": "Pass to social care",
    "signpost": "Lead to another service",
    "decline": "Not take it up",
}
STAGES = {
    "step up": Stage.STEPPED_UP,
    "signpost": Stage.SIGNPOSTED,
    "decline": Stage.NOT_PROGRESSED,
}
BASES = {
    Basis.PUBLIC_TASK.value: "Public task: the council’s duty to help families early",
    Basis.LEGAL_OBLIGATION.value: "Legal obligation: such as protecting a child from harm",
    Basis.VITAL_INTERESTS.value: "Vital interests: a life is in danger",
    Basis.CONSENT.value: "Consent: the family was asked, and may say no",
    "": "Not decided yet",
}
SUPPORTS = {
    Support.AGREED.value: "They agree",
    Support.REFUSED.value: "They do not agree",
    Support.NOT_ASKED.value: "Nobody has asked them yet",
}


class AgreementForm(CheckedForm):
    """Agreement to support, and apart from it the basis for sharing."""

    version = HiddenField()
    support = RadioField("Does the family agree to be supported?", description="Support is voluntary. Ask whoever can speak for the family.", widget=GovRadioInput(), choices=SUPPORTS)  # fmt: skip
    basis = RadioField("On which lawful basis do you share what is known about them?", description="Another question than the one above: agreeing to support is not consent to sharing.", widget=GovRadioInput(), choices=BASES)  # fmt: skip
    note = text_area(
        "Who said so, when and how?", "Such as: Ms Okafor, by telephone on 3 June", longest=2000
    )


class DecisionForm(CheckedForm):
    """What becomes of a referral."""

    version = HiddenField()
    decision = RadioField("What do you decide?", widget=GovRadioInput(), choices=DECISIONS, validators=[Needed("Select what you decide")], invalid_choice_message="Select what you decide")  # fmt: skip
    family = RadioField("If you accept: for which family?", widget=GovRadioInput(), choices={"": "A new family"}, default="")  # fmt: skip
    reason = text_area(
        "Why?", "For your colleagues and the auditor; the referrer does not see it", longest=2000
    )
    message = text_area("What do you tell the referrer?", "They read it with their reference. Say nothing that is not theirs to know. For another service: which, and how to reach it.", longest=2000)  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        """A reason for every decision; a message where the referrer must act on it."""
        fine = super().validate(extra_validators)
        reason: Any = self.reason
        message: Any = self.message
        if self.decision.data and self.decision.data != ASK and not str(reason.data or "").strip():
            reason.errors = [*reason.errors, "Enter why"]
            fine = False
        if self.decision.data in (ASK, "signpost") and not str(message.data or "").strip():
            asked = "Enter what you ask" if self.decision.data == ASK else "Enter which service can help, and how to reach it"  # fmt: skip
            message.errors = [*message.errors, asked]
            fine = False
        return fine
