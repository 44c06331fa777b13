"""From settings to an engine."""

from tilth.engine.config import EngineConfig, check_engine
from tilth.engine.engine import Engine
from tilth.engine.quiet import hush


def open_engine(config: EngineConfig) -> Engine:
    """The engine for these settings. Daft and Ray are loaded when it starts.

    Raises:
        ConfigError: the settings are out of range or contradict each other.
    """
    check_engine(config)
    hush()
    if config.runner == "ray":
        from tilth.engine.ray import RayBackend

        return Engine(config, RayBackend(config))
    from tilth.engine.native import NativeBackend

    return Engine(config, NativeBackend(config))
