"""The tests mirror the tree: `tests/a/test_b.py` tests `src/matchmaker/a/b`."""

from __future__ import annotations

from pathlib import Path

import pytest

import matchmaker

PACKAGE = Path(matchmaker.__file__).parent
TESTS = Path(__file__).parent

CROSSING = {
    "test_docs.py": "the docs site, and the links and examples of every Markdown file",
    "test_bill_of_materials.py": "the bill of materials in deploy/",
    "test_documents.py": "the documents in docs/ and what they say of the code",
    "test_forge.py": "what the forge is given in .github",
    "test_layers.py": "the imports of the whole package",
    "test_hatch_build.py": "the build of the package",
    "test_notebooks.py": "the notebooks",
    "test_readme.py": "the tables of the README",
    "test_tutorials.py": "the tutorials of the docs site, typed in as they stand",
    "test_sector_words.py": "the words of the whole package",
    "test_tree.py": "the names of the tests",
    "api/test_answers.py": "what every answer has in common",
    "api/test_deploy.py": "what is shipped in deploy/",
    "api/test_process.py": "the service as a process",
    "api/test_schemathesis.py": "the service against its own description",
    "api/test_security.py": "what keeps strangers out, across middleware and auth",
    "api/audit_log/test_command.py": "the log through the command line",
    "api/audit_log/test_faults.py": "the log when something fails",
    "api/audit_log/test_routes.py": "the log through the service",
    "api/audit_log/test_swap.py": "the log while figures change",
    "api/kept/test_routes.py": "working shortlists through the service",
    "cli/test_app.py": "the command as a whole",
    "cli/test_out.py": "the option --out of every command",
    "cli/test_own_data.py": "own data through the commands",
    "client/test_client.py": "both clients against a service",
    "client/test_document.py": "the code in docs/client.md",
    "client/test_generated.py": "a client that is generated from the description",
    "evaluation/test_evaluate_snapshot.py": "the evaluation of the snapshot that is shipped",
    "features/test_no_silent_fills.py": "a property of the whole pipeline",
    "features/test_point_in_time.py": "a property of the whole pipeline",
    "sectors/test_harbours.py": "a sector without Python through every room",
    "sectors/test_refresh.py": "the commands of docs/refresh.md",
    "sectors/test_harbours_served.py": "a sector without Python through the service",
    "sectors/nhs/sources/test_size_and_scale_rules.py": "rules for several publications",
    "sectors/nhs/sources/test_trust_networks.py": "two publications of one kind",
    "sectors/nhs/test_addition.py": "one official file laid over the snapshot",
    "sectors/nhs/test_dated_context.py": "the snapshot that is shipped",
    "sectors/nhs/test_build_additions.py": "building from files added to older ones",
    "sectors/nhs/test_build_hostile_files.py": "building from broken files",
    "sectors/nhs/test_bundled_snapshot.py": "the snapshot that is shipped",
    "sectors/nhs/test_cases.py": "the cases of the seed documents",
    "sectors/nhs/test_carriers.py": "faults of files, and what a build makes of them",
    "sectors/nhs/test_coverage.py": "the snapshot that is shipped",
    "sectors/nhs/test_known_values.py": "the snapshot that is shipped",
    "sectors/nhs/test_organisation_types.py": "types of trusts in the snapshot",
    "sectors/nhs/test_read_back.py": "cells of profiles against source files",
    "sectors/schools/test_joins.py": "joins of the snapshot against profiles",
    "sectors/schools/test_readers.py": "readers of several modules on small files",
    "sectors/schools/test_schools.py": "the snapshot that is shipped",
    "sectors/schools/test_totals.py": "the snapshot against published totals",
}
"""Tests of something that crosses modules, and of what."""
CROSSING_FOLDERS = {
    "attacks": "the whole deployment is attacked",
    "web": "pages are tested as a browser shows them, not module by module",
}


def files_of_tests() -> list[Path]:
    return sorted(path.relative_to(TESTS) for path in TESTS.rglob("test_*.py"))


def subjects(path: Path) -> list[Path]:
    """What a test file may be named after: a module, a package, or a definition file of a sector."""
    name = path.stem.removeprefix("test_")
    folder = PACKAGE / path.parent
    return [folder / f"{name}.py", folder / name, folder / f"{name}.toml"]


@pytest.mark.parametrize("path", files_of_tests(), ids=str)
def test_a_test_is_named_after_what_it_tests(path: Path) -> None:
    if path.as_posix() in CROSSING or path.parts[0] in CROSSING_FOLDERS:
        return
    assert any(one.exists() for one in subjects(path)), (
        f"there is none of {[str(one) for one in subjects(path)]}"
    )


def test_no_exception_is_left_over() -> None:
    there = {path.as_posix() for path in files_of_tests()}
    assert CROSSING.keys() <= there
    assert not [
        name for name in CROSSING if "/" in name and any(one.exists() for one in subjects(Path(name)))
    ]
