"""The one in-process cache of what is worked out: bounded, outside the data, keyed by content.

A key is the function and its arguments; an argument with a `cache_key` (a snapshot, a sector, the profiles of
a day) counts by that, so that equal content shares its answers whichever object holds it, and no object
carries a cache that it would take along when it is pickled.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from itertools import islice
from sys import getsizeof
from threading import RLock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MAX_BYTES = 512 * 2**20
"""What all kept results may take together, as estimated; the least recently used go first."""
MIN_BYTES = 256
"""What any entry counts for, whatever it holds."""
SAMPLED = 64
"""How many values of a dictionary stand for all of them."""
_PLAIN = frozenset({int, str, float, bool, tuple, type(None)})
"""Types without a `cache_key`, so that it is not looked for in vain, which takes longer."""
_MISSING = object()
_lock = RLock()


def cached(function: Callable[P, T]) -> Callable[P, T]:
    """Keep the results of a pure function.

    Args:
        function: its positional arguments can be hashed, or have a `cache_key`. An array that it returns
            becomes read-only, since all callers share it.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        key = (name, *[one if type(one) in _PLAIN else getattr(one, "cache_key", one) for one in args])
        if kwargs:
            key = (*key, *((k, getattr(v, "cache_key", v)) for k, v in kwargs.items()))
        with _lock:
            found = _entries.get(key, _MISSING)
            if found is not _MISSING:
                _entries.move_to_end(key)
                return found  # type: ignore[no-any-return]
        result = function(*args, **kwargs)
        for array in result if isinstance(result, tuple) else (result,):
            if hasattr(array, "setflags"):
                array.setflags(write=False)
        with _lock:
            if size_of(result) <= MAX_BYTES:
                _entries[key] = result
        return result

    return wrapper


def cached_apart_from_figures(function: Callable[P, T]) -> Callable[P, T]:
    """`cached`, for what reads no figures: it is worked out once for all who differ in figures only.

    Args:
        function: as for `cached`; a positional argument with an `apart_from_figures` is given as that.
    """
    kept: Callable[..., T] = cached(function)

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        return kept(*[getattr(one, "apart_from_figures", one) for one in args], **kwargs)

    return wrapper


def clear() -> None:
    """Forget every kept result."""
    with _lock:
        _entries.clear()


def size_of(result: Any) -> int:
    """Bytes that a result takes, estimated: arrays and frames exactly, other objects by their parts."""
    # By what they have, not by their types: importing this module must not load NumPy and Polars.
    if hasattr(result, "nbytes"):
        return max(MIN_BYTES, int(result.nbytes))
    if hasattr(result, "estimated_size"):
        return max(MIN_BYTES, int(result.estimated_size()))
    if isinstance(result, dict):
        some = list(islice(result.values(), SAMPLED))
        return MIN_BYTES + (len(result) * sum(map(size_of, some)) // len(some) if some else 0)
    if isinstance(result, tuple | list | set | frozenset):
        return MIN_BYTES + (len(result) and len(result) * size_of(next(iter(result))))
    return max(MIN_BYTES, getattr(result, "cache_size", 0) or getsizeof(result, MIN_BYTES))


class Entries(OrderedDict[Any, Any]):
    """Results by key, the least recently used first; where they take too much together, these go.

    It is read some hundred times for each answer, and an ordered dictionary is read several times as fast as
    the caches of cachetools.

    Args:
        maxsize: bytes, as estimated.
    """

    def __init__(self, maxsize: int) -> None:
        super().__init__()
        self.maxsize, self.currsize = maxsize, 0
        self._sizes: dict[Any, int] = {}

    def __setitem__(self, key: Any, value: Any) -> None:
        size = size_of(value)
        self.currsize += size - self._sizes.get(key, 0)
        self._sizes[key] = size
        super().__setitem__(key, value)
        while self.currsize > self.maxsize:
            oldest = next(iter(self))
            del self[oldest]

    def __delitem__(self, key: Any) -> None:
        super().__delitem__(key)
        self.currsize -= self._sizes.pop(key)

    def clear(self) -> None:
        """Forget all."""
        super().clear()
        self._sizes.clear()
        self.currsize = 0


_entries = Entries(MAX_BYTES)
