"""What a service answers when it can't answer (RFC 9457), as an error of Python."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import httpx2

from matchmaker.api.schemas import ErrorDetail
from matchmaker.errors import MatchmakerError


class ConnectionFailed(MatchmakerError):
    """The service does not answer, or its answer can't be understood."""

    slug = "unreachable"
    status = 503


class ApiProblem(MatchmakerError):
    """The service refused, and says why.

    Attributes:
        status: of HTTP.
        type: URI of the type of problem, a page on the service; `about:blank` where something between
            refused.
        title, detail, next_step: in plain words, from the general to the particular.
        errors: where the faults of the request are.
        request_id: to give to those who run the service.
        retry_after: seconds to wait before another request, where the service named them.
    """

    def __init__(self, response: httpx2.Response) -> None:
        problem = _problem(response)
        phrase = HTTPStatus(response.status_code).phrase if response.status_code in _KNOWN else "Error"
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", phrase))
        self.detail = str(problem.get("detail", f"The answer was {response.status_code} {phrase}."))
        self.errors = tuple(
            ErrorDetail(**{part: str(error.get(part, "")) for part in ErrorDetail.model_fields})
            for error in problem.get("errors", ())
            if isinstance(error, dict)
        )
        self.request_id = problem.get("request_id") or response.headers.get("x-request-id")
        self.retry_after = retry_after(response)
        super().__init__(self.detail, str(problem.get("next_step") or "Ask those who run the service."))
        self.status = response.status_code
        self.slug = self.type.rpartition("/")[2]


_KNOWN = frozenset(HTTPStatus)


def retry_after(response: httpx2.Response) -> float | None:
    """Seconds of the header `Retry-After`; None where it does not say it in seconds."""
    value = response.headers.get("retry-after", "")
    return float(value) if value.isdecimal() else None


def _problem(response: httpx2.Response) -> dict[str, Any]:
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return {}
    try:
        problem = response.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}
