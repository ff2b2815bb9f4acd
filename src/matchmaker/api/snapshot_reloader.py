"""The engine in use for each sector, and the change to a newer snapshot without a pause."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from time import monotonic

import structlog

from matchmaker.api import metrics
from matchmaker.api.files import fingerprint
from matchmaker.errors import DamagedSnapshot, InvalidParameter, MatchmakerError
from matchmaker.models.arrangement import arrangements
from matchmaker.models.eligibility.candidates import any_service
from matchmaker.models.engine import Matchmaker
from matchmaker.sector import load_sector, sector_names
from matchmaker.snapshot.store import TABLES, load, location

THOROUGH_SECONDS = 3600
"""Time between two readings of a file that nothing tells has changed."""
_log = structlog.get_logger("matchmaker.snapshot")


class SnapshotReloader:
    """The engine in use, and the file that its snapshot came from.

    Attributes:
        current: the engine that new requests are answered by.

    Raises:
        DamagedSnapshot: the snapshot can't be used; the service does not start.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._fingerprint = fingerprint(path)
        self.current = load_and_warm(path)
        metrics.reloaded(self.current)

    def reload_if_changed(self, thorough: bool = False) -> bool:
        """Take a changed file into use if it is sound; refuse it, and go on as before, if it is not.

        Args:
            thorough: read it even if nothing tells of a change, as disks can spoil a file in silence.

        Returns:
            Whether there is a new snapshot in use.
        """
        with self._lock:
            found = fingerprint(self.path)
            if found == self._fingerprint and not thorough:
                return False
            self._fingerprint = found
            old = self.current
            sector = old.snapshot.sector.name
            try:
                new = load_and_warm(self.path, unless=old)
                if new.snapshot.sector.name != sector:
                    step = "Give each sector a file of its own."
                    raise DamagedSnapshot(f"The snapshot {self.path} is of another sector.", step)
            except MatchmakerError as error:
                metrics.refused(sector)
                _log.error("snapshot refused", reason=error.message, kept=old.snapshot.hash)
                return False
            if new is old:
                return False
            self.current = new  # requests that are being answered keep the one they began with
            metrics.reloaded(new, old)
            _log.info("snapshot reloaded", snapshot=new.snapshot.hash, before=old.snapshot.hash)
            return True

    async def watch(self, seconds: float, nudged: asyncio.Event) -> None:
        """Check the file at an interval, and at once when nudged."""
        last = monotonic()
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(nudged.wait(), seconds)
            nudged.clear()
            try:
                thorough = monotonic() > last + THOROUGH_SECONDS
                last = monotonic() if thorough else last
                await asyncio.to_thread(self.reload_if_changed, thorough)
            except Exception:  # the watch must outlive whatever a file can do to it
                metrics.refused(self.current.snapshot.sector.name)
                _log.exception("snapshot refused")


def snapshot_paths(snapshot: Path | None = None, sectors: tuple[str, ...] = ()) -> Mapping[str, Path]:
    """Sector -> the file of its snapshot, for every sector that has one.

    Args:
        snapshot: a file to use for its own sector, in place of the one that ships with it.
        sectors: only these; by default all that are installed.

    Raises:
        InvalidParameter: a sector has no snapshot, or none has.
    """
    every = [name for name in sector_names() if not load_sector(name).served_when_named] or sector_names()
    paths = {name: location(name) for name in sectors or every}
    if snapshot is not None:
        name = load(snapshot).sector.name
        if not sectors or name in sectors:
            paths[name] = snapshot
    missing = [name for name, path in paths.items() if not path.is_file()]
    paths = {name: path for name, path in paths.items() if name not in missing}
    if missing and (sectors or not paths):
        step = "Build it with 'matchmaker snapshot build'."
        raise InvalidParameter(f"There is no snapshot of the sector {', '.join(missing)}.", step)
    return paths


def load_and_warm(path: Path, unless: Matchmaker | None = None) -> Matchmaker:
    """An engine on a snapshot that was verified whole, warm for the usual queries.

    Args:
        path: of the snapshot.
        unless: this one is returned if it has the same content.

    Raises:
        DamagedSnapshot: the snapshot can't be used.
    """
    try:
        snapshot = load(path)
        snapshot.verify()  # also where the manifest is the same: the file may have rotted under it
        for name in TABLES:
            snapshot.table(name)
        if unless is not None and snapshot.hash == unless.snapshot.hash:
            return unless
        engine = Matchmaker(snapshot)
        profiles = engine.profiles()
        known = arrangements(snapshot.sector)
        for name in snapshot.sector.display.arrangements:
            fit = [known[name].is_for(str(one)) for one in profiles.types]
            if any(fit):
                first = profiles.organisations["code"][fit.index(True)]
                engine.shortlist(first, name, limit=1, service=any_service(known[name], profiles))
    except MatchmakerError:
        raise
    except Exception as error:  # a file can be wrong in more ways than there are names for
        reason = f"The snapshot {path} can't be used: {type(error).__name__}."
        raise DamagedSnapshot(reason, "Run 'matchmaker snapshot verify'.") from error
    return engine
