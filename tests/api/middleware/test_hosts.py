"""The names by which the service is reached."""

from __future__ import annotations

import pytest
from starlette.types import Receive, Scope, Send

from matchmaker.api.middleware.hosts import HostMiddleware


async def _app(scope: Scope, receive: Receive, send: Send) -> None:
    raise AssertionError("not reached")


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("localhost", True),
        ("LOCALHOST:80", True),
        ("a.localhost", True),
        ("matchmaker", True),
        ("partners.example.nhs.uk", True),
        ("Partners.Example.nhs.uk:443", True),
        ("partners.example.nhs.uk.", True),
        ("evil.example", False),
        ("x.partners.example.nhs.uk", False),
        ("partners.example.nhs.uk.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("localhost:80@evil.example", False),
        ("a/b", False),
        ("", False),
        ("a:b", False),
    ],
)
def test_only_addresses_names_without_a_dot_and_names_that_were_given(host: str, known: bool) -> None:
    assert HostMiddleware(_app, ["partners.example.nhs.uk"]).knows([host]) is known


def test_two_names_are_none() -> None:
    assert not HostMiddleware(_app, []).knows(["localhost", "localhost"])
    assert HostMiddleware(_app, []).knows([])
