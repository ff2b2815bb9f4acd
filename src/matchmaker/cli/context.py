"""What a command works on: the sector that was named, and the engine on its figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker
    from matchmaker.sector import Sector


def sector_name() -> str | None:
    """The sector that `--sector` or `MATCHMAKER_SECTOR` names; None where neither does."""
    name = click.get_current_context().find_root().params["sector"]
    return None if name is None else str(name)


def chosen_sector() -> Sector:
    """The sector to work on: the one named, or the one of the snapshot in use."""
    from matchmaker.sector import load_sector

    name = sector_name()
    return get_engine().sector if name is None else load_sector(name)


def get_engine(data: Path | None = None) -> Matchmaker:
    """The engine on the figures in use, with those of a file laid over them where one is given."""
    from matchmaker.models.engine import Matchmaker
    from matchmaker.sector import load_sector

    name = sector_name()
    engine = Matchmaker(sector=None if name is None else load_sector(name))
    return engine if data is None else engine.with_data(data)
