"""The docs site builds strictly, every link leads somewhere, and every example is one that can be typed."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import interrogate.config
import interrogate.coverage
import pytest
import typer.main
import yaml
from command_line import understand

from matchmaker.cli import app

ROOT = Path(__file__).parents[1]
WRITTEN = sorted(
    path
    for pattern in (
        "*.md",
        "docs/**/*.md",
        "src/**/*.md",
        "tests/**/*.md",
        "benchmarks/*.md",
        ".github/**/*.md",
    )
    for path in ROOT.glob(pattern)
)
BLOCK = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```", re.M | re.S)
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<path>(?!\w+:|#)[^)#\s]+)(?:#[^)\s]*)?\)")
LOADING = {
    ("script", "src"),
    ("img", "src"),
    ("iframe", "src"),
    ("source", "src"),
    ("link", "href"),
    ("object", "data"),
}
ONLY_NAMED = {"canonical", "prev", "next", "alternate"}
"""Links in the head that a browser does not follow by itself."""


class Links(HTMLParser):
    """What a page links to, loads, and can be linked at."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.hrefs: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.hrefs.append(given["href"])
        self.loads += [
            given[name]
            for one, name in LOADING
            if one == tag and name in given and given.get("rel") not in ONLY_NAMED
        ]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Links]:
    return {path: Links(path.read_text("utf-8")) for path in site.rglob("*.html")}


@pytest.mark.slow
def test_every_link_of_the_site_leads_somewhere(site: Path, pages: dict[Path, Links]) -> None:
    assert len(pages) > 60
    lost = []
    for page, links in pages.items():
        for href in links.hrefs:
            path, _, anchor = unquote(href).partition("#")
            if re.match(r"\w+:", href) or page.name == "404.html":
                continue
            to = (page.parent / path).resolve() if path else page
            to = to / "index.html" if to.is_dir() else to
            if not to.is_file() or (anchor and to in pages and anchor not in pages[to].anchors):
                lost.append(f"{page.relative_to(site)}: {href}")
    assert not lost


@pytest.mark.slow
def test_no_page_of_the_site_loads_from_another_host(site: Path, pages: dict[Path, Links]) -> None:
    foreign = {url for links in pages.values() for url in links.loads if re.match(r"(\w+:)?//", url)}
    assert not foreign
    imported = {
        url
        for path in site.rglob("*.css")
        for url in re.findall(r"(?:url\(|@import )['\"]?((?:\w+:)?//[^'\")]+)", path.read_text("utf-8"))
    }
    assert not imported


@pytest.mark.slow
def test_the_references_hold_what_there_is(site: Path) -> None:
    def text(name: str) -> str:
        return (site / "reference" / name).read_text("utf-8")

    document = json.loads((ROOT / "docs" / "openapi.json").read_text("utf-8"))
    for operations in document["paths"].values():
        for operation in operations.values():
            assert f'id="{operation["operationId"]}"' in text("api.html")
    for name in typer.main.get_command(app).commands:
        assert f'id="matchmaker-{name}"' in text("commands.html")
    assert 'id="matchmaker.Matchmaker.shortlist"' in text("python/index.html")
    assert "<code>stale_after_months</code>" in text("definitions.html")


def test_every_public_name_says_what_it_is() -> None:
    """By interrogate, as pyproject.toml sets it: 100 % of modules, classes, functions and methods."""
    config = interrogate.config.parse_pyproject_toml(ROOT / "pyproject.toml")
    settings = interrogate.config.InterrogateConfig(**config)
    assert settings.fail_under == 100 and not settings.ignore_module
    coverage = interrogate.coverage.InterrogateCoverage(
        [str(ROOT / name) for name in ("src", "packages", "docs/_site")], conf=settings
    )
    results = coverage.get_coverage()
    bare = [
        f"{file.filename}: {node.path}"
        for file in results.file_results
        for node in file.nodes
        if not node.covered
    ]
    assert results.total > 2_000 and not bare


def test_the_nav_names_pages_that_there_are() -> None:
    # The tags of mkdocs' own (!ENV, !!python) are not used, so that any reader of YAML will do.
    nav = yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]
    named = [page for page in re.findall(r"'([\w./-]+\.md)'", str(nav)) if not page.startswith("reference/")]
    assert len(named) > 25
    at_root = {"project.md": "README.md"}
    missing = [
        page
        for page in named
        if not (ROOT / "docs" / page).is_file() and not (ROOT / at_root.get(page, page)).is_file()
    ]
    assert not missing


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_between_files_leads_somewhere(path: Path) -> None:
    text = BLOCK.sub("", path.read_text("utf-8"))
    lost = [link for link in LINK.findall(text) if not (path.parent / unquote(link)).exists()]
    made = {"reference/", "../reference/", "openapi.json"}  # pages that the site is built with
    assert not [link for link in lost if not link.startswith(tuple(made))]


EXAMPLES = [
    pytest.param(found["language"], found["text"], id=f"{path.relative_to(ROOT).as_posix()}-{number}")
    for path in WRITTEN
    for number, found in enumerate(BLOCK.finditer(path.read_text("utf-8")), 1)
]


@pytest.mark.parametrize(("language", "text"), EXAMPLES)
def test_every_example_can_be_typed(language: str, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python compiles, TOML, JSON and YAML parse, and every command of ours is understood."""
    match language:
        case "python":
            compile(text, "example", "exec")
        case "toml":
            tomllib.loads(text)
        case "json":
            json.loads(text)
        case "yaml":
            yaml.safe_load(text)
        case "sh" | "console":
            for line in text.replace("\\\n", " ").splitlines():
                for command in line.split("&&"):
                    words = shlex.split(command, comments=True)
                    if words[:1] == ["export"]:
                        monkeypatch.setenv(*words[1].split("=", 1))
                    if words[:1] == ["matchmaker"]:
                        understand(words[1 : words.index(">") if ">" in words else None])
