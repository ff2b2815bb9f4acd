"""Packages that are installed only on demand, and the extra that brings each."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

from matchmaker.errors import MissingExtra

MODULES: dict[str, tuple[str, ...]] = {
    "assign": ("scipy",),
    "build": ("pyreadr", "rdata"),
    "client": ("httpx2",),
    "cluster": ("dask", "distributed"),
    "decisions": ("alembic", "sqlalchemy"),
    "pandas": ("pandas", "pyarrow"),
    "papers": ("PIL", "docx", "jinja2", "weasyprint", "xlsxwriter"),
    "postgresql": ("psycopg",),
    "server": (
        *("fastapi", "limits", "nhsuk_frontend_jinja", "prometheus_client", "pydantic_settings"),
        *("python_multipart", "starlette", "structlog", "uvicorn"),
    ),
    "studies": ("statsmodels",),
    "tables": ("dataframely", "fastexcel", "openpyxl"),
    "train": ("joblib", "lightgbm", "sklearn"),
}
"""Extra -> the modules that it brings and that nothing else is named for."""
READERS = ("dataframely", "fastexcel", "pyreadr", "rdata")
"""What reading official files takes; all of them come with the extra `build`."""
EXTRA_OF = {module: extra for extra, modules in MODULES.items() for module in modules}


@contextmanager
def named_if_missing() -> Iterator[None]:
    """Name the extra to install where something that is imported inside is not there; also a decorator.

    Raises:
        MissingExtra: in place of the `ModuleNotFoundError` of a package that an extra brings.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        module = (error.name or "").partition(".")[0]
        if module not in EXTRA_OF:
            raise
        step = f"Install it with: pip install 'matchmaker[{EXTRA_OF[module]}]'."
        raise MissingExtra(f"This needs {module}, which is not installed.", step) from error


def require_readers() -> None:
    """Check that what the readers of official files need is installed.

    Raises:
        MissingExtra: with all that is missing, at once.
    """
    if missing := [name for name in READERS if find_spec(name) is None]:
        text = f"Reading official files needs packages that are not installed: {', '.join(missing)}."
        raise MissingExtra(text, "Install them with: pip install 'matchmaker[build]'.")
