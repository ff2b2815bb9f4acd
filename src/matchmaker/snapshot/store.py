"""A snapshot on disk: one zip of Parquet tables and a manifest, verified as it is read.

One file, so that a new snapshot takes the place of the old one in a single step of the file system.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from matchmaker.errors import DamagedSnapshot, InvalidParameter
from matchmaker.sector import Sector, default_sector, load_sector, sector_names

FORM = 2
MANIFEST = "manifest.json"
TABLES = (
    *("organisations", "names", "site_names", "other_bodies", "successions", "places", "measures"),
    *("conflicts", "quarantine", "attributes", "pairings", "interventions", "groups"),
)
"""Tables that every snapshot has, of whatever sector."""
ADDED: dict[str, dict[str, Any]] = {
    "pairings": {"leadership": pl.String},
    "interventions": {"reported": pl.Date},
}
"""Table -> columns that came later: a snapshot that was built before has nothing in them."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
KEPT_FOLDER = "MATCHMAKER_SNAPSHOTS"
"""Environment variable: the folder in which a machine keeps snapshots by their hash."""
OPEN_AT_ONCE = 4
"""So many snapshots that came by their hash stay open in a process."""
REBUILD = (
    "Build it again with 'matchmaker snapshot build', or unset MATCHMAKER_SNAPSHOT to use the bundled one."
)


def bundled(sector: str | None = None) -> Path:
    """The snapshot that ships with a sector.

    Args:
        sector: its name; needed only where several sectors ship one.

    Raises:
        InvalidParameter: no sector has that name, or none was named and there are several.
    """
    names = [sector] if sector else sector_names()
    paths = {name: Path(str(load_sector(name).folder)) / "artefacts" / "snapshot.zip" for name in names}
    if len(paths) > 1:
        paths = {name: path for name, path in paths.items() if path.is_file()}
    if len(paths) > 1 and (default := default_sector().name) in paths:
        return paths[default]
    if len(paths) != 1:
        raise InvalidParameter("No sector was named.", f"Choose one of {', '.join(sector_names())}.")
    return next(iter(paths.values()))


def location(sector: str | None = None) -> Path:
    """The snapshot in use: `MATCHMAKER_SNAPSHOT` where it is set, else the bundled one.

    Args:
        sector: its name; a file in `MATCHMAKER_SNAPSHOT` that is of another sector is passed over.
    """
    path = os.environ.get("MATCHMAKER_SNAPSHOT")
    if path and (sector is None or _sector_of(Path(path)) in {sector, None}):
        return Path(path)
    return bundled(sector)


def _sector_of(path: Path) -> str | None:
    """The sector that the manifest of a file names; None where the file can't be read."""
    return _named(path, "sector")


