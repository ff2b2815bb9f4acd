"""Profiles: what each organisation is as of a day, from definitions kept as data."""

from typing import TYPE_CHECKING, Any

from matchmaker.features.definition import Feature, features

if TYPE_CHECKING:
    from matchmaker.features.transformer import ProfileTransformer

__all__ = ["Feature", "ProfileTransformer", "features"]


def __getattr__(name: str) -> Any:
    """Import scikit-learn only for those who use its face."""
    if name == "ProfileTransformer":
        from matchmaker.features.transformer import ProfileTransformer

        return ProfileTransformer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
