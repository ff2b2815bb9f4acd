"""The figures in use, and the change to newer ones without a pause."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from threading import Lock

import structlog

from matchmaker.api import metrics
from matchmaker.errors import DamagedSnapshot, MatchmakerError
from matchmaker.models.arrangement import arrangements
from matchmaker.models.engine import Matchmaker
from matchmaker.snapshot.store import load, location

_log = structlog.get_logger("matchmaker.figures")
Stamp = tuple[int, int, int]


class Engines:
    """The matchmaker in use, and the file that it came from.

    Attributes:
        current: the one that new requests are answered from.

    Raises:
        DamagedSnapshot: the snapshot can't be used; the service does not start.
    """

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or location()
        self._lock = Lock()
        self._seen = _stamp(self.path)
        self.current = ready(self.path)
        metrics.swapped(self.current)

    def look(self) -> bool:
        """Take a changed file into use if it is sound; refuse it, and go on as before, if it is not.

        Returns:
            Whether there is a new snapshot in use.
        """
        with self._lock:
            stamp = _stamp(self.path)
            if stamp == self._seen:
                return False
            self._seen = stamp
            old = self.current
            try:
                new = ready(self.path, unless=old)
            except MatchmakerError as error:
                metrics.refused()
                _log.error("snapshot refused", reason=error.message, kept=old.snapshot.hash)
                return False
            if new is old:
                return False
            self.current = new  # requests that are being answered keep the one they began with
            metrics.swapped(new, old)
            _log.info("snapshot swapped", snapshot=new.snapshot.hash, before=old.snapshot.hash)
            return True

    async def watch(self, seconds: float, nudged: asyncio.Event) -> None:
        """Look again and again, and at once when nudged."""
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(nudged.wait(), seconds)
            nudged.clear()
            try:
                await asyncio.to_thread(self.look)
            except Exception:  # the watch must outlive whatever a file can do to it
                metrics.refused()
                _log.exception("snapshot refused")


def ready(path: Path, unless: Matchmaker | None = None) -> Matchmaker:
    """A matchmaker on a snapshot that was verified whole, warm for the usual questions.

    Args:
        path: of the snapshot.
        unless: this one is returned if it has the same content.

    Raises:
        DamagedSnapshot: the snapshot can't be used.
    """
    try:
        snapshot = load(path)
        if unless is not None and snapshot.hash == unless.snapshot.hash:
            return unless
        snapshot.verify()
        engine = Matchmaker(snapshot)
        some = engine.profiles().organisations["code"][0]
        for name in arrangements():
            engine.shortlist(some, name, limit=1)
    except MatchmakerError:
        raise
    except Exception as error:  # a file can be wrong in more ways than there are names for
        reason = f"The snapshot {path} can't be used: {type(error).__name__}."
        raise DamagedSnapshot(reason, "Run 'matchmaker snapshot verify'.") from error
    return engine


def _stamp(path: Path) -> Stamp | None:
    try:
        seen = path.stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size, seen.st_ino
