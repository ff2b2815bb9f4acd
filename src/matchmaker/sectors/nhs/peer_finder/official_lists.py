"""The lists of the NHS Trust Peer Finder that are in use."""

from __future__ import annotations

from datetime import date

from matchmaker.cache import cached_apart_from_figures
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.registry import OrganisationRegistry

TABLE = "official_peers"


def official_peers(snapshot: Snapshot, day: date) -> dict[str, frozenset[str]]:
    """Trust -> its official peers, ten at most.

    A trust that has taken others in keeps its own list; a new body has that of its only predecessor with one,
    and none where several have. Closed peers count as their latest successors.

    Args:
        snapshot: holds the lists.
        day: on a day before the lists were public, there are none.
    """
    known_from = date.fromisoformat(snapshot.sector.tables[TABLE].since)
    return _through_successors(snapshot) if day >= known_from else {}


@cached_apart_from_figures
def _through_successors(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    latest = OrganisationRegistry(snapshot).latest
    lists: dict[str, set[str]] = {}
    for code, peer in snapshot.table(TABLE).select("code", "peer").iter_rows():
        lists.setdefault(code, set()).add(latest(peer))
    heirs: dict[str, list[str]] = {}
    for code in lists:
        heirs.setdefault(latest(code), []).append(code)
    own = {
        now: now if now in codes else codes[0]
        for now, codes in heirs.items()
        if now in codes or len(codes) == 1
    }
    return {now: frozenset(lists[code] - {now}) for now, code in own.items()}
