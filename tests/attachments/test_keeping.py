"""Files are cleaned by a process of its own, and closed until the scanner has seen them."""

import io
import resource
import socket
import struct
import threading
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import reduce

import pikepdf
import pytest
from sqlalchemy import select

from tests.builders import Council
from tests.loads.deliveries import do_jobs
from tfsaas.attachments.actions import get_open_file, keep_file, scan_again
from tfsaas.attachments.cleaning import FileRefused, clean
from tfsaas.attachments.models import Scan, StoredFile
from tfsaas.attachments.sandbox import clean_apart
from tfsaas.db import NotFound, db

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MEGABYTE = b" " * 1_000_000


def bomb() -> bytes:
    """A small PDF whose page would unfold to more than a gigabyte."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(MEGABYTE) + packer.flush(zlib.Z_FULL_FLUSH)  # may be repeated as it is
    check = reduce(lambda so_far, _: zlib.adler32(MEGABYTE, so_far), range(1500), 1)
    packed = b"\x78\xda" + block * 1500 + packer.flush() + struct.pack(">I", check)
    document = pikepdf.new()
    document.add_blank_page()
    content = document.make_stream(zlib.compress(packed, 9))
    content.Filter = pikepdf.Array([pikepdf.Name.FlateDecode, pikepdf.Name.FlateDecode])
    document.pages[0].Contents = content
    output = io.BytesIO()
    document.save(
        output, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False
    )
    return output.getvalue()


def try_to_clean(content: bytes) -> str:
    """What became of a file: its type, or why it was refused."""
    try:
        return clean_apart("bomb.pdf", content).type
    except FileRefused as refused:
        return str(refused)


def test_a_file_that_would_eat_the_service_is_cleaned_or_refused_elsewhere():
    sent = bomb()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    became = try_to_clean(sent)

    assert len(sent) < 100_000
    assert became == "application/pdf" or "takes too much" in became or "damaged" in became
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000, "in kilobytes"


def test_a_process_of_its_own_says_the_same():
    assert clean_apart("a.txt", b"text").content == b"text"
    with pytest.raises(FileRefused, match="must be a PDF"):
        clean_apart("a.exe", b"MZ\x00")


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
        monkeypatch.setattr("tfsaas.attachments.actions.PATIENCE", -timedelta(1))  # fmt: skip
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
