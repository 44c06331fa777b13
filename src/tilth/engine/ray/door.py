"""The one door to Ray (`tilth[ray]`)."""

import importlib
import importlib.util
import logging
from typing import Any

from tilth.errors import MissingExtraError


def load_ray() -> Any:
    """The module `ray`, with its log lines below errors silenced.

    Raises:
        MissingExtraError: it is not installed.
    """
    if importlib.util.find_spec("ray") is None:
        raise MissingExtraError("[engine] runner 'ray'", "ray")
    ray = importlib.import_module("ray")
    logging.getLogger("ray").setLevel(logging.ERROR)
    return ray
