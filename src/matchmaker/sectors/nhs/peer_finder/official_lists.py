"""The official peer lists in use, as a sign beside each option."""

from __future__ import annotations

import weakref
from datetime import date

from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.registry import OrganisationRegistry

KNOWN_FROM = date(2020, 3, 31)
"""The lists rest on inputs of 2018/19 and were public by then."""

_lists: weakref.WeakKeyDictionary[Snapshot, dict[str, frozenset[str]]] = weakref.WeakKeyDictionary()


def official_peers(snapshot: Snapshot, day: date) -> dict[str, frozenset[str]]:
    """Trust -> its peers by the NHS Trust Peer Finder, closed peers taken as their successors.

    Args:
        snapshot: holds the lists.
        day: before the lists were public, there are none.
    """
    if day < KNOWN_FROM:
        return {}
    if snapshot not in _lists:
        after = OrganisationRegistry(snapshot).latest
        lists: dict[str, set[str]] = {}
        for code, peer in snapshot.official_peers.select("code", "peer").iter_rows():
            lists.setdefault(after(code), set()).add(after(peer))
        _lists[snapshot] = {code: frozenset(peers - {code}) for code, peers in lists.items()}
    return _lists[snapshot]
