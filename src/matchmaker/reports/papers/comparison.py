"""Several organisations side by side on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from matchmaker.dates import format_date
from matchmaker.features.formatting import join_and
from matchmaker.features.profiles import KNOWN, STALE, Profiles
from matchmaker.features.types import ComparedFeature, Comparison, FeatureValue, Spread
from matchmaker.models.method_record import method_records
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.models.types import WhyNot
from matchmaker.rendering.charts.series import SeriesChart, series_charts
from matchmaker.reports.papers.chart_pictures import series_picture, spine_picture
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
from matchmaker.reports.papers.figures import figure_sheet, figure_text, period
from matchmaker.reports.papers.picture import map_caption, map_picture
from matchmaker.reports.papers.question import Pairs, figures_used, question_sheet

Item = TypeVar("Item")
ENDS = ("weakest", "weaker_quarter", "median", "stronger_quarter", "strongest")
"""Marks of a spread, as columns of the workbook."""
PERIODS_DIFFER = "Figures of different periods stand beside each other; each says its own."
IN_BRACKETS = "In brackets: stronger than so many in 100 of its type, or higher where there is no good end."
N_FIRST = 12
"""Figures that differ most, in the first table."""
N_DRAWN, N_DRAWN_BRIEFING = 10, 4
"""Of them, those that are drawn: in the report, and on one page."""
MANY = 4
"""With more organisations, half as many figures find room on one page, and the title names only the first."""
N_SPINES, N_SERIES = 5, 4
"""Figures in one picture, so that it finds room on a page."""
N_BRIEFING = 8
"""Figures in the table on one page."""


def comparison_paper(
    comparison: Comparison,
    profiles: Profiles,
    answers: Sequence[WhyNot] = (),
    asked: Pairs | None = None,
    link: str = "",
) -> Paper:
    """Organisations side by side, ready for each writer.

    Args:
        comparison: the first of them is the one that the others are held against.
        profiles: of the day, that it was made from.
        answers: how each of the others ranks for the first, where that was asked.
        asked: how they were ranked, as pairs of a label and a text.
        link: address of the same answer, where a service gave it.
    """
    snapshot, sector = profiles.snapshot, profiles.sector
    shown = comparison.profiles
    first, codes = shown[0], [profile.code for profile in shown]
    day = first.as_of
    title = f"Side by side: {join_and([f'{one.name} ({one.code})' for one in shown])}"
    if len(codes) > MANY:
        title = f"Side by side: {first.name} ({first.code}) and {len(codes) - 1} others"
    who = ("Organisations", "; ".join(f"{one.name} ({one.code})" for one in shown))
    sets = [("Compared with", "; ".join(f"{one.label} ({len(one.codes)})" for one in comparison.sets))]
    pairs = (who, *(asked or ()), *(sets if comparison.sets else []), *figures_used(day, snapshot.hash))
    question = Question(pairs, link)
    differ = [row for row in comparison.rows if row.gap is not None][:N_FIRST]
    charts = series_charts(comparison, sector)
    names = [f"{one.name} ({one.code})" for one in shown]

    def report() -> Document:
        blocks = _head(len(differ), N_DRAWN)
        blocks.append(_map(13.0))
        if charts:
            text = "All charts go over the same years. A line is broken where years are missing."
            blocks += [Heading("Over the years"), Paragraph(text)]
            for part in _parts(charts, N_SERIES):
                labels = join_and([one.label for one in part])
                blocks.append(
                    Figure(
                        series_picture(part, names),
                        f"Line charts of {labels}; tables below say the same.",
                        "The numbers at the right are those of the organisations.",
                        16.5,
                    )
                )
            if gaps := tuple(f"{one.label}: {' '.join(one.gaps)}" for one in charts if one.gaps):
                blocks.append(Bullets(gaps))
        blocks.append(Heading("All figures"))
        for name in dict.fromkeys(row.dimension for row in comparison.rows):
            rows = [row for row in comparison.rows if row.dimension == name]
            blocks.append(_table(sector.dimensions[name].label, rows, codes))
        blocks += [_years(one, codes) for one in charts]
        blocks += [Heading("The question"), question]
        return _document(blocks)

    def briefing() -> Document:
        # The more organisations, the higher each row and drawing.
        less = 1 if len(codes) <= MANY else 2
        head = _head(N_BRIEFING // less, N_DRAWN_BRIEFING // less)
        blocks = [*head, _map(9.0 / less**0.5), Heading("The question")]
        texts = [f"{label}: {text.rstrip('.')}." for label, text in question.pairs]
        blocks.append(Paragraph(" ".join(texts), quiet=True))
        if link:
            blocks.append(Question((), link))
        return _document(blocks, one_page=True)

    def _head(n_rows: int, n_drawn: int) -> list[Block]:
        """What must be read first, the ranks, and where they differ most, drawn and in figures."""
        records = method_records(sector, answers[0].arrangement, (answers[0].method,)) if answers else ()
        said = [*(one.sentence for one in records), PERIODS_DIFFER]
        blocks: list[Block] = [Caveat(tuple(said))]
        if answers:
            blocks.append(_ranks(answers))
        rows = differ[:n_rows]
        drawn = [row for row in rows if row.spreads][:n_drawn]
        for part in _parts(drawn, N_SPINES):
            labels = join_and([row.label for row in part])
            blocks.append(
                Figure(
                    spine_picture(part, names),
                    f"Each figure from weak to strong beside its spread: {labels}; the table says the same.",
                    "Stronger is at the right. Where a figure has no good end, higher is at the right.",
                    15.0,
                )
            )
        if rows:
            blocks.append(Paragraph(IN_BRACKETS))
            blocks.append(_table(f"Where they differ most: the first {len(rows)}", rows, codes, answers))
        return blocks

    def _map(width_cm: float) -> Figure:
        return Figure(
            map_picture(profiles, (first.code, names[0]), list(zip(codes[1:], names[1:], strict=True))),
            f"Map of {join_and(names)}.",
            map_caption(sector),
            width_cm,
        )

    def _document(blocks: list[Block], *, one_page: bool = False) -> Document:
        return Document(
            title=title,
            subtitle=f"As of {format_date(day)}: from figures that were published by then. "
            f"Options to consider, not a decision.",
            blocks=tuple(blocks),
            footer=f"{', '.join(codes)}, as of {format_date(day)}. Snapshot {snapshot.hash[:12]}. "
            f"{snapshot.manifest['attribution']}",
            day=day,
            one_page=one_page,
        )

    def rows() -> list[Mapping[str, Any]]:
        return [row for profile in shown for row in profile.rows()]

    def sheets() -> tuple[Sheet, ...]:
        wide: list[tuple[Cell, ...]] = [
            (
                *(sector.dimensions[row.dimension].label, row.label, row.cells[0].unit, row.gap),
                *(cell.value for cell in row.cells),
                *(cell.percentile for cell in row.cells),
                *(cell.period_end for cell in row.cells),
                *(getattr(_spread(row, one.label), name, None) for one in comparison.sets for name in ENDS),
            )
            for row in comparison.rows
        ]
        columns = ("Dimension", "Figure", "Unit", "Gap of places", *codes)
        columns += tuple(f"{code}: exceeds of its type" for code in codes)
        columns += tuple(f"{code}: period to" for code in codes)
        columns += tuple(f"{one.label}: {name.replace('_', ' ')}" for one in comparison.sets for name in ENDS)
        formats = {"Gap of places": "percent"} | {f"{code}: exceeds of its type": "percent" for code in codes}
        return (
            Sheet("Side by side", columns, tuple(wide), formats),
            *([_rank_sheet(answers)] if answers else []),
            *([_years_sheet(comparison)] if comparison.trends else []),
            figure_sheet(shown, snapshot),
            question_sheet(question, day, snapshot.hash),
        )

    name = f"side-by-side-{'-'.join(codes)}-{day.isoformat()}"
    return Paper(name, title, day, report, sheets, comparison, rows, briefing)


def _parts(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Pictures that fit a page, each of so many items."""
    return [items[at : at + size] for at in range(0, len(items), size)]


