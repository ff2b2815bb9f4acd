"""What a service answers when it can't answer (RFC 9457), as an error of Python."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import httpx2

from matchmaker.errors import MatchmakerError


@dataclass(frozen=True, slots=True)
class FaultAt:
    """One fault of the request: in which part, where (a JSON pointer), and what is wrong."""

    part: str
    pointer: str
    detail: str


class Unreachable(MatchmakerError):
    """The service does not answer, or its answer can't be understood."""

    slug = "unreachable"
    status = 503


class ApiProblem(MatchmakerError):
    """The service refused, and says why.

    Attributes:
        status: of HTTP.
        type: URI of the kind of problem, a page on the service; `about:blank` where something between
            refused.
        title, detail, next_step: in plain words, from the general to the particular.
        errors: where the faults of the request are.
        request_id: to give to those who run the service.
        retry_after: seconds to wait before asking again, where the service named them.
    """

    def __init__(self, response: httpx2.Response) -> None:
        told = _told(response)
        phrase = HTTPStatus(response.status_code).phrase if response.status_code in _KNOWN else "Error"
        self.type = str(told.get("type", "about:blank"))
        self.title = str(told.get("title", phrase))
        self.detail = str(told.get("detail", f"The answer was {response.status_code} {phrase}."))
        self.errors = tuple(
            FaultAt(*(str(fault.get(part, "")) for part in ("part", "pointer", "detail")))
            for fault in told.get("errors", ())
            if isinstance(fault, dict)
        )
        self.request_id = told.get("request_id") or response.headers.get("x-request-id")
        self.retry_after = seconds(response)
        super().__init__(self.detail, str(told.get("next_step") or "Ask those who run the service."))
        self.status = response.status_code
        self.slug = self.type.rpartition("/")[2]


_KNOWN = frozenset(HTTPStatus)


def seconds(response: httpx2.Response) -> float | None:
    """What `Retry-After` says; None where it does not say it in seconds."""
    said = response.headers.get("retry-after", "")
    return float(said) if said.isdecimal() else None


def _told(response: httpx2.Response) -> dict[str, Any]:
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    try:
        told = response.json()
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
