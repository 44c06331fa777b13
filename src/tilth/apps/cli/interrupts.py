"""Ctrl-C and SIGTERM, for commands that keep nothing of what they did so far."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager

from tilth.errors import TilthError


class InterruptedCommandError(TilthError):
    """Somebody stopped the command."""

    exit_code = 130


@contextmanager
def interrupts_end(message: str) -> Generator[None]:
    """Ctrl-C and SIGTERM end the block alike: what it opened is closed, and `message` is said with exit code 130."""
    ours = threading.current_thread() is threading.main_thread()  # others may set no signals
    before = signal.signal(signal.SIGTERM, signal.default_int_handler) if ours else None
    try:
        yield
    except KeyboardInterrupt as exc:
        raise InterruptedCommandError(message) from exc
    finally:
        if ours:
            signal.signal(signal.SIGTERM, before)
