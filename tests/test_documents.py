"""Generated documents and pasted output are those of the data and the code."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
import yaml

from matchmaker import Snapshot
from matchmaker.docgen import data_dictionary, data_quality, documents, evidence
from matchmaker.evaluation.cross_validation import FORWARD
from matchmaker.evaluation.published import published_evaluation
from matchmaker.evaluation.report.document import markdown_table
from matchmaker.evaluation.report.fair_tests import default_against_nearest
from matchmaker.evaluation.report.labels import METRIC_LABELS, against_nearest, with_exact_limits
from matchmaker.evaluation.report.outcomes import answer, strongest
from matchmaker.evaluation.report.replays import AGAINST_NEAREST
from matchmaker.features.definition import features
from matchmaker.models.arrangement import arrangements
from matchmaker.models.evidence import findings
from matchmaker.sector import Sector, load_sector
from matchmaker.snapshot.quarantine import NOT_SUBMITTED
from matchmaker.snapshot.store import bundled, load
from matchmaker.sources.publication import measures
from matchmaker.version import __version__

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
METRICS = ("hit@5", "hit@10")
VARYING = {"practice-lightgbm"}
"""Its figures differ between machines: they stand in the report, and not in the README."""
MIN_ORGANISATIONS = 8
"""The README shows families with at least so many recipients."""


def shortlist() -> str:
    """What the README shows, from a run."""
    command = [sys.executable, "-m", "matchmaker", "shortlist", "RPA", "--for", "buddying", "--limit", "3"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("MATCHMAKER_")}
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**env, "COLUMNS": "110", "NO_COLOR": "1"}
    )
    lines = "\n".join(line.rstrip() for line in done.stdout.splitlines())
    return f"\n```text\n{lines}\n```\n\n"


def evaluation() -> str:
    """The main figures of the bundled evaluation: what predicts past choices, and how well."""
    sector = load_sector("nhs")
    published = published_evaluation(sector)
    assert published is not None
    rows = []
    for count in (count for count in published.counts if count.organisations >= MIN_ORGANISATIONS):
        of_family = [
            figure
            for figure in published.headline(METRICS)
            if figure.family == count.family
            and not figure.method.endswith(FORWARD)
            and figure.method not in VARYING
        ]
        for name in dict.fromkeys(figure.method for figure in of_family):
            shares = [with_exact_limits(figure) for figure in of_family if figure.method == name]
            against = against_nearest(published, count.family, name)
            rows.append((f"{count.family}, {count.queries}", published.label(name), *shares, against))
    labels = (*(METRIC_LABELS[metric] for metric in METRICS), AGAINST_NEAREST)
    heading = ("Past pairings", "Method", *labels)
    outcome = (answer(published.outcomes, sector) or "").removeprefix("In short: ")
    question = (
        "Did trusts with a buddy in a more similar context leave special measures sooner, as E1 suggests?"
    )
    lines = (
        f"{published.replayed} past pairings are replayed; {len(published.left_out)} do not count (part of a "
        "trust, never came about, or not certain).",
        markdown_table(heading, rows, (2, 3, 4)),
        " ".join(filter(None, ("Exact 95% intervals in brackets.", default_against_nearest(published)))),
        " ".join(
            filter(None, (question, f"{outcome[:1].upper()}{outcome[1:]}", strongest(published.outcomes)))
        ),
    )
    return "\n" + "\n\n".join(lines) + "\n\n"


def coverage() -> str:
    """How much each bundled snapshot holds of what."""
    rows = []
    for name in ("nhs", "schools"):
        snapshot = load(bundled(name))
        figures, organisations = snapshot.measures, snapshot.organisations
        still_open = organisations["closed"].null_count()
        first, last = figures["period_start"].min(), figures["period_end"].max()
        facts = {
            "past pairings": snapshot.pairings,
            "spells under intervention": snapshot.interventions,
            "successions": snapshot.successions,
            "spells in a leader's post": getattr(snapshot, "board_tenure", pl.DataFrame()),
            "spells of membership": getattr(snapshot, "membership", pl.DataFrame()),
        }
        rows.append(
            (
                snapshot.sector.label,
                f"{len(organisations):,}, {still_open:,} of them open",
                f"{len(figures):,} of {figures['measure'].n_unique()} measures",
                f"{first:%Y-%m} to {last:%Y-%m}",
                f"{len(snapshot.sources)} by {len({one['publisher'] for one in snapshot.sources.values()})}",
                "; ".join(f"{len(frame):,} {what}" for what, frame in facts.items() if len(frame)),
            )
        )
    heading = ("Dataset", "Organisations", "Figures", "Periods", "Sources by publishers", "Facts")
    return f"\n{markdown_table(heading, rows)}\n\n"


def figures_by_dimension() -> str:
    """How many figures of each dimension there are, of which periods and of how many organisations."""
    rows = []
    for name in ("nhs", "schools"):
        snapshot = load(bundled(name))
        of = {measure: one.dimension for measure, one in measures(snapshot.sector).items()}
        counted = (
            snapshot.measures.with_columns(dimension=pl.col("measure").replace_strict(of))
            .group_by("dimension")
            .agg(
                pl.len(),
                pl.col("measure").n_unique(),
                pl.col("code").n_unique(),
                pl.col("period_start").min().dt.year().alias("first"),
                pl.col("period_end").max().dt.year().alias("last"),
            )
        )
        by_name = {row["dimension"]: row for row in counted.iter_rows(named=True)}
        for dimension, row in ((one, by_name[one]) for one in snapshot.sector.dimensions if one in by_name):
            label = snapshot.sector.dimensions[dimension].label
            cells = (
                f"{row['len']:,}",
                row["measure"],
                f"{row['code']:,}",
                f"{row['first']} to {row['last']}",
            )
            rows.append((snapshot.sector.label, label, *cells))
    heading = ("Dataset", "Dimension", "Figures", "Measures", "Organisations", "Periods")
    return f"\n{markdown_table(heading, rows, (2, 3, 4))}\n\n"


def facts_by_kind() -> str:
    """How many facts of each kind there are, of when, how sure they are and how many have two sources."""
    rows = []
    for name in ("nhs", "schools"):
        snapshot = load(bundled(name))
        kinds = {
            "Past pairings": (snapshot.pairings, "kind", "start"),
            "Spells under intervention": (snapshot.interventions, "regime", "entry"),
        }
        if "board_tenure" in snapshot.manifest["tables"]:
            post = pl.col("role").str.extract("^(chief_executive|chair)")
            kinds["Spells in post"] = (snapshot.board_tenure.with_columns(post), "role", "start")
        for what, (frame, kind, day) in kinds.items():
            for (word,), part in sorted(frame.group_by(kind)):
                sure = part.filter(confidence="high").height / len(part)
                twice = part["source2"].count() / len(part) if "source2" in part.columns else None
                years = f"{part[day].min():%Y} to {part[day].max():%Y}"
                text = f"{what}: {word.replace('_', ' ')}"
                second = None if not twice else f"{100 * twice:.0f}%"
                rows.append(
                    (snapshot.sector.label, text, f"{len(part):,}", years, f"{100 * sure:.0f}%", second)
                )
    heading = ("Dataset", "Facts", "Rows", "Began", "High confidence", "Second source")
    return f"\n{markdown_table(heading, rows, (2, 4, 5))}\n\n"


DATA_PAPER = ROOT / "docs" / "data-paper.md"
BLOCKS: dict[str, tuple[Path, Callable[[], str]]] = {
    "shortlist": (README, shortlist),
    "evaluation": (README, evaluation),
    "coverage": (DATA_PAPER, coverage),
    "figures": (DATA_PAPER, figures_by_dimension),
    "facts": (DATA_PAPER, facts_by_kind),
}
"""What a document shows between `<!-- name -->` and `<!-- /name -->`, and what makes it."""


def undated(text: str) -> str:
    """A run without how many days ago its figures end, which tomorrow is one more."""
    return re.sub(r"\b\d+ days ago", "N days ago", text)


def block(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<=<!-- {name} -->\n).*(?=<!-- /{name} -->)", re.DOTALL)


@pytest.mark.parametrize("name", ["data-dictionary.md", "data-quality.md", "evidence.md"])
def test_documents_are_those_of_the_snapshot(snapshot: Snapshot, name: str) -> None:
    written = (ROOT / "docs" / name).read_text("utf-8")
    assert written == documents(snapshot)[name], "run 'make documents'"


@pytest.mark.slow
@pytest.mark.snapshot
@pytest.mark.parametrize("name", BLOCKS)
def test_documents_show_a_real_run(name: str) -> None:
    path, made = BLOCKS[name]
    found = block(name).search(path.read_text("utf-8"))
    assert found is not None
    assert undated(found[0]) == undated(made()), "run 'make documents'"


def test_a_data_dictionary_of_any_sector(harbour_snapshot: Snapshot, harbours: Sector) -> None:
    text = data_dictionary(harbour_snapshot)
    assert "| Measure | Meaning | Unit | Periods | Figures | Harbours | Sources |" in text
    assert "| `berths` | Berths | berths | 2015-01 to 2024-12 | " in text
    for feature in features(harbours):
        assert f"| `{feature.name}` | {feature.dimension} | {feature.label} |" in text
    for table in harbour_snapshot.manifest["tables"]:
        assert f"\n| {table} | " in text


def test_a_report_on_data_quality_of_any_sector(harbour_snapshot: Snapshot) -> None:
    text = data_quality(harbour_snapshot)
    assert "| Feature | Dimension | All harbours | Fishing | Ferry | Marina |" in text
    assert "| Passengers in a year | size | 27% | 0% | 80% | 0% |" in text  # 4 of 15, 0 of 9, 4 of 5, 0 of 1
    assert "| 2018 | 16 | " in text and "| 2014 |" not in text
    assert "## Published totals" not in text, "there are none"
    assert "## Conflicts between sources" not in text, "there are none"


def test_figures_that_are_not_used_are_listed_with_the_reason(harbour_snapshot: Snapshot) -> None:
    assert "Figures that are not used" not in data_quality(harbour_snapshot)
    code, name = harbour_snapshot.organisations.select("code", "name").row(0)
    figure = {"code": code, "measure": "berths", "unit": "berths", "file": "returns.csv"}
    rows = [
        figure | {"source": source, "value": value, "reason": reason, "end": date(2020, month, 30)}
        for source, value, reason, month in [
            ("first", 2582.0, "a lone figure between 308 before and 309 after", 6),
            ("series", 2582.0, "a lone figure between 308 before and 309 after", 6),
            ("first", 0.0, NOT_SUBMITTED, 9),
            ("first", 0.0, NOT_SUBMITTED, 11),
        ]
    ]
    apart = pl.DataFrame(rows).with_columns(
        period_start=pl.col("end").dt.month_start(), period_end="end", known_from="end"
    )
    tables = {name: harbour_snapshot.table(name) for name in harbour_snapshot.manifest["tables"]}
    tables |= {"quarantine": apart.select(tables["quarantine"].columns)}
    text = data_quality(Snapshot.of(tables, harbour_snapshot.manifest, harbour_snapshot.sector))
    reason = "a lone figure between 308 before and 309 after"
    names = ", ".join(f"`{source}/berths/2020-06-30/{code}`" for source in ("first", "series"))
    assert f"| {name} ({code}) | `berths` | 30 June 2020 | 2,582 | {reason} | {names} |" in text
    assert f"| {name} ({code}) | `berths` | 2 | 30 September 2020 | 30 November 2020 | first |" in text


def test_figures_after_a_closing_and_facts_of_days_to_come_are_told(harbour_snapshot: Snapshot) -> None:
    tables = {name: harbour_snapshot.table(name) for name in harbour_snapshot.manifest["tables"]}
    figures = tables["measures"]
    last = figures.filter(period_start=figures["period_start"].max()).row(0, named=True)
    code, start, source = last["code"], last["period_start"], last["source"]
    shut = pl.when(pl.col("code") == code).then(pl.lit(start - timedelta(days=801))).otherwise("closed")
    tables |= {
        "organisations": tables["organisations"].with_columns(closed=shut),
        "measures": figures.filter((pl.col("code") != code) | (pl.col("period_start") == start)),
    }
    text = data_quality(Snapshot.of(tables, harbour_snapshot.manifest, harbour_snapshot.sector))
    assert f"| {source} | 1 |" in text.partition("## Odd, and used")[2].partition("\n## ")[0]
    assert "## Odd, and used" not in data_quality(harbour_snapshot)


def test_evidence_says_what_rests_on_it(harbours: Sector) -> None:
    rests = "mentoring: setting similarity; feature tidal range"
    said = "Mentors from a like setting were listened to."
    assert f"| E1 | {said} | The Pilots' Society, " in evidence(harbours)
    assert rests in evidence(harbours)


@pytest.mark.parametrize("name", ["nhs", "harbours"])
def test_every_finding_named_exists(name: str, harbour_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
    sector = load_sector(name)
    named = {id_ for feature in features(sector) for id_ in feature.evidence}
    for arrangement in arrangements(sector).values():
        named |= {id_ for part in (*arrangement.criteria, *arrangement.rules) for id_ in part.evidence}
    assert named
    assert named <= findings(sector).keys()


def test_the_citation_has_the_fields_of_its_form_and_the_version() -> None:
    content = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= content.keys()
    assert content["cff-version"] == "1.2.0" and content["type"] == "software"
    assert content["version"] == __version__
    for one in (content, *content["references"]):
        assert {"type", "title", "authors"} <= one.keys()
        assert all(author.keys() == {"name"} for author in one["authors"])


if __name__ == "__main__":
    for name, (path, made) in BLOCKS.items():
        text = block(name).sub(lambda _: made(), path.read_text("utf-8"))  # noqa: B023 - called at once
        path.write_text(text, "utf-8")
