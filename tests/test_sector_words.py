"""No room but a sector's own uses the words of a sector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sector_words import PATTERN

import matchmaker

PACKAGE = Path(matchmaker.__file__).parent
SECTORS = PACKAGE / "sectors"
BROUGHT_IN = PACKAGE / "web" / "static" / "nhsuk"
"""Stylesheets and scripts of the design system, copied from its npm package."""
ENDINGS = {".py", ".html", ".toml", ".js", ".css", ".json", ".mako", ".md", ".txt", ".xml", ".svg"}

EXCEPTIONS: tuple[tuple[str, str, str], ...] = (
    ("", r"nhsuk[\w./*-]*", "the package names of the design system that the pages are drawn with"),
    ("sources/files.py", r"\"\.ods\"", "the file ending of OpenDocument spreadsheets"),
    ("sector.py", r': "[^"]*"', "examples of what a sector says"),
    ("evaluation/settings.py", r": \"[^\"]*\"", "an example of a title"),
    ("models/evidence.py", r'" \(E10\)"', "an example of a sector's reference to its evidence"),
    ("web/assets.py", r"NHS", "the name and the owner of the design system, and its licence"),
    ("web/static/nhsuk-frontend-licence.txt", r"NHS", "the licence of the design system"),
)
"""File (or a folder that it is in), what is passed over in it, and why."""


def rooms() -> list[Path]:
    return sorted(
        path
        for path in PACKAGE.rglob("*")
        if path.suffix in ENDINGS
        and path.is_file()
        and not path.is_relative_to(SECTORS)
        and not path.is_relative_to(BROUGHT_IN)
    )


def words_in(path: Path) -> Iterator[str]:
    name = path.relative_to(PACKAGE).as_posix()
    passed = [
        re.compile(pattern, re.IGNORECASE) for where, pattern, _ in EXCEPTIONS if name.startswith(where)
    ]
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        for pattern in passed:
            line = pattern.sub("", line)
        if found := PATTERN.search(line):
            yield f"{name}:{number}: '{found[0]}' in: {line.strip()[:120]}"


def test_the_search_finds_words_in_every_form() -> None:
    for text in (
        "a trust",
        "many (E7)",
        "trust_type",
        "of_trusts",
        "Trust",
        "TrustOut",
        "NHS",
        "nhs-peers",
        "special_measures",
    ):
        assert PATTERN.search(text), text
    for text in ("trusted", "TrustedHost", "periods", "methods", "modest", "distrust", "beds1", "acutely"):
        assert not PATTERN.search(text), text


def test_every_exception_is_still_needed() -> None:
    texts = {path.relative_to(PACKAGE).as_posix(): path.read_text("utf-8") for path in rooms()}
    for where, pattern, _ in EXCEPTIONS:
        assert any(
            re.search(pattern, text, re.IGNORECASE) for name, text in texts.items() if name.startswith(where)
        ), pattern


@pytest.mark.parametrize("path", rooms(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_word_of_a_sector(path: Path) -> None:
    assert not list(words_in(path))
