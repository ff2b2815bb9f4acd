"""The report of a shortlist: whole, self-contained, honest, and the same for the same question."""

from __future__ import annotations

import html
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from matchmaker import Matchmaker
from matchmaker.models.arrangement import Arrangement
from matchmaker.models.types import ExplanationRow, Shortlist
from matchmaker.reports.shortlist import shortlist_page

HOSTILE = '</title><script>alert("x")</script> & {{ 1234567 + 7654321 }}'
VOID = {"meta", "br"}
QUESTIONS = {
    "buddying": {"for_": "buddying"},
    "acquisition, a rule relaxed": {"for_": "acquisition", "relax": ["within_km"]},
    "another method": {"for_": "buddying", "method": "nhs-peer-finder", "beside": ["nearest"]},
    "nobody eligible": {"for_": "buddying", "bounds": {"within_km": {"km": 1}}},
    "own weights": {"for_": "merger", "weights": {"context": 0.9}, "limit": 40},
}


class Outline(HTMLParser):
    """What a page is made of; a tag that is closed out of turn is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def every(self, name: str) -> list[str]:
        return [attrs[name] or "" for _, attrs in self.found if name in attrs]


def asked(engine: Matchmaker, **question: object) -> tuple[Shortlist, Arrangement]:
    shown = {name: question.pop(name) for name in ("limit", "beside") if name in question}
    answer = engine.shortlist("RPA", draws=500, **shown, **question)
    return answer, engine.recommender(**question).arrangement


def read(page: str) -> str:
    """The words of a page, without tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


@pytest.fixture(scope="module", params=QUESTIONS, ids=str)
def made(request: pytest.FixtureRequest, engine: Matchmaker) -> tuple[Shortlist, Arrangement, str]:
    answer, how = asked(engine, **QUESTIONS[request.param])
    return answer, how, shortlist_page(answer, how, engine.snapshot.sources)


Made = tuple[Shortlist, Arrangement, str]


def test_the_page_is_well_formed(made: Made) -> None:
    outline = Outline(made[2])
    ids = outline.every("id")
    links = outline.every("href")
    assert outline.open == []
    assert len(set(ids)) == len(ids)
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert all(link.startswith(("#", "https://")) for link in links)
    assert set(outline.every("aria-labelledby")) <= set(ids)


def test_the_page_asks_the_network_for_nothing(made: Made) -> None:
    assert "default-src 'none'" in made[2]
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b", made[2], re.IGNORECASE)
    assert not re.search(r"\b(src|srcset|style|on\w+)\s*=", made[2])
    assert "url(" not in made[2] and "@import" not in made[2]


def test_headings_and_tables_can_be_found_their_way_in(made: Made) -> None:
    levels = [int(tag[1]) for tag, _ in Outline(made[2]).found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    for table in re.findall(r"<table.*?</table>", made[2], re.DOTALL):
        assert 'scope="col"' in table
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]:
            assert 'scope="row"' in row


def told(answer: Shortlist, how: Arrangement) -> Iterator[str]:
    """Everything that a reader of the answer must find."""
    yield from answer.notes
    yield from answer.checklist
    yield answer.first_step
    if answer.verdict:
        yield answer.verdict
    for option in answer.options:
        yield f"{option.rank}. {option.trust.name} ({option.trust.code})"
        yield f"{option.fit:.2f}"
        yield from option.reasons_for
        yield from option.reasons_against
        yield from option.unknowns
        if option.uncertainty:
            yield f"{option.uncertainty.rank_low} to {option.uncertainty.rank_high}"
        yield from map(str, option.ranks_by_method.values())
    for one in answer.excluded:
        if one.trust.kind == answer.recipient.kind:
            yield f"{one.trust.name} ({one.trust.code})"
            yield from one.reasons
    for rule in answer.rule_effects:
        yield rule.why
    for criterion in how.criteria:
        yield criterion.why
    yield answer.attribution
    yield answer.snapshot[:12]
    yield answer.version


def test_nothing_of_the_answer_is_kept_back(made: Made) -> None:
    answer, how, page = made
    words = read(page)
    for text in told(answer, how):
        assert " ".join(text.split()) in words


def test_sums_stand_side_by_side_and_add_up(made: Made) -> None:
    answer, _, page = made
    if not answer.options:
        assert 'class="sum"' not in page
        return
    table = re.search(r'<table class="sum">.*?</table>', page, re.DOTALL)
    assert table
    rows = [
        [read(cell) for cell in re.findall(r"<td.*?</td>", row, re.DOTALL)][1:]
        for row in re.findall(r"<tr.*?</tr>", table[0], re.DOTALL)[1:]
    ]
    assert len(rows) == len(answer.options[0].rows)
    for option, *parts in zip(answer.options, *rows, strict=True):
        numbers = [0.0 if part == "unknown" else float(part) for part in parts]
        assert numbers[-1] == pytest.approx(option.fit, abs=6e-4)
        assert sum(numbers[:-1]) == pytest.approx(numbers[-1], abs=1e-3 * len(numbers))
        unknown = [row.value is None for row in option.rows[1:-1]]
        assert [part == "unknown" for part in parts[1:-1]] == unknown


