"""`[engine]`: where the partitions of a table are worked on."""

from typing import Literal

import msgspec

from tilth.errors import ConfigError


class EngineConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[engine]`."""

    runner: Literal["native", "ray"] = "native"
    """`native`: threads of this process. `ray`: worker processes on a Ray cluster (needs `tilth[ray]`)."""
    address: str | None = None
    """Ray only: the cluster, such as "10.0.0.5:6379" or "auto". Left out: the environment's RAY_ADDRESS, else a
    cluster on this machine that ends with the command."""
    partition_rows: int = 20_000
    """Rows worked on as one: what a worker holds in memory, and what is done again when a worker is lost."""
    workers: int | None = None
    """`native`: partitions at once, 2 if left out. `ray`: worker processes, one for each CPU if left out."""


def check_engine(config: EngineConfig) -> None:
    """Raises ConfigError where a value is out of range, or two contradict each other."""
    for key, value in (("partition_rows", config.partition_rows), ("workers", config.workers)):
        if value is not None and value < 1:
            raise ConfigError(f"[engine] {key} must be at least 1, not {value}")
    if config.address is not None and config.runner != "ray":
        hint = 'set runner = "ray", or leave address out'
        raise ConfigError(f"[engine] address is for a cluster, but runner is '{config.runner}'\n  hint: {hint}")
