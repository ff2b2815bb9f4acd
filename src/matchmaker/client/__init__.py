"""A typed client of the service, for programs: one request at a time, or many at once with asyncio."""

from __future__ import annotations

from matchmaker.client import endpoints
from matchmaker.client.clients import AsyncClient, Client
from matchmaker.client.errors import ApiProblem, ConnectionFailed

__all__ = ["ApiProblem", "AsyncClient", "Client", "ConnectionFailed", "endpoints"]