def _named(path: Path, what: str) -> str | None:
    """What the manifest of a file says; None where the file can't be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            return str(json.loads(archive.read(MANIFEST))[what])
    except (OSError, zipfile.BadZipFile, KeyError, ValueError):
        return None


def load(path: str | Path | None = None, sector: Sector | None = None) -> Snapshot:
    """Open a snapshot and check its manifest; tables are read, and verified, when first used.

    Args:
        path: the file; by default the snapshot in use.
        sector: what it is read with, by default the installed sector that its manifest names.

    Raises:
        DamagedSnapshot: the file is missing, cut short, edited, or of another form.
    """
    return Snapshot(Path(path) if path is not None else location(sector.name if sector else None), sector)


class Snapshot:
    """A verified, read-only set of tables; every table is a polars frame and an attribute.

    Attributes:
        path: where it was read from.
        manifest: what it holds: hash, day, tables, sources with publisher, period and licence.
        under: that over which a user's own data were laid, which may hold some too; None where none were.
        changed: the rows of `measures` of each organisation whose figures are other than in `under`; None
            where anything else is.
        organisations, names, successions, ...: the tables, as `schema.TABLES` describes them.
    """

    organisations: pl.DataFrame
    names: pl.DataFrame
    site_names: pl.DataFrame
    other_bodies: pl.DataFrame
    successions: pl.DataFrame
    places: pl.DataFrame
    measures: pl.DataFrame
    conflicts: pl.DataFrame
    quarantine: pl.DataFrame
    attributes: pl.DataFrame
    pairings: pl.DataFrame
    interventions: pl.DataFrame
    groups: pl.DataFrame

    def __init__(self, path: Path, sector: Sector | None = None) -> None:
        self.path = path
        self._sector = sector
        self.under: Snapshot | None = None
        self._again: tuple[Any, ...] | None = None
        self.changed: pl.DataFrame | None = None
        self._tables: dict[str, pl.DataFrame] = {}
        try:
            self._content = path.read_bytes()
            with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
                self.manifest: dict[str, Any] = json.loads(archive.read(MANIFEST))
        except FileNotFoundError as error:
            raise DamagedSnapshot(f"There is no snapshot at {path}.", REBUILD) from error
        except (OSError, zipfile.BadZipFile, KeyError, ValueError) as error:
            reason = f"The snapshot {path} is cut short or is not a snapshot."
            raise DamagedSnapshot(reason, REBUILD) from error
        if self.manifest.get("form") != FORM:
            reason = f"The snapshot {path} has form {self.manifest.get('form')}; this version reads {FORM}."
            raise DamagedSnapshot(reason, REBUILD)
        if self.manifest["hash"] != manifest_hash(self.manifest):
            raise DamagedSnapshot(f"The manifest of {path} was edited: its hash does not match.", REBUILD)

    @classmethod
    def of(
        cls,
        tables: Mapping[str, pl.DataFrame],
        manifest: Mapping[str, Any],
        sector: Sector | None = None,
        under: Snapshot | None = None,
        *,
        hashes: Mapping[str, str] | None = None,
        changed: pl.DataFrame | None = None,
        again: tuple[Any, ...] | None = None,
    ) -> Snapshot:
        """A snapshot held in memory only, with rows, columns and hashes worked out from its tables.

        Args:
            tables: name -> frame, sorted by its key so that the same content gives the same hash.
            manifest: facts beside the tables (`sector`, `as_of`, `known_since`, `sources`).
            sector: what it is read with, by default the installed sector that the manifest names.
            under: the published snapshot over which a user's own data were laid.
            hashes: table -> what stands for its content, where that is known already.
            changed: of each organisation whose figures are other than in `under` all its rows of `measures`,
                where nothing but figures is other.
            again: a function and its arguments that make it again, for another process.
        """
        made = cls.__new__(cls)
        made._sector = sector
        if sector is not None:
            manifest = {**manifest, "sector": sector.name}
        made.path = Path("in memory")
        made._content = b""
        made.under = under
        made._again = again
        made.changed = changed
        made._tables = dict(tables)
        made.manifest = _completed(manifest, made._tables, hashes=hashes)
        return made

    @property
    def hash(self) -> str:
        """The content hash, in every answer: same content, same hash."""
        return str(self.manifest["hash"])

    @property
    def published(self) -> Snapshot:
        """The snapshot without a user's own data; itself where none were laid over it."""
        return self if self.under is None else self.under.published

    @property
    def apart_from_figures(self) -> Snapshot:
        """One that holds the same in all tables but `measures`: the published one, where own figures are all.

        What asks it shares its answers with all who ask about the published figures.
        """
        return self if self.under is None or self.changed is None else self.under.apart_from_figures

    def narrowed(self, measures: pl.DataFrame) -> Snapshot:
        """The same with only some rows of the table of measures, for work on some organisations."""
        made = Snapshot.__new__(Snapshot)
        vars(made).update(vars(self))
        made._tables = {**self._tables, "measures": measures}
        made.manifest = {**self.manifest, "hash": f"{self.hash} {content_hash(measures)}"}
        return made

    @property
    def cache_key(self) -> tuple[str, str]:
        """What tells its content, and how it is read, from every other; see `cache.cached`."""
        return self.hash, self.sector.digest

    @property
    def stored_as(self) -> str | None:
        """What tells it in files (`stored`); None where it is in memory only or holds a user's own data.

        Raises:
            DamagedSnapshot: a table is missing or was edited; with results from files it may never be read.
        """
        sector = self.sector.stored_as
        if not sector or self.under is not None or not self.path.is_file():
            return None
        return f"{self.hash} {sector}" if self._is_whole else None

    @cached_property
    def _is_whole(self) -> bool:
        """True, once the bytes of every table were looked at."""
        return all(self._bytes(name) for name in self.manifest["tables"])

    @property
    def sector(self) -> Sector:
        """The sector whose organisations it holds.

        Raises:
            InvalidParameter: the sector that the manifest names is not installed.
        """
        if self._sector is None:
            self._sector = load_sector(self.manifest["sector"])
        return self._sector

    @cached_property
    def as_of(self) -> date:
        """The day up to which the list of organisations holds; the default day of every answer."""
        return date.fromisoformat(self.manifest["as_of"])

    @cached_property
    def known_since(self) -> date:
        """The first day on which any figure was known; no query can be of an earlier day."""
        return date.fromisoformat(self.manifest["known_since"])

    def table(self, name: str) -> pl.DataFrame:
        """One table, verified against its hash when first read.

        Raises:
            DamagedSnapshot: the table is missing or its bytes are not those of the manifest.
        """
        if name not in self._tables:
            self._tables[name] = self._read(name)
        return self._tables[name]

    def _read(self, name: str) -> pl.DataFrame:
        frame = pl.read_parquet(io.BytesIO(self._bytes(name)))
        added = {column: of for column, of in ADDED.get(name, {}).items() if column not in frame.columns}
        return frame.with_columns(pl.lit(None, dtype).alias(column) for column, dtype in added.items())

    def _bytes(self, name: str) -> bytes:
        entry = self.manifest["tables"].get(name)
        try:
            with zipfile.ZipFile(io.BytesIO(self._content)) as archive:
                raw = archive.read(f"{name}.parquet")
        except (KeyError, zipfile.BadZipFile) as error:
            raise DamagedSnapshot(f"The snapshot {self.path} has no sound table {name}.", REBUILD) from error
        if entry is None or hashlib.sha256(raw).hexdigest() != entry["bytes_sha256"]:
            reason = f"The table {name} of {self.path} was edited: its hash does not match."
            raise DamagedSnapshot(reason, REBUILD)
        return raw

    def verify(self) -> None:
        """Read every table and compare its content with the manifest.

        Raises:
            DamagedSnapshot: any table's bytes or content differ.
        """
        if self._again is not None:
            make, given = self._again
            for below in (one for one in given if isinstance(one, Snapshot)):
                below.verify()
            if make(*given).hash != self.hash:
                raise DamagedSnapshot(
                    "Laid over it again, own data give another snapshot.", "Lay them over it anew."
                )
            return
        for name, entry in self.manifest["tables"].items():
            if content_hash(self.table(name).select(entry["columns"])) != entry["content_sha256"]:
                reason = f"The content of table {name} of {self.path} does not match its hash."
                raise DamagedSnapshot(reason, REBUILD)

    def __getattr__(self, name: str) -> pl.DataFrame:
        """Give a table by its name."""
        if name.startswith("_") or name not in self.manifest["tables"]:
            raise AttributeError(f"a snapshot has no table {name}")
        return self.table(name)

    @cached_property
    def sources(self) -> dict[str, dict[str, Any]]:
        """What each source is: publisher, title, page, licence, files, periods, by id."""
        return {source["id"]: source for source in self.manifest["sources"]}

    @cached_property
    def as_at(self) -> dict[str, date]:
        """Source -> the day of its file, for those that list only what stood then and are no history."""
        return {
            name: date.fromisoformat(source["as_at"])
            for name, source in self.sources.items()
            if source.get("as_at")
        }

    def __reduce__(self) -> tuple[Any, ...]:
        # By its hash, not by its tables: each process opens the file once.
        if self._again is not None:
            return self._again
        return open_by_hash, (self.hash, str(keep(self)), self.sector)

    def __repr__(self) -> str:
        return f"<Snapshot {self.hash[:12]} as of {self.as_of} from {self.path.name}>"


