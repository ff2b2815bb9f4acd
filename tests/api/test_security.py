"""Who may come in, how often, with how much; and what never leaves."""

from __future__ import annotations

import json
import logging
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from fastapi import Depends, FastAPI
from pydantic import ValidationError
from typer.testing import CliRunner

from matchmaker.api.auth.dependencies import require_scope
from matchmaker.api.auth.keys import BrokenKeys, KeyStore, create, read, revoke
from matchmaker.api.settings import Settings, from_environment
from matchmaker.cli import app as command
from matchmaker.errors import InvalidParameter

from .conftest import Served


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def _with(key: str) -> dict[str, str]:
    return {"X-API-Key": key}


def test_a_key_is_kept_as_a_hash_for_its_owner_only(file: Path) -> None:
    key = create(file, "a program", ["read"], date(2099, 1, 1))
    assert key.split("_", 2)[2] not in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0
    caller = KeyStore(file).principal(key)
    assert caller is not None
    assert (caller.name, caller.scopes, caller.expires) == ("a program", ("read",), date(2099, 1, 1))
    assert caller.has_scope("read") and not caller.has_scope("decide")


@pytest.mark.parametrize(
    "change",
    [
        lambda k: k[:-1],
        lambda k: k + "x",
        lambda k: "mn" + k[2:],
        lambda k: "",
        lambda k: "mm__",
        lambda k: "mm_00000000_" + k.split("_", 2)[2],
        lambda k: k + "\udcff",
        lambda k: "é" * 5000,
    ],
)
def test_nothing_like_a_key_is_one(file: Path, change: Any) -> None:
    key = create(file, "a", ["admin"])
    assert KeyStore(file).principal(change(key)) is None


def test_keys_expire_and_are_revoked_while_the_service_runs(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = create(file, "a", ["read"], date.today() + timedelta(days=2))
    keys = KeyStore(file)
    assert keys.principal(key)
    with monkeypatch.context() as later:
        later.setattr("matchmaker.api.auth.keys._today", lambda: date.today() + timedelta(days=3))
        assert keys.principal(key) is None
    second = create(file, "b", ["decide", "read"])
    assert keys.principal(second)
    revoke(file, "a")
    assert keys.principal(key) is None
    file.write_text("not keys", "utf-8")
    assert keys.principal(second) is None, "a broken file lets nobody in"
    with pytest.raises(BrokenKeys):
        read(file)
    with pytest.raises(BrokenKeys):
        create(file, "c", ["read"])
    assert file.read_text("utf-8") == "not keys"


def _one_key(**wrong: Any) -> str:
    """A file of one key with something wrong in it."""
    sound = {"id": "a", "name": "a", "scopes": [], "created": "2026-01-01", "expires": None, "hash": "0" * 64}
    return json.dumps({"keys": [sound | wrong]}, ensure_ascii=False)


@pytest.mark.parametrize(
    "spoilt",
    [
        "",
        "not keys",
        "[" * 100_000,
        '{"keys": ' + "[" * 100_000,
        "[]",
        '{"keys": {"a": 1}}',
        _one_key(scopes=1),
        _one_key(created="x"),
        _one_key(hash="é"),
        _one_key(hash=1),
        _one_key(expires="9999-99-99"),
    ],
)
def test_a_broken_file_of_keys_lets_nobody_in_however_often_they_ask(
    served: Served, file: Path, spoilt: str
) -> None:
    key = create(file, "a", ["read"])
    client = served(keys=file, open_reads=False)
    assert client.get("/v1/nhs/methods", headers=_with(key)).status_code == 200
    file.write_text(spoilt, "utf-8")
    for _ in range(3):
        assert client.get("/v1/nhs/methods", headers=_with(key)).status_code == 401


def test_a_file_of_keys_that_anybody_may_write_is_refused(file: Path) -> None:
    key = create(file, "a", ["read"])
    keys = KeyStore(file)
    file.chmod(0o666)
    os.utime(file, (1, 1))
    assert keys.principal(key) is None
    with pytest.raises(BrokenKeys, match="Everybody"):
        KeyStore(file)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another")
def test_a_file_of_keys_stays_with_its_owner_whoever_changes_it(file: Path) -> None:
    create(file, "a", ["read"])
    os.chown(file, 65534, 65534)
    file.chmod(0o640)
    create(file, "b", ["read"])
    revoke(file, "b")
    found = file.stat()
    assert (found.st_uid, found.st_gid, found.st_mode & 0o777) == (65534, 65534, 0o640)


def test_a_page_elsewhere_can_not_reach_it_under_a_name_of_its_own(served: Served) -> None:
    client = served(hosts=("partners.example.nhs.uk",))
    for path in ("/v1/nhs/methods", "/health/live", "/openapi.json"):
        answer = client.get(path, headers={"Host": "evil.example"})
        assert (answer.status_code, answer.json()["type"]) == (421, "/problems/unknown-host")
        assert client.get(path, headers={"Host": "partners.example.nhs.uk"}).status_code == 200


@pytest.mark.parametrize("path", ["/openapi.json", "/problems/busy", "/metrics", "/nothing"])
def test_every_address_counts_but_that_of_supervisors(served: Served, path: str) -> None:
    client = served(rate_limit="2/minute")
    assert [client.get(path).status_code for _ in range(3)][2] == 429
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    ("name", "scopes", "expires"),
    [
        ("", ["read"], None),
        ("x" * 81, ["read"], None),
        ("a\n", ["read"], None),
        ("a", ["root"], None),
        ("a", [], None),
        ("a", ["read"], date(2000, 1, 1)),
    ],
)
def test_keys_that_make_no_sense(file: Path, name: str, scopes: list[str], expires: date | None) -> None:
    with pytest.raises(InvalidParameter):
        create(file, name, scopes, expires)
    assert not file.exists()


