"""Where the links at the top and at the foot of every page lead."""

from __future__ import annotations

NAVIGATION = (
    ("Find a trust", "/trusts"),
    ("Many trusts at once", "/assign"),
    ("How good is this", "/evaluation"),
    ("Data", "/data"),
    ("About", "/about"),
)
FOOTER = (
    ("About and transparency record", "/about"),
    ("Data and sources", "/data"),
    ("Accessibility statement", "/accessibility"),
    ("Privacy and cookies", "/privacy"),
    ("For developers: the API", "/api"),
)
