"""What people may write into the store: text that shows all that it holds."""

from __future__ import annotations

import unicodedata

BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Letters and signs by Unicode that print nothing."""
JOINERS = frozenset("\u200c\u200d")
"""Needed within words of some scripts and within emoji."""
BREAKS = frozenset("\n\r\t")
LOST = "\ufffd"
"""Stands where bytes were no UTF-8."""
_HIDDEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


def text_fault(text: str) -> str | None:
    """What is wrong with a text that is to be kept and read by others; None where nothing is.

    Control characters reach terminals, marks of direction change what is read, and a text of blanks
    says nothing.
    """
    for letter in text:
        if letter in BREAKS or letter in JOINERS:
            continue
        if letter == LOST:
            return "it holds a sign that stands for bytes that are no UTF-8"
        if unicodedata.category(letter) in _HIDDEN:
            return "control characters and marks that change the direction of text can't be recorded"
    if text and not any(_prints(letter) for letter in text):
        return "it holds only blanks"
    return None


def plain_text(text: str) -> str:
    """The text as it is.

    Raises:
        ValueError: something in it does not show; see `text_fault`.
    """
    fault = text_fault(text)
    if fault is not None:
        raise ValueError(fault)
    return text


def shown_text(text: str) -> str:
    """The text with a sign in place of each character that a terminal must not get."""
    return "".join(
        LOST
        if letter not in BREAKS and letter not in JOINERS and unicodedata.category(letter) in _HIDDEN
        else letter
        for letter in text
    )


def _prints(letter: str) -> bool:
    return letter not in BLANK and letter not in JOINERS and not letter.isspace()