def test_the_command_makes_lists_and_revokes(file: Path) -> None:
    def run(*words: str) -> Result:
        return CliRunner().invoke(command, ["keys", *words], env={"MATCHMAKER_KEYS": str(file)})

    made = run("create", "a program", "--scope", "decide")
    key = made.stdout.strip()
    assert KeyStore(file).principal(key)
    (made_key,) = read(file)
    assert made_key.expires == date.today() + timedelta(days=365)
    listed = run("list")
    assert "decide" in listed.stdout and key.split("_", 2)[2] not in listed.stdout
    assert isinstance(run("create", "a program").exception, InvalidParameter)
    assert run("revoke", "a program").exit_code == 0
    assert KeyStore(file).principal(key) is None
    assert isinstance(run("revoke", "zz").exception, InvalidParameter)
    assert run("create", "for ever", "--never-expires").exit_code == 0
    assert read(file)[-1].expires is None


def test_reads_are_open_unless_closed(served: Served, file: Path) -> None:
    key, other = create(file, "a", ["read"]), create(file, "b", ["decide"])
    open_, closed = served(keys=file), served(keys=file, open_reads=False)
    path = "/v1/nhs/methods"
    assert open_.get(path).status_code == 200
    assert open_.get(path).headers["cache-control"].startswith("public")
    wrong = open_.get(path, headers=_with("mm_a_b"))
    assert (wrong.status_code, wrong.json()["type"]) == (401, "/problems/key-refused")
    assert wrong.headers["www-authenticate"].startswith("Bearer")
    for _ in range(2):  # the second answer would come from what is kept
        assert closed.get(path).json()["type"] == "/problems/key-needed"
        assert closed.get("/metrics").status_code == 401
        assert closed.get(path, headers=_with(other)).status_code == 403
        assert closed.get(path, headers=_with(key)).headers["cache-control"].startswith("private")
        assert closed.get(path, headers={"Authorization": f"bearer {key}"}).status_code == 200
        assert closed.get(path, headers={"Authorization": f"Basic {key}"}).status_code == 401
    for path in ("/health/ready", "/problems/key-needed", "/openapi.json"):
        assert closed.get(path).status_code == 200


