"""What a sent file really is, and the same file without what it should not carry.

Pictures are drawn anew, so nothing but the picture is left. A PDF loses its particulars, scripts,
forms that act, attached files and links to files. Text stays text. Anything else is refused.
"""

import io
import re
import warnings
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 50_000_000
MOST_PAGES = 500
LONGEST_NAME = 100
ACCEPTED = "PDF, JPEG, PNG or plain text"
NOT_ACCEPTED = f"The file must be a {ACCEPTED} file. Save it as a PDF, or take a photograph of it"
TOO_LARGE = "The file must be smaller than 10 MB"
DAMAGED = "The file is damaged or protected with a password, and cannot be opened"
SUFFIXES = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "text/plain": ".txt",
}
ACTING = (
    "/AA",
    "/OpenAction",
    "/Names",
    "/AcroForm",
    "/Metadata",
    "/PieceInfo",
    "/Collection",
    "/AF",
)
PAGE_ACTING = ("/AA", "/Metadata", "/PieceInfo", "/AF")
HARMLESS = {"/Link", "/Text", "/Highlight", "/Underline", "/StrikeOut", "/FreeText", "/Ink"}


class FileRefused(Exception):
    """The file cannot be taken; the text says what to do instead."""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A file that may be kept."""

    name: str
    type: str
    content: bytes


def clean(name: str, content: bytes) -> Cleaned:
    """The file by what its content shows, without what it should not carry.

    Raises:
        FileRefused: it is empty, too large, damaged, or of a kind that is not taken.
    """
    if not content:
        raise FileRefused("The file is empty")
    if len(content) > LARGEST_BYTES:
        raise FileRefused(TOO_LARGE)
    kind, cleaned = _clean_content(content)
    return Cleaned(_clean_name(name, SUFFIXES[kind]), kind, cleaned)


def _clean_content(content: bytes) -> tuple[str, bytes]:
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return "application/pdf", _clean_pdf(content)
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg", _redraw(content, "JPEG")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png", _redraw(content, "PNG")
    return "text/plain", _clean_text(content)


def _redraw(content: bytes, kind: str) -> bytes:
    """The picture alone: no place where it was taken, no camera, no earlier version."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            picture = Image.open(io.BytesIO(content), formats=[kind])
            if picture.width * picture.height > MOST_PIXELS:
                raise FileRefused("The picture has too many points; send a smaller one")
            upright = ImageOps.exif_transpose(picture)
            drawn = Image.new(upright.mode, upright.size)
            if upright.mode == "P":
                drawn.putpalette(upright.getpalette() or [])
            drawn.paste(upright)
    except (UnidentifiedImageError, OSError, ValueError, Warning, Image.DecompressionBombError):
        raise FileRefused(DAMAGED) from None
    output = io.BytesIO()
    drawn.save(output, kind, **({"quality": 90} if kind == "JPEG" else {"optimize": True}))
    return output.getvalue()


def _clean_pdf(content: bytes) -> bytes:
    try:
        with pikepdf.open(io.BytesIO(content)) as document:
            if len(document.pages) > MOST_PAGES:
                raise FileRefused(f"The PDF has more than {MOST_PAGES} pages; send it in parts")
            _disarm(document)
            output = io.BytesIO()
            document.remove_unreferenced_resources()
            document.save(output)
            return output.getvalue()
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError):
        raise FileRefused(DAMAGED) from None


def _disarm(document: pikepdf.Pdf) -> None:
    """Take away what acts, what is hidden, and who made it where."""
    _take(document.trailer, ("/Info",))
    _take(document.Root, ACTING)
    for page in document.pages:
        _take(page.obj, PAGE_ACTING)
        if "/Annots" in page.obj:
            kept = [note for note in page.obj["/Annots"] if _is_harmless(note)]
            page.obj["/Annots"] = pikepdf.Array(kept)


def _take(holder: pikepdf.Object, keys: tuple[str, ...]) -> None:
    for key in keys:
        if key in holder:
            del holder[key]


def _is_harmless(note: pikepdf.Object) -> bool:
    """A remark, or a link to an address in the web or in the document itself."""
    if str(note.get("/Subtype", "")) not in HARMLESS or "/AA" in note:
        return False
    action = note.get("/A")
    return action is None or str(action.get("/S", "")) in {"/URI", "/GoTo"}


def _clean_text(content: bytes) -> bytes:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(NOT_ACCEPTED) from None
    if re.search(r"[\x00-\x08\x0b\x0e-\x1f]", text) or text.lstrip()[:1] == "<":
        raise FileRefused(NOT_ACCEPTED)
    return text.encode()


def _clean_name(name: str, suffix: str) -> str:
    """What the sender called it, without path, control or direction characters, with the suffix that fits."""
    bare = re.sub(r"^.*[/\\]", "", name)
    bare = "".join(letter for letter in bare if letter.isprintable() and letter not in '"<>:|?*;')
    stem = re.sub(r"\.[A-Za-z0-9]{1,5}$", "", bare).strip(" .")[:LONGEST_NAME]
    return (stem or "file") + suffix
