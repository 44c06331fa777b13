"""Which runner Daft has in this process. Daft lets it be set once."""

from collections.abc import Callable

from tilth.errors import ConfigError


def set_runner(wanted: str, choose: Callable[[], object]) -> None:
    """Call `choose` unless this process has the wanted runner already.

    Raises:
        ConfigError: the process has another.
    """
    from daft.exceptions import DaftCoreException
    from daft.runners import get_or_infer_runner_type

    try:
        choose()
    except DaftCoreException as exc:
        present = get_or_infer_runner_type()
        if present != wanted:
            hint = "run one of them in a process of its own"
            raise ConfigError(
                f"[engine] runner '{wanted}': this process works on '{present}' already, and Daft has one runner for "
                f"the life of a process\n  hint: {hint}"
            ) from exc
