"""What a command works on: the sector that was named, and its figures."""

from __future__ import annotations

from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker
    from matchmaker.sector import Sector
    from matchmaker.snapshot import Snapshot


SHORT = 3
"""Letters of a word that is rather a code than a name."""
sector_name: ContextVar[str | None] = ContextVar("sector_name", default=None)
"""What `--sector` or `MATCHMAKER_SECTOR` names; None where neither is given."""


def _named_sector() -> Sector | None:
    from matchmaker.sector import load_sector

    name = sector_name.get()
    return None if name is None else load_sector(name)


def chosen_sector() -> Sector:
    """The sector to work on: the one named, the only one installed, or that of the snapshot in use."""
    from matchmaker.sector import load_sector, sector_names

    names = sector_names()
    only = load_sector(names[0]) if len(names) == 1 else None
    return _named_sector() or only or get_snapshot().sector


def get_snapshot(path: Path | None = None) -> Snapshot:
    """A snapshot: the one in use where no path is given."""
    from matchmaker.snapshot import load

    return load(path, _named_sector() if path is None else None)


def code_of(text: str) -> str:
    """The code that a command was given, or that of the organisation that it names.

    A code is taken as it is, known or not: records may be of one that has closed since.

    Raises:
        MatchmakerError: it is no code, and the name of none or of several.
    """
    word = text.strip()
    if " " not in word and (word.isupper() or any(map(str.isdigit, word)) or len(word) <= SHORT):
        return word.upper()
    return get_engine().find(word).organisation.code


def get_engine(data: Path | None = None) -> Matchmaker:
    """The engine on the figures in use, with those of a file laid over them where one is given."""
    from matchmaker.models.engine import Matchmaker

    engine = Matchmaker(get_snapshot())
    return engine if data is None else engine.with_data(data)
