"""Asking a virus scanner about a file: ClamAV's own protocol over a socket, nothing leaves the house."""

import socket
import struct
from urllib.parse import urlsplit

from flask import current_app

PIECE = 64 * 1024
SECONDS = 30.0
DEFAULT_PORT = 3310


class ScannerUnreachable(Exception):
    """The scanner did not answer as one does; the file stays in quarantine and is asked about again."""


def scanner_address() -> str:
    """Where the scanner listens; "" where none is set."""
    address: str = current_app.config["SETTINGS"].scanner_url
    return address


def is_clean(address: str, content: bytes) -> bool:
    """Whether the scanner at `address` (`tcp://host:3310` or `unix:///path`) finds nothing.

    Raises:
        ScannerUnreachable: it does not answer, or not as ClamAV's INSTREAM does.
    """
    try:
        with _connect(address) as connection:
            connection.sendall(b"zINSTREAM\0")
            for at in range(0, len(content), PIECE):
                piece = content[at : at + PIECE]
                connection.sendall(struct.pack("!L", len(piece)) + piece)
            connection.sendall(struct.pack("!L", 0))
            answer = _read(connection)
    except OSError as error:
        raise ScannerUnreachable(type(error).__name__) from None
    if answer.endswith("FOUND"):
        return False
    if answer.endswith("OK"):
        return True
    raise ScannerUnreachable("an answer that is none")


def _connect(address: str) -> socket.socket:
    parts = urlsplit(address)
    if parts.scheme == "unix":
        found = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        found.settimeout(SECONDS)
        found.connect(parts.path)
        return found
    return socket.create_connection((parts.hostname or "", parts.port or DEFAULT_PORT), SECONDS)


def _read(connection: socket.socket) -> str:
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < PIECE:
        piece = connection.recv(PIECE)
        if not piece:
            break
        answer += piece
    return answer.rstrip(b"\0\n").decode("ascii", "replace")
