"""The lists of the NHS Trust Peer Finder that are in use."""

from __future__ import annotations

from datetime import date

from matchmaker.cache import cached
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.registry import OrganisationRegistry

TABLE = "official_peers"


def official_peers(snapshot: Snapshot, day: date) -> dict[str, frozenset[str]]:
    """Trust -> its official peers; a closed trust counts as its latest successor.

    Args:
        snapshot: holds the lists.
        day: on a day before the lists were public, there are none.
    """
    known_from = date.fromisoformat(snapshot.sector.tables[TABLE].since)
    return _through_successors(snapshot) if day >= known_from else {}


@cached
def _through_successors(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    latest = OrganisationRegistry(snapshot).latest
    lists: dict[str, set[str]] = {}
    for code, peer in snapshot.table(TABLE).select("code", "peer").iter_rows():
        lists.setdefault(latest(code), set()).add(latest(peer))
    return {code: frozenset(peers - {code}) for code, peers in lists.items()}
