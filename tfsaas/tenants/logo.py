"""A council's logo: whatever was uploaded becomes a plain picture, or is refused with what to do."""

import io
from dataclasses import dataclass
from xml.etree.ElementTree import Element, ParseError, register_namespace, tostring

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from PIL import Image, UnidentifiedImageError

LARGEST_BYTES = 1_000_000
LARGEST_SIDE = 4_000
KEPT_SIDE = 800
PNG, SVG = "image/png", "image/svg+xml"
NAMESPACE = "http://www.w3.org/2000/svg"
NOT_A_PICTURE = "The logo must be a PNG, JPEG or SVG picture"
SHAPES = frozenset(
    [
        "svg",
        "g",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "title",
        "desc",
        "defs",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
    ]
)
ATTRIBUTES = frozenset(
    [
        "id",
        "d",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "width",
        "height",
        "points",
        "viewBox",
        "preserveAspectRatio",
        "transform",
        "version",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-dasharray",
        "opacity",
        "offset",
        "stop-color",
        "stop-opacity",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "clip-path",
        "clip-rule",
        "clipPathUnits",
        "role",
    ]
)
HARMLESS_ELSEWHERE = frozenset(["class", "data-name", "baseProfile", "enable-background"])


class LogoRefused(Exception):
    """The file cannot be the logo; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A cleaned picture and its media type."""

    content: bytes
    kind: str


def clean_logo(content: bytes) -> Logo:
    """The picture in `content`, without anything that is not picture.

    A PNG or JPEG is drawn anew, so that nothing else travels in it. Of an SVG only shapes may be there.

    Raises:
        LogoRefused: it is no picture, too large, or an SVG that holds more than shapes.
    """
    if len(content) > LARGEST_BYTES:
        raise LogoRefused("The logo must be smaller than 1 MB")
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Logo(_clean_svg(content), SVG)
    return Logo(_draw_anew(content), PNG)


def _draw_anew(content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as picture:
            if max(picture.size) > LARGEST_SIDE:
                raise LogoRefused(f"The logo must be at most {LARGEST_SIDE:,} pixels wide and high")
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError):
        raise LogoRefused(NOT_A_PICTURE) from None
    drawn.thumbnail((KEPT_SIDE, KEPT_SIDE))
    out = io.BytesIO()
    drawn.save(out, "PNG", optimize=True)
    return out.getvalue()


def _clean_svg(content: bytes) -> bytes:
    try:
        root = ElementTree.fromstring(content, forbid_dtd=True)
    except DefusedXmlException:
        raise LogoRefused(
            "The SVG declares entities or a document type. Export it again as a plain SVG, or use a PNG"
        ) from None
    except (ParseError, ValueError):
        raise LogoRefused(NOT_A_PICTURE) from None
    if root.tag != f"{{{NAMESPACE}}}svg":
        raise LogoRefused(NOT_A_PICTURE)
    for element in root.iter():
        _check(element)
    register_namespace("", NAMESPACE)
    return bytes(tostring(root, encoding="utf-8"))


def _check(element: Element) -> None:
    """Refuse what is not a shape; drop what only other programs read.

    Raises:
        LogoRefused: the element, or one of its attributes, could do more than be drawn.
    """
    name = str(element.tag).removeprefix(f"{{{NAMESPACE}}}")
    if name not in SHAPES:
        raise _more_than_shapes(name.rsplit("}", 1)[-1])
    for key, value in list(element.attrib.items()):
        if key.endswith("href") or not _points_inside(value):
            raise _more_than_shapes(key.rsplit("}", 1)[-1])
        if key.startswith("{") or key in HARMLESS_ELSEWHERE:
            del element.attrib[key]
        elif key not in ATTRIBUTES:
            raise _more_than_shapes(key)


def _points_inside(value: str) -> bool:
    """Whether every address in a value is one of the picture itself."""
    folded = value.lower().replace(" ", "")
    return "script:" not in folded and folded.count("url(") == folded.count("url(#")


def _more_than_shapes(what: str) -> LogoRefused:
    return LogoRefused(
        f"The SVG holds more than shapes ({what[:40]}). Export it again as a plain SVG, or use a PNG"
    )
