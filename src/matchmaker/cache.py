"""The one in-process cache of what is worked out: bounded, outside the data, keyed by content.

A key is the function and its arguments; an argument with a `cache_key` (a snapshot, a sector, the profiles of
a day) counts by that, so that equal content shares its answers whichever object holds it, and no object
carries a cache that it would take along when it is pickled.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from itertools import islice
from sys import getsizeof
from threading import RLock
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from cachetools import LRUCache

P = ParamSpec("P")
T = TypeVar("T")

MAX_BYTES = 512 * 2**20
"""What all kept results may take together, as estimated; the least recently used go first."""
MIN_BYTES = 256
"""What any entry counts for, whatever it holds."""
SAMPLED = 64
"""How many values of a dictionary stand for all of them."""
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
        key = (name, *map(_key, args), *((k, _key(v)) for k, v in kwargs.items()))
        with _lock:
            try:
                return _entries()[key]  # type: ignore[no-any-return]
            except KeyError:
                pass
        result = function(*args, **kwargs)
        for array in result if isinstance(result, tuple) else (result,):
            if hasattr(array, "setflags"):
                array.setflags(write=False)
        with _lock:
            if size_of(result) <= MAX_BYTES:
                _entries()[key] = result
        return result

    return wrapper


def clear() -> None:
    """Forget every kept result."""
    with _lock:
        _entries().clear()


def _key(argument: Any) -> Any:
    return getattr(argument, "cache_key", argument)


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


@cache
def _entries() -> LRUCache[Any, Any]:
    from cachetools import LRUCache  # not at once: the client by itself does without

    return LRUCache(MAX_BYTES, getsizeof=size_of)
