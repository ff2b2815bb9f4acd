"""What the evaluation says, in plain words and in charts."""

from __future__ import annotations

from dataclasses import dataclass

from matchmaker.evaluation.records import Difference, MetricMean, PublishedEvaluation
from matchmaker.evaluation.report.document import Dot, Dots
from matchmaker.evaluation.report.labels import p_value, share
from matchmaker.evaluation.settings import FamilyText, evaluation_settings
from matchmaker.models.registry import EVIDENCE
from matchmaker.rendering.charts.dots import DotChart, dot_chart, format_interval
from matchmaker.rendering.environment import capitalise
from matchmaker.sector import Sector

MIN_QUERIES = 10
"""A family with fewer pairings is not described in words: nothing can be said of it."""
N_FIRST = 5
"""Options among which a partner counts as named."""
HIT = f"hit@{N_FIRST}"


@dataclass(frozen=True, slots=True)
class FamilyView:
    """One family of pairings in words and as charts."""

    title: str
    sentences: tuple[str, ...]
    charts: tuple[DotChart, ...]


def family_views(published: PublishedEvaluation, sector: Sector) -> tuple[FamilyView, ...]:
    """Every family of which there are enough pairings, in words and as charts."""
    return tuple(
        FamilyView(
            capitalise(text.phrase),
            _sentences(published, family, text, sector),
            tuple(_chart(published, family, text, n) for n in (N_FIRST, 10)),
        )
        for family, text in _texts(published, sector).items()
        if (found := published.figure(family, EVIDENCE, HIT)) and found.queries >= MIN_QUERIES
    )


def meanings(published: PublishedEvaluation, sector: Sector) -> list[tuple[str, str]]:
    """What each family of pairings is, in a sentence or two, by its title."""
    texts = _texts(published, sector)
    return [(text.title or family, text.meaning) for family, text in texts.items() if text.meaning]


def short_comparisons(published: PublishedEvaluation, sector: Sector) -> tuple[str, ...]:
    """The default method against the nearest and against chance, in a sentence for each family."""
    sentences = []
    for family, text in _texts(published, sector).items():
        own, near = (_figure(published, family, name) for name in (EVIDENCE, published.nearest))
        against = {one.baseline: one for one in _differences(published, family)}
        if own is None or near is None or not {published.nearest, published.chance} <= against.keys():
            continue
        way = "more" if own.value > near.value else "fewer" if own.value < near.value else "as many"
        chance = against[str(published.chance)]
        beyond = "That is more than chance." if _clear(against[near.method]) else "That could be chance."
        sentences.append(
            f"For {text.phrase}, the default method named {way} of the chosen partners among its first "
            f"{N_FIRST} {'as' if way == 'as many' else 'than'} a plain list of the nearest "
            f"{sector.words.organisations} ({share(own.value)} against {share(near.value)}). {beyond} "
            f"{_against_chance(chance)}"
        )
    return tuple(sentences)


def format_figure(figure: MetricMean) -> str:
    """A share and its limits: 16% (0% to 35%)."""
    return format_interval(figure.value, figure.low, figure.high)


def charted_methods(published: PublishedEvaluation) -> tuple[str, ...]:
    """Methods in the charts of the families, from the simplest."""
    named = (published.chance, published.nearest, EVIDENCE, *published.learned()[:1])
    return tuple(name for name in named if name)


def _texts(published: PublishedEvaluation, sector: Sector) -> dict[str, FamilyText]:
    """How each family is spoken of; those without a text of their own are left to the whole report."""
    texts = evaluation_settings(sector).families
    return {family: texts[family] for family in published.families if family in texts}


def _figure(published: PublishedEvaluation, family: str, method: str | None) -> MetricMean | None:
    return None if method is None else published.figure(family, method, HIT)


def _differences(published: PublishedEvaluation, family: str) -> list[Difference]:
    return [
        one
        for one in published.differences
        if (one.family, one.method, one.metric) == (family, EVIDENCE, HIT)
    ]


def _against_chance(found: Difference) -> str:
    if not _clear(found):
        return "It can't be told apart from picking at random."
    return f"It did {'better' if found.value > 0 else 'worse'} than picking at random."


def _clear(found: Difference) -> bool:
    """Whether the interval leaves no difference out."""
    return found.low is not None and found.high is not None and (found.low > 0 or found.high < 0)


def _sentences(
    published: PublishedEvaluation, family: str, text: FamilyText, sector: Sector
) -> tuple[str, ...]:
    many = sector.words.organisations
    own, near, chance = (
        _figure(published, family, name) for name in (EVIDENCE, published.nearest, published.chance)
    )
    if own is None or near is None or chance is None:
        return ()
    first = (
        f"{own.queries} were replayed. The {text.partner} chosen in fact was among the first {N_FIRST} "
        f"options of the default method in {format_figure(own)}. A plain list of the nearest {many} had it "
        f"in {format_figure(near)}, and chance would have had it in {share(chance.value)}."
    )
    rest = (_difference(one, published, many) for one in _differences(published, family))
    return (first, *rest)


def _difference(found: Difference, published: PublishedEvaluation, many: str) -> str:
    against = "chance" if found.baseline == published.chance else f"the nearest {many}"
    points = round(100 * abs(found.value))
    way = "more" if found.value > 0 else "fewer"
    text = (
        f"Of the {found.queries} that both could rank, the default method named {points} in 100 {way} than "
        f"{against}"
    )
    if found.low is None or found.high is None:
        return f"{text}; there are too few {many} for an interval."
    text += f" (95% interval {_points(found.low)} to {_points(found.high)}, p {p_value(found.p)})"
    return f"{text}." if _clear(found) else f"{text}: the difference could be chance."


def _points(value: float) -> str:
    points = round(100 * value)
    return f"{abs(points)} {'more' if points > 0 else 'fewer'}" if points else "0"


def _chart(published: PublishedEvaluation, family: str, text: FamilyText, n: int) -> DotChart:
    metric = f"hit@{n}"
    figures = [
        figure
        for method in charted_methods(published)
        if (figure := published.figure(family, method, metric))
    ]
    chance = next((figure.value for figure in figures if figure.method == published.chance), None)
    dots = Dots(
        caption=f"Share of {text.phrase} with the {text.partner} among the first {n} options",
        dots=tuple(
            Dot(published.label(one.method), one.value, one.low, one.high, one.method == EVIDENCE)
            for one in figures
        ),
        low=0.0,
        high=1.0,
        line=chance,
    )
    return dot_chart(dots)