def kept_folder() -> Path:
    """Where this machine keeps snapshots by their hash: `MATCHMAKER_SNAPSHOTS`, else the user's cache."""
    named = os.environ.get(KEPT_FOLDER)
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(named) if named else Path(cache) / "matchmaker" / "snapshots"


def keep(snapshot: Snapshot) -> Path:
    """The file of a snapshot; one that is held in memory only is written to `kept_folder` first."""
    if snapshot.path.is_file():
        return snapshot.path
    path = kept_folder() / f"{snapshot.hash}.zip"
    if not path.is_file():
        facts = {name: of for name, of in snapshot.manifest.items() if name not in ("form", "tables", "hash")}
        write(
            path, {name: snapshot.table(name) for name in snapshot.manifest["tables"]}, facts, snapshot.sector
        )
    return path


def put(wanted: str, content: bytes) -> None:
    """Keep the bytes of a snapshot file under its hash; see `kept_folder`."""
    path = kept_folder() / f"{wanted}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        file.write(content)
    Path(file.name).replace(path)


def has_hash(wanted: str, sector: str) -> bool:
    """Whether this machine has a snapshot of a sector without being told where."""
    return wanted in {_named(place, "hash") for place in _places(wanted, sector)}


@lru_cache(maxsize=OPEN_AT_ONCE)
def open_by_hash(wanted: str, path: str, sector: Sector) -> Snapshot:
    """The snapshot of a hash, opened once in each process wherever this machine has it.

    Args:
        wanted: its hash.
        path: where it lies on the machine that named it, and may lie here; after it, the folder of
            `kept_folder` and the snapshot in use are looked into.
        sector: what it is read with.

    Raises:
        DamagedSnapshot: this machine has no sound file with that hash.
    """
    for place in (Path(path), *_places(wanted, sector.name)):
        if _named(place, "hash") == wanted:
            return Snapshot(place, sector)
    reason = f"This machine has no snapshot with the hash {wanted[:12]}."
    raise DamagedSnapshot(reason, f"Copy the file to {kept_folder() / f'{wanted}.zip'}.")


