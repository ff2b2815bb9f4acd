"""A shortlist on paper: a one-page briefing, a full report and a workbook."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matchmaker.dates import format_date
from matchmaker.features.formatting import format_value
from matchmaker.features.profile import profile_of
from matchmaker.features.profiles import Profiles
from matchmaker.features.types import Profile
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.key_facts import KeyFact
from matchmaker.models.method_record import method_records
from matchmaker.models.query import ShortlistQuery
from matchmaker.models.types import Option, Organisation, Shortlist
from matchmaker.rendering.shortlist import rule_label
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
from matchmaker.reports.papers.facts import fact_notes, fact_text, figure_facts, kilometres, other_facts
from matchmaker.reports.papers.figures import figure_sheet
from matchmaker.reports.papers.picture import map_caption, map_picture
from matchmaker.reports.papers.question import asked, figures_used, question_sheet
from matchmaker.reports.shortlist import shortlist_report

N_BRIEFING = 5
"""Options on one page."""
N_NOTES = 2
"""Notes on one page, beside the record of the method."""
N_FOR = 1
"""Reasons for each option on one page."""
AGAINST = (2, 1)
"""Reasons against: as many as the page has room for."""
MAX_LINES = 41
"""Lines that all tables may take together on one page, beside map, caveat and question."""
LINE = 150
"""Letters of small type in a line across the page."""
N_MAPPED = 10


def shortlist_paper(
    answer: Shortlist, query: ShortlistQuery, arrangement: Arrangement, profiles: Profiles, link: str = ""
) -> Paper:
    """A shortlist, ready for each writer.

    Args:
        answer: the shortlist.
        query: that it answers.
        arrangement: with the weights and rules of the query.
        profiles: that it was made from.
        link: address of the same answer, where a service gave it.
    """
    made = _Maker(answer, query, arrangement, profiles, link)
    return Paper(
        name=f"{answer.arrangement}-options-{answer.recipient.code}-{answer.as_of.isoformat()}",
        title=made.title,
        day=answer.as_of,
        report=made.report,
        sheets=made.sheets,
        answer=answer,
        rows=answer.to_rows,
        briefing=made.briefing,
        page=lambda: shortlist_report(answer, arrangement, profiles.snapshot),
    )


class _Maker:
    """What the two documents and the workbook share."""

    def __init__(
        self,
        answer: Shortlist,
        query: ShortlistQuery,
        arrangement: Arrangement,
        profiles: Profiles,
        link: str,
    ) -> None:
        self.answer, self.arrangement, self.profiles = answer, arrangement, profiles
        self.sector = profiles.sector
        self.changes = {one.name for one in profiles.features if one.how == "trend"}
        self.title = f"{arrangement.label}: options to consider for {named(answer.recipient)}"
        self.recipient = profile_of(profiles, answer.recipient.code)
        self.candidates = [profile_of(profiles, one.organisation.code) for one in answer.options]
        own = [("For", named(answer.recipient))]
        own += asked(query, answer.changes, arrangement.label, self.sector)
        used = figures_used(answer.as_of, answer.snapshot, answer.version, answer.method)
        self.question = Question((*own, *used), link)
        records = method_records(self.sector, answer.arrangement, (answer.method,))
        # The record of the method stands among the notes, too; here it comes first, once.
        self.record = [one.sentence for one in records]
        self.notes = [note for note in answer.notes if note not in self.record]

    def _document(self, blocks: list[Block], *, one_page: bool = False) -> Document:
        answer, words = self.answer, self.sector.words
        return Document(
            title=self.title,
            subtitle=f"{answer.eligible} of {answer.eligible + len(answer.excluded)} {words.organisations} "
            f"are eligible, as of {format_date(answer.as_of)}. Options to consider, not a decision.",
            blocks=tuple(blocks),
            footer=f"{self.arrangement.label}, {answer.recipient.code}, as of {format_date(answer.as_of)}. "
            f"Snapshot {answer.snapshot[:12]}. {answer.attribution}",
            day=answer.as_of,
            one_page=one_page,
        )

    def briefing(self) -> Document:
        """The list, its facts, first reasons, caveats and the question, on one page."""
        answer = self.answer
        options = answer.options[:N_BRIEFING]
        blocks: list[Block] = [self._caveat(N_NOTES)]
        if options:
            facts, reasons = self._tables(options)
            blocks += [facts, reasons, self._map(len(reasons.rows), 10.5)]
        else:
            blocks.append(Paragraph(self._nobody()))
        blocks += [Heading("The question"), Paragraph(self._question_line(), quiet=True)]
        if self.question.link:
            blocks.append(Question((), self.question.link))
        return self._document(blocks, one_page=True)

    def report(self) -> Document:
        """Everything a reader of the list must find."""
        answer = self.answer
        blocks: list[Block] = [self._caveat(len(self.notes))]
        if answer.ties:
            blocks.append(Paragraph(answer.ties))
        if answer.focus:
            blocks.append(Paragraph(f"Strength is looked for in: {'; '.join(answer.focus)}."))
        if answer.options:
            blocks.append(figure_facts(answer, self.sector, len(answer.options)))
            if more := other_facts(answer, self.sector):
                blocks.append(more)
            blocks += [Bullets(fact_notes(answer)), self._map(N_MAPPED, 13)]
            blocks.append(Heading("Reasons for and against"))
            for option in answer.options:
                blocks += self._option(option)
        else:
            blocks.append(Paragraph(self._nobody()))
        blocks += [Heading("Before anyone decides"), Bullets(answer.checklist), Paragraph(answer.first_step)]
        blocks += [Heading("How this was made"), self.question, self._weights()]
        blocks += self._left_out()
        return self._document(blocks)

    def sheets(self) -> tuple[Sheet, ...]:
        """Options, reasons, figures with source and age, who is left out, and the question."""
        answer = self.answer
        options: list[tuple[Cell, ...]] = []
        labels = [fact.label for fact in answer.recipient_facts]
        own = (None, answer.recipient.code, answer.recipient.name, answer.recipient.type)
        place = (answer.recipient.region, answer.recipient.locality, *(None,) * 8)
        options.append((*own, *place, *_fact_cells(answer.recipient_facts)))
        for option in answer.options:
            sure = option.uncertainty
            who = option.organisation
            options.append(
                (
                    *(option.rank, who.code, who.name, who.type, who.region, who.locality),
                    *(
                        option.fit,
                        option.coverage,
                        sure.rank_low if sure else None,
                        sure.rank_high if sure else None,
                    ),
                    *(option.distance_km, option.nearest_sites_km, option.size_ratio, option.same_group),
                    *_fact_cells(option.facts),
                )
            )
        columns: tuple[str, ...] = (
            "Rank",
            "Code",
            "Name",
            "Type",
            "Region",
            "Locality",
            "Fit",
            "Share known",
        )
        columns += ("Likely rank from", "Likely rank to", "Distance (km)", "Nearest sites (km)")
        columns += ("Times its size", "Already one in all but name")
        columns += (*labels, *(f"{label}: {what}" for label in labels for what in ("number", "period to")))
        formats = {"Fit": "short", "Share known": "percent", "Distance (km)": "km", "Times its size": "short"}
        formats["Nearest sites (km)"] = "km"
        return (
            Sheet("Options", columns, tuple(options), formats),
            self._reason_sheet(),
            self._behind_sheet(),
            figure_sheet([self.recipient, *self.candidates], self.profiles.snapshot),
            self._excluded_sheet(),
            question_sheet(self.question, answer.as_of, answer.snapshot),
        )

    def _caveat(self, n_notes: int) -> Caveat:
        return Caveat((*self.record, *self.notes[:n_notes]))

    def _nobody(self) -> str:
        return f"No {self.sector.words.organisation} is left to consider."

    def _tables(self, options: tuple[Option, ...]) -> tuple[Table, Table]:
        """Facts and reasons of as many options, and with as many reasons, as one page has room for."""
        made = (
            (figure_facts(self.answer, self.sector, n), self._reasons(options[:n], n_against))
            for n in range(len(options), 0, -1)
            for n_against in AGAINST
        )
        tried = next(made)
        while sum(map(_lines, tried)) > MAX_LINES and (smaller := next(made, None)) is not None:
            tried = smaller
        return tried

    def _reasons(self, options: tuple[Option, ...], n_against: int) -> Table:
        rows = [
            (
                f"{one.rank}. {one.organisation.name}",
                _first_reasons(one, "for", N_FOR) or "–",
                " ".join(
                    filter(None, (_first_reasons(one, "against", n_against), *one.unchecked_reasons[:1]))
                )
                or "–",
            )
            for one in options
        ]
        head = (self.sector.words.organisation.capitalize(), "For", "Against, or not checked")
        return Table("First reasons", head, tuple(rows), widths=(1.5, 2.2, 3.3))

    def _map(self, n_options: int, width_cm: float) -> Figure:
        options = self.answer.options[:n_options]
        lines = [
            (one.organisation.code, f"{one.organisation.name}, {kilometres(one.distance_km)}")
            for one in options
        ]
        recipient = self.answer.recipient
        far = "; ".join(f"{one.rank}. {text}" for one, (_, text) in zip(options, lines, strict=True))
        return Figure(
            map_picture(self.profiles, (recipient.code, recipient.name), lines),
            f"Map of {recipient.name} and its options, with straight-line distances: {far}.",
            map_caption(self.sector),
            width_cm,
        )

    def _option(self, option: Option) -> list[Block]:
        lists = (
            ("For", option.reasons_for),
            ("Against", option.reasons_against),
            ("Could not be checked", option.unchecked_reasons),
            ("Would be left out", tuple(rule_label(one, self.sector) for one in option.violated_rules)),
            ("Not known", option.unknowns),
        )
        made = [Bullets(tuple(texts), label) for label, texts in lists if texts]
        return [Heading(f"{option.rank}. {named(option.organisation)}", 3), *made]

    def _weights(self) -> Table:
        total = sum(one.weight for one in self.arrangement.criteria) or 1.0
        rows = tuple(
            (one.label, f"{100 * one.weight / total:.0f}%", one.why) for one in self.arrangement.criteria
        )
        return Table(
            "What is weighed, and why", ("Criterion", "Weight", "Why"), rows, frozenset({1}), (2, 1, 6)
        )

    def _left_out(self) -> list[Block]:
        answer = self.answer
        same = [one for one in answer.excluded if one.organisation.type == answer.recipient.type]
        effects = tuple(
            (rule_label(one.rule, self.sector), str(one.excluded), one.why) for one in answer.rule_effects
        )
        head = ("Rule", "Leaves out", "Why")
        blocks: list[Block] = [Heading("Who is left out")]
        if effects:
            blocks.append(Table("What each rule leaves out", head, effects, frozenset({1}), (2, 1, 6)))
        if same:
            rows = tuple((named(one.organisation), " ".join(one.reasons)) for one in same)
            columns = (self.sector.words.organisation.capitalize(), "Why")
            blocks.append(Table(f"Of the same type: {len(same)}", columns, rows, widths=(2, 5)))
        return blocks

    def _question_line(self) -> str:
        return " ".join(f"{label}: {text.rstrip('.')}." for label, text in self.question.pairs)

    def _reason_sheet(self) -> Sheet:
        """Every reason, with a row for each figure behind it."""
        rows: list[tuple[Cell, ...]] = []
        for option in self.answer.options:
            who = (option.rank, option.organisation.code, option.organisation.name)
            for one in option.reasons:
                head = (*who, one.side.capitalize(), one.sentence)
                figures: list[tuple[Cell, ...]] = [
                    (f.label, f.candidate_text, f.recipient_text, f.period, f.publisher) for f in one.figures
                ]
                rows += [(*head, *figure) for figure in figures or [(None,) * 5]]
            for side, texts in (("Not known", option.unknowns), ("Not checked", option.unchecked_reasons)):
                rows += [(*who, side, text, *(None,) * 5) for text in texts]
        columns = ("Rank", "Code", "Name", "Side", "Reason", "Figure", "Option", "Recipient", "Period")
        return Sheet("Reasons", (*columns, "Publisher"), tuple(rows))

    def _behind_sheet(self) -> Sheet:
        rows: list[tuple[Cell, ...]] = []
        for option in self.answer.options:
            for row in option.rows:
                who = (
                    option.rank,
                    option.organisation.code,
                    row.label,
                    row.weight,
                    row.value,
                    row.contribution,
                )
                if not row.figures:
                    rows.append((*who, *(None,) * 8))
                for one in row.figures:
                    texts = [
                        format_value(value, one.unit, self.sector, change=one.feature in self.changes)
                        for value in (one.recipient, one.candidate)
                    ]
                    rows.append(
                        (
                            *who,
                            one.label,
                            one.recipient,
                            one.candidate,
                            *texts,
                            one.state,
                            one.period_end,
                            one.source,
                        )
                    )
        columns: tuple[str, ...] = (
            "Rank",
            "Code",
            "Criterion",
            "Weight",
            "Value",
            "Adds",
            "Figure",
            "Recipient",
            "Option",
        )
        columns += ("Recipient, as read", "Option, as read", "State", "Period to", "Source")
        return Sheet("How it adds up", columns, tuple(rows), {"Value": "short", "Weight": "percent"})

    def _excluded_sheet(self) -> Sheet:
        rows: list[tuple[Cell, ...]] = [
            (one.organisation.code, one.organisation.name, one.organisation.type, one.rules, one.reasons)
            for one in self.answer.excluded
        ]
        return Sheet("Excluded", ("Code", "Name", "Type", "Rules", "Reasons"), tuple(rows))


def named(organisation: Organisation | Profile) -> str:
    """Name and code."""
    return f"{organisation.name} ({organisation.code})"


def _first_reasons(option: Option, side: str, n_reasons: int) -> str:
    """The weightiest reasons of one side, each with its most telling figure."""
    told = []
    for one in [reason for reason in option.reasons if reason.side == side][:n_reasons]:
        figure = next((f for f in one.figures if not f.opposes), None)
        told.append(f"{one.sentence.rstrip('.')}: {figure.text}." if figure else one.sentence)
    return " ".join(told)


def _fact_cells(facts: Sequence[KeyFact]) -> tuple[Cell, ...]:
    """Each fact as it is read, then the number and the period of each."""
    texts = (fact_text(fact) for fact in facts)
    return (*texts, *(cell for fact in facts for cell in (fact.value, fact.period_end)))


def _lines(table: Table) -> int:
    """About how many lines of a page a table takes."""
    total = sum(table.widths)
    rooms = [LINE * width / total - 2 for width in table.widths]
    rows = (table.columns, *table.rows)
    return sum(
        max(math.ceil(len(text) / room) for text, room in zip(row, rooms, strict=True)) for row in rows
    )