def _table(
    caption: str, rows: Sequence[ComparedFeature], codes: Sequence[str], answers: Sequence[WhyNot] = ()
) -> Table:
    """Figures of all; with answers, also which criterion each counts in."""
    head = ["Figure", *codes, "Period", *(["Counts in"] if answers else [])]
    texts = []
    for row in rows:
        periods = {period(cell) for cell in row.cells if cell.period_end}
        shared = len(periods) == 1
        cells = [row.label, *(_cell(row, cell, with_period=not shared) for cell in row.cells)]
        cells.append(periods.pop() if shared else "as told")
        if answers:
            counts = [
                part.label for part in answers[0].rows if any(f.feature == row.feature for f in part.figures)
            ]
            cells.append("; ".join(counts) or "–")
        texts.append(tuple(cells))
    widths = (2.2, *(1.3,) * len(codes), 1.4, *([1.6] if answers else []))
    return Table(caption, tuple(head), tuple(texts), widths=widths)


def _cell(row: ComparedFeature, cell: FeatureValue, *, with_period: bool) -> str:
    """A figure, how many of its type it is stronger than, and its period where that is not shared."""
    if cell.state not in (KNOWN, STALE):
        return figure_text(cell)
    share = cell.percentile if row.direction == "none" else cell.standing
    told = [f"{percent_1_99(share)} in 100"] if share is not None else []
    told += ["too old to use"] if cell.state == STALE else []
    told += [period(cell)] if with_period and cell.period_end else []
    return f"{cell.text} ({'; '.join(told)})" if told else cell.text


