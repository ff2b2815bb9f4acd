"""API keys: a file of hashes, who has which, and until when.

A key is `mm_{id}_{secret}` with a secret of 256 random bits, so a plain SHA-256 is enough: nobody can guess
that many, and a slow hash would only slow down the service.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
import stat
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import structlog

from matchmaker.api.files import fingerprint
from matchmaker.errors import InvalidParameter, MatchmakerError

SCOPES = ("read", "decide", "admin")
MAX_NAME_LENGTH = 80
_NO_HASH = hashlib.sha256(b"").hexdigest()
_HASH = re.compile(r"[0-9a-f]{64}")
_log = structlog.get_logger("matchmaker.keys")


class BrokenKeys(MatchmakerError):
    """The file of keys is missing or is not one."""

    slug = "error"
    status = 503


@dataclass(frozen=True, slots=True)
class Principal:
    """The holder of an API key.

    Attributes:
        id: the part of the key that is no secret.
        scopes: some of `SCOPES`; `admin` may do everything.
        expires: the last day on which the key is valid; None is never.
        hash: SHA-256 of the secret.
    """

    id: str
    name: str
    scopes: tuple[str, ...]
    created: date
    expires: date | None
    hash: str

    def has_scope(self, scope: str) -> bool:
        """Whether the key allows something."""
        return scope in self.scopes or "admin" in self.scopes


class KeyStore:
    """The keys of a file, read again whenever it changes.

    While the file can't be read, no key is valid: nobody is let in on the word of an older file.

    Args:
        path: of the file.

    Raises:
        BrokenKeys: the file is missing or is not one, at the start.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._fingerprint = fingerprint(path)
        self._principals = {principal.id: principal for principal in read(path)}

    def principal(self, key: str) -> Principal | None:
        """The holder of a key; None where it is unknown, revoked or expired."""
        self._reload_if_changed()
        prefix, _, rest = key.partition("_")
        id_, _, secret = rest.partition("_")
        found = self._principals.get(id_)
        # Whether or not there is such an id, one hash is made and compared.
        right = hmac.compare_digest(_hashed(secret), found.hash if found else _NO_HASH)
        if found is None or not right or prefix != "mm":
            return None
        return found if found.expires is None or found.expires >= _today() else None

    def _reload_if_changed(self) -> None:
        found = fingerprint(self.path)
        if found == self._fingerprint:
            return
        self._fingerprint, self._principals = found, {}
        try:
            self._principals = {principal.id: principal for principal in read(self.path)}
            _log.info("keys read again", keys=len(self._principals))
        except BrokenKeys as error:
            _log.error("keys refused", reason=error.message)


def create(path: Path, name: str, scopes: Sequence[str], expires: date | None = None) -> str:
    """Make a key and add its hash to a file, which is made if there is none.

    Returns:
        The key; it is stored nowhere, so this is the only time it can be read.

    Raises:
        InvalidParameter: the name, a scope or the day makes no sense.
        BrokenKeys: the file can't be read.
    """
    if not 0 < len(name) <= MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidParameter(
            f"A name of {len(name)} characters can't be used.", f"Give 1 to {MAX_NAME_LENGTH}, in print."
        )
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise InvalidParameter(
            f"There is no scope '{', '.join(sorted(unknown))}'.", f"Choose of {', '.join(SCOPES)}."
        )
    if expires is not None and expires < _today():
        raise InvalidParameter(f"{expires} is past, so the key would never be valid.", "Give a day to come.")
    id_, secret = secrets.token_hex(4), secrets.token_urlsafe(32)
    with _changing(path) as principals:
        if any(one.name == name for one in principals):
            raise InvalidParameter(
                f"There is a key named '{name}' already.", "Choose another name, or revoke it first."
            )
        ordered = tuple(scope for scope in SCOPES if scope in scopes)
        principals.append(Principal(id_, name, ordered, _today(), expires, _hashed(secret)))
    return f"mm_{id_}_{secret}"


def revoke(path: Path, key: str) -> Principal:
    """Take a key out of the file, by its id or its name; it is refused from then on.

    Raises:
        InvalidParameter: there is no such key.
        BrokenKeys: the file can't be read.
    """
    with _changing(path) as principals:
        found = next((one for one in principals if key in (one.id, one.name)), None)
        if found is None:
            raise InvalidParameter(f"There is no key '{key}'.", "'matchmaker keys list' lists them.")
        principals.remove(found)
    return found


def read(path: Path) -> list[Principal]:
    """Every holder of a key, in the order of making.

    Raises:
        BrokenKeys: the file is missing or is not one.
    """
    try:
        if path.stat().st_mode & stat.S_IWOTH:
            raise BrokenKeys(
                f"Everybody on the machine may write to the file of keys {path}.",
                "Take that right away ('chmod o-w'), and check that its keys are those you made.",
            )
        return [
            Principal(
                id=str(one["id"]),
                name=str(one["name"]),
                scopes=tuple(one["scopes"]),
                created=date.fromisoformat(one["created"]),
                expires=None if one["expires"] is None else date.fromisoformat(one["expires"]),
                hash=_sound_hash(one["hash"]),
            )
            for one in json.loads(path.read_text("utf-8"))["keys"]
        ]
    except FileNotFoundError as error:
        raise BrokenKeys(
            f"There is no file of keys at {path}.", "Make one with 'matchmaker keys create'."
        ) from error
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        step = "Restore it from a copy, or move it away and make new keys."
        raise BrokenKeys(f"The file of keys {path} can't be read.", step) from error


@contextmanager
def _changing(path: Path) -> Iterator[list[Principal]]:
    """The keys of a file, written back in one step; two who change it at once wait for each other."""
    lock = path.with_name(f".{path.name}.lock")
    try:
        with lock.open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            principals = read(path) if path.exists() else []
            yield principals
            text = json.dumps({"keys": [asdict(one) for one in principals]}, indent=1, default=str) + "\n"
            with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
                file.write(text)  # such a file is for its owner only
                file.flush()
                os.fsync(file.fileno())
            if path.exists():
                before = path.stat()
                Path(file.name).chmod(before.st_mode & 0o777)
                if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                    os.chown(file.name, before.st_uid, before.st_gid)  # the service must still read it
            Path(file.name).replace(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BrokenKeys(
            f"{path} can't be written: {reason}.", "Name a file in a folder that exists."
        ) from error


def _sound_hash(given: object) -> str:
    if not isinstance(given, str) or not _HASH.fullmatch(given):
        raise ValueError("not a SHA-256 in hexadecimal")
    return given


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()
