"""One organisation on paper: what is on record of it, and every figure with its period and source."""

from __future__ import annotations

from matchmaker.dates import format_date
from matchmaker.features.profiles import KNOWN, UNKNOWN, Profiles
from matchmaker.features.types import FeatureValue
from matchmaker.models.fact_rows import key_facts
from matchmaker.models.overview.types import OrganisationOverview
from matchmaker.rendering.environment import capitalise
from matchmaker.rendering.organisation import dimensions, strong, weak
from matchmaker.reports.organisation import organisation_report
from matchmaker.reports.papers.document import (
    Block,
    Bullets,
    Caveat,
    Cell,
    Document,
    Figure,
    Heading,
    Paper,
    Paragraph,
    Question,
    Sheet,
    Table,
)
from matchmaker.reports.papers.facts import facts_of, kilometres
from matchmaker.reports.papers.figures import age, figure_sheet, figure_text, period, place_text
from matchmaker.reports.papers.picture import map_caption, map_picture
from matchmaker.reports.papers.question import figures_used, question_sheet

N_BRIEFING = 10
"""Of the weakest and of the strongest figures, on one page."""


def organisation_paper(overview: OrganisationOverview, profiles: Profiles, link: str = "") -> Paper:
    """One organisation, ready for each writer.

    Args:
        overview: all that is known of it.
        profiles: of the day, that it was made from.
        link: address of the same answer, where a service gave it.
    """
    profile, sector, snapshot = overview.profile, profiles.sector, profiles.snapshot
    day = profile.as_of
    title = f"{profile.name} ({profile.code}): what published figures say"
    who = ("Organisation", f"{profile.name} ({profile.code})")
    question = Question((who, *figures_used(day, profile.snapshot)), link)
    named = f"{profile.name} ({profile.code})"
    facts = key_facts(profiles, profiles.position[profile.code], None)
    known = profile.in_state(KNOWN)

    def report() -> Document:
        blocks: list[Block] = [*_head(briefing=False), Heading("Figures")]
        for view in dimensions(profile, sector):
            blocks.append(_figures(view.label, view.cells))
        if overview.peers:
            blocks.append(_peers())
        if overview.meaning:
            blocks += [Heading("Early signs"), Bullets(overview.meaning)]
        unknown = profile.in_state(UNKNOWN)
        if unknown:
            blocks.append(Heading("What is not known"))
            blocks.append(Paragraph("; ".join(cell.label for cell in unknown) + "."))
        rows = tuple(
            (one.publisher, one.title, one.compiled_by or "–", one.licence) for one in overview.sources
        )
        head = ("Publisher", "Title", "Carried by", "Licence")
        blocks += [Table("Sources", head, rows, widths=(2, 4, 2, 1)), Heading("The question"), question]
        return _document(blocks)

    def briefing() -> Document:
        return _document([*_head(briefing=True), Heading("The question"), question], one_page=True)

    def _head(*, briefing: bool) -> list[Block]:
        limit = N_BRIEFING if briefing else len(known)
        blocks: list[Block] = [Caveat(overview.notes)] if overview.notes else []
        blocks.append(facts_of("Facts on record", [(named, facts)], sector))
        if overview.facts:
            blocks += [Heading("On record"), Bullets(tuple(fact.sentence for fact in overview.facts))]
        for caption, cells in (
            ("Among the weakest fifth of its type", weak(known)),
            ("Among the strongest fifth of its type", strong(known)),
        ):
            if cells:
                blocks.append(_figures(caption, tuple(cells[:limit])))
        if overview.peers:
            blocks.append(_map(10.5 if briefing else 13.0))
        return blocks

    def _map(width_cm: float) -> Figure:
        peers = [
            (one.organisation.code, f"{one.organisation.name}, {kilometres(one.distance_km)}")
            for one in overview.peers
        ]
        nearest = f"the {len(peers)} {sector.words.organisations} most like it in circumstances"
        return Figure(
            map_picture(profiles, (profile.code, profile.name), peers),
            f"Map of {profile.name} and {nearest}: {'; '.join(text for _, text in peers)}.",
            f"Numbered: {nearest}. {map_caption(sector)}",
            width_cm,
        )

    def _document(blocks: list[Block], *, one_page: bool = False) -> Document:
        about = (sector.type_label(profile.type), profile.locality)
        shown = capitalise(", ".join(filter(None, about)))
        return Document(
            title=title,
            subtitle=f"{shown}. As of {format_date(day)}, from figures published by then.",
            blocks=tuple(blocks),
            footer=f"{profile.code}, as of {format_date(day)}. Snapshot {profile.snapshot[:12]}. "
            f"{overview.attribution}",
            day=day,
            one_page=one_page,
        )

    def _peers() -> Table:
        rows = tuple(
            (
                f"{one.organisation.name} ({one.organisation.code})",
                f"{100 * one.closeness:.0f} in 100",
                kilometres(one.distance_km),
            )
            for one in overview.peers
        )
        head = (sector.words.organisation.capitalize(), "Closer than pairs of its type", "Distance")
        return Table("Most like it in circumstances", head, rows, frozenset({1, 2}), (4, 2, 1))

    def sheets() -> tuple[Sheet, ...]:
        facts: list[tuple[Cell, ...]] = [
            (one.topic, one.sentence, one.day, one.source) for one in overview.facts
        ]
        peers: list[tuple[Cell, ...]] = [
            (
                *(one.organisation.code, one.organisation.name, one.closeness, one.distance_km),
                one.benchmark_peer,
            )
            for one in overview.peers
        ]
        signs: list[tuple[Cell, ...]] = [(one.label, one.shown, one.feature) for one in overview.signs]
        sources: list[tuple[Cell, ...]] = [
            (one.id, one.publisher, one.title, one.page, one.licence, one.compiled_by)
            for one in overview.sources
        ]
        formats = {"Closeness": "percent", "Distance (km)": "km"}
        heads = ("Code", "Name", "Closeness", "Distance (km)", "On the official list")
        of_sources = ("Id", "Publisher", "Title", "Address", "Licence", "Carried by")
        return (
            figure_sheet([profile], snapshot),
            Sheet("On record", ("Topic", "What is on record", "Shown for", "Source"), tuple(facts)),
            Sheet("Most like it", heads, tuple(peers), formats),
            Sheet("Early signs", ("Sign", "Shown", "Figure"), tuple(signs)),
            Sheet("Sources", of_sources, tuple(sources)),
            question_sheet(question, day, profile.snapshot),
        )

    return Paper(
        name=f"profile-{profile.code}-{day.isoformat()}",
        title=title,
        day=day,
        report=report,
        sheets=sheets,
        answer=overview,
        rows=overview.to_rows,
        briefing=briefing,
        page=lambda: organisation_report(overview, sector),
    )


def _figures(caption: str, cells: tuple[FeatureValue, ...]) -> Table:
    rows = tuple(
        (
            cell.label,
            figure_text(cell),
            place_text(cell),
            f"{period(cell)} ({age(cell)} old)" if cell.period_end else "",
            cell.publisher or "",
        )
        for cell in cells
    )
    head = ("Figure", "Value", "Within its type", "Period", "Publisher")
    return Table(caption, head, rows, widths=(3.0, 1.7, 1.8, 2.6, 1.7))
