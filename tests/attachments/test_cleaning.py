"""What is sent is what it shows to be, and carries nothing else."""

import io

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader

from tfsaas.attachments.cleaning import FileRefused, clean

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def picture(kind: str, size: tuple[int, int] = (20, 10), **told: object) -> bytes:
    output = io.BytesIO()
    Image.new("RGB", size, "red").save(output, kind, **told)
    return output.getvalue()


def located() -> bytes:
    """A photograph that says where it was taken, lying on its side."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CANARY camera", 6
    exif.get_ifd(0x8825)[1] = "N"
    return picture("JPEG", exif=exif)


def armed_pdf() -> bytes:
    document = pikepdf.new()
    document.add_blank_page()
    document.docinfo["/Author"] = "CANARY author"
    document.Root.OpenAction = pikepdf.Dictionary(
        S=pikepdf.Name.JavaScript, JS="app.alert('CANARY')"
    )
    document.attachments["CANARY.txt"] = b"hidden"
    with document.open_outline() as outline:
        outline.root.append(
            pikepdf.OutlineItem(
                "CANARY", action=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="CANARY.exe")
            )
        )
    hidden = document.make_stream(b"CANARY bytes")
    spec = pikepdf.Dictionary(
        Type=pikepdf.Name.Filespec, F="CANARY", EF=pikepdf.Dictionary(F=hidden)
    )
    document.Root.StructTreeRoot = document.make_indirect(
        pikepdf.Dictionary(AF=pikepdf.Array([spec]))
    )
    link = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Link, "Rect": [0, 0, 9, 9]}
    document.pages[0].Annots = pikepdf.Array([
        pikepdf.Dictionary(**link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/kept")),
        pikepdf.Dictionary(**link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="CANARY.exe")),
        pikepdf.Dictionary(**link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="file:///CANARY")),
        pikepdf.Dictionary(**link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/next", Next=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="CANARY"))),
    ])  # fmt: skip
    with document.open_metadata() as metadata:
        metadata["dc:creator"] = ["CANARY creator"]
    output = io.BytesIO()
    document.save(output, compress_streams=False)
    return output.getvalue()


def test_a_photograph_keeps_its_picture_upright_and_nothing_of_where_it_was_taken():
    kept = clean("IMG.jpg", located())

    image = Image.open(io.BytesIO(kept.content))
    assert (kept.type, kept.name, image.size) == ("image/jpeg", "IMG.jpg", (10, 20))
    assert not image.getexif()
    assert b"CANARY" not in kept.content


def test_a_pdf_loses_what_acts_and_what_is_hidden_but_keeps_pages_and_links():
    kept = clean("letter.PDF", armed_pdf())

    assert kept.name == "letter.pdf"
    with pikepdf.open(io.BytesIO(kept.content)) as document:
        whole = b"".join(str(item).encode() for item in document.objects)
        assert "/OpenAction" not in document.Root
        assert len(document.attachments) == 0
    assert b"CANARY" not in kept.content + whole
    assert b"example.org/kept" in whole
    assert len(PdfReader(io.BytesIO(kept.content)).pages) == 1


def filled_form() -> bytes:
    """A form whose one field somebody filled in."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(300, 300))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T="worry",
            V="Often away",
            DA="/Helv 12 Tf 0 g",
            Rect=[10, 10, 200, 40],
            F=4,
            P=page.obj,
        )
    )
    page.Annots = pikepdf.Array([field])
    document.Root.AcroForm = pikepdf.Dictionary(
        Fields=pikepdf.Array([field]),
        NeedAppearances=True,
        DR=pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=font)),
    )
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def test_what_was_filled_into_a_form_stays_on_the_page():
    kept = clean("form.pdf", filled_form())

    reader = PdfReader(io.BytesIO(kept.content))
    assert reader.get_fields() in (None, {})
    assert "Often away" in reader.pages[0].extract_text()


def test_a_form_that_only_its_own_program_shows_is_refused_in_words():
    with pikepdf.open(io.BytesIO(filled_form())) as document:
        document.Root.AcroForm.XFA = pikepdf.String("x")
        output = io.BytesIO()
        document.save(output)

    with pytest.raises(FileRefused, match="Print it to a new PDF"):
        clean("form.pdf", output.getvalue())


def test_a_photograph_within_a_pdf_keeps_nothing_of_where_it_was_taken():
    document = pikepdf.new()
    document.add_blank_page()
    photograph = document.make_stream(
        located(),
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Image,
        Filter=pikepdf.Name.DCTDecode,
        Width=20,
        Height=10,
        ColorSpace=pikepdf.Name.DeviceRGB,
        BitsPerComponent=8,
    )
    document.pages[0].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=photograph))
    output = io.BytesIO()
    document.save(output)

    kept = clean("scan.pdf", output.getvalue())

    assert b"CANARY" not in kept.content
    image = PdfReader(io.BytesIO(kept.content)).pages[0].images[0].image
    assert image is not None
    assert image.size == (20, 10)


def test_text_stays_text():
    kept = clean("notiz", "\ufeffAttendance: 60 %\n".encode())

    assert (kept.name, kept.content) == ("notiz.txt", b"Attendance: 60 %\n")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("a.pdf", b"", "The file is empty"),
        ("a.pdf", b"%PDF-1.7 broken", "The file is damaged"),
        ("a.jpg", b"\xff\xd8\xff broken", "The file is damaged"),
        ("a.png", b"\x89PNG\r\n\x1a\n broken", "The file is damaged"),
        ("a.pdf", b"<html><script>", "must be a PDF, JPEG, PNG or plain text"),
        ("a.svg", b"  <svg onload='x'/>", "must be a PDF, JPEG, PNG or plain text"),
        ("a.docx", b"PK\x03\x04", "must be a PDF, JPEG, PNG or plain text"),
        ("a.exe", b"MZ\x90\x00", "must be a PDF, JPEG, PNG or plain text"),
        ("a.txt", "Łódź".encode("utf-16"), "must be a PDF, JPEG, PNG or plain text"),
        ("a.txt", b"x" * (10 * 1024 * 1024 + 1), "smaller than 10 MB"),
    ],
)
def test_what_is_not_taken_is_refused_with_what_to_do(name, content, fault):
    with pytest.raises(FileRefused, match=fault):
        clean(name, content)


def test_a_picture_that_unfolds_to_too_much_is_refused():
    with pytest.raises(FileRefused, match="too many points"):
        clean("big.png", picture("PNG", (10_000, 3_001)))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("gpj\u202efdp.exe", "gpjfdp.txt"),
        ('a"b\r\nc.txt', "abc.txt"),
        ("", "file.txt"),
        ("x" * 300, "x" * 100 + ".txt"),
    ],
)
def test_a_name_is_a_name_and_nothing_else(name, kept):
    assert clean(name, b"text").name == kept
