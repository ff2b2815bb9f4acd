"""Papers of the bundled snapshot, opened again by other libraries, by the ending of their name."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
from docx import Document as open_docx
from docx.oxml.ns import qn
from openpyxl import load_workbook

from matchmaker import Matchmaker
from matchmaker.errors import InvalidParameter
from matchmaker.models.arrangement_changes import changes
from matchmaker.models.query import ShortlistQuery
from matchmaker.reports.papers.as_html import html
from matchmaker.reports.papers.as_xlsx import xlsx
from matchmaker.reports.papers.assignment import assignment_paper
from matchmaker.reports.papers.comparison import comparison_paper
from matchmaker.reports.papers.document import Paper, Sheet
from matchmaker.reports.papers.early_warning import signs_paper
from matchmaker.reports.papers.endings import MEDIA_TYPES, ending_of
from matchmaker.reports.papers.organisation import organisation_paper
from matchmaker.reports.papers.shortlist import shortlist_paper
from matchmaker.reports.papers.write import write, written

LINK = "https://example.org/nhs/organisations/RPA/shortlist?arrangement=buddying"


def shortlist(engine: Matchmaker, code: str = "RPA", **fields: object) -> Paper:
    query = ShortlistQuery.parse({"n_draws": 200, **fields}, engine.sector)
    answer, recommender = engine.answer(code, query), engine.recommender_for(query)
    return shortlist_paper(answer, query, recommender.arrangement, recommender.profiles, LINK)


def comparison(engine: Matchmaker) -> Paper:
    return comparison_paper(engine.compare(["RPA", "RN7", "RKE"]), engine.profiles())


def assignment(engine: Matchmaker) -> Paper:
    query = ShortlistQuery.parse({}, engine.sector)
    answer = engine.assign(["RPA", "RA7", "RNQ"], n_draws=50)
    used = engine.recommender_for(query).arrangement
    return assignment_paper(answer, query, used, changes(used, engine.sector), engine.profiles())


PAPERS: dict[str, Callable[[Matchmaker], Paper]] = {
    "shortlist": shortlist,
    "comparison": comparison,
    "organisation": lambda engine: organisation_paper(engine.overview("RPA"), engine.profiles()),
    "assignment": assignment,
    "signs": lambda engine: signs_paper(engine.signs(), engine.sector),
}


@pytest.fixture(scope="module")
def medway(engine: Matchmaker) -> Paper:
    return shortlist(engine)


@pytest.fixture(scope="module", params=PAPERS)
def paper(request: pytest.FixtureRequest, engine: Matchmaker) -> Paper:
    return PAPERS[request.param](engine)


def cells(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}


def texts_of(content: bytes) -> str:
    document = open_docx(io.BytesIO(content))
    tables = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
    return "\n".join((*(one.text for one in document.paragraphs), *tables))


def test_word_opens_every_answer_again(paper: Paper) -> None:
    document = open_docx(io.BytesIO(written(paper, "docx")))
    assert document.core_properties.title == paper.title
    assert [one.style.name for one in document.paragraphs].count("Heading 1") == 1
    assert document.tables


def test_a_workbook_of_every_answer_has_typed_cells_and_no_formula(paper: Paper) -> None:
    content = written(paper, "xlsx")
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets" in name)
    sheets = cells(content)
    question = {row[0]: row[1] for row in sheets["Question"]}
    assert isinstance(question["As of"], datetime) and len(str(question["Snapshot"])) >= 40
    for rows in sheets.values():
        assert len(set(rows[0])) == len(rows[0]), "two columns of one heading"
        assert all(rows[0])


def test_the_same_answer_gives_the_same_bytes(engine: Matchmaker) -> None:
    for ending in ("docx", "xlsx", "md"):
        assert written(shortlist(engine), ending) == written(shortlist(engine), ending), ending


def test_the_workbook_holds_options_reasons_figures_excluded_and_question(
    medway: Paper, engine: Matchmaker
) -> None:
    sheets = cells(written(medway, "xlsx"))
    assert list(sheets) == ["Options", "Reasons", "How it adds up", "Figures", "Excluded", "Question"]
    head, own, *options = sheets["Options"]
    answer = engine.shortlist("RPA", n_draws=200)
    assert own[1] == "RPA"
    assert [row[1] for row in options] == [one.organisation.code for one in answer.options]
    distance = head.index("Distance (km)")
    assert [row[distance] for row in options] == [one.distance_km for one in answer.options]
    columns = sheets["Figures"][0]
    figure = next(
        row for row in sheets["Figures"] if row[0] == "RN7" and row[columns.index("State")] == "known"
    )
    assert isinstance(figure[columns.index("Period to")], datetime)
    assert isinstance(figure[columns.index("Value")], int | float)
    assert figure[columns.index("Publisher")] and figure[columns.index("Title")]
    assert len(sheets["Excluded"]) == 1 + len(answer.excluded)


def test_a_wide_sheet_keeps_names_in_sight_and_prints_on_pages_that_can_be_read(medway: Paper) -> None:
    book = load_workbook(io.BytesIO(written(medway, "xlsx")))
    options = book["Options"]
    assert options.freeze_panes == "D2"
    assert options.page_setup.fitToWidth > 1 and options.print_title_cols == "$A:$C"
    head = [cell.value for cell in options[1]]
    assert head.index("Beds") < head.index("Oversight segment: number")
    widths = [one.width for one in book["How it adds up"].column_dimensions.values()]
    assert max(widths) <= 63


def test_texts_that_look_like_formulas_stay_texts() -> None:
    hostile = ("=1+1", "+1", "-1", "@SUM(A1)", "https://example.org", "007")
    rows = cells(xlsx([Sheet("One", ("Text",), tuple((one,) for one in hostile))], "T", date(2026, 1, 1)))
    assert [row[0] for row in rows["One"][1:]] == list(hostile)
    book = load_workbook(io.BytesIO(xlsx([Sheet("One", ("Text",), (("=1+1",),))], "T", date(2026, 1, 1))))
    assert book["One"]["A2"].data_type in {"s", "f"} and not book["One"]["A2"].hyperlink


def test_a_word_document_can_be_read_by_a_screen_reader(medway: Paper) -> None:
    document = open_docx(io.BytesIO(written(medway, "docx")))
    languages = {one.get(qn("w:val")) for one in document.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"} and document.core_properties.language == "en-GB"
    for table in document.tables:
        assert table.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None
    pictures = document.inline_shapes
    assert len(pictures) == 1
    assert "Dartford and Gravesham" in pictures[0]._inline.docPr.get("descr")
    footer = document.sections[0].footer._element.xml
    assert "PAGE" in footer and "NUMPAGES" in footer


def test_both_documents_hold_caveat_facts_question_and_link(medway: Paper, engine: Matchmaker) -> None:
    answer = engine.shortlist("RPA", n_draws=200)
    for briefing in (False, True):
        content = written(medway, "docx", briefing=briefing)
        text = texts_of(content)
        assert "past pairings" in text
        assert "Oversight segment" in text and "Mortality" in text
        assert answer.snapshot[:12] in text and "As published." in text
        assert "One chief executive leads both since 1 April 2025" in text
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert LINK.encode() in parts.read("word/_rels/document.xml.rels").replace(b"&amp;", b"&")
    for option in answer.options:
        assert option.organisation.name in texts_of(written(medway, "docx"))


@pytest.mark.parametrize("name", ["comparison", "organisation", "assignment"])
def test_maps_and_charts_of_every_paper_are_told_in_words(engine: Matchmaker, name: str) -> None:
    document = open_docx(io.BytesIO(written(PAPERS[name](engine), "docx")))
    told = [one._inline.docPr.get("descr") for one in document.inline_shapes]
    assert any("Map of" in text for text in told)
    if name == "comparison":
        assert any("from weak to strong" in text for text in told)
        assert any("Line charts" in text for text in told)
    captions = [one.text for one in document.paragraphs]
    assert any("Office for National Statistics" in text for text in captions)


def test_a_comparison_has_the_numbers_of_its_charts(engine: Matchmaker) -> None:
    paper = comparison(engine)
    found = engine.compare(["RPA", "RN7", "RKE"])
    sheets = cells(written(paper, "xlsx"))
    points = sum(len(trend.points) for own in found.trends for trend in own)
    assert len(sheets["Over the years"]) == 1 + points
    head, first = sheets["Side by side"][:2]
    assert first[head.index("acute trusts: median")] == found.rows[0].spreads[0].median
    text = written(paper, "md").decode()
    assert "Staff, over the years" in text and "have no figure" in text and "acute trusts (" in text


def test_pairs_stand_beside_each_other_in_facts(engine: Matchmaker) -> None:
    document = open_docx(io.BytesIO(written(assignment(engine), "docx")))
    facts = next(one for one in document.tables if one.rows[0].cells[0].text == "Trust")
    firsts = [row.cells[0].text for row in facts.rows][1:]
    assert len(firsts) % 2 == 0 and firsts[0].startswith("1. ")
    assert any("Oversight segment" in cell.text for cell in facts.rows[0].cells)


def test_numbers_below_nothing_have_a_true_minus_and_changes_are_in_percentage_points(
    engine: Matchmaker,
) -> None:
    text = written(comparison(engine), "md").decode()
    assert "percentage points" in text and "\u2212" in text
    assert not re.search(r"[ (|]-\d", text)


def test_changed_weights_and_filters_are_named_in_the_paper(engine: Matchmaker) -> None:
    changed = shortlist(engine, weights={"proximity": 0.5}, within_km=80, exclude=["RN7"], limit=3)
    text = written(changed, "md", briefing=True).decode()
    assert "weighs 0.5 in place of" in text and "80" in text and "RN7" in text
    assert "As published" not in text


def test_a_list_of_nobody_is_a_paper_too(engine: Matchmaker) -> None:
    nobody = shortlist(engine, within_km=1)
    for briefing in (False, True):
        assert "is left to consider" in written(nobody, "md", briefing=briefing).decode()
    assert len(cells(written(nobody, "xlsx"))["Options"]) == 2


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "arrangement"),
    [
        ("RPA", "buddying"),
        ("RD8", "buddying"),
        ("RQM", "buddying"),
        ("RJR", "acquisition"),
        ("RXX", "merger"),
    ],
)
def test_the_briefing_fits_one_page(engine: Matchmaker, code: str, arrangement: str) -> None:
    from weasyprint import HTML

    paper = shortlist(engine, code, arrangement=arrangement)
    assert paper.briefing is not None
    assert len(HTML(string=html(paper.briefing())).render().pages) == 1


@pytest.mark.slow
def test_a_pdf_numbers_its_pages_and_has_a_title(medway: Paper) -> None:
    assert "counter(page)" in html(medway.report())
    assert f"<title>{medway.title}</title>" in html(medway.report())
    assert written(medway, "pdf").startswith(b"%PDF-")


def test_the_ending_decides_and_others_are_refused(medway: Paper, tmp_path: Path) -> None:
    for ending in set(MEDIA_TYPES) - {"pdf"}:
        assert write(medway, tmp_path / f"a.{ending.upper()}").stat().st_size > 1000
    assert json.loads((tmp_path / "a.JSON").read_text())["recipient"]["code"] == "RPA"
    for name in ("a.doc", "a", "a.pages"):
        with pytest.raises(InvalidParameter, match=r"\.docx"):
            ending_of(Path(name))


def test_there_is_no_briefing_as_a_table(medway: Paper) -> None:
    with pytest.raises(InvalidParameter, match="no one-page briefing as"):
        written(medway, "xlsx", briefing=True)


@pytest.mark.slow
@pytest.mark.parametrize("n_compared", [2, 8])
def test_the_briefing_of_a_comparison_fits_one_page(engine: Matchmaker, n_compared: int) -> None:
    from weasyprint import HTML

    codes = ["RPA", "RN7", "RWF", "RKE", "RAX", "RJ6", "RTP", "RQX"][:n_compared]
    found = engine.compare(codes)
    answers = [engine.explain("RPA", code, ShortlistQuery.parse({}, engine.sector)) for code in codes[1:]]
    paper = comparison_paper(found, engine.profiles(), answers, [], LINK)
    assert paper.briefing is not None
    assert len(HTML(string=html(paper.briefing())).render().pages) == 1


@pytest.mark.slow
def test_the_briefing_of_one_organisation_fits_one_page(engine: Matchmaker) -> None:
    from weasyprint import HTML

    for code in ("RPA", "RXX", "RYA"):
        paper = organisation_paper(engine.overview(code), engine.profiles(), LINK)
        assert paper.briefing is not None
        assert len(HTML(string=html(paper.briefing())).render().pages) == 1, code