def test_a_route_may_need_a_scope(served: Served, file: Path) -> None:
    def prepare(app: FastAPI) -> None:
        @app.post("/decide", dependencies=[Depends(require_scope("decide"))])
        def decide() -> str:
            return "decided"

    reader, decider, admin = (create(file, name, [name]) for name in ("read", "decide", "admin"))
    client = served(prepare, keys=file)
    assert client.post("/decide").json()["type"] == "/problems/key-needed"
    assert client.post("/decide", headers=_with(reader)).json()["type"] == "/problems/scope-needed"
    assert client.post("/decide", headers=_with(decider)).status_code == 200
    assert client.post("/decide", headers=_with(admin)).status_code == 200
    assert served(prepare).post("/decide").status_code == 200


def test_those_who_ask_too_often_wait(served: Served, file: Path) -> None:
    key = create(file, "a", ["read"])
    client = served(rate_limit="3/minute", keys=file)
    answers = [client.get("/v1/nhs/methods") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer.headers["ratelimit"].split(";")[1] for answer in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[0].headers["ratelimit-policy"] == '"default";q=3;w=60'
    assert answers[3].json()["type"] == "/problems/too-many-requests"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60
    assert client.get("/v1/nhs/methods", headers=_with(key)).status_code == 200, (
        "a key has a count of its own"
    )
    assert client.get("/v1/nhs/methods", headers=_with("mm_a_b")).status_code == 429, "guessing has none"
    assert client.get("/health/live").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "statuses"),
    [
        ((), ["198.51.100.1", "198.51.100.2"], [200, 429]),  # nobody is believed
        (("203.0.113.0/24",), ["198.51.100.1", "198.51.100.2"], [200, 429]),  # not the caller's
        (("192.0.2.1",), ["198.51.100.1", "198.51.100.2"], [200, 200]),
        (("192.0.2.0/24",), ["198.51.100.1", "198.51.100.1"], [200, 429]),
        # What the caller wrote in front of what the proxy added is not believed.
        (("192.0.2.1",), ["1.1.1.1, 198.51.100.1", "2.2.2.2, 198.51.100.1"], [200, 429]),
        (("192.0.2.1",), ["2001:db8::1", "2001:db8::2"], [200, 429]),  # one /64, one person
    ],
)
def test_addresses_are_those_that_a_named_proxy_tells(
    served: Served, proxies: tuple[str, ...], forwarded: list[str], statuses: list[int]
) -> None:
    client = served(rate_limit="1/minute", trusted_proxies=proxies)
    found = [client.get("/v1/nhs/methods", headers={"X-Forwarded-For": one}).status_code for one in forwarded]
    assert found == statuses


def test_bodies_that_are_too_large(served: Served) -> None:
    client = served(max_body_bytes=2000)
    long = b'{"recipients": ["' + b"x" * 3000 + b'"]}'
    headers = {"Content-Type": "application/json"}
    told = client.post("/v1/nhs/shortlists", content=long, headers=headers)
    chunked = client.post("/v1/nhs/shortlists", content=iter([long[:1000], long[1000:]]), headers=headers)
    for answer in (told, chunked):
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/body-too-large")
        assert answer.headers["connection"] == "close"
    assert "transfer-encoding" in chunked.request.headers
    small = iter([b'{"recipients":', b'["RPA"], "limit": 1}'])
    assert client.post("/v1/nhs/shortlists", content=small, headers=headers).status_code == 200