def _places(wanted: str, sector: str) -> Iterator[Path]:
    yield kept_folder() / f"{wanted}.zip"
    with suppress(InvalidParameter):  # of a sector that is not installed here
        yield location(sector)


def content_hash(frame: pl.DataFrame) -> str:
    """SHA-256 of a table's content, independent of how its bytes were written."""
    return hashlib.sha256(frame.write_csv().encode()).hexdigest()


def manifest_hash(manifest: Mapping[str, Any]) -> str:
    """SHA-256 over a manifest without its own hash and the hashes of the tables' bytes."""
    content = {key: value for key, value in manifest.items() if key != "hash"}
    content["tables"] = {
        name: {key: value for key, value in entry.items() if key != "bytes_sha256"}
        for name, entry in manifest["tables"].items()
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _completed(
    facts: Mapping[str, Any],
    tables: Mapping[str, pl.DataFrame],
    parts: Mapping[str, bytes] | None = None,
    hashes: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The manifest: the facts, what each table holds, and the hash over both."""
    manifest: dict[str, Any] = {"form": FORM, **facts}
    known = hashes or {}
    manifest["tables"] = {
        name: {
            "rows": frame.height,
            "columns": frame.columns,
            "content_sha256": known.get(name) or content_hash(frame),
        }
        for name, frame in tables.items()
    }
    for name, part in (parts or {}).items():
        manifest["tables"][name]["bytes_sha256"] = hashlib.sha256(part).hexdigest()
    manifest["hash"] = manifest_hash(manifest)
    return manifest


def write(
    path: Path, tables: Mapping[str, pl.DataFrame], facts: Mapping[str, Any], sector: Sector | None = None
) -> Snapshot:
    """Write a snapshot to a temporary file, verify it, then move it to its place in one step.

    Args:
        tables: name -> frame, sorted by its key so that the same content gives the same bytes.
        facts: what the manifest holds beside the tables (`sector`, `as_of`, `known_since`, `sources`).
        sector: what the snapshot is read with, by default the installed sector that the manifest names.

    Returns:
        The snapshot, loaded again from its place.
    """
    parts = {name: parquet_bytes(frame) for name, frame in tables.items()}
    manifest = _completed(facts, tables, parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        fresh = Path(file.name)
    try:
        with zipfile.ZipFile(fresh, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(
                zipfile.ZipInfo(MANIFEST, _EPOCH), json.dumps(manifest, indent=1, ensure_ascii=False)
            )
            for name, part in parts.items():
                archive.writestr(zipfile.ZipInfo(f"{name}.parquet", _EPOCH), part)
        Snapshot(fresh, sector).verify()
        fresh.chmod(0o644)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    return Snapshot(path, sector)


def put_in_place(new: Path, place: Path) -> Path | None:
    """Copy a snapshot to its place in one step; what was there stays beside it, named by its hash.

    Returns:
        Where the old one is now; None where there was none.
    """
    kept = None
    if place.is_file():
        kept = place.with_name(f"{place.stem}.{Snapshot(place).hash[:12]}{place.suffix}")
        shutil.copy2(place, kept)
    with tempfile.NamedTemporaryFile(dir=place.parent, suffix=".part", delete=False) as file:
        fresh = Path(file.name)
    try:
        shutil.copy(new, fresh)
        fresh.chmod(0o644)
        fresh.replace(place)
    finally:
        fresh.unlink(missing_ok=True)
    return kept


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """A table as Parquet, with the same bytes for the same content."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd", compression_level=9, statistics=False)
    return buffer.getvalue()
