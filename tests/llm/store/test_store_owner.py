"""Owners: the dead are told from the living."""

import os
import subprocess
import sys

import pytest

from tilth.llm.store import MemoryStore, is_dead, new_owner
from tilth.llm.store.store import Claim

OWNER = "from tilth.llm.store import new_owner; import sys; print(new_owner(), flush=True); sys.stdin.read()"


def test_a_process_is_alive_until_it_is_killed():
    with subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        owner = child.stdout.readline().decode().strip()
        store = MemoryStore()
        store.claim_many([Claim("x")], owner=owner, lease_s=600)
        assert (is_dead(owner), store.reap()) == (False, 0)
        child.kill()
        while child.poll() is None:
            pass
    assert (is_dead(owner), store.reap()) == (True, 1)


def test_a_killed_process_that_nobody_waited_for_is_dead():
    child = subprocess.Popen([sys.executable, "-c", OWNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    owner = child.stdout.readline().decode().strip()
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # the process has ended, its entry stays
    try:
        assert is_dead(owner)
    finally:
        child.communicate()


def test_no_two_owners_are_alike():
    assert new_owner() != new_owner()
    assert new_owner().count(":") == 3


def test_another_process_under_the_same_number_is_another_owner():
    host, pid, started, random = new_owner().split(":")
    assert not is_dead(f"{host}:{pid}:{started}:{random}")
    assert is_dead(f"{host}:{pid}:{started}9:{random}")


@pytest.mark.parametrize("owner", ["elsewhere:1:2:abc", "batch:file-1", "batch:1:2:3", "", "a:b:c:d", "thread"])
def test_who_cannot_be_known_is_not_dead(owner):
    assert not is_dead(owner)