def test_batches_are_bounded(served: Served) -> None:
    client = served()
    pair = {"recipient": "RPA", "candidate": "RAX"}
    for path, body in (
        ("/v1/nhs/shortlists", {"recipients": ["RPA"] * 51}),
        ("/v1/nhs/shortlists", {"recipients": ["RPA"], "n_draws": 10_001}),
        ("/v1/nhs/shortlists", {"recipients": ["RPA"], "data": [{"code": "RPA"}] * 501}),
        ("/v1/nhs/scores", {"pairs": [pair] * 1001}),
        ("/v1/nhs/assignments", {"recipients": ["RPA"] * 101}),
    ):
        assert client.post(path, json=body).json()["type"] == "/problems/invalid-request", (path, body)


def test_security_headers_are_on_everything(served: Served) -> None:
    client = served(hsts_seconds=100)
    for path in ("/v1/nhs/methods", "/v1/nhs/methods", "/nothing", "/health/live", "/metrics"):
        headers = client.get(path).headers
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["strict-transport-security"] == "max-age=100; includeSubDomains"
    assert "strict-transport-security" not in served().get("/v1/nhs/methods").headers


def test_other_origins_are_let_in_only_by_name(served: Served) -> None:
    origin = {"Origin": "https://example.nhs.uk"}
    asked = {**origin, "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in served().get("/v1/nhs/methods", headers=origin).headers
    client = served(cors_origins=("https://example.nhs.uk",), rate_limit="2/minute")
    for _ in range(3):  # also of what is kept, and of a refusal
        answer = client.get("/v1/nhs/methods", headers=origin)
        assert answer.headers["access-control-allow-origin"] == "https://example.nhs.uk"
    assert client.options("/v1/nhs/scores", headers=asked).status_code == 200
    other = client.get("/v1/nhs/methods", headers={"Origin": "https://example.com"})
    assert "access-control-allow-origin" not in other.headers


def test_request_ids_can_not_forge_logs(served: Served) -> None:
    client = served()
    for given in ("a b", "x" * 65, '"}{', "é"):
        answer = client.get("/health/live", headers={"X-Request-ID": given.encode()})
        assert answer.headers["x-request-id"] != given
    assert (
        client.get("/health/live", headers={"X-Request-ID": "a.b-c_1"}).headers["x-request-id"] == "a.b-c_1"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"trusted_proxies": "*"},
        {"trusted_proxies": "proxy.local"},
        {"cors_origins": "*"},
        {"cors_origins": "https://a.nhs.uk/"},
        {"rate_limit": "often"},
        {"max_body_bytes": 1},
        {"request_seconds": 0},
    ],
)
def test_settings_that_make_no_sense(wrong: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)
    ((name, value),) = wrong.items()
    monkeypatch.setenv(f"MATCHMAKER_{name.upper()}", str(value))
    with pytest.raises(InvalidParameter, match=f"MATCHMAKER_{name.upper()}"):
        from_environment()


def test_settings_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_TRUSTED_PROXIES", "10.0.0.0/8, ::1")
    monkeypatch.setenv("MATCHMAKER_DECISIONS", "postgresql://u:swordfish@h/d")
    monkeypatch.setenv("MATCHMAKER_RATE_LIMIT", "")
    settings = from_environment()
    assert settings.trusted_proxies == ("10.0.0.0/8", "::1")
    assert settings.rate_limit is None
    assert "swordfish" not in repr(settings)


def test_no_secret_is_logged(
    served: Served, file: Path, capfd: pytest.CaptureFixture[str], caplog: Any
) -> None:
    key = create(file, "a", ["read"])
    client = served(keys=file)
    with caplog.at_level(logging.DEBUG):
        client.get("/v1/nhs/organisations/RPA/shortlist?limit=1&exclude=RN7", headers=_with(key))
        client.get("/v1/nhs/methods", headers={"Authorization": f"Bearer {key}x"})
        client.post("/v1/nhs/shortlists", json={"recipients": ["swordfish"]})
    said = capfd.readouterr()
    text = (
        said.out
        + said.err
        + json.dumps([record.getMessage() for record in caplog.records if record.name != "httpx2"])
    )
    assert "request" in text
    secret = key.split("_", 2)[2]
    assert secret not in text and "RN7" not in text and "swordfish" not in text
