"""Peer lists: row numbers turned into codes, and codes followed through closures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matchmaker.typing import Rows


def through_successors(peers: Sequence[str], own: str, successor: Mapping[str, str]) -> list[str]:
    """A list of peers as it reads after closures: each closed organisation replaced by its successor.

    What came together is named once, at its first place, and the organisation's own line (itself, its
    successor, whatever merged into that) is left out, so the list may get shorter. The lists in use were
    treated so: 2,080 peers of 208 trusts became 2,016.

    Args:
        peers: ODS codes, nearest first.
        own: the ODS code the list belongs to.
        successor: from a closed code to the one that followed it; chains are followed to their end.

    Returns:
        ODS codes, nearest first.

    Raises:
        ValueError: the successions run in a circle.
    """
    left_out = {own, _last(own, successor)}
    kept = dict.fromkeys(_last(peer, successor) for peer in peers)
    return [code for code in kept if code not in left_out]


def peer_lists(
    codes: Sequence[str], rows: Rows, successor: Mapping[str, str] | None = None
) -> dict[str, list[str]]:
    """Row numbers as `kneighbors()` gives them, turned into lists of codes.

    Args:
        codes: (n_organisations,) ODS codes in the order of the fitted rows.
        rows: (n_organisations, n_neighbors).
        successor: as in `through_successors`; None leaves the codes as they are.

    Returns:
        From each code to its peers, nearest first.

    Raises:
        ValueError: codes occur twice or are not as many as the rows.
    """
    if len(set(codes)) != len(codes) or len(codes) != len(rows):
        raise ValueError(f"{len(rows)} rows need as many different codes; {len(set(codes))} were given.")
    named = {code: [codes[row] for row in found] for code, found in zip(codes, rows, strict=True)}
    if successor is None:
        return named
    return {code: through_successors(peers, code, successor) for code, peers in named.items()}


def _last(code: str, successor: Mapping[str, str]) -> str:
    """The code at the end of the line of successions."""
    seen = {code}
    while (after := successor.get(code, code)) != code:
        if after in seen:
            raise ValueError(f"The successions of {code} run in a circle.")
        seen.add(after)
        code = after
    return code
