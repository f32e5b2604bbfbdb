"""What is sent is what it shows to be, and carries nothing else."""

import io
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader
from sqlalchemy import select

from tests.builders import Council
from tests.loads.deliveries import do_jobs
from tfsaas.attachments.actions import get_open_file, keep_file, scan_again
from tfsaas.attachments.cleaning import FileRefused, clean
from tfsaas.attachments.models import Scan, StoredFile
from tfsaas.db import NotFound, db

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
    link = {"Type": pikepdf.Name.Annot, "Subtype": pikepdf.Name.Link, "Rect": [0, 0, 9, 9]}
    document.pages[0].Annots = pikepdf.Array([
        pikepdf.Dictionary(**link, A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://example.org/kept")),
        pikepdf.Dictionary(**link, A=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="CANARY.exe")),
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
        clean("big.png", picture("PNG", (10_000, 5_001)))


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


@contextmanager
def scanner(*answers: bytes) -> Iterator[str]:
    """A daemon that speaks ClamAV's INSTREAM, finds EICAR, and gives set answers first."""
    told = list(answers)
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                assert stream.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack("!L", stream.read(4))[0]:
                    content += stream.read(size)
                found = b"stream: Eicar FOUND\0" if EICAR in content else b"stream: OK\0"
                connection.sendall(told.pop(0) if told else found)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield f"tcp://127.0.0.1:{server.getsockname()[1]}"
    server.shutdown(socket.SHUT_RDWR)
    server.close()
    thread.join()


def kept_with(council: Council, monkeypatch, address: str, content: bytes):
    monkeypatch.setitem(council.app.config, "SETTINGS", replace(council.app.config["SETTINGS"], scanner_url=address))  # fmt: skip
    with council.work():
        return keep_file(clean("file.txt", content)).id


def test_a_file_is_closed_until_the_scanner_has_seen_it(council: Council, monkeypatch):
    with scanner() as address:
        file_id = kept_with(council, monkeypatch, address, b"harmless" * 20_000)
        with council.work(), pytest.raises(NotFound):
            get_open_file(file_id)
        do_jobs(council)

    with council.work():
        assert get_open_file(file_id).scan is Scan.CLEAN


def test_what_the_scanner_refuses_is_not_kept(council: Council, monkeypatch):
    with scanner() as address:
        file_id = kept_with(council, monkeypatch, address, EICAR)
        do_jobs(council)

    with council.work():
        row = db.session.scalars(select(StoredFile).where(StoredFile.id == file_id)).one()
        assert (row.scan, row.content) == (Scan.REFUSED, None)
        with pytest.raises(NotFound):
            get_open_file(file_id)


@pytest.mark.parametrize("answer", [b"", b"INSTREAM size limit exceeded. ERROR\0"])
def test_a_scanner_that_does_not_answer_opens_nothing_and_is_asked_again(
    council: Council, monkeypatch, answer
):
    with scanner(answer) as address:
        file_id = kept_with(council, monkeypatch, address, b"harmless")
        do_jobs(council)
        monkeypatch.setattr("tfsaas.attachments.actions.PATIENCE", -pytest.importorskip("datetime").timedelta(1))  # fmt: skip
        with council.work():
            assert db.session.scalars(select(StoredFile.scan).where(StoredFile.id == file_id)).one() is Scan.WAITING  # fmt: skip
            assert scan_again() == 1
        do_jobs(council)

    with council.work():
        assert get_open_file(file_id).scan is Scan.CLEAN


def test_without_a_scanner_the_file_is_open_and_says_so(council: Council):
    with council.work():
        file_id = keep_file(clean("file.txt", b"text")).id
        assert get_open_file(file_id).scan is Scan.NOT_SCANNED
