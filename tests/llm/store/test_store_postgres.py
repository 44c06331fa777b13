"""The store in PostgreSQL keeps the contract, and what a shared server must do besides."""

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from postgres import PASSWORD, QUOTED, free_port, query, running_server
from store_contract import CENT, StoreContract, cached

from tilth.errors import CacheError, ConfigError
from tilth.llm.store import Account, Claim, Ledger, PostgresStore, Settlement

WORKER = Path(__file__).with_name("postgres_worker.py")


class TestPostgresStore(StoreContract):
    @pytest.fixture
    def store(self, postgres_url):
        with PostgresStore(postgres_url) as store:
            yield store

    @pytest.fixture
    def wait(self, postgres_url):
        # The server's clock cannot be turned, so the claims are made older.
        return lambda seconds: query(postgres_url, "UPDATE tilth_claims SET expires_at = expires_at - $1", seconds)

    def test_says_how_large_it_is(self, store):
        store.put_many([cached("a")])
        assert store.summary().size_bytes > 8192


def test_outlives_the_connection_and_leases_end_by_the_servers_clock(postgres_url):
    with PostgresStore(postgres_url) as store:
        store.put_many([cached("a")])
        store.claim_many([Claim("x")], owner="a", lease_s=0.2)
    with PostgresStore(postgres_url) as store:
        assert store.get_many(["a"]) == {"a": cached("a")}
        time.sleep(0.25)
        assert store.claim_many([Claim("x")], owner="b", lease_s=60)[0].state == "granted"


def test_many_may_open_an_empty_database_at_once(postgres_url):
    barrier, failed = threading.Barrier(6), list[BaseException]()

    def open_it() -> None:
        barrier.wait()
        try:
            PostgresStore(postgres_url).close()
        except CacheError as exc:
            failed.append(exc)

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []


def refusal(url: str) -> str:
    with pytest.raises(CacheError) as caught:
        PostgresStore(url)
    chain = [str(caught.value), str(caught.value.__cause__), repr(caught.value.__cause__)]
    assert not any(secret in text for text in chain for secret in (PASSWORD, QUOTED, "wrong"))
    return str(caught.value)


def test_a_server_that_is_not_there():
    port = free_port()
    said = refusal(f"postgresql://me:{QUOTED}@127.0.0.1:{port}/db")
    assert said.startswith(f"postgresql://me@127.0.0.1:{port}/db: the answer store's server cannot be reached: ")
    assert "\n  hint: check host and port, and that it runs" in said


def test_a_wrong_password(postgres_url):
    assert "refuses the user or the password" in refusal(postgres_url.replace(QUOTED, "wrong"))


def test_a_database_that_is_not_there(postgres_url):
    assert "no such database\n  hint: create it" in refusal(f"{postgres_url}_no")


def test_tables_of_another_version(postgres_url):
    PostgresStore(postgres_url).close()
    query(postgres_url, "UPDATE tilth_store SET version = 99")
    assert "answer store has version 99, this Tilth reads 2\n  hint: use the Tilth that wrote it" in refusal(
        postgres_url
    )


def test_a_database_of_another_encoding(postgres_server_url, postgres_url):
    name = postgres_url.rpartition("/")[2] + "_latin"
    query(postgres_server_url, f"CREATE DATABASE {name} ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")
    try:
        assert "encoding is LATIN1" in refusal(f"{postgres_url}_latin")
    finally:
        query(postgres_server_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.mark.parametrize("url", ["mysql://me:wrong@h/db", "postgresql://me:wrong@h:port/db", "answers.sqlite"])
def test_a_url_that_is_none(url):
    with pytest.raises(ConfigError, match="cannot be read\n  hint: postgresql://") as caught:
        PostgresStore(url)
    assert "wrong" not in str(caught.value)


def test_the_password_is_nowhere_to_be_seen(postgres_url):
    with PostgresStore(postgres_url) as store:
        assert PASSWORD not in repr(store)
        assert QUOTED not in repr(store)


def test_a_closed_store_says_so(postgres_url):
    store = PostgresStore(postgres_url)
    store.close()
    store.close()
    with pytest.raises(CacheError, match="closed"):
        store.get_many(["a"])


def test_a_dropped_connection_is_made_again(postgres_url):
    with PostgresStore(postgres_url) as store:
        store.put_many([cached("a")])
        query(postgres_url, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'tilth'")
        assert store.claim_many([Claim("a"), Claim("x")], owner="a", lease_s=60)[1].state == "granted"
        assert store.count() == 1


def test_a_server_that_crashes_loses_nothing_and_is_waited_for():
    with running_server() as server, PostgresStore(server.url) as store:
        ledgers = [Ledger("l")]
        store.claim_many([Claim("x", CENT), Claim("y", CENT)], owner="a", lease_s=600, ledgers=ledgers)
        store.settle_many([Settlement("x", cached("x"), spent=CENT)], owner="a")
        server.stop(signal.SIGQUIT)
        again = threading.Timer(0.7, server.start)
        again.start()
        store.settle_many([Settlement("y", cached("y"), spent=CENT)], owner="a")
        again.join()
        assert store.get_many("xy").keys() == {"x", "y"}
        assert store.account("l") == Account(spent=CENT + CENT)


def worker(url: str, name: str, how: str) -> subprocess.Popen[str]:
    words = [sys.executable, str(WORKER), url, name, how]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_processes_share_a_budget_and_ask_each_question_once(postgres_url):
    # 2,000 questions at a cent and a budget for 1,500 of them.
    workers = [worker(postgres_url, name, "budget") for name in "abcd"]
    ends = [one.communicate(timeout=100) for one in workers]
    assert [one.returncode for one in workers] == [0] * 4, ends
    asked = [fingerprint for out, _ in ends for fingerprint in out.split()]
    assert len(asked) == len(set(asked)) == 1500
    with PostgresStore(postgres_url) as store:
        assert store.count() == 1500
        assert store.account("shared").spent.requests == store.account("shared").committed.requests == 1500


def test_a_killed_process_is_taken_over_after_its_lease(postgres_url):
    with worker(postgres_url, "elsewhere:1:2:dies", "hold") as killed:
        held = killed.stdout.readline().split()
        killed.kill()
    ledgers, claims = [Ledger("shared")], [Claim(fingerprint, CENT) for fingerprint in held]
    with PostgresStore(postgres_url) as store:
        assert {one.state for one in store.claim_many(claims, owner="b", lease_s=60)} == {"taken"}
        assert store.reap() == 0
        deadline = time.monotonic() + 30
        while store.claim_many(claims, owner="b", lease_s=60, ledgers=ledgers)[0].state == "taken":
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert store.account("shared").uncertain.requests == store.account("shared").reserved.requests == 50