def test_every_figure_names_a_source_that_is_listed(made: Made, engine: Matchmaker) -> None:
    answer, _, page = made
    used = {f.source for option in answer.options for row in option.rows for f in row.figures if f.source}
    listed = {id_.removeprefix("source-") for id_ in Outline(page).every("id") if id_.startswith("source-")}
    assert listed == used & engine.snapshot.sources.keys()
    assert bool(listed) == (bool(answer.options) and answer.method == "evidence")


def test_the_evidence_named_is_told(made: Made) -> None:
    words = read(made[2])
    for named in set(re.findall(r"\bE\d+\b", words)):
        assert re.search(rf"<dt>{named}</dt>", made[2]), named


def test_the_weights_are_those_of_the_question(engine: Matchmaker) -> None:
    answer, how = asked(engine, **QUESTIONS["own weights"])
    page = shortlist_page(answer, how, engine.snapshot.sources)
    share = 0.9 / sum(criterion.weight for criterion in how.criteria)
    label = next(criterion.label for criterion in how.criteria if criterion.name.startswith("context"))
    shares = dict(re.findall(r'<th scope="row">(\w+)[^\n]*?data-label="Weight">(\d+)%', page))
    assert shares[label] == f"{100 * share:.0f}"
    assert read(page).count(f"{shares[label]}%") >= 2  # beside the sums as well


def test_ages_count_each_figure_once(engine: Matchmaker) -> None:
    answer, how = asked(engine, for_="buddying", limit=1)
    page = shortlist_page(answer, how, engine.snapshot.sources)
    figures = {f.feature: f for row in answer.options[0].rows for f in row.figures}.values()
    table = re.search(r'<table class="figures ages">.*?</table>', page, re.DOTALL)
    assert table
    counts = [int(n) for n in re.findall(r'data-label="Figures">(\d+)<', table[0])]
    assert sum(counts) == sum(figure.state == "known" for figure in figures) > 20
    oldest = min(figure.period_end for figure in figures if figure.state == "known" and figure.period_end)
    assert f"{(answer.as_of - oldest).days // 365} years" in table[0]


def test_hostile_names_are_only_text(engine: Matchmaker) -> None:
    answer, how = asked(engine, for_="buddying")

    def bad(row: ExplanationRow) -> ExplanationRow:
        evil = tuple(replace(figure, label=HOSTILE, unit=HOSTILE, source=HOSTILE) for figure in row.figures)
        return replace(row, label=HOSTILE, sentence=HOSTILE, figures=evil)

    trust = replace(answer.recipient, name=HOSTILE, region=HOSTILE, locality=HOSTILE)
    options = tuple(
        replace(
            option,
            trust=trust,
            rows=tuple(map(bad, option.rows)),
            reasons_for=(HOSTILE,),
            reasons_against=(HOSTILE,),
            unknowns=(HOSTILE,),
            ranks_by_method={HOSTILE: 1},
            violated_rules=(HOSTILE,),
        )
        for option in answer.options
    )
    evil = replace(
        answer,
        recipient=trust,
        via=(trust,),
        focus=(HOSTILE,),
        options=options,
        excluded=tuple(replace(one, trust=trust, reasons=(HOSTILE,)) for one in answer.excluded),
        rule_effects=tuple(replace(one, rule=HOSTILE, why=HOSTILE) for one in answer.rule_effects),
        notes=(HOSTILE,),
        checklist=(HOSTILE,),
        first_step=HOSTILE,
        verdict=HOSTILE,
        attribution=HOSTILE,
        version=HOSTILE,
    )
    source = {
        "id": HOSTILE,
        "publisher": HOSTILE,
        "title": HOSTILE,
        "page": "javascript:alert(1)",
        "licence": HOSTILE,
    }
    page = shortlist_page(evil, how.model_copy(update={"label": HOSTILE}), {HOSTILE: source})
    assert "<script" not in page and "javascript:" not in page and "8888888" not in page
    assert page.count("&lt;/title&gt;&lt;script&gt;") > 40
    assert Outline(page).open == []


def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name != "MATCHMAKER_SNAPSHOT"}
    command = [sys.executable, "-m", "matchmaker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=own | env)


def test_the_same_question_gives_the_same_bytes(tmp_path: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        file = tmp_path / f"{seed}.html"
        done = run("shortlist", "RPA", "--limit", "3", "--report", str(file), PYTHONHASHSEED=seed)
        assert (done.returncode, done.stdout) == (0, f"Wrote {file}\n")
        pages.append(file.read_bytes())
    assert pages[0] == pages[1]


def test_a_folder_that_does_not_exist_is_told(tmp_path: Path) -> None:
    done = run("shortlist", "RPA", "--report", str(tmp_path / "none" / "out.html"))
    assert done.returncode == 1
    assert "can't be written" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_command_writes_a_pdf(tmp_path: Path) -> None:
    pytest.importorskip("weasyprint", exc_type=ImportError)
    file = tmp_path / "medway.pdf"
    command = [sys.executable, "-m", "matchmaker", "shortlist", "RPA", "--limit", "2", "--report", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    content = file.read_bytes()
    assert content.startswith(b"%PDF-")
    assert len(content) > 20_000
