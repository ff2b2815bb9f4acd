"""A real server on loopback, a real browser, and what every page must stand."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.testclient import TestClient
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from matchmaker.api.settings import Settings
from matchmaker.web.app import create_app
from matchmaker.web.assets import assets

WIDE, NARROW = 1280, 360
MOST_BYTES = 400_000
AXE = """
() => axe.run({resultTypes: ["violations"]}).then(found => found.violations)
"""
"""Every rule that is on by default, best practices included."""
QUICK_AXE = """
(() => {
  class WeakMap {
    #own = Symbol();
    has(one) { return Object.hasOwn(one, this.#own); }
    get(one) { return this.has(one) ? one[this.#own] : undefined; }
    set(one, value) { one[this.#own] = value; return this; }
    delete(one) { return this.has(one) && delete one[this.#own]; }
  }
  class WeakSet extends WeakMap {
    add(one) { return this.set(one, true); }
  }
  AXE;
  const color = axe.commons.color.Color.prototype, parse = color.parseString, known = new Map();
  color.parseString = function (text) {
    if (!known.has(text)) {
      const {r, g, b, alpha} = parse.call(this, text);
      known.set(text, {r, g, b, alpha});
    }
    return Object.assign(this, known.get(text));
  };
})();
""".replace("AXE", Axe().axe_script)
"""Axe as it is, but that it reads each colour once and keeps what belongs to an object on the object itself.

It reads the colour of every element behind every text anew, and keeps its parts in maps that are slow to
fill: together two thirds of its time.
"""
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHIFTS = """
window.shifted = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""


UNSEEN_SHIFT = 0.001
"""A shift of the layout that no eye sees: web-vitals calls 0.1 good. Fractions of a pixel add up to less."""
SETTLED = """
async () => {
  await document.fonts.ready;
  for (let frame = 0; frame < 2; frame++) await new Promise(requestAnimationFrame);
}
"""


@dataclass
class Seen:
    """What a page did while it was open."""

    origin: str
    complaints: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    weight: float = 0.0


expect.set_options(timeout=30_000)
Open = Callable[..., Page]
_seen: dict[Page, Seen] = {}


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The service with the pages of the bundled sector, and a decision log."""
    return create_app(Settings(serve_sectors=("nhs",), decisions=_log(tmp_path_factory)))


@pytest.fixture(scope="session")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A caller of that service."""
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def harbour_app(harbour_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """The service with the pages of the harbours, and a decision log."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MATCHMAKER_SECTORS", str(harbour_folder))
        return create_app(Settings(serve_sectors=("harbours",), decisions=_log(tmp_path_factory)))


@pytest.fixture(scope="session")
def harbours_client(harbour_app: FastAPI) -> Iterator[TestClient]:
    """A caller of that service."""
    with TestClient(harbour_app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client


def _log(folders: pytest.TempPathFactory) -> str:
    return f"sqlite:///{folders.mktemp('log') / 'decisions.db'}"


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Runs an application on a real server: `with serve(create_app()) as origin`."""
    return _serving


@contextmanager
def _serving(app: FastAPI) -> Iterator[str]:
    if not assets().styled:
        pytest.skip("the styles of the pages are not here; run make assets (needs npm)")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ends = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive() and time.monotonic() < ends, "the server does not start"
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@pytest.fixture(scope="session")
def origin(app: FastAPI) -> Iterator[str]:
    """The address of a server with the pages of the bundled sector."""
    with _serving(app) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium; one for each module, since its event loop would be in the way of other tests' own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not here; install it to run the tests of the pages")
    with sync_playwright() as play:
        made = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield made
        made.close()


@pytest.fixture
def open_page(origin: str, browser: Browser) -> Iterator[Open]:
    """Opens a path: `open_page("/", width=360, script=False)`, of another server with `at=`."""
    contexts = []

    def opened(path: str, width: int = WIDE, script: bool = True, at: str = origin) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, base_url=at
        )
        contexts.append(context)
        page = context.new_page()
        seen = _seen[page] = Seen(at)
        page.add_init_script(SHIFTS)
        page.on("console", lambda told: _hear(seen, told, page.url))
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("request", lambda asked: _follow(seen, asked.url))
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.on("Network.loadingFinished", lambda told: _weigh(seen, told))
        page.goto(path, wait_until="load")
        return page

    yield opened
    for context in contexts:
        context.close()
    _seen.clear()


def _hear(seen: Seen, told: ConsoleMessage, address: str) -> None:
    """Keep what the browser complains of, but for the status of an error page itself."""
    if told.type in {"error", "warning"} and told.location["url"] != address:
        seen.complaints.append(f"{told.text} {told.location['url']}")


def _follow(seen: Seen, address: str) -> None:
    if not address.startswith((seen.origin, "data:")):
        seen.elsewhere.append(address)


def _weigh(seen: Seen, told: dict[str, Any]) -> None:
    seen.weight += told["encodedDataLength"]


@pytest.fixture
def check_layout() -> Callable[[Page], None]:
    """Checks that nothing moved while the page was loaded."""
    return _check_layout


def _check_layout(page: Page) -> None:
    page.evaluate(SETTLED)
    assert page.evaluate("window.shifted") < UNSEEN_SHIFT, "the layout shifts while the page loads"


@pytest.fixture
def check_page() -> Callable[[Page], None]:
    """Checks what every page must stand, with all that can be unfolded."""
    return _check


def _check(page: Page) -> None:
    seen = _seen[page]
    _check_layout(page)
    page.eval_on_selector_all("details", "all => all.forEach(one => one.open = true)")
    assert seen.weight < MOST_BYTES, f"{seen.weight:.0f} bytes"
    assert page.locator("html").get_attribute("lang") == "en-GB"
    assert page.locator("h1").count() == 1
    assert page.title().strip()
    assert page.locator("[style]").count() == 0
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids)), sorted(one for one in set(ids) if ids.count(one) > 1)
    own = page.viewport_size or {"width": WIDE, "height": 800}
    for width in (NARROW, WIDE):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(SETTLED)
        try:  # the menu of the header settles after a change of width
            page.wait_for_function("width => document.documentElement.scrollWidth <= width", arg=width)
        except PlaywrightTimeout:
            across = page.evaluate("document.documentElement.scrollWidth")
            pytest.fail(f"{across} px across at {width}: {page.evaluate(WIDEST)}")
    page.set_viewport_size(own)
    page.evaluate(QUICK_AXE)
    found = page.evaluate(AXE)
    assert not found, json.dumps({one["id"]: _places(one) for one in found}, indent=1)
    assert not seen.complaints, seen.complaints
    assert not seen.elsewhere, seen.elsewhere


def _places(violation: dict[str, Any]) -> list[str]:
    return [f"{node['target']} {node['html'][:200]}" for node in violation["nodes"][:3]]


WIDEST = """
[...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > innerWidth + 1)
  .slice(0, 5).map(one => one.tagName + "." + one.className)
"""
