"""The version of the software, named in every answer."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("matchmaker")
except PackageNotFoundError:  # the client, installed by itself
    __version__ = version("matchmaker-client")
