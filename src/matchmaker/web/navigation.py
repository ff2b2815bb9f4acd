"""Where the links at the top and at the foot of every page lead, and all pages in one list."""

from __future__ import annotations

HOME = ({"text": "Home", "href": "/"},)
NAVIGATION = (
    ("Find a trust", "/trusts"),
    ("Many trusts at once", "/assign"),
    ("How good is this", "/evaluation"),
    ("Data", "/data"),
    ("About", "/about"),
)
FOOTER = (
    ("About", "/about"),
    ("Transparency record", "/about/transparency"),
    ("How it works", "/method"),
    ("Data and sources", "/data"),
    ("For developers", "/api"),
    ("Accessibility statement", "/accessibility"),
    ("Privacy and cookies", "/privacy"),
    ("All pages", "/sitemap"),
)
SITEMAP = (
    (
        "Find options",
        (
            ("Home", "/", "Search for a trust, and see which need a partner"),
            ("Find a trust", "/trusts", "By name, code or place; each leads to its profile and its options"),
            ("Many trusts at once", "/assign", "An option for each of many trusts, so that all fit together"),
        ),
    ),
    (
        "Judge it",
        (
            ("How good is this", "/evaluation", "What was tested, what came out, what can't be known"),
            ("The worst misses", "/evaluation/misses", "Where it was furthest from what was done, and why"),
            ("The whole evaluation", "/evaluation/report", "Every result"),
            (
                "How it works",
                "/method",
                "What is weighed, which rules leave trusts out, and on what evidence",
            ),
        ),
    ),
    (
        "See the figures behind it",
        (
            ("Data", "/data", "How current and complete the figures are"),
            ("Features", "/data/features", "What each figure means and why it is used"),
            ("Sources", "/data/sources", "Publisher, period and licence of each"),
        ),
    ),
    (
        "About",
        (
            ("About", "/about", "What this is, and what it must not be used for"),
            ("Transparency record", "/about/transparency", "In the form of the public sector's standard"),
            ("Accessibility statement", "/accessibility", "How far everyone can use it"),
            ("Privacy and cookies", "/privacy", "No cookies, and what is kept"),
            ("For developers", "/api", "The API, with an example of each call"),
        ),
    ),
)


def way_back(name: str, here: str, options: str) -> list[dict[str, str]]:
    """The links at the top of a page below a shortlist.

    Args:
        name: of the trust that needs a partner.
        here: address of its page.
        options: address of its shortlist.
    """
    return [*HOME, {"text": name, "href": here}, {"text": "Options", "href": options}]
