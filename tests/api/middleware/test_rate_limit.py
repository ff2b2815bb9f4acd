"""Who is counted as one caller."""

from __future__ import annotations

import pytest

from matchmaker.api.middleware.rate_limit import _network


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("198.51.100.1", "198.51.100.2", False),
        ("::ffff:198.51.100.1", "::ffff:198.51.100.2", False),
        ("::ffff:198.51.100.1", "198.51.100.1", True),
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("unix", "", False),
    ],
)
def test_addresses_that_are_one_caller(one: str, other: str, same: bool) -> None:
    assert (_network(one) == _network(other)) is same
