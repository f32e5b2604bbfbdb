"""Partners of the invented council: agreements, and files that wait at different steps."""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from tfsaas.db import db
from tfsaas.demo.setting_up import Person as Mailboxes
from tfsaas.families.models import Person
from tfsaas.loads.actions import Brought, bring
from tfsaas.loads.agreements import keep_agreement
from tfsaas.loads.models import ColumnMapping, SharingAgreement
from tfsaas.loads.opening import signals_of
from tfsaas.tenants.scope import act_as

DAY = timedelta(days=1)
PARTNERS = (
    ("Westshire Police", ["police-offences", "domestic-incidents", "anti-social-behaviour"], "Dev Nair", 400),
    ("Education data team", ["school-attendance", "school-exclusions", "missing-education"], "Mina Shah", 45),
    ("Children’s social care", ["social-care", "cin-census", "early-help", "missing-episodes"], "Tom Reid", 300),
    ("Westshire Homes", ["housing-and-debt", "anti-social-behaviour"], "Ola Berg", 200),
)  # fmt: skip
WHO = ("Forename", "Surname", "DOB", "Postcode")
Rows = list[list[Any]]


def bring_files(mailboxes: Mailboxes, today: date) -> None:
    """Four agreements, and three files: one to approve, one whose columns nobody has named, one with faults."""
    act_as(mailboxes("admin"))
    agreements = {name: _agree(name, feeds, contact, today + days * DAY) for name, feeds, contact, days in PARTNERS}  # fmt: skip
    act_as(mailboxes("supervisor"))
    people = _children()
    month = (today.replace(day=1) - DAY).replace(day=1)
    days = (month, today)
    care = agreements["Children’s social care"]
    _remember(care, "early-help", {"given_name": "Forename", "family_name": "Surname", "date_of_birth": "DOB", "postcode": "Postcode", "from": "Opened", "to": "Closed"})  # fmt: skip
    _bring(care, "early-help", [*WHO, "Opened", "Closed"], _early_help(people, month), days)
    school = agreements["Education data team"]
    _bring(school, "school-exclusions", [*WHO, "Exclusion date", "Type"], _exclusions(people, month), days)  # fmt: skip
    police = agreements["Westshire Police"]
    _remember(police, "domestic-incidents", {"given_name": "Forename", "family_name": "Surname", "date_of_birth": "DOB", "postcode": "Postcode", "date": "Incident date", "role": "Role"})  # fmt: skip
    _bring(police, "domestic-incidents", [*WHO, "Incident date", "Role"], _incidents(people, today), days)  # fmt: skip


def _agree(partner: str, feeds: Sequence[str], contact: str, review_on: date) -> SharingAgreement:
    mailbox = contact.lower().replace(" ", ".")
    return keep_agreement(
        None,
        {
            "partner": partner, "feeds": list(feeds), "finds_families": partner == "Westshire Police", "starts_on": review_on.replace(day=1, year=review_on.year - 3), "ends_on": None,
            "purpose": "Finding families with several problems at once and showing whether they improve. Public task; Children Act 2004, section 10",
            "review_on": review_on, "contact_name": contact, "contact_email": f"{mailbox}@partner.example", "contact_phone": "01632 960010",
        },
    )  # fmt: skip


def _remember(agreement: SharingAgreement, feed: str, columns: dict[str, str]) -> None:
    db.session.flush()
    db.session.add(ColumnMapping(sharing_agreement_id=agreement.id, feed=feed, columns=columns))


def _bring(
    agreement: SharingAgreement,
    feed: str,
    header: Sequence[str],
    rows: Rows,
    days: tuple[date, date],
) -> None:
    db.session.flush()
    output = io.StringIO()
    writer = csv.writer(output)
    writer.writerow(header)
    writer.writerows(rows)
    told = Brought(feed, f"{feed}.csv", output.getvalue().encode(), *days, signals_of(feed))
    bring(agreement, told)


def _children() -> list[list[Any]]:
    """Some of the council's children, as a partner would name them."""
    rows = db.session.scalars(
        select(Person)
        .where(Person.date_of_birth > date(2009, 1, 1), Person.given_name != "")
        .order_by(Person.reference)
        .limit(60)
    )
    return [[p.given_name, p.family_name, f"{p.date_of_birth:%d/%m/%Y}", p.postcode] for p in rows]


def _early_help(people: Rows, month: date) -> Rows:
    """Known children, one with day and month swapped, one twin of a known child, and strangers."""
    rows = [[*who, f"{month + at % 20 * DAY:%d/%m/%Y}", ""] for at, who in enumerate(people[:14])]
    day, other, year = people[14][2].split("/")
    rows.append([people[14][0], people[14][1], f"{other}/{day}/{year}" if int(day) < 13 else people[14][2], people[14][3], f"{month:%d/%m/%Y}", ""])  # fmt: skip
    rows.append(["Philippa", people[0][1], people[0][2], people[0][3], f"{month:%d/%m/%Y}", ""])
    rows += [["Nobody", f"Known{at}", "01/02/2012", "", f"{month:%d/%m/%Y}", ""] for at in range(5)]
    return rows


def _exclusions(people: Rows, month: date) -> Rows:
    return [[*who, f"{month + 5 * DAY:%d/%m/%Y}", "FIXT"] for who in people[20:28]]


def _incidents(people: Rows, today: date) -> Rows:
    rows = [[*who, f"{today - 9 * DAY:%d/%m/%Y}", "child present"] for who in people[30:36]]
    rows[2][4], rows[3][5], rows[4][4] = "31/02/2026", "bystander", f"{today + 30 * DAY:%d/%m/%Y}"
    return rows
