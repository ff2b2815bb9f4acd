"""What came of a decision: a further entry of the same chain, which refers to it and changes nothing."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from fastapi.testclient import TestClient
from sqlalchemy import create_engine, text

from matchmaker.api.app import create_app
from matchmaker.api.audit_log import log as module
from matchmaker.api.audit_log.database import address
from matchmaker.api.audit_log.entry import digest
from matchmaker.api.audit_log.errors import NoSuchDecision
from matchmaker.api.audit_log.export import as_csv, as_json_lines
from matchmaker.api.audit_log.log import DecisionLog
from matchmaker.api.audit_log.migrate import _config
from matchmaker.api.settings import Settings
from matchmaker.errors import InvalidParameter

from .writer import DECISION

CAME = {"who": "Ann, region", "asked": "yes", "accepted": "no", "result": "same", "came": "It had no time."}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with a log that holds one decision for nobody."""
    file = tmp_path_factory.mktemp("log") / "decisions.db"
    with TestClient(create_app(Settings(decisions=f"sqlite:///{file}"))) as client:
        decision = {"recipient": "RPA", "limit": 1, "who": "Ann", "reason": "None will do", "chosen": None}
        assert client.post("/v1/decisions", json=decision).status_code == 201
        yield client


def years_later(monkeypatch: pytest.MonkeyPatch, days: int) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + timedelta(days=days)

    monkeypatch.setattr(module, "datetime", Later)


def test_an_outcome_is_a_further_entry_that_refers_to_the_decision(log: DecisionLog) -> None:
    decision = log.record(DECISION)
    entry = log.record_outcome(1, "Ann", None, "yes", "yes", "better", "Waits are shorter.")
    assert entry.outcome is not None
    assert (entry.outcome.of, entry.outcome.decision_hash) == (1, decision.hash)
    assert (entry.number, entry.previous, entry.recipient) == (2, decision.hash, decision.recipient)
    assert entry.reason == "Waits are shorter." and entry.shown == decision.shown
    assert log.read() == [decision, entry] and log.outcomes(1) == [entry]
    found = log.verify()
    assert (found.entries, found.head, found.fault) == (2, entry.hash, None)
    rest = entry.fields()
    assert rest.pop("hash") == digest(rest) and rest["outcome"]["result"] == "better"


def test_what_does_not_fit_is_refused_and_not_recorded(log: DecisionLog) -> None:
    log.record(DECISION)
    log.record_outcome(1, "Ann", None, "yes", "no", "same", "It had no time.")
    for number in (2, 3):
        with pytest.raises(NoSuchDecision, match=f"no decision {number}"):
            log.record_outcome(number, "Ann", None, "yes", "yes", "better", "x")
    with pytest.raises(InvalidParameter, match="who was not asked"):
        log.record_outcome(1, "Ann", None, "no", "yes", "better", "x")
    assert log.count() == 2


def test_a_log_from_before_there_were_outcomes_keeps_its_entries_and_hashes(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}"
    now = DecisionLog(url)
    entry = now.record(DECISION)
    now.close()
    (tmp_path / "older.db").touch()
    engine = create_engine(address(f"sqlite:///{tmp_path / 'older.db'}"))
    config = _config()
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(text(f"ATTACH '{tmp_path / 'old.db'}' AS newer"))
        columns = [row[1] for row in connection.execute(text("PRAGMA main.table_info(decisions)"))]
        assert "outcome" not in columns
        listed = ", ".join(columns)
        connection.execute(
            text(f"INSERT INTO main.decisions ({listed}) SELECT {listed} FROM newer.decisions")
        )
    engine.dispose()
    older = DecisionLog(f"sqlite:///{tmp_path / 'older.db'}")
    assert older.read() == [entry]
    assert older.record_outcome(1, "Ann", None, "yes", "yes", "better", "x").previous == entry.hash
    assert older.verify().fault is None
    older.close()


def test_what_is_due_was_chosen_a_year_ago_and_nothing_is_on_record_since(
    log: DecisionLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = log.record(DECISION), log.record(DECISION)
    log.record_outcome(1, "Ann", None, "yes", "yes", "unknown", "Too early to say.")
    assert log.due() == []
    years_later(monkeypatch, 400)
    assert log.due() == [first, second], "what was said at once is no answer after a year"
    log.record_outcome(1, "Ann", None, "yes", "yes", "better", "Waits are shorter.")
    assert log.due() == [second]


def test_the_export_holds_outcomes_and_the_chain(log: DecisionLog) -> None:
    log.record(DECISION)
    log.record_outcome(1, "Ann", None, "yes", "no", "same", "It had no time.")
    first, second = csv.DictReader(io.StringIO("".join(as_csv(log.entries()))))
    assert (first["outcome_of"], second["outcome_of"]) == ("", "1")
    assert (second["outcome_asked"], second["outcome_accepted"], second["outcome_result"]) == (
        "yes",
        "no",
        "same",
    )
    for line in as_json_lines(log.entries()):
        entry = json.loads(line)
        assert entry.pop("hash") == digest(entry), "it can be checked without matchmaker"


def test_over_http_it_is_recorded_beside_the_decision(client: TestClient) -> None:
    decision = client.get("/v1/decisions").json()["decisions"][0]
    answer = client.post("/v1/decisions/1/outcomes", json=CAME)
    assert answer.status_code == 201, answer.text
    entry = answer.json()["decision"]
    assert entry["outcome"] == {
        "of": 1,
        "decision_hash": decision["hash"],
        "months": 0,
        "asked": "yes",
        "accepted": "no",
        "result": "same",
    }
    assert client.get(answer.headers["location"]).json()["decisions"] == [entry]
    assert client.get("/v1/decisions").json()["decisions"][0] == decision


@pytest.mark.parametrize(
    ("number", "change", "status", "slug"),
    [
        (9, {}, 404, "no-such-decision"),
        (1, {"asked": "no", "accepted": "yes"}, 422, "out-of-range"),
        (1, {"asked": "perhaps"}, 422, "invalid-request"),
        (1, {"came": "  "}, 422, "invalid-request"),
        (1, {"hash": "0"}, 422, "invalid-request"),
    ],
)
def test_what_can_not_be_recorded_is_told(
    client: TestClient, number: int, change: dict[str, str], status: int, slug: str
) -> None:
    before = client.get("/v1/decisions").json()["total"]
    answer = client.post(f"/v1/decisions/{number}/outcomes", json=CAME | change)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{slug}")
    assert client.get("/v1/decisions").json()["total"] == before
    assert client.get(f"/problems/{slug}").status_code == 200
