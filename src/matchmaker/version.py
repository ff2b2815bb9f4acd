"""The version of the software, named in every answer."""

from importlib.metadata import version

__version__ = version("matchmaker")
