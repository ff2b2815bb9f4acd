"""The official lists of ten peers that the NHS Trust Peer Finder gives for each trust.

Each list begins with the trust itself and goes on from the nearest peer to the tenth. Trusts that
have closed since stand under their successor, so a list may hold fewer than ten.
"""

from __future__ import annotations

from pathlib import Path

import polars as pl

from matchmaker.sectors.nhs.sources.nhs_codes import trust_table
from matchmaker.sources.publication import Publication, Standing
from matchmaker.sources.tabular import text


def read(path: Path) -> pl.DataFrame:
    """Pairs of `ods` and `peer` with the `rank` of the peer, 1 being the nearest."""
    frame = trust_table(path, (text("code", "procode"), text("peer", "peer")))
    # The first row of a list is the trust itself, in 19 lists under the code of its successor.
    peers = frame.filter(~pl.col("code").is_first_distinct())
    return peers.select(
        "code", rank=pl.col("code").cum_count().over("code"), peer=pl.col("peer").str.to_uppercase()
    )


PUBLICATIONS = (
    Publication(
        id="official_peers",
        publisher="NHS Digital and NHS Improvement",
        title="NHS Trust Peer Finder Tool: peers of each trust",
        page="https://digital.nhs.uk/data-and-information/data-tools-and-services/data-services/innovative-uses-of-data/multi-dataset-analysis/nhs-trust-peer-finder-tool",
        files=("nhp-inputs/peers.csv",),
        lag_days=366,
        read=read,
        standing=Standing.EXTRACTED,
        table="official_peers",
        licence="MIT",
        compiled_by="The Strategy Unit (nhp_inputs)",
    ),
)
