"""HTML to a tagged PDF. Nothing is fetched but what stands in the map of assets."""

from importlib.metadata import version
from pathlib import Path

from flask import current_app
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

PICTURES = ("data:image/png;base64,", "data:image/svg+xml;base64,")


class Fetched(Exception):
    """The HTML asked for something outside; what was refused is a matter for security."""


class NothingOutside(URLFetcher):
    """Refuses every address, and remembers which: in an SVG the refusal itself is swallowed."""

    def __init__(self) -> None:
        super().__init__(allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
        """Refuse everything but a picture that the address itself holds.

        Raises:
            FatalURLFetchingError: the address leads somewhere.
        """
        if url.startswith(PICTURES):
            return super().fetch(url, headers)
        self.refused.append(url)
        raise FatalURLFetchingError(url)


def make_pdf(html: str) -> bytes:
    """A PDF/UA-1 of `html`. The same text gives the same bytes on the same version and fonts.

    Raises:
        Fetched: the HTML names something outside.
    """
    fetcher, fonts = NothingOutside(), FontConfiguration()
    style = CSS(string=report_style(), url_fetcher=fetcher, font_config=fonts)
    try:
        made = HTML(string=html, url_fetcher=fetcher).write_pdf(
            stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1"
        )
    except FatalURLFetchingError as error:
        raise Fetched(str(error)) from None
    if fetcher.refused:
        raise Fetched(", ".join(fetcher.refused))
    return bytes(made)


def report_style() -> str:
    """The style sheet of reports on paper."""
    return (Path(str(current_app.static_folder)) / "built" / "report.css").read_text()


def versions() -> dict[str, str]:
    """What makes a PDF what it is, besides the fonts."""
    return {name: version(name) for name in ("weasyprint", "pydyf", "fonttools")}
