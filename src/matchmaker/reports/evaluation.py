"""An evaluation as a document, and all files of its report."""

from __future__ import annotations

from matchmaker.evaluation.evaluate import Evaluation
from matchmaker.evaluation.export import summary, tables
from matchmaker.evaluation.published import publish, to_json
from matchmaker.evaluation.records import PublishedEvaluation
from matchmaker.evaluation.report.build import TITLE, document, sections
from matchmaker.rendering.evaluation import parts
from matchmaker.reports.document import render
from matchmaker.sector import Sector


def evaluation_report(published: PublishedEvaluation, sector: Sector) -> str:
    """The document on an evaluation; the same evaluation gives the same bytes."""
    found = parts(sections(published, sector))
    return render("evaluation.html", sector, title=TITLE, published=published, parts=found)


def report_files(evaluation: Evaluation) -> dict[str, str]:
    """File name -> content: the document, the same in Markdown, the tables, the summary."""
    published, sector = publish(evaluation), evaluation.sector
    files = {
        "evaluation.html": evaluation_report(published, sector),
        "evaluation.md": document(published, sector),
        "evaluation.json": to_json(published),
    }
    return files | tables(evaluation) | {"summary.json": summary(evaluation)}
