"""What a document is made of, and what every document must stand."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser
from itertools import pairwise

VOID = {"meta", "br"}


class Outline(HTMLParser):
    """The tags of a document; one that is closed out of turn is an error."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def every(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [attrs[name] or "" for _, attrs in self.found if name in attrs]


def check_document(page: str) -> Outline:
    """Well formed, asking for nothing, with links that lead somewhere and headings in order."""
    outline = Outline(page)
    ids, links = outline.every("id"), outline.every("href")
    assert len(set(ids)) == len(ids), sorted(one for one in set(ids) if ids.count(one) > 1)
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    assert all(link.startswith(("#", "https://")) for link in links)
    assert set(" ".join(outline.every("aria-labelledby")).split()) <= set(ids)
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|img|iframe|object|embed|base|form)\b", page, re.IGNORECASE)
    assert not any(
        name in {"src", "srcset", "style"} or name.startswith("on")
        for _, attrs in outline.found
        for name in attrs
    )
    assert not re.search(r"url\(|@import|javascript:", page)
    levels = [int(tag[1]) for tag, _ in outline.found if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        assert 'scope="col"' in table
        for row in re.findall(r"<tr.*?</tr>", table, re.DOTALL)[1:]:
            assert 'scope="row"' in row
    return outline


def words_of(page: str) -> str:
    """The words of a document, without tags."""
    body = re.sub(r"<(style|svg).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())
