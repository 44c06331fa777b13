"""Who holds a claim: a process of some machine, named so that a dead one can be told from a busy one."""

import os
import secrets
import socket
from pathlib import Path

_PROC = Path("/proc")

BATCH_OWNER = "batch:"
"""How the owner of a hosted batch's claims begins: what it holds is answered within hours, not seconds."""


def new_owner() -> str:
    """`host:pid:starttime:random`, for one run in this process. `host` also tells containers of one name apart."""
    return f"{_host()}:{os.getpid()}:{_start_time(os.getpid())}:{secrets.token_hex(4)}"


def is_dead(owner: str) -> bool:
    """Whether `owner` is a process of this machine that has ended.

    False where that cannot be known: owners of other machines, and those that are no process, such as `batch:...`.
    """
    parts = owner.split(":")
    if len(parts) != 4 or parts[0] != _host() or not parts[1].isdecimal():
        return False
    return _start_time(int(parts[1])) != parts[2]


def _host() -> str:
    # Process ids mean something within one namespace only; containers may share a host name.
    try:
        namespace = (_PROC / "self" / "ns" / "pid").readlink().name.strip("pid:[]")
    except OSError:
        return socket.gethostname()
    return f"{socket.gethostname()}/{namespace}"


def _start_time(pid: int) -> str:
    """Clock ticks from boot to the start of a living process, "" of a dead one; "alive" where there is no /proc."""
    try:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        if _PROC.is_dir():
            return ""
        return "alive" if os.name != "posix" or _answers(pid) else ""
    state, started = fields[0], fields[19]
    return "" if state in "ZX" else started


def _answers(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
