"""The snapshot: a verified, versioned set of measures, organisations and pairings."""

from matchmaker.snapshot.store import Snapshot, load

__all__ = ["Snapshot", "load"]
