"""The summary of a report, written from its figures; a hidden figure is not spoken of."""

from typing import Any

from tfsaas.words import day_of

Figure = dict[str, Any]


def summarise(figures: Figure) -> list[str]:
    """Up to five plain sentences."""
    written = (
        _results(figures),
        _year(figures),
        _families(figures),
        _headline(figures),
        _money(figures),
    )
    return [sentence for sentence in written if sentence]


def _results(figures: Figure) -> str | None:
    total, target, when = figures["so_far"]["total"], figures["target"], day_of(figures["as_at"])
    if total is None:
        return f"By {when} too few families had reached a result for the number to be published."
    if not target:
        return f"By {when}, {_families_count(total)} had reached a result."
    return (
        f"By {when}, {_families_count(total)} had reached a result: {figures['percent']} of the target of "
        f"{target:,} families."
    )


def _families_count(count: int) -> str:
    return "no families" if count == 0 else "one family" if count == 1 else f"{count:,} families"


def _year(figures: Figure) -> str | None:
    year = figures["in_year"]
    if year["total"] is None:
        return None
    begins = f"In the year {figures['year_words']} it was {_families_count(year['total'])}"
    if year["ssp"] is None or year["ce"] is None or not year["total"]:
        return f"{begins}."
    return (
        f"{begins}: {year['ssp']:,} by significant and sustained progress, and {year['ce']:,} because an adult "
        "stayed in work."
    )


def _families(figures: Figure) -> str | None:
    found = figures["families"]
    if not found["eligible"] or found["worked_with"] is None:
        return None
    children = figures["people"]["children"]
    with_children = f", with {children:,} children in them" if children else ""
    return (
        f"{found['eligible']:,} families were found to qualify{with_children}; {found['worked_with']:,} of them "
        "had an assessment, a plan and a lead worker."
    )


def _headline(figures: Figure) -> str | None:
    shown = [row for row in figures["headlines"] if row["families"]]
    if not shown:
        return None
    most = max(shown, key=lambda row: row["families"])
    return f"The problem found most often was “{most['title']}”, in {most['families']:,} families."


def _money(figures: Figure) -> str | None:
    earned = [row["earned_pounds"] for row in figures["funding"]["rows"] if row["earned_pounds"]]
    if earned:
        return f"The year’s results were worth £{sum(earned):,} under payment by results."
    models = {row["model"] for row in figures["funding"]["rows"]}
    if models == {"earned_autonomy"}:
        return "The council was funded in advance under Earned Autonomy; results are counted, and not paid for singly."
    return None
