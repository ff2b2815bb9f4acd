"""Carries along what pages link to outside docs/, so that the site stands alone; fills folders of the nav.

A Markdown file becomes a page, a notebook and any other text file a page that shows it, and a folder a page
that lists its files. A link to what is not there fails the strict build.
"""

from __future__ import annotations

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files, InclusionLevel
from mkdocs.structure.pages import Page
from mkdocs.utils import meta

ROOT = Path(__file__).parents[2]
CARRIED = "source"
"""Folder of the site for what is neither in docs/ nor a page at the root of the repository."""
LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<path>(?!\w+:|#|/)[^)#\s]+)(?P<anchor>#[^)\s]*)?\)")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
PAGES_AT_ROOT = {
    "README.md": "project.md",  # mkdocs takes a README for the index of its folder
    **{name: name for name in ("CONTRIBUTING.md", "CHANGELOG.md", "LICENSE-DATA.md")},
}
LANGUAGES = {"": "text", ".conf": "nginx", ".service": "ini", ".sysusers": "text", ".csv": "text"}
SHOWN = 60_000
"""Bytes of a file or a folder up to which its text is shown; of more, names only."""
SKIPPED = {"__pycache__"}

_origins: dict[str, str] = {}
"""Page of the site -> the file or folder of the repository that it comes from."""


def origin(page: str) -> str:
    """The path in the repository from which links of a page count."""
    return _origins.get(page, f"docs/{page}")


def in_docs(path: str) -> bool:
    """Whether a path of the repository is a file of the site already."""
    return path.startswith("docs/") and not path.startswith("docs/_site/")


def page_of(path: str) -> str:
    """The page of the site for a path of the repository."""
    if in_docs(path):
        return path.removeprefix("docs/")
    if path in PAGES_AT_ROOT:
        return PAGES_AT_ROOT[path]
    visible = "/".join(part.lstrip(".") for part in path.split("/"))
    return f"{CARRIED}/{visible}" if path.endswith(".md") else f"{CARRIED}/{visible}.md"


def target(page: str, link: str) -> str | None:
    """The path in the repository that a link leads to, if it is there."""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(origin(page)), link))
    inside = not path.startswith("..")
    return path if inside and (ROOT / path).exists() else None


def links(text: str) -> list[re.Match[str]]:
    """The relative links of a text outside its code."""
    fences = [found.span() for found in FENCE.finditer(text)]
    return [one for one in LINK.finditer(text) if not any(a <= one.start() < b for a, b in fences)]


def shown(path: str) -> str:
    """A file or folder of the repository as the text of a page.

    Raises:
        UnicodeDecodeError: a page links to a file that is not text.
    """
    place = ROOT / path
    if place.is_dir():
        files = sorted(
            one for one in place.rglob("*") if one.is_file() and not SKIPPED.intersection(one.parts)
        )
        names = [one.relative_to(place).as_posix() for one in files]
        if sum(one.stat().st_size for one in files) > SHOWN:
            return f"# {path}/\n\nThe files of this folder:\n\n" + "\n".join(f"- `{one}`" for one in names)
        parts = [f"## {one}\n\n{fenced(place / one)}" for one in names if (place / one).suffix != ".zip"]
        return f"# {path}/\n\n" + "\n\n".join(parts)
    if place.suffix == ".ipynb":
        return notebook(json.loads(place.read_text("utf-8")))
    if place.suffix == ".md":
        return place.read_text("utf-8")
    return f"# {path}\n\n{fenced(place)}"


def fenced(file: Path) -> str:
    """The text of a file as a block of code."""
    if file.stat().st_size > SHOWN:
        return f"{file.stat().st_size:,} bytes: see the file in the repository."
    language = LANGUAGES.get(file.suffix, file.suffix.removeprefix("."))
    return f"~~~~{language}\n{file.read_text('utf-8').rstrip()}\n~~~~"


def notebook(content: dict[str, Any]) -> str:
    """The cells of a notebook, as Markdown: what it says and what it runs."""
    cells = []
    for cell in content["cells"]:
        text = "".join(cell["source"])
        cells.append(text if cell["cell_type"] == "markdown" else f"~~~~python\n{text}\n~~~~")
    return "\n\n".join(cells)


def on_files(files: Files, *, config: MkDocsConfig) -> Files:
    """Add a page for everything that pages link to, and for what those link to."""
    waiting = []
    for path in PAGES_AT_ROOT:
        waiting.append(_add(path, files, config))
    waiting += [one for one in files.documentation_pages() if one not in waiting]
    while waiting:
        file = waiting.pop()
        for link in links(file.content_string):
            path = target(file.src_uri, link["path"])
            if path and not files.get_file_from_path(page_of(path)):
                if in_docs(path):
                    continue  # a file in docs/ that is no page is copied as it is
                waiting.append(_add(path, files, config))
    config.nav = _filled(config.nav, files)
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:  # noqa: ARG001
    """Turn links by the paths of the repository into links of the site."""
    here = page.file.src_uri
    text = markdown
    for link in reversed(links(markdown)):
        path = target(here, link["path"])
        if path is None:
            continue  # mkdocs says which
        to = posixpath.relpath(page_of(path), posixpath.dirname(here) or ".")
        if in_docs(path) and (ROOT / path).is_dir():
            to = posixpath.relpath(_first_page(path, files), posixpath.dirname(here) or ".")
        whole = f"[{link['text']}]({to}{link['anchor'] or ''})"
        text = text[: link.start()] + whole + text[link.end() :]
    return text


def _add(path: str, files: Files, config: MkDocsConfig) -> File:
    """Make the page of a path of the repository."""
    name = page_of(path)
    inclusion = InclusionLevel.INCLUDED if path in PAGES_AT_ROOT else InclusionLevel.NOT_IN_NAV
    file = File.generated(config, name, content=shown(path), inclusion=inclusion)
    _origins[name] = path
    files.append(file)
    return file


def _first_page(folder: str, files: Files) -> str:
    """The page that stands for a folder of docs/."""
    inside = folder.removeprefix("docs/") + "/"
    return min(one.src_uri for one in files.documentation_pages() if one.src_uri.startswith(inside))


def _title(file: File) -> str:
    """The first heading of a page."""
    text, _ = meta.get_data(file.content_string)
    found = re.search(r"^# (.+)$", text, re.M)
    return found[1].replace("`", "") if found else Path(file.src_uri).stem


def _filled(nav: Any, files: Files) -> Any:
    """The nav with folders replaced by their pages, and with the pages that it does not name."""
    named = set(re.findall(r"[\w./-]+(?:\.md|/)(?=['\"])", repr(nav)))
    pages = {one.src_uri: one for one in files.documentation_pages() if not one.inclusion.is_excluded()}

    def entries(one: Any) -> Any:
        if isinstance(one, str) and one.endswith("/"):
            inside = sorted(uri for uri in pages if uri.startswith(one))
            return [{_title(pages[uri]): uri} for uri in inside]
        if isinstance(one, list):
            return [entries(each) for each in one]
        if isinstance(one, dict):
            return {label: entries(each) for label, each in one.items()}
        return one

    filled = entries(nav)
    left = [
        uri
        for uri in sorted(pages)
        if uri not in named
        and not uri.startswith((*(name for name in named if name.endswith("/")), f"{CARRIED}/"))
        and uri not in PAGES_AT_ROOT.values()
    ]
    for section in filled:
        if isinstance(section, dict) and "Records" in section:
            section["Records"] += [{_title(pages[uri]): uri} for uri in left]
    return filled
