"""Ctrl-C stays Python's."""

import signal
import threading


def keep_interrupts() -> None:
    """Undo what Daft does with the first plan of a process: it takes SIGINT, to print a line and drop its plans.

    Dropped, a plan would not wait for the workers, and what they have in flight. Only the main thread may set
    signals; a program that starts elsewhere sees Daft's line.
    """
    import daft

    if threading.current_thread() is threading.main_thread():
        handler = signal.getsignal(signal.SIGINT)
        daft.from_pydict({"first": [0]}).select(daft.col("first") + 1).collect()
        signal.signal(signal.SIGINT, handler)
