"""What a deployment can choose, from the environment (`MATCHMAKER_*`) or in code."""

from __future__ import annotations

import os
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Self

import limits
from pydantic import Field, StringConstraints, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from matchmaker.errors import InvalidParameter

Words = Annotated[tuple[str, ...], NoDecode]
"""Several words; in the environment with commas between them."""


Said = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^[^\x00-\x1f]*$")]
"""What an owner says of itself, on one line."""


class Settings(BaseSettings):
    """The settings of one service."""

    model_config = SettingsConfigDict(
        env_prefix="MATCHMAKER_", frozen=True, extra="ignore", use_attribute_docstrings=True
    )

    snapshot: Path | None = None
    """A snapshot to use for its own sector; by default each sector's bundled one. Watched for a newer one."""
    serve_sectors: Words = ()
    """Names of the sectors to serve; by default all that are installed."""
    decisions: str | None = Field(default=None, repr=False)
    """Database URL of the decision log; None leaves it out."""
    decisions_head: Path | None = None
    """File that holds the number and hash of the last decision; by default beside a file of SQLite."""
    keys: Path | None = None
    """File of hashed API keys, written by `matchmaker keys`; None requires a key of nobody."""
    open_reads: bool = True
    """Whether reading needs no key; the figures are public."""
    rate_limit: str | None = None
    """Such as `600/minute`, for each key or else each address; None is no limit."""
    work_seconds: float = Field(default=0, ge=0)
    """Computing that a caller may ask for in each minute, in seconds of one processor; 0 is no bound."""
    trusted_proxies: Words = ()
    """Addresses or networks whose X-Forwarded-For is believed."""
    hosts: Words = ()
    """Names with dots by which the service is reached; addresses and names without a dot always are."""
    user_header: str | None = None
    """Header in which a trusted proxy says who is signed in, such as `X-Forwarded-User`."""
    cors_origins: Words = ()
    """Origins whose pages may call the service from a browser."""
    max_body_bytes: int = Field(default=1_000_000, ge=1_000)
    """Maximum size of a request's body."""
    max_held_bytes: int = Field(default=32_000_000, ge=1_000)
    """Maximum size of all bodies that are held at once; more are turned away."""
    max_in_flight: int = Field(default=64, ge=1)
    """Maximum number of requests that are worked on or wait at once; more are turned away."""
    threads: int = Field(default=8, ge=1)
    """Maximum number of requests that are worked on at once."""
    request_seconds: float = Field(default=30.0, gt=0)
    """Time for a body to come in, and again for the response."""
    cache_bytes: int = Field(default=64_000_000, ge=0)
    """Size of the response cache; 0 keeps nothing."""
    cache_seconds: int = Field(default=300, ge=0)
    """How long a caller may use a response without asking again."""
    watch_seconds: float = Field(default=5.0, gt=0)
    """Time between two checks of a snapshot's file."""
    hsts_seconds: int = Field(default=0, ge=0)
    """Of Strict-Transport-Security; 0 where TLS ends elsewhere."""
    log_json: bool = True
    """JSON lines; else lines for people."""
    pages: bool = True
    """Whether the pages for people are served too."""
    owner_organisation: Said = ""
    """Name of the organisation that runs this copy."""
    owner_team: Said = ""
    """The team that uses it."""
    owner_contact: Said = ""
    """E-mail address or web page for questions about its use; stands at the foot of every page."""
    owner_senior_owner: Said = ""
    """The role of the senior responsible owner."""
    owner_accessibility_contact: Said = ""
    """E-mail address, web page or telephone number for accessibility."""
    owner_privacy_contact: Said = ""
    """How to reach the data protection officer."""
    owner_retention: Said = ""
    """How long logs, working shortlists and decisions are kept, in a sentence."""
    owner_website: Said = ""
    """Where the organisation offers this service, or says how it uses it."""
    owner_phase: Said = ""
    """Pre-deployment, beta or pilot, production, or retired."""
    owner_record: Path | None = None
    """TOML file with further fields of the transparency record."""

    @field_validator("trusted_proxies", "hosts", "cors_origins", "serve_sectors", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        return (
            tuple(word.strip() for word in value.split(",") if word.strip())
            if isinstance(value, str)
            else value
        )

    @property
    def needs_sign_in(self) -> bool:
        """Whether whoever writes something must be known."""
        return self.keys is not None or self.user_header is not None

    @field_validator(
        *("snapshot", "decisions", "decisions_head", "keys", "user_header", "rate_limit", "owner_record"),
        mode="before",
    )
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value

    @field_validator("trusted_proxies")
    @classmethod
    def _named_proxies(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for one in given:
            ip_network(one, strict=False)  # "*" would let anybody choose an address
        return given

    @model_validator(mode="after")
    def _user_comes_from_a_proxy(self) -> Self:
        if self.user_header is not None and not self.trusted_proxies:
            raise ValueError(
                "MATCHMAKER_USER_HEADER is believed from MATCHMAKER_TRUSTED_PROXIES only: name them"
            )
        return self

    @field_validator("cors_origins")
    @classmethod
    def _named_origins(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        if any(not one.startswith(("http://", "https://")) or one.endswith("/") for one in given):
            raise ValueError("origins are written as https://example.org, without a path")
        return given

    @field_validator("rate_limit")
    @classmethod
    def _limit_is_sound(cls, given: str | None) -> str | None:
        if given is not None:
            limits.parse(given)
        return given


SERVED: Mapping[str, Any] = {"rate_limit": "1200/minute", "work_seconds": 30.0}
"""What a service that is run has where the environment says nothing; an application in code has no limits."""


def from_environment() -> Settings:
    """The settings that the environment gives, with limits on each caller unless it says otherwise.

    Raises:
        InvalidParameter: with every setting that makes no sense.
    """
    try:
        unsaid = {
            name: value for name, value in SERVED.items() if f"MATCHMAKER_{name.upper()}" not in os.environ
        }
        return Settings(**unsaid)
    except ValidationError as error:
        faults = [
            "".join(f"MATCHMAKER_{str(part).upper()}: " for part in one["loc"][:1])
            + one["msg"].removeprefix("Value error, ")
            for one in error.errors()
        ]
        raise InvalidParameter(f"{'; '.join(faults)}.", "docs/operations.md lists the settings.") from error
