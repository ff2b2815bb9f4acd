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
K = TypeVar("K")
V = TypeVar("V")

MAX_BYTES = 512 * 2**20
"""What all kept results may take together, as estimated; the least recently used go first."""
MIN_BYTES = 256
"""What any entry counts for, whatever it holds."""
SAMPLED = 64
"""How many values of a dictionary stand for all of them."""
_MISSING = object()
_lock = RLock()


class _Having(dict[type, bool]):
    """Type -> whether it has an attribute; to look for it in vain in each argument would take longer.

    Args:
        name: of the attribute.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __missing__(self, kind: type) -> bool:
        self[kind] = has = hasattr(kind, self.name)
        return has


_has_key, _has_figures = _Having("cache_key"), _Having("apart_from_figures")


def cached(function: Callable[P, T]) -> Callable[P, T]:
    """Keep the results of a pure function.

    Args:
        function: its positional arguments can be hashed, or have a `cache_key`. An array that it returns
            becomes read-only, since all callers share it.
    """
    name = f"{function.__module__}.{function.__qualname__}"

    @wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> T:
        given: tuple[Any, ...] = args
        key = (name, *[one.cache_key if _has_key[type(one)] else one for one in given])
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
        given: tuple[Any, ...] = args
        return kept(*[one.apart_from_figures if _has_figures[type(one)] else one for one in given], **kwargs)

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
    if isinstance(result, Kept):
        return max(MIN_BYTES, result.cache_size)
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


class Kept(dict[K, V]):
    """What is kept bit by bit, as it is asked for; once it holds the most that it may, it begins anew.

    Args:
        most: how many entries.
        each: bytes that one takes, about.
    """

    def __init__(self, most: int, each: int) -> None:
        super().__init__()
        self.most, self.cache_size = most, most * each

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self.most:
            self.clear()
        super().__setitem__(key, value)


_entries = Entries(MAX_BYTES)
