"""What is worked out from a published snapshot, kept on disk so that a new process need not begin anew.

One file for each result, in the user's cache folder: arrays, frames and plain values, never code. Its name
is a hash of the function, the content that it was given and the code that works it out, so that nothing is
ever out of date: what changed is made again under another name. Its first bytes are a hash of the others; a
file that is broken, or a folder that can't be used, costs the time of working it out again and nothing else.
Own data are never kept: what holds them has no `stored_as`.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from matchmaker.version import __version__

P = ParamSpec("P")
T = TypeVar("T")
Parts = dict[str, Any]
"""Name -> an array, a frame, or what JSON can hold."""

FOLDER = "MATCHMAKER_DISK_CACHE"
"""Environment variable: the folder to keep files in; `off` keeps none."""
OFF = "off"
MAX_STORED = 256 * 2**20
"""Bytes of all files together; those that were not read for the longest time go first."""
SUFFIX = ".result"
ABANDONED = 3600
"""Seconds after which an unfinished file is taken for that of a process that died."""
ROOMS = ("features", "models", "sectors", "snapshot", "sources")
"""Whose code results depend on, beside the modules at the top."""
_HASH = hashlib.sha256
_HASH_BYTES = _HASH().digest_size


def stored(
    pack: Callable[[T], Parts], unpack: Callable[..., T], when: Callable[..., bool] = lambda *_: True
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the results of a pure function on disk, where all that it is given has a `stored_as`.

    Args:
        pack: the result as arrays, frames and plain values.
        unpack: from these and what the function was given, an equal result.
        when: whether the result for what the function is given is worth keeping.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        name = f"{function.__module__}.{function.__qualname__}"

        @wraps(function)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
            path = None if kwargs or not when(*args) else _path(name, args)
            if path is None:
                return function(*args, **kwargs)
            parts = _read(path)
            if parts is not None:
                return unpack(parts, *args)
            result = function(*args, **kwargs)
            _write(path, pack(result))
            return result

        return wrapper

    return decorate


def of_own_day(snapshot: Any, day: date) -> bool:
    """Whether a day is that up to which a snapshot holds, which is what most are asked about."""
    return bool(day == snapshot.as_of)


def folder() -> Path | None:
    """Where results are kept; None where none are."""
    named = os.environ.get(FOLDER)
    if named:
        return None if named == OFF else Path(named)
    with suppress(RuntimeError):  # nobody's home
        return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "matchmaker" / "results"
    return None


def _path(name: str, args: tuple[Any, ...]) -> Path | None:
    """The file of a result; None where it is not to be kept."""
    place = folder()
    if place is None:
        return None
    given = [str(getattr(one, "stored_as", one) or "") for one in args]
    code = code_version()
    if not all(given) or code is None:
        return None
    return place / (_HASH("\0".join((name, *given, code)).encode()).hexdigest()[:40] + SUFFIX)


@cache
def code_version() -> str | None:
    """What tells this code and the libraries that it computes with; None where it can't be told."""
    import numpy as np
    import polars as pl

    root = Path(__file__).parent
    said = [__version__, np.__version__, pl.__version__]
    try:
        for file in sorted(_modules(root, ROOMS)):
            status = os.stat(file)
            said.append(f"{file.removeprefix(str(root))} {status.st_size} {status.st_mtime_ns}")
    except OSError:
        return None
    return _HASH("\0".join(said).encode()).hexdigest()


def _modules(place: str | Path, rooms: tuple[str, ...] | None = None) -> Iterator[str]:
    """Paths of the modules in a folder and below, of some of its folders where they are named."""
    with os.scandir(place) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path
            elif entry.name != "__pycache__" and (rooms is None or entry.name in rooms) and entry.is_dir():
                yield from _modules(entry.path)


def _read(path: Path) -> Parts | None:
    """The parts in a file; None where there is none that is whole."""
    import numpy as np
    import polars as pl

    try:
        content = path.read_bytes()
        body = memoryview(content)[_HASH_BYTES:]
        if _HASH(body).digest() != content[:_HASH_BYTES]:
            return None
        parts: Parts = {}
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            for member in archive.namelist():
                name, _, form = member.rpartition(".")
                raw = archive.read(member)
                if form == "npy":
                    parts[name] = np.load(io.BytesIO(raw), allow_pickle=False)
                elif form == "arrow":
                    parts[name] = pl.read_ipc(raw)
                else:
                    parts |= json.loads(raw)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        return None
    with suppress(OSError):
        os.utime(path)
    return parts


def _write(path: Path, parts: Mapping[str, Any]) -> None:
    """Put a file into its place in one step, and make room; where that can't be done nothing is left."""
    import numpy as np

    plain: dict[str, Any] = {}
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            raw = io.BytesIO()
            if isinstance(part, np.ndarray):
                np.save(raw, part, allow_pickle=False)
                archive.writestr(zipfile.ZipInfo(f"{name}.npy"), raw.getvalue())
            elif hasattr(part, "write_ipc"):
                part.write_ipc(raw, compression="lz4")
                archive.writestr(zipfile.ZipInfo(f"{name}.arrow"), raw.getvalue())
            else:
                plain[name] = part
        archive.writestr(zipfile.ZipInfo("plain.json"), json.dumps(plain))
    content = body.getvalue()
    if len(content) > MAX_STORED // 2:
        return
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            try:
                file.write(_HASH(content).digest() + content)
            except OSError:
                os.unlink(file.name)
                raise
        Path(file.name).replace(path)
        _make_room(path.parent)


def _make_room(place: Path) -> None:
    """Delete what was not read for the longest time where all takes too much, and what was never finished."""
    with os.scandir(place) as entries:
        files = [(entry.path, entry.stat()) for entry in entries]
    total = 0
    for path, status in sorted(files, key=lambda one: -one[1].st_mtime_ns):
        if path.endswith(SUFFIX):
            total += status.st_size
            gone = total > MAX_STORED
        else:
            gone = path.endswith(".part") and time.time() - status.st_mtime > ABANDONED
        if gone:
            with suppress(FileNotFoundError):
                os.unlink(path)
