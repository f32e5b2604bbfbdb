"""The plans that come with the service: the national programmes as councils commonly read them."""

from importlib.resources import files

from tfsaas.rules.parse import Document, read_document

TITLES = {
    "tf-2012": "Troubled Families, phase 1 (2012 to 2015)",
    "tf-2015": "Expanded programme (2015 to 2020)",
    "sf-2022": "Supporting Families outcome framework (2022 to 2025)",
}


def get_template(key: str) -> Document:
    """The document of a shipped plan.

    Raises:
        KeyError: there is none with this key.
    """
    if key not in TITLES:
        raise KeyError(key)
    return read_document((files("tfsaas.rules") / "plans" / f"{key}.toml").read_text("utf-8"))
