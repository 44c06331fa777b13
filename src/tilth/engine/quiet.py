"""Daft and Ray as a library should be: no usage statistics over the network, no banners and bars on our stderr.

Read when they are imported, so `hush` runs before the first import of either.
"""

import logging
import os

SETTINGS = {
    "DAFT_ANALYTICS_ENABLED": "0",
    "DAFT_PROGRESS_BAR": "0",
    "DAFT_SHOW_QUERY_ID": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_TQDM": "0",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",  # without it Ray warns of a default that is to change
}


def hush() -> None:
    """Set these in the environment, where the user has not; leave log lines that repeat what is raised unprinted."""
    for name, value in SETTINGS.items():
        os.environ.setdefault(name, value)
    logging.getLogger("daft_local_execution").setLevel(logging.CRITICAL)
