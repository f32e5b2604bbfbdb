"""P9: the annual report as a tagged PDF, beside Chromium printing the same HTML."""

import io
import subprocess
import tempfile
from pathlib import Path

from flask_migrate import upgrade
from pypdf import PdfReader

from benchmarks.measure import Outcome, judge, rounds, wall
from tests.builders import found_council
from tests.servers import fresh_database, private_servers, settings_for
from tests.world import TODAY, build_world
from tfsaas.app import create_app
from tfsaas.outcomes.actions import evaluate_council
from tfsaas.reports.actions import add_edition, make_edition
from tfsaas.reports.pdf import make_pdf, report_style
from tfsaas.reports.rendering import write_html
from tfsaas.reports.years import year_of

TIMES_GOAL = 2.0
ROWS = 300
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-pdf-header-footer",
)


def print_with_chromium(html: str, folder: Path) -> bytes:
    """What Chromium makes of it, tagged as well."""
    source, target = folder / "report.html", folder / "report.pdf"
    source.write_text(html.replace("</head>", f"<style>{report_style()}</style></head>"))
    command = [
        "chromium-headless-shell",
        *SWITCHES,
        f"--user-data-dir={folder / 'profile'}",
        f"--print-to-pdf={target}",
    ]
    subprocess.run([*command, source.as_uri()], check=True, capture_output=True)
    return target.read_bytes()


def run(_scale: float, count: int) -> list[Outcome]:
    """Seconds by the clock; the number of rows, not of families, makes a report long."""
    with private_servers() as servers, tempfile.TemporaryDirectory() as name:
        fresh_database(servers, "benchmark")
        app = create_app(settings_for(servers, "benchmark", redis_number=15))
        with app.app_context():
            upgrade()
        council = found_council(app)
        build_world(council)
        with council.work():
            evaluate_council(TODAY)
            edition = add_edition(year_of(TODAY))
            make_edition(edition)
            figures = dict(edition.figures or {})
            short, long = (write_html(_longer(figures, rows), 1) for rows in (ROWS, 2 * ROWS))
            folder = Path(name)
            pages = len(PdfReader(io.BytesIO(make_pdf(short))).pages)
            assert len(PdfReader(io.BytesIO(print_with_chromium(short, folder))).pages) > 1
            calls = {
                "ours": lambda: make_pdf(short),
                "twice": lambda: make_pdf(long),
                "chromium": lambda: print_with_chromium(short, folder),
            }
            seconds = rounds(calls, count, wall)
    ratio = [a / b for a, b in zip(seconds["ours"], seconds["chromium"], strict=True)]
    double = [a / b for a, b in zip(seconds["twice"], seconds["ours"], strict=True)]
    each = f"{sorted(seconds['ours'])[len(ratio) // 2]:.2f} s"
    return [
        judge("P9", f"annual report to Chromium, {pages} pages", ratio, TIMES_GOAL, ours=each),
        judge("P9", f"{2 * ROWS} table rows to {ROWS}", double, 2.2),
    ]


def _longer(figures: dict[str, object], rows: int) -> dict[str, object]:
    """The same report with many published figures."""
    row = {
        "title": "Results",
        "from": None,
        "to": "2017-02-28",
        "published": "173",
        "found": "173",
        "source": "A report",
    }
    return figures | {"published": [row | {"published": str(n)} for n in range(rows)]}
