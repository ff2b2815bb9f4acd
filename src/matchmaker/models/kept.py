"""Answers about the profiles of a day, worked out once and kept with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import TypeVar, TypeVarTuple

import numpy as np

from matchmaker.features import Profiles
from matchmaker.snapshot import Snapshot

Asked = TypeVarTuple("Asked")
Answer = TypeVar("Answer")


def kept(work: Callable[[Profiles, *Asked], Answer]) -> Callable[[Profiles, *Asked], Answer]:
    """Keep what a pure function says of profiles for as long as the profiles are kept.

    Args:
        work: takes profiles and whatever else can be hashed. An array that it returns becomes read-only,
            since all callers share it.
    """

    @wraps(work)
    def once(profiles: Profiles, *asked: *Asked) -> Answer:
        answers: dict[tuple[object, ...], Answer] = profiles.__dict__.setdefault("_kept", {})
        key = (work, *asked)
        if key not in answers:
            answer = work(profiles, *asked)
            if isinstance(answer, np.ndarray):
                answer.flags.writeable = False
            answers[key] = answer
        return answers[key]

    return once


@kept
def recorded(profiles: Profiles, what: Callable[[Snapshot, date], Answer]) -> Answer:
    """What a function of `history` says of the snapshot on the day of the profiles."""
    return what(profiles.snapshot, profiles.as_of)
