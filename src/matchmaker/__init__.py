"""matchmaker: options to consider when an English NHS trust needs a partner, with reasons."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matchmaker.models.engine import Matchmaker
    from matchmaker.snapshot import Snapshot, load

__version__ = version("matchmaker")
__all__ = ["Matchmaker", "Snapshot", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import the heavy parts only when they are used."""
    if name == "Matchmaker":
        from matchmaker.models.engine import Matchmaker

        return Matchmaker
    if name in {"Snapshot", "load"}:
        from matchmaker import snapshot

        return getattr(snapshot, name)
    raise AttributeError(f"module 'matchmaker' has no attribute '{name}'")
