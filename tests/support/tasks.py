"""Tasks for other processes: here, since these find modules of tests/support and not the tests themselves."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def squared(n: int) -> int:
    """The square of a number."""
    return n * n


def dies_once(folder: Path, n: int) -> int:
    """The square of a number; kills its own process when it first comes to 3."""
    try:
        if n == 3:
            (folder / "died").touch(exist_ok=False)
            os.kill(os.getpid(), signal.SIGKILL)
    except FileExistsError:
        pass
    return n * n


def always_dies() -> None:
    """Kills its own process."""
    os.kill(os.getpid(), signal.SIGKILL)
