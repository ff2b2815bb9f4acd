"""Profiles: what each organisation is as of a day, from definitions kept as data."""

from matchmaker.features.definition import DIMENSIONS, Feature, features
from matchmaker.features.profiles import Profiles, profiles

__all__ = ["DIMENSIONS", "Feature", "Profiles", "features", "profiles"]
