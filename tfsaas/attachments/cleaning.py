"""What a sent file really is, and the same file without what it should not carry.

Pictures are drawn anew, so nothing but the picture is left. A PDF loses its particulars, scripts,
forms that act, attached files and links to files. Text stays text. Anything else is refused.
"""

import io
import json
import re
import resource
import sys
from dataclasses import dataclass

import pikepdf
from PIL import Image, ImageOps

LARGEST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 30_000_000
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
    "/AF",
    "/EF",
    "/JS",
    "/JavaScript",
    "/Metadata",
    "/Next",
    "/OpenAction",
    "/PieceInfo",
    "/Launch",
)
ROOT_KEPT = {"/Type", "/Pages", "/Lang"}
PAGE_KEPT = {
    "/Type",
    "/Parent",
    "/MediaBox",
    "/CropBox",
    "/Rotate",
    "/Resources",
    "/Contents",
    "/Annots",
    "/UserUnit",
}
WEB = ("http://", "https://", "mailto:")
LIVE_FORM = "The PDF is a form that only its own program can show. Print it to a new PDF, or take a photograph of it"
MEMORY, SECONDS = 1_200_000_000, 20


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
    try:
        kind, cleaned = _clean_content(content)
    except FileRefused:
        raise
    except Exception:  # noqa: BLE001 (whatever a damaged file does to those who read it)
        raise FileRefused(DAMAGED) from None
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
    picture: Image.Image = Image.open(io.BytesIO(content), formats=[kind])
    if picture.width * picture.height > MOST_PIXELS:
        raise FileRefused("The picture has too many points; send a smaller one")
    picture.load()
    picture = _upright(picture)
    picture.info = {key: picture.info[key] for key in ("transparency",) if key in picture.info}
    output = io.BytesIO()
    picture.save(output, kind, **({"quality": 90} if kind == "JPEG" else {}))
    return output.getvalue()


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as the camera says; as it is where that cannot be read."""
    try:
        return ImageOps.exif_transpose(picture)
    except Exception:  # noqa: BLE001 (whatever is wrong with the camera's notes, the picture is what counts)
        return picture


def _clean_pdf(content: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(content)) as document:
        if len(document.pages) > MOST_PAGES:
            raise FileRefused(f"The PDF has more than {MOST_PAGES} pages; send it in parts")
        if "/AcroForm" in document.Root and "/XFA" in document.Root.AcroForm:
            raise FileRefused(LIVE_FORM)
        document.generate_appearance_streams()
        document.flatten_annotations("all")  # what was filled in becomes part of the page
        _disarm(document)
        output = io.BytesIO()
        document.save(output)
        return output.getvalue()


def _disarm(document: pikepdf.Pdf) -> None:
    """Keep pages and links to the web; take away what acts, what is hidden, and who made it where."""
    _keep_only(document.Root, ROOT_KEPT)
    if "/Info" in document.trailer:
        del document.trailer["/Info"]
    for page in document.pages:
        _keep_only(page.obj, PAGE_KEPT)
        notes = [link for note in page.obj.get("/Annots", []) if (link := _plain_link(note))]
        page.obj["/Annots"] = pikepdf.Array(notes)
    for found in document.objects:
        _disarm_object(found)


def _disarm_object(found: pikepdf.Object) -> None:
    if not isinstance(found, pikepdf.Dictionary | pikepdf.Stream):
        return
    for key in ACTING:
        if key in found:
            del found[key]
    if isinstance(found, pikepdf.Stream) and found.get("/Filter") == pikepdf.Name.DCTDecode:
        found.write(strip_notes(found.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)


def _keep_only(holder: pikepdf.Object, keys: set[str]) -> None:
    for key in [key for key in holder.keys() if key not in keys]:  # noqa: SIM118 (a PDF's dictionary iterates its values)
        del holder[key]


def _plain_link(note: pikepdf.Object) -> pikepdf.Object | None:
    """A link to an address in the web, made anew; None for anything else."""
    action = note.get("/A") if isinstance(note, pikepdf.Dictionary) else None
    address = str(action.get("/URI", "")) if isinstance(action, pikepdf.Dictionary) else ""
    if note.get("/Subtype") != pikepdf.Name.Link or not address.startswith(WEB):
        return None
    made = pikepdf.Dictionary(S=pikepdf.Name.URI, URI=address)
    return pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=note.Rect, Border=[0, 0, 0], A=made
    )


def strip_notes(jpeg: bytes) -> bytes:
    """A JPEG without the notes of its camera: every application segment but those that say how to draw it."""
    kept, at = [jpeg[:2]], 2
    while at + 4 <= len(jpeg) and jpeg[at] == 0xFF and jpeg[at + 1] != 0xDA:
        length = int.from_bytes(jpeg[at + 2 : at + 4])
        is_note = (0xE1 <= jpeg[at + 1] <= 0xEF and jpeg[at + 1] != 0xEE) or jpeg[at + 1] == 0xFE
        if not is_note:
            kept.append(jpeg[at : at + 2 + length])
        at += 2 + length
    return b"".join([*kept, jpeg[at:]])


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


def main() -> None:
    """Clean what comes in, within limits of memory and time, and say what it is or why it is not taken."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    name, _, content = sys.stdin.buffer.read().partition(b"\n")
    try:
        found = clean(json.loads(name), content)
        told: dict[str, str] = {"name": found.name, "type": found.type}
        body = found.content
    except FileRefused as refused:
        told, body = {"fault": str(refused)}, b""
    sys.stdout.buffer.write(json.dumps(told).encode() + b"\n" + body)


if __name__ == "__main__":
    main()
