"""Tables of the NHS sector's own: who led a trust, and the official lists of peers."""

from __future__ import annotations

import dataframely as dy

from matchmaker.snapshot.schema import LEVEL, PRECISION


class BoardTenure(dy.Schema):
    """Spells, or ends of spells, in a chief executive's or chair's post; no names."""

    code = dy.String()
    as_of = dy.Date()
    role = dy.String()
    start = dy.Date(nullable=True)
    start_precision = dy.String(nullable=True, regex=PRECISION)
    end = dy.Date(nullable=True)
    end_precision = dy.String(nullable=True, regex=PRECISION)
    source = dy.String()
    confidence = dy.String(regex=LEVEL)


class BoardHolders(dy.Schema):
    """Published counts of role-holders over a window."""

    code = dy.String()
    as_of = dy.Date()
    role = dy.String()
    window_start = dy.Date()
    window_end = dy.Date()
    n_holders = dy.Int64(min=1)
    source = dy.String()
    confidence = dy.String(regex=LEVEL)


class OfficialPeers(dy.Schema):
    """The peer lists of the NHS Trust Peer Finder in use; rank 1 is the nearest."""

    code = dy.String(primary_key=True)
    rank = dy.Int64(min=1, max=10)
    peer = dy.String(primary_key=True)


TABLES: dict[str, type[dy.Schema]] = {
    "board_tenure": BoardTenure,
    "board_holders": BoardHolders,
    "official_peers": OfficialPeers,
}
