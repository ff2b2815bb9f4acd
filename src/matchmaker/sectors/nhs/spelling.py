"""How names that the lists print in capitals are written."""

from __future__ import annotations

import re

_SMALL = {"And", "Of", "The", "On", "In", "For", "With", "Upon", "Le", "At"}


def tidy_name(name: str) -> str:
    """A name in capitals as people write it: Medway NHS Foundation Trust."""
    words = [word[:1].upper() + word[1:].lower() for word in name.split()]
    words = ["NHS" if word == "Nhs" else word for word in words]
    words = [
        word.lower() if at and word in _SMALL else re.sub(r"-(\w)", lambda m: "-" + m[1].upper(), word)
        for at, word in enumerate(words)
    ]
    return " ".join(words).replace("-On-", "-on-").replace("-Le-", "-le-")
