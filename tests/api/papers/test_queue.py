"""Papers in a queue: who goes there, how far they are, what is kept and for how long."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from fastapi.testclient import TestClient
from service_process import wait_until

from matchmaker.api.papers import queue as paper_queue
from matchmaker.api.papers.queue import MAX_OF_CALLER, MAX_QUEUED, PaperQueue

SLOW = "/slow/paper.pdf"
ASYNC = {"Prefer": "respond-async"}
BROWSER = {"Accept": "text/html,*/*"}


class Slow:
    """A paper that is made when it is told to be."""

    def __init__(self) -> None:
        self.go, self.begun = threading.Event(), 0

    def __call__(self, request: Request, word: str = "paper") -> Response:
        self.begun += 1
        self.go.wait(20)
        if word == "broken":
            raise RuntimeError("It can't be made.")
        if word == "refused":
            return Response("no", 422)
        named = {"Content-Disposition": 'attachment; filename="it.pdf"'}
        return Response(f"%PDF-{word}", headers=named, media_type="application/pdf")


@pytest.fixture
def slow() -> Iterator[Slow]:
    one = Slow()
    yield one
    one.go.set()


@pytest.fixture
def asked(served: Callable[..., TestClient], slow: Slow) -> Callable[..., TestClient]:
    """A service that can make the slow paper."""

    def serve(**settings: Any) -> TestClient:
        return served(lambda app: app.add_api_route(SLOW, slow.__call__), **settings)

    return serve


def state_of(client: TestClient, place: str, **more: Any) -> str:
    return str(client.get(place, **more).json()["state"])


def done(client: TestClient, place: str) -> None:
    wait_until(lambda: state_of(client, place) in ("done", "failed"), "the paper is made")


def test_a_paper_is_queued_made_and_taken(asked: Callable[..., TestClient], slow: Slow) -> None:
    client = asked()
    first = client.get(SLOW, headers=ASYNC)
    assert (first.status_code, first.headers["preference-applied"]) == (202, "respond-async")
    assert first.headers["cache-control"] == "no-store"
    wait_until(lambda: slow.begun == 1, "the first is being made")
    others = [client.get(f"{SLOW}?word={word}", headers=ASYNC).headers["location"] for word in ("b", "c")]
    assert state_of(client, first.headers["location"]) == "making"
    told = [client.get(place) for place in others]
    assert [one.json()["place"] for one in told] == [1, 2]
    assert {one.headers["retry-after"] for one in told} == {"2"}
    assert "file" not in told[0].json()["links"]
    assert client.get(f"{others[0]}/file").status_code == 404
    slow.go.set()
    done(client, others[1])
    answer = client.get(others[1])
    assert (answer.json()["state"], answer.json()["place"], answer.json()["status"]) == ("done", 0, 200)
    assert "retry-after" not in answer.headers
    paper = client.get(answer.json()["links"]["file"])
    assert (paper.content, paper.headers["content-type"]) == (b"%PDF-c", "application/pdf")
    assert paper.headers["content-disposition"] == 'attachment; filename="it.pdf"'
    assert paper.headers["cache-control"] == "no-store"


def test_who_does_not_ask_for_the_queue_waits_unless_it_is_long(
    asked: Callable[..., TestClient], slow: Slow
) -> None:
    client = asked()
    slow.go.set()
    assert client.get(SLOW, headers=BROWSER).content == b"%PDF-paper"  # nobody else waits
    slow.go.clear()
    client.get(SLOW, headers=ASYNC)
    wait_until(lambda: slow.begun == 2, "one is being made")
    for caller in ("a", "b", "c"):
        client.app.state.papers.add(caller, "", _scope(), b"", _nothing)  # type: ignore[attr-defined]
    late = client.get(SLOW)
    assert late.status_code == 202
    assert "preference-applied" not in late.headers
    page = client.get(SLOW, headers=BROWSER, follow_redirects=False)
    assert (page.status_code, page.headers["location"].split("/")[1]) == (303, "papers")


def test_what_fails_is_told(asked: Callable[..., TestClient], slow: Slow) -> None:
    client = asked()
    slow.go.set()
    for word, status in (("broken", None), ("refused", 422)):
        place = client.get(f"{SLOW}?word={word}", headers=ASYNC).headers["location"]
        done(client, place)
        told = client.get(place).json()
        assert (told["state"], told["status"]) == ("failed", status)
        assert client.get(f"{place}/file").status_code == 404


def test_a_caller_has_few_papers_and_all_have_a_bound(asked: Callable[..., TestClient], slow: Slow) -> None:
    client = asked()
    client.get(SLOW, headers=ASYNC)
    wait_until(lambda: slow.begun == 1, "one is being made")
    for _ in range(MAX_OF_CALLER - 1):
        assert client.get(SLOW, headers=ASYNC).status_code == 202
    queue: PaperQueue = client.app.state.papers  # type: ignore[attr-defined]
    with pytest.raises(paper_queue.QueueFull, match="of yours"):
        queue.check_room("address 192.0.2.1")
    for number in range(MAX_QUEUED - len(queue.waiting)):
        queue.add(f"caller {number}", "", _scope(), b"", _nothing)
    with pytest.raises(paper_queue.QueueFull, match="other papers"):
        queue.check_room("another")


def test_a_paper_costs_its_caller_what_it_costs_by_itself(
    asked: Callable[..., TestClient], slow: Slow
) -> None:
    client = asked(work_seconds=10)
    slow.go.set()
    place = client.get(SLOW, headers=ASYNC).headers["location"]
    done(client, place)
    work = client.app.state.work  # type: ignore[attr-defined]
    stats = work.limiter.get_window_stats(work.share, "address 192.0.2.1")
    left = stats.remaining / 100
    assert 10 - 6 - 1 < left <= 10 - 6  # once, not when it is asked for and again when it is made


def test_only_who_asked_sees_a_paper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paper_queue.FOLDER, str(tmp_path))

    async def ask() -> None:
        one, other = PaperQueue(), PaperQueue()  # of two processes
        job = one.add("key a", "a", _scope(), b"", _paper)
        await one._worker  # type: ignore[misc]
        assert other.find(job.id, "a").state == "done"
        assert other.content(other.find(job.id, "a")) == b"paper"
        for owner in ("", "b"):
            with pytest.raises(paper_queue.NoPaper):
                other.find(job.id, owner)
        for wrong in ("", "../x", "a/b", job.id + "x", "é" * 5):
            with pytest.raises(paper_queue.NoPaper):
                other.find(wrong, "a")

    asyncio.run(ask())


def test_papers_go_when_they_are_old_or_take_too_much(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(paper_queue.FOLDER, str(tmp_path))

    async def made(queue: PaperQueue) -> Any:
        job = queue.add("a", "", _scope(), b"", _paper)
        await queue._worker  # type: ignore[misc]
        return job

    async def ask() -> None:
        queue = PaperQueue()
        old = await made(queue)
        later = time.time() + paper_queue.RETENTION_SECONDS + 1
        monkeypatch.setattr(time, "time", lambda: later)
        with pytest.raises(paper_queue.NoPaper):
            queue.find(old.id, "")
        new = await made(queue)
        with pytest.raises(paper_queue.NoPaper):
            queue.find(old.id, "")
        assert queue.find(new.id, "").state == "done"
        monkeypatch.setattr(paper_queue, "MAX_FOLDER_BYTES", 4)
        await made(queue)
        with pytest.raises(paper_queue.NoPaper):
            queue.find(new.id, "")
        assert len(list(tmp_path.glob("*.paper"))) == 1

    asyncio.run(ask())


def test_a_paper_of_a_process_that_died_has_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paper_queue.FOLDER, str(tmp_path))

    async def ask() -> None:
        queue = PaperQueue()
        job = queue.add("a", "", _scope(), b"", _nothing)
        place = tmp_path / f"{job.id}.json"
        for process, state in ((2**22 + 1, "failed"), (1, "queued")):
            place.write_text(place.read_text().replace(f'"process": {job.process}', f'"process": {process}'))
            assert queue.find(job.id, "").state == state
            place.write_text(place.read_text().replace(f'"process": {process}', f'"process": {job.process}'))
        await queue.close()

    asyncio.run(ask())


def test_the_page_asks_again_until_there_is_a_file(served: Any, slow: Slow, app: FastAPI) -> None:
    from matchmaker.web.app import install

    client = served(lambda app: (app.add_api_route(SLOW, slow.__call__), install(app)))
    place = client.get(SLOW, headers=ASYNC).headers["location"]
    wait_until(lambda: slow.begun == 1, "it is being made")
    page = place.removeprefix("/v1")
    text = client.get(page).text
    assert '<meta http-equiv="refresh" content="2">' in text
    assert "being made" in text
    slow.go.set()
    done(client, place)
    text = client.get(page).text
    assert "refresh" not in text
    assert f'href="{place}/file"' in text
    assert client.get("/papers/none").status_code == 404


def _scope() -> Any:
    return {"type": "http", "method": "GET", "path": SLOW, "query_string": b"", "headers": [], "state": {}}


async def _nothing(scope: Any, receive: Any, send: Any) -> None:
    await asyncio.sleep(20)


async def _paper(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"paper"})
