"""Work on many things at once, written once: on one core, all cores or a cluster, with the same results.

Tasks are functions of a module and what they are given; joblib runs them wherever `machines` says. Each runs
on one thread of the numerical libraries, so that sums are added up in the same order everywhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from matchmaker.cache import MAX_BYTES
from matchmaker.errors import InvalidParameter, MissingExtra
from matchmaker.snapshot import Snapshot
from matchmaker.snapshot.store import has_hash, keep, put
from matchmaker.version import __version__

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")
Track = Callable[[Iterable[Any]], Iterator[Any]]
MAX_DEATHS = 3
"""So many times tasks are begun again whose worker died, before it is taken for their fault."""
SECONDS_TO_JOIN = 60
"""So long the first worker of a cluster is waited for."""
ONE_THREAD = {"POLARS_MAX_THREADS": "1"}
"""Environment of the workers on this machine, beside what joblib sets for the numerical libraries."""


def in_parallel(function: Callable[..., T], tasks: Iterable[Sequence[Any]], track: Track = iter) -> list[T]:
    """What a function gives of each task, in the order of the tasks.

    Args:
        function: of a module; the same arguments give the same result.
        tasks: the arguments of each. A snapshot, and what is made from one, travels by its hash.
        track: wraps as many steps as there are tasks, for a progress bar.

    Raises:
        RuntimeError: tasks went on losing their worker, such as for want of memory.
    """
    listed = list(tasks)
    results = _results(function, listed)
    found = dict(next(results) for _ in track(range(len(listed))))
    return [found[at] for at in range(len(listed))]


def _results(function: Callable[..., T], tasks: Sequence[Sequence[Any]]) -> Iterator[tuple[int, T]]:
    """Number and result of each task, as they come; those of a worker that died are begun again."""
    from joblib import Parallel, delayed  # type: ignore[import-untyped]
    from joblib.externals.loky.process_executor import BrokenProcessPool  # type: ignore[import-untyped]

    left, deaths = set(range(len(tasks))), 0
    while left:
        run = Parallel(return_as="generator_unordered", batch_size=1, pre_dispatch="all")
        try:
            for at, result in run(delayed(_one)(at, function, tasks[at]) for at in sorted(left)):
                left.remove(at)
                yield at, result
        except BrokenProcessPool as error:
            deaths += 1
            if deaths > MAX_DEATHS:
                raise RuntimeError("Workers went on dying; this may be for want of memory.") from error


def _one(at: int, function: Callable[..., T], task: Sequence[Any]) -> tuple[int, T]:
    import scipy.optimize  # noqa: F401 - loaded before the limit, so that it holds for its threads too
    from joblib.externals.loky import process_executor  # type: ignore[import-untyped]
    from threadpoolctl import threadpool_limits

    # Else it takes what a worker keeps in its cache for a leak, and ends it.
    process_executor._MAX_MEMORY_LEAK_SIZE = 4 * MAX_BYTES
    # The matrices are small: threads would wait for each other, and sums depend on the number of cores.
    with threadpool_limits(1):
        return at, function(*task)


@contextmanager
def machines(
    jobs: int = 1,
    cluster: str | None = None,
    snapshots: Sequence[Snapshot] = (),
    seconds_to_join: float = SECONDS_TO_JOIN,
) -> Iterator[None]:
    """Within it, `in_parallel` runs on so many cores, or on a Dask cluster.

    Args:
        jobs: processes on this machine; 1 stays in this process, -1 takes all cores.
        cluster: address of a Dask scheduler: `tcp://host:8786`.
        snapshots: what the work is about; each machine of a cluster that lacks one gets it, once.
        seconds_to_join: so long a cluster and its first worker are waited for.

    Raises:
        MissingExtra: Dask is not installed.
        InvalidParameter: no cluster answers there, it has another version, or `jobs` is 0.
    """
    from joblib import parallel_config

    if jobs == 0:
        raise InvalidParameter("There is no work on 0 cores.", "Give 1 or more, or -1 for all.", ("jobs",))
    if cluster is None:
        before = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(ONE_THREAD)  # for new processes: this one has read it already
        try:
            with parallel_config("loky" if jobs != 1 else "sequential", n_jobs=jobs):
                yield
        finally:
            for name, value in before.items():
                os.environ.pop(name) if value is None else os.environ.update({name: value})
        return
    with (
        _client(cluster, snapshots, seconds_to_join) as client,
        parallel_config("dask", client=client, wait_for_workers_timeout=seconds_to_join),
    ):
        yield


def _client(address: str, snapshots: Sequence[Snapshot], seconds: float) -> Client:
    """A connection to a cluster whose workers have this version and the snapshots."""
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtra("A cluster needs Dask.", "Install matchmaker[cluster].") from error
    try:
        client = Client(address, timeout=seconds, set_as_default=False)  # type: ignore[no-untyped-call]
        client.wait_for_workers(1, timeout=seconds)
    except (OSError, TimeoutError, ValueError) as error:
        raise InvalidParameter(
            f"No cluster with a worker answers at {address}.",
            "Start 'dask scheduler' and 'dask worker', or name another address.",
            ("cluster",),
        ) from error
    versions = set(client.run(_version).values())
    if versions != {__version__}:
        raise InvalidParameter(
            f"The workers have version {', '.join(sorted(versions))}, this is {__version__}.",
            "Install the same version on all.",
            ("cluster",),
        )
    for snapshot in snapshots:
        _distribute(client, snapshot.published)  # own data travel with the task
    return client


def _distribute(client: Client, snapshot: Snapshot) -> None:
    """The file of a snapshot to every worker, and to those that join later, where one lacks it."""
    from distributed import WorkerPlugin

    has = client.run(has_hash, snapshot.hash, snapshot.sector.name)
    if all(has.values()):
        return

    class SnapshotFile(WorkerPlugin):
        """Puts the file into the folder of the worker's machine."""

        name = f"snapshot-{snapshot.hash}"
        content = keep(snapshot).read_bytes()
        wanted, sector = snapshot.hash, snapshot.sector.name

        def setup(self, worker: Any) -> None:  # noqa: ARG002
            """See `WorkerPlugin.setup`."""
            if not has_hash(self.wanted, self.sector):
                put(self.wanted, self.content)

    client.register_plugin(SnapshotFile())


def _version() -> str:
    return __version__
