"""A command that was run in a test."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple


class Finished(NamedTuple):
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        """What it printed, however that is broken into lines and cells; it must have ended well."""
        assert self.code == 0, self.err
        return " ".join(self.out.replace("│", " ").split())

    @property
    def json(self) -> Any:
        """The answer that it printed."""
        assert self.code == 0, self.err
        return json.loads(self.out)


Run = Callable[..., Finished]
