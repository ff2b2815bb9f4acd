"""Every page of a sector in one list, and the links at the top and at the foot of each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from matchmaker.evaluation.published import published_evaluation
from matchmaker.rendering.environment import with_article
from matchmaker.sector import Sector

HEADER = ("/organisations", "/kept", "/assign", "/evaluation", "/about")
FOOTER = (
    *("/about", "/about/transparency", "/method", "/data", "/api"),
    *("/accessibility", "/privacy", "/sitemap"),
)
TRANSPARENCY_RECORD = "pages/atrs.toml"
"""The file of a sector that has a transparency record."""
WITHOUT_SECTOR = ("/api",)
"""Pages that belong to no sector."""


class Link(NamedTuple):
    """A page: its title, where it is, and what is on it."""

    label: str
    path: str
    description: str = ""


def base_of(sector: Sector) -> str:
    """The address under which the pages of a sector stand."""
    return f"/{sector.name}"


def site_map(sector: Sector) -> tuple[tuple[str, tuple[Link, ...]], ...]:
    """All pages of a sector, by what they are for; a new page is added here."""
    words = sector.words
    one, many = words.organisation, words.organisations
    find = (
        Link("Home", "", f"Search for {with_article(one)}, and see which need a partner"),
        Link(
            f"Find {with_article(one)}",
            "/organisations",
            "By name, code or place; each leads to its profile and its options",
        ),
        Link("Use figures of your own", "/own", "A list with figures and candidates that are not published"),
        Link("Working shortlists", "/kept", "Options that people keep, rule out and write notes on"),
        Link(
            f"Many {many} at once",
            "/assign",
            f"An option for each of many {many}, so that all fit together",
        ),
    )
    judge = (
        Link("How good is this", "/evaluation", "What was tested, what came out, what can't be known"),
        Link(
            "The worst misses",
            "/evaluation/misses",
            "Where it was furthest from what was done, and why",
        ),
        Link("The whole evaluation", "/evaluation/report", "Every result"),
        Link(
            "How it works", "/method", f"What is weighed, which rules leave {many} out, and on what evidence"
        ),
    )
    figures = (
        Link("Data", "/data", "How current and complete the figures are"),
        Link("What changed", "/changes", "Headline figures that are others than three months ago"),
        Link("Features", "/data/features", "What each figure means and why it is used"),
        Link("Sources", "/data/sources", "Publisher, period and licence of each"),
    )
    about = (
        Link("About", "/about", "What this is, and what it must not be used for"),
        Link("Transparency record", "/about/transparency", "In the form of the public sector's standard"),
        Link("Accessibility statement", "/accessibility", "How far everyone can use it"),
        Link("Privacy and cookies", "/privacy", "What is kept, and for whom to see"),
        Link("For developers", "/api", "The API, with an example of each call"),
    )
    groups = (
        ("Find options", find),
        ("How good it is", judge),
        ("See the figures behind it", figures),
        ("About", about),
    )
    return tuple((title, tuple(_there(links, sector))) for title, links in groups)


def header(sector: Sector) -> tuple[Link, ...]:
    """The links at the top of every page."""
    return _chosen(HEADER, sector)


def footer(sector: Sector) -> tuple[Link, ...]:
    """The links at the foot of every page."""
    return _chosen(FOOTER, sector)


def crumbs(sector: Sector, *links: tuple[str, str]) -> list[dict[str, str]]:
    """The way back, from the home page of the sector on.

    Args:
        sector: of the page.
        links: text and path below the sector's, the uppermost first.
    """
    base = base_of(sector)
    return [{"text": text, "href": base + path} for text, path in (("Home", ""), *links)]


def _chosen(paths: Iterable[str], sector: Sector) -> tuple[Link, ...]:
    base = base_of(sector)
    known = {link.path.removeprefix(base): link for _, links in site_map(sector) for link in links}
    known["/sitemap"] = Link("All pages", f"{base}/sitemap")
    return tuple(known[path] for path in paths if path in known)


def _there(links: Iterable[Link], sector: Sector) -> Iterable[Link]:
    """The pages that a sector has, with their whole address."""
    for link in links:
        has_record = sector.folder.joinpath(TRANSPARENCY_RECORD).is_file()
        if link.path == "/about/transparency" and not has_record:
            continue
        if link.path.startswith("/evaluation") and published_evaluation(sector) is None:
            continue
        yield link if link.path in WITHOUT_SECTOR else link._replace(path=base_of(sector) + link.path)
