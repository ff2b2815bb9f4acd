"""Names as people write them: by the name that code uses, or by the label that answers print."""

from __future__ import annotations

from collections.abc import Mapping


def plain(text: str) -> str:
    """A name or label without case, underscores and hyphens: `same_type` is `same type`."""
    return " ".join(text.replace("_", " ").replace("-", " ").casefold().split())


def name_meant(text: str, labels: Mapping[str, str]) -> str | None:
    """The name that a text means, by itself or by its label; None where it is that of none, or of several.

    Args:
        text: as written.
        labels: name -> label.
    """
    wanted = plain(text)
    if by_name := [name for name in labels if plain(name) == wanted]:
        return by_name[0]
    by_label = [name for name, label in labels.items() if plain(label) == wanted]
    return by_label[0] if len(by_label) == 1 else None
