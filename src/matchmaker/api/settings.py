"""What a deployment can choose, from the environment (`MATCHMAKER_*`) or in code."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any

import limits
from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from matchmaker.errors import InvalidParameter

Listed = Annotated[tuple[str, ...], NoDecode]
"""Several words; in the environment with commas between them."""


class Settings(BaseSettings):
    """The settings of one service.

    Attributes:
        snapshot: the file of figures, watched for a newer one; None is the bundled one.
        decisions: database URL of the decision log; None leaves it out.
        keys: file of hashed API keys, written by `matchmaker keys`; None asks nobody for a key.
        open_reads: whether reading needs no key; the figures are public.
        rate_limit: such as `600/minute`, for each key or else each address; None is no limit.
        trusted_proxies: addresses or networks whose X-Forwarded-For is believed.
        cors_origins: origins whose pages may call the service from a browser.
        max_body_bytes: the longest body of a request.
        max_in_flight: so many requests are worked on or wait at once; more are turned away.
        threads: so many are worked on at once.
        request_seconds: for a body to come in, and again for the answer.
        header_seconds: for the head of a request to come in.
        cache_bytes: rendered answers are kept ready up to this size; 0 keeps none.
        cache_seconds: so long a caller may use an answer without asking again.
        watch_seconds: between two looks at the snapshot's file.
        hsts_seconds: of Strict-Transport-Security; 0 where TLS ends elsewhere.
        log_json: JSON lines; else lines for people.
        pages: whether the pages for people are served too.
    """

    model_config = SettingsConfigDict(env_prefix="MATCHMAKER_", frozen=True, extra="ignore")

    snapshot: Path | None = None
    decisions: str | None = Field(default=None, repr=False)
    keys: Path | None = None
    open_reads: bool = True
    rate_limit: str | None = None
    trusted_proxies: Listed = ()
    cors_origins: Listed = ()
    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    max_in_flight: int = Field(default=64, ge=1)
    threads: int = Field(default=8, ge=1)
    request_seconds: float = Field(default=30.0, gt=0)
    header_seconds: float = Field(default=10.0, gt=0)
    cache_bytes: int = Field(default=64_000_000, ge=0)
    cache_seconds: int = Field(default=300, ge=0)
    watch_seconds: float = Field(default=5.0, gt=0)
    hsts_seconds: int = Field(default=0, ge=0)
    log_json: bool = True
    pages: bool = True

    @field_validator("trusted_proxies", "cors_origins", mode="before")
    @classmethod
    def _split(cls, given: Any) -> Any:
        return (
            tuple(word.strip() for word in given.split(",") if word.strip())
            if isinstance(given, str)
            else given
        )

    @field_validator("snapshot", "decisions", "keys", "rate_limit", mode="before")
    @classmethod
    def _empty_is_none(cls, given: Any) -> Any:
        return None if given == "" else given

    @field_validator("trusted_proxies")
    @classmethod
    def _named_proxies(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            ip_network(one, strict=False)  # "*" would let anybody choose an address
        return given

    @field_validator("cors_origins")
    @classmethod
    def _named_origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if any(not one.startswith(("http://", "https://")) or one.endswith("/") for one in given):
            raise ValueError("origins are written as https://example.nhs.uk, without a path")
        return given

    @field_validator("rate_limit")
    @classmethod
    def _limit_is_sound(cls, given: str | None) -> str | None:
        if given is not None:
            limits.parse(given)
        return given


def from_environment() -> Settings:
    """The settings that the environment gives.

    Raises:
        OutOfRange: with every setting that makes no sense.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = [
            f"MATCHMAKER_{str(one['loc'][0]).upper()}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise InvalidParameter(f"{'; '.join(faults)}.", "docs/operations.md lists the settings.") from error
