"""The Jinja environment of pages and documents: everything escaped, one filter for each kind of text."""

from __future__ import annotations

from functools import partial

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Undefined,
)
from markupsafe import Markup, escape

from matchmaker.dates import format_date
from matchmaker.features.formatting import format_age, format_short, format_value
from matchmaker.features.profiles import NOT_APPLICABLE, STALE
from matchmaker.models.scoring.phrases import percent_1_99
from matchmaker.models.types import Shortlist
from matchmaker.rendering.charts import curves, lines, map, series, spine, strip
from matchmaker.sector import Sector


def make_environment(
    sector: Sector | None, frame: BaseLoader, *, base: str = "", undefined: type[Undefined] = StrictUndefined
) -> Environment:
    """An environment for one sector.

    Templates of the frame are found by their names, those that pages and documents share under `parts/`,
    and the sector's own texts (its folder `pages`) under `sector/`.

    Args:
        sector: whose words are used; None for pages that belong to no sector, and name none of its words.
        frame: templates of the pages or of the documents.
        base: address under which the pages of the sector stand; empty for documents, which link to none.
        undefined: what a name that is not defined stands for.
    """
    shared = {
        "parts": PackageLoader("matchmaker.rendering"),
        "sector": FunctionLoader(partial(_text, sector)),
    }
    made = Environment(
        loader=ChoiceLoader([PrefixLoader(shared), frame]),
        autoescape=True,
        undefined=undefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "backticks_to_code": backticks_to_code,
        "capitalise": capitalise,
        "format_age": format_age,
        "format_date": format_date,
        "percent": percent,
        "percent_1_99": percent_1_99,
        "with_article": with_article,
    }
    if sector is not None:
        made.filters |= {
            "format_short": partial(format_short, sector=sector),
            "format_value": partial(format_value, sector=sector),
        }
    made.globals |= {
        "sector": sector,
        "words": sector and sector.words,
        "base": base,
        "document": not base,
        "NOT_APPLICABLE": NOT_APPLICABLE,
        "STALE": STALE,
        "differing": differing,
        "charts": {
            "curves": curves,
            "lines": lines,
            "map": map,
            "series": series,
            "spine": spine,
            "strip": strip,
        },
    }
    return made


def backticks_to_code(text: str) -> Markup:
    """A text in which what stands between backticks is code; an odd one is a backtick."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return escape(text)
    code = Markup("<code>{}</code>")
    return Markup("").join(code.format(part) if at % 2 else part for at, part in enumerate(parts))


def capitalise(text: str) -> str:
    """A text with a capital first letter, and all others as they are."""
    return text[:1].upper() + text[1:]


def differing(answer: Shortlist, what: str) -> frozenset[str]:
    """Keys of the facts of which something is not the same for all, so that it must be told with each.

    Args:
        answer: with facts.
        what: `basis`, `period` or `publisher`.
    """
    found: dict[str, set[str]] = {}
    for facts in (answer.recipient_facts, *(option.facts for option in answer.options)):
        for fact in facts:
            if fact.text:
                found.setdefault(fact.key, set()).add(getattr(fact, what) or "")
    return frozenset(key for key, texts in found.items() if len(texts) > 1)


def with_article(noun: str) -> str:
    """A noun with its indefinite article: a harbour, an academy."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


def percent(share: float | None) -> str:
    """A share in percent; nothing where there is none."""
    return "" if share is None else f"{100 * share:.0f}%"


def _text(sector: Sector | None, name: str) -> str | None:
    if sector is None:
        return None
    file = sector.folder.joinpath("pages", name)
    return file.read_text("utf-8") if file.is_file() else None
