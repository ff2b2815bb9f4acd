"""The number and hash of the last decision, in a file beside the database or elsewhere.

By it a log is seen to be cut, emptied, put back from an old copy or gone: none of that breaks a chain.
"""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from matchmaker.api.audit_log.errors import DecisionLogUnavailable


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry of a log."""

    number: int
    hash: str


class Checkpoint:
    """A file that holds the head of a log, and only moves on.

    Args:
        path: of the file; it is made with the first entry.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> Head | None:
        """The head; None where no entry was recorded yet.

        Raises:
            DecisionLogUnavailable: the file can't be read.
        """
        try:
            text = self.path.read_text("utf-8")
            if not text:  # the power went before it reached the disk
                return None
            content = json.loads(text)
            return Head(int(content["number"]), str(content["hash"]))
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise DecisionLogUnavailable(
                f"The head of the decision log in {self.path} can't be read.",
                "Delete that file to have it written anew, once you have checked the log by other means.",
            ) from error

    def advance(self, number: int, hash: str) -> None:
        """Write the head, unless another process has written a later one.

        Raises:
            OSError: the file can't be written.
            DecisionLogUnavailable: the file can't be read.
        """
        with self.path.with_name(f".{self.path.name}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX)
            before = self.read()
            if before is not None and before.number >= number:
                return
            with tempfile.NamedTemporaryFile(
                "w", dir=self.path.parent, prefix=f".{self.path.name}.", delete=False, encoding="utf-8"
            ) as file:
                try:
                    json.dump({"number": number, "hash": hash}, file)
                    file.flush()
                    os.replace(file.name, self.path)
                except OSError:
                    os.unlink(file.name)
                    raise
