"""A report's figures as HTML: the same figures give the same text."""

from datetime import date

from flask import render_template

from tfsaas.reports.chart import Chart, draw_months


def write_html(figures: dict[str, object], number: int) -> str:
    """The report as it is printed."""
    return render_template(
        "reports/annual_print.html", f=figures, number=number, chart=chart_of(figures)
    )


def chart_of(figures: dict[str, object]) -> Chart | None:
    """The year's results so far, by month; None when a month is hidden, which a bar would give away."""
    months = figures["months"]
    assert isinstance(months, dict)
    so_far, points = 0, []
    for row in months["rows"]:
        so_far += row["results"] or 0
        points.append((date.fromisoformat(row["month"]), so_far))
    hidden = any(row["results"] is None for row in months["rows"])
    return None if hidden else draw_months(points, None)
