"""The words of the NHS, which no room but its own may use."""

from __future__ import annotations

import re

WORDS = (
    r"trusts?",
    r"nhs",
    r"cqc",
    r"ods",
    r"shmi",
    r"rtt",
    r"rsp",
    r"icbs?",
    r"eric",
    r"kh03",
    r"special measures",
    r"recovery support",
    r"oversight",
    r"integrated care",
    r"local systems?",
    r"hospitals?",
    r"acute",
    r"mental health",
    r"ambulances?",
    r"patients",
    r"inpatients?",
    r"clinical",
    r"clinicians?",
    r"beds",
    r"teaching",
    r"chief executives?",
    r"buddy",
    r"buddies",
    r"buddying",
    r"peer finder",
    r"england",
    r"english",
    r"medway",
    r"rpa",
    r"headquarters",
)
PATTERN = re.compile(
    rf"(?<![A-Za-z0-9])(?i:{'|'.join(word.replace(' ', '[ _-]') for word in WORDS)})(?![A-Za-z0-9])"
    rf"|(?<![A-Z])(?:{'|'.join(word.replace(' ', '').capitalize() for word in WORDS)})(?=[A-Z])"
    r"|\(E\d+\)",
)
"""Words as such, as parts of `snake_case` names and at the beginning of `CamelCase` ones; and references to a
sector's findings, such as (E7)."""