def _years(chart: SeriesChart, codes: Sequence[str]) -> Table:
    rows = tuple(
        (format_date(day, "month"), *(text or "–" for text in cells))
        for day, cells in zip(chart.dates, chart.cells, strict=True)
    )
    numbers = frozenset(range(1, len(codes) + 1))
    return Table(f"{chart.label}, over the years", ("Period ends", *codes), rows, numbers)


def _years_sheet(comparison: Comparison) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (*(profile.code, trend.label, trend.unit, point.period_end, point.value), point.median)
        for profile, own in zip(comparison.profiles, comparison.trends, strict=True)
        for trend in own
        for point in trend.points
    ]
    head = ("Code", "Figure", "Unit", "Period to", "Value", "Median of its type")
    return Sheet("Over the years", head, tuple(rows))


def _spread(row: ComparedFeature, label: str) -> Spread | None:
    return next((one for one in row.spreads if one.label == label), None)


def _ranks(answers: Sequence[WhyNot]) -> Table:
    rows = tuple(
        (
            f"{one.candidate.name} ({one.candidate.code})",
            f"Rank {one.rank}" if one.rank else f"Left out; its rank would be {one.unrestricted_rank}",
            f"{one.fit:.2f}",
            " ".join(one.excluded.reasons) if one.excluded else "–",
        )
        for one in answers
    )
    head = ("Option", "Rank", "Fit", "Why left out")
    return Table(f"For {answers[0].recipient.name}", head, rows, frozenset({2}), (3, 2, 1, 4))


def _rank_sheet(answers: Sequence[WhyNot]) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (one.candidate.code, one.candidate.name, one.rank, row.label, row.weight, row.value, row.contribution)
        for one in answers
        for row in one.rows
    ]
    columns = ("Code", "Name", "Rank", "Criterion", "Weight", "Value", "Adds")
    return Sheet("How ranks add up", columns, tuple(rows), {"Weight": "percent", "Value": "short"})
