"""The two official peer methods, rebuilt exactly, as named baselines.

`NhsPeerFinder` is the method behind the peer lists in use (NHS Trust Peer Finder, NHS Digital with NHS
Improvement, 2019). From its 21 published inputs it gives all 208 lists in full: 2,016 of 2,016 peers, and
206 of the 208 lists in the same order (the other two swap one near tie each).

`NhsPublishedScript` is the script that NHS England published beside those inputs. It is called Euclidean
but sums absolute differences; with its equal weights it gives 1 of the 208 lists in full.

Both are kept for comparison, flaws included; docs/adr/0002-official-peer-method.md measures the flaws, and
tests/models/test_peers.py holds every number stated here.
"""

from matchmaker.sectors.nhs.peer_finder.flaws import PoolingFlaw, pooling_flaw
from matchmaker.sectors.nhs.peer_finder.inputs import (
    NOT_COUNTED,
    PREFIX,
    VARIABLES,
    as_matrix,
    official_inputs,
)
from matchmaker.sectors.nhs.peer_finder.lists import peer_lists, through_successors
from matchmaker.sectors.nhs.peer_finder.methods import NhsPeerFinder, NhsPublishedScript, PeerMethod

__all__ = [
    "NOT_COUNTED",
    "PREFIX",
    "VARIABLES",
    "NhsPeerFinder",
    "NhsPublishedScript",
    "PeerMethod",
    "PoolingFlaw",
    "as_matrix",
    "official_inputs",
    "peer_lists",
    "pooling_flaw",
    "through_successors",
]
