"""Proving once more who one is, before something is shown that a session left open must not show."""

from flask import request
from flask_login import current_user

from tfsaas.accounts.actions import (
    SignInRefused,
    TooManyAttempts,
    count_attempt,
    forget_attempt,
    refuse_wrong_password,
)
from tfsaas.fields import CheckedForm, add_faults
from tfsaas.tenants.scope import current_tenant, unit_of_work

TRY_LATER = "Too many attempts. Wait 15 minutes, then try again."
NOT_YOURS = "This is not your password. Enter the one with which you sign in"


def prove(form: CheckedForm, field: str = "password") -> bool:
    """Whether a form's field is the password of whoever is signed in; what is wrong becomes a fault of the form.

    Attempts are counted as those to sign in are, so that it cannot be guessed here either.
    """
    try:
        with unit_of_work(current_tenant()):
            attempt_id = count_attempt(str(current_user.id), request.remote_addr or "")
        refuse_wrong_password(current_user.id, str(form[field].data))
    except TooManyAttempts:
        add_faults(form, {field: [TRY_LATER]})
        return False
    except SignInRefused:
        add_faults(form, {field: [NOT_YOURS]})
        return False
    forget_attempt(attempt_id)
    return True
