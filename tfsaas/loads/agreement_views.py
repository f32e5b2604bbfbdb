"""Sharing agreements, and the links by which partners send files."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tfsaas import clock
from tfsaas.accounts.queries import name_users
from tfsaas.fields import ActionForm, add_faults, list_differences, whole_or_nought
from tfsaas.loads.actions import Brought, DeliveryRefused, bring, check_allowed
from tfsaas.loads.agreements import (
    ChangedMeanwhile,
    cancel_link,
    is_in_date,
    keep_agreement,
    list_cares,
    make_link,
    open_link,
    use_link,
)
from tfsaas.loads.bringing import bring_form, read_brought
from tfsaas.loads.feeds import find_feed, get_feed
from tfsaas.loads.forms import AgreementForm, LinkForm
from tfsaas.loads.queries import get_agreement, list_agreements, list_in_force, list_links
from tfsaas.permissions import Permission, requires

blueprint = Blueprint("agreements", __name__)
Page = AnyResponse | tuple[str, int]
VALUES = ("partner", "feeds", "finds_families", "second_person", "purpose", "starts_on", "ends_on", "review_on", "contact_name", "contact_email", "contact_phone")  # fmt: skip


@blueprint.get("/evidence/agreements")
@requires(Permission.SEE_PROGRAMME)
def index() -> str:
    """Every agreement, with what somebody must see to."""
    rows = [(row, is_in_date(row), list_cares(row)) for row in list_agreements()]
    titles = {feed: found.title for row, _, _ in rows for feed in row.feeds if (found := find_feed(feed))}  # fmt: skip
    return render_template("loads/agreements.html", rows=rows, titles=titles)


@blueprint.route("/evidence/agreements/new", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def add() -> Page:
    """Record an agreement."""
    form = AgreementForm()
    if form.validate_on_submit():
        try:
            keep_agreement(None, _values(form))
        except DeliveryRefused as refused:
            add_faults(form, refused.faults)
        else:
            flash("The agreement is recorded. Its files can come in while it is in date.")
            return redirect(url_for("agreements.index"))
    page = render_template("loads/agreement.html", form=form, agreement=None, differences=[])
    return page, 400 if form.errors else 200


def _values(form: AgreementForm) -> dict[str, object]:
    values = {name: form[name].data for name in VALUES}
    return {name: value.strip() if isinstance(value, str) else value for name, value in values.items()}  # fmt: skip


@blueprint.route("/evidence/agreements/<uuid:agreement_id>", methods=["GET", "POST"])
@requires(Permission.CHANGE_PROGRAMME)
def change(agreement_id: UUID) -> Page:
    """Change an agreement."""
    agreement = get_agreement(agreement_id)
    form, differences = AgreementForm(obj=agreement), []
    if form.validate_on_submit():
        try:
            keep_agreement(agreement, _values(form), version=whole_or_nought(form.version.data))
        except DeliveryRefused as refused:
            add_faults(form, refused.faults)
        except ChangedMeanwhile:
            theirs: dict[str, object] = {name: getattr(agreement, name) for name in VALUES}
            differences = list_differences(form, theirs)
            form.version.data = str(agreement.version)
        else:
            flash("The agreement is changed.")
            return redirect(url_for("agreements.index"))
    page = render_template("loads/agreement.html", form=form, agreement=agreement, differences=differences)  # fmt: skip
    return page, 400 if form.errors else 409 if differences else 200


@blueprint.route("/evidence/links", methods=["GET", "POST"])
@requires(Permission.LOAD_EVIDENCE)
def links() -> Page:
    """Make a link by which a partner sends one file, shown once."""
    form, made = LinkForm(), ""
    agreements = list_in_force(clock.today())
    form.place.choices = {
        f"{row.id}/{code}": f"{row.partner}: {get_feed(code).title}"
        for row in agreements
        for code in row.feeds
    }
    if form.validate_on_submit():
        agreement_id, _, feed = str(form.place.data).partition("/")
        token = make_link(UUID(agreement_id), feed, int(form.days.data))
        made = url_for("agreements.drop", token=token, _external=True)
    rows = [(link, partner, get_feed(link.feed).title) for link, partner in list_links(clock.today())]  # fmt: skip
    page = render_template(
        "loads/links.html", form=form, made=made, rows=rows, now=clock.now(), users=name_users()
    )
    return page, 400 if form.errors else 200


@blueprint.post("/evidence/links/<uuid:link_id>/cancel")
@requires(Permission.LOAD_EVIDENCE)
def cancel(link_id: UUID) -> AnyResponse:
    """Make a link useless that went to the wrong address."""
    if ActionForm().validate_on_submit():
        cancel_link(link_id)
        flash("The link cannot be used any more.")
    return redirect(url_for("agreements.links"))


@blueprint.route("/drop/<token>", methods=["GET", "POST"])
@requires(None)
def drop(token: str) -> Page:
    """A partner sends the one file that a link is for."""
    link = open_link(token)
    if link is None:
        return render_template("loads/drop_over.html"), 404
    agreement, feed = get_agreement(link.sharing_agreement_id), get_feed(link.feed)
    try:
        check_allowed(agreement, feed.code)
    except DeliveryRefused:  # the way out is the council's, not the partner's
        return render_template("loads/drop_over.html"), 404
    form = bring_form(feed, agreement)
    if form.validate_on_submit():
        try:
            told: Brought = read_brought(form, feed, finds=False)
            delivery = bring(agreement, told)
        except DeliveryRefused as refused:
            add_faults(form, refused.faults)
        else:
            use_link(link, delivery)
            return render_template("loads/dropped.html", delivery=delivery, feed=feed), 200
    page = render_template(
        "loads/drop.html",
        form=form,
        feed=feed,
        agreement=agreement,
        until=link.expires_at,
        maker=name_users().get(link.made_by_id, "") if link.made_by_id else "",
    )
    return page, 400 if form.errors else 200
