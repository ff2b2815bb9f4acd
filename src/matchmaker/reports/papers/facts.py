"""The facts row of a shortlist on paper: figures in one table, ties and what else is on record in another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from matchmaker.models.key_facts import KeyFact, fact_definitions
from matchmaker.models.types import Option, Shortlist
from matchmaker.rendering.environment import capitalise, differing
from matchmaker.reports.papers.document import Table
from matchmaker.sector import Sector

SHORT_FORMS = ("figure", "distance")
"""Forms of facts that fit a narrow column; the others are sentences."""


def figure_facts(answer: Shortlist, sector: Sector, n_options: int) -> Table:
    """The figures of the recipient, then those of its options, with distance and likely rank.

    A period that all share stands in the heading of its column, any other in the cell.
    """
    own_period = differing(answer, "period")
    shown = [fact for fact in answer.recipient_facts if _form(fact, sector) in SHORT_FORMS]
    keys = [fact.key for fact in shown]
    options = answer.options[:n_options]
    heads = {fact.key: fact for one in reversed(options) for fact in one.facts} or {f.key: f for f in shown}
    columns = tuple(
        f"{heads[key].label}{f', {heads[key].period}' if heads[key].period and key not in own_period else ''}"
        for key in keys
    )
    rows = [
        (f"{answer.recipient.name} (the recipient)", *_texts(answer.recipient_facts, keys, own_period), "–")
    ]
    for one in options:
        name = f"{one.rank}. {one.organisation.name} ({one.organisation.code})"
        rows.append((name, *_texts(one.facts, keys, own_period), likely(one)))
    return Table(
        "Facts on record, the recipient first",
        (capitalise(sector.words.organisation), *columns, "Likely rank"),
        tuple(rows),
        widths=(20.0, *_widths(columns, rows), 8.0),
        emphasised=frozenset({0}),
    )


def other_facts(answer: Shortlist, sector: Sector) -> Table | None:
    """What is on record in sentences: interventions, ties, help under way, what could not be checked."""
    shown = [fact for fact in answer.recipient_facts if _form(fact, sector) not in SHORT_FORMS]
    keys = [fact.key for fact in shown]
    if not keys:
        return None
    who = (f"{answer.recipient.name} (the recipient)", answer.recipient_facts)
    rows = [(f"{one.rank}. {one.organisation.name}", one.facts) for one in answer.options]
    return Table(
        "Ties, help under way and what could not be checked",
        (capitalise(sector.words.organisation), *(fact.label for fact in shown)),
        tuple((name, *_texts(facts, keys, frozenset())) for name, facts in (who, *rows)),
        widths=(1.6, *(1.5,) * len(keys)),
        emphasised=frozenset({0}),
    )


def facts_of(
    caption: str,
    rows: Sequence[tuple[str, Sequence[KeyFact]]],
    sector: Sector,
    emphasised: Sequence[int] = (),
) -> Table:
    """The figures among the facts of some; the most common period is in the heading, others in the cell.

    Args:
        caption: what the table shows.
        rows: each organisation's name and its facts, all with the same keys.
        sector: for words.
        emphasised: rows (from 0) in bold.
    """
    shown = [fact for fact in rows[0][1] if _form(fact, sector) == "figure"]
    common: dict[str, str] = {}
    for fact in shown:
        found = Counter(
            one.period for _, facts in rows for one in facts if one.key == fact.key and one.period
        )
        common[fact.key] = found.most_common(1)[0][0] if found else ""
    columns = tuple(", ".join(filter(None, (one.label, common[one.key]))) for one in shown)
    texts = []
    for name, facts in rows:
        by_key = {fact.key: fact for fact in facts}
        cells = [
            fact_text(one := by_key[key], with_period=one.period != period) for key, period in common.items()
        ]
        texts.append((name, *cells))
    return Table(
        caption,
        (capitalise(sector.words.organisation), *columns),
        tuple(texts),
        widths=(20.0, *_widths(columns, [(*one, "") for one in texts])),
        emphasised=frozenset(emphasised),
    )


def fact_notes(answer: Shortlist) -> tuple[str, ...]:
    """What each fact rests on and who published it, once."""
    facts = answer.options[0].facts if answer.options else answer.recipient_facts
    told = [
        (fact.label, ". Source: ".join(filter(None, (capitalise(fact.basis), fact.publisher))))
        for fact in facts
    ]
    return tuple(f"{label}: {text}." for label, text in told if text)


def fact_text(fact: KeyFact, *, with_period: bool = False) -> str:
    """One fact in words; unknown is said, and what is too old to use."""
    if fact.state == "not_applicable":
        return "–"
    text = capitalise(fact.text) if not fact.unit else fact.text
    more = [fact.period] if with_period and fact.period else []
    more += ["too old to use"] if fact.state == "stale" else []
    return f"{text} ({'; '.join(more)})" if more else text


def kilometres(km: float | None) -> str:
    """A distance, or that it is unknown."""
    return "not known" if km is None else f"{km:.0f} km"


def likely(option: Option) -> str:
    """Where its rank is likely to be."""
    sure = option.uncertainty
    if sure is None:
        return str(option.rank)
    low, high = sure.rank_low, sure.rank_high
    return str(low) if low == high else f"{low} to {high}"


def _widths(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """For each column as much as its longest word needs, so that none is broken."""
    texts = zip(columns, *(row[1:-1] for row in rows), strict=True)
    return tuple(2.0 + max(len(word) for text in column for word in text.split()) for column in texts)


def _form(fact: KeyFact, sector: Sector) -> str:
    return fact_definitions(sector)[fact.key].form


def _texts(facts: Sequence[KeyFact], keys: Sequence[str], own_period: frozenset[str]) -> tuple[str, ...]:
    by_key = {fact.key: fact for fact in facts}
    return tuple(fact_text(by_key[key], with_period=key in own_period) for key in keys)
