"""Names as people write them: by name or by label, and never by a label that two have."""

from __future__ import annotations

import pytest

from matchmaker.written import name_meant

LABELS = {"same_type": "Same type", "one": "Twin", "two": "Twin", "debt": "Debt, as a share"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("same_type", "same_type"),
        ("Same Type", "same_type"),
        ("same-type", "same_type"),
        ("debt, as a share", "debt"),
        ("one", "one"),
        ("twin", None),
        ("same", None),
        ("", None),
    ],
)
def test_a_name_or_a_label_will_do(text: str, name: str | None) -> None:
    assert name_meant(text, LABELS) == name
