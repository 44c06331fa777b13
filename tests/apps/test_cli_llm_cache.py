"""`tilth llm cache`: what was paid for is shown, exported and deleted as asked."""

import json
import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cli_helpers import tilth
from tiny_project import put_project

from tilth.apps.project.asking.answers import store_place
from tilth.errors import ConfigError
from tilth.llm.reply import Reply, Usage
from tilth.llm.store import (
    Amount,
    CachedAnswer,
    Claim,
    Ledger,
    PostgresStore,
    Settlement,
    SqliteStore,
    Store,
    open_store,
)
from tilth.llm.store.config import StoreConfig

CALL = Amount(usd=0.5, tokens=30, requests=1)


def answer(name: str, model: str | None, day: int, cost_usd: float | None) -> CachedAnswer:
    reply = Reply(f"said {name} \x00\ud83d", Usage(20, 10), 0.25, "stop", model, None, cost_usd)
    return CachedAnswer(name, reply, datetime(2026, 1, day, 12, tzinfo=UTC))


def put_answers(store: Store) -> None:
    """Three answers of two models, one claim that is open, one call that may have been billed."""
    claims = [Claim(name, CALL) for name in ("a", "lost", "open")]
    store.claim_many(claims, owner="batch:1", lease_s=3600, ledgers=[Ledger("judge")])
    settlements = [Settlement("a", answer("a", "big", 2, 0.25), spent=CALL), Settlement("lost", uncertain=CALL)]
    store.settle_many(settlements, owner="batch:1")
    store.put_many([answer("b", "big", 1, None), answer("c", "small", 3, 0.125)])


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A project with answers in its work folder."""
    path = put_project(tmp_path / "p", count=8)
    with SqliteStore(tmp_path / "p" / "work" / "answers.sqlite") as store:
        put_answers(store)
    return path


def kept(config: Path) -> set[str]:
    with SqliteStore(config.parent / "work" / "answers.sqlite") as store:
        return {one.fingerprint for one in store.scan()}


def test_shows_what_there_is(config: Path) -> None:
    ran = tilth("llm", "cache", "show", "--config", config, "--json")
    assert ran.code == 0
    shown = ran.json()
    assert shown["place"] == str(config.parent / "work" / "answers.sqlite")
    assert (shown["answers"], shown["open_claims"]) == (3, 1)
    assert shown["size_bytes"] > 8192
    big, small = shown["models"]
    assert (big["model"], big["answers"], big["prompt_tokens"], big["completion_tokens"]) == ("big", 2, 40, 20)
    assert (big["cost_usd"], big["unpriced"], small["cost_usd"], small["unpriced"]) == (0.25, 1, 0.125, 0)
    assert (big["oldest"], big["newest"]) == ("2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z")
    call = {"usd": 0.5, "tokens": 30, "requests": 1}
    assert shown["ledgers"] == {"judge": {"spent": call, "reserved": call, "uncertain": call}}


def test_shows_it_to_people_too(config: Path) -> None:
    said = tilth("llm", "cache", "show", "--config", config).out
    assert "3 answers" in said
    assert "1 open claims" in said
    assert [line.split() for line in said.splitlines() if line.startswith(("big", "small", "judge"))] == [
        ["big", "2", "40", "20", "$0.25", "1", "2026-01-01", "2026-01-02"],
        ["small", "1", "20", "10", "$0.12", "–", "2026-01-03", "2026-01-03"],
        ["judge", "$0.50", "$0.50", "$0.50", "90", "3"],
    ]


def test_exports_every_answer_oldest_first(config: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "answers.jsonl"
    assert tilth("llm", "cache", "export", "--out", out, "--config", config, "--json").json()["answers"] == 3
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [row["fingerprint"] for row in rows] == ["b", "a", "c"]
    assert rows[1] == {
        "fingerprint": "a",
        "text": "said a \x00\ud83d",
        "prompt_tokens": 20,
        "completion_tokens": 10,
        "cost_usd": 0.25,
        "latency_s": 0.25,
        "model": "big",
        "finish_reason": "stop",
        "refusal": None,
        "created_at": "2026-01-02T12:00:00Z",
    }
    assert [path.name for path in out.parent.iterdir()] == ["answers.jsonl"]


def test_an_export_that_fails_leaves_nothing(config: Path, tmp_path: Path) -> None:
    ran = tilth("llm", "cache", "export", "--out", tmp_path / "p", "--config", config)  # a folder
    assert ran.code == 3
    assert f"{tmp_path / 'p'}: cannot be written" in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["p"]


@pytest.mark.parametrize(
    ("words", "deleted", "left"),
    [
        (("--before", "2026-01-02"), 1, {"a", "c"}),
        (("--model", "big"), 2, {"c"}),
        (("--before", "2026-01-02T13:00+01:00", "--model", "big"), 1, {"a", "c"}),
        (("--before", "2026-01-02T13:00:01+01:00", "--model", "big"), 2, {"c"}),
        (("--model", "unknown"), 0, {"a", "b", "c"}),
    ],
)
def test_prunes_what_is_named(config: Path, words: tuple[str, ...], deleted: int, left: set[str]) -> None:
    ran = tilth("llm", "cache", "prune", *words, "--yes", "--config", config, "--json")
    assert (ran.code, ran.json()) == (0, {"deleted": deleted})
    assert kept(config) == left


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing says which answers to delete"),
        (("--before", "yesterday"), "--before 'yesterday' is no date\n  hint: 2026-01-31"),
    ],
)
def test_prunes_nothing_when_told_badly(config: Path, words: tuple[str, ...], said: str) -> None:
    ran = tilth("llm", "cache", "prune", *words, "--yes", "--config", config)
    assert ran.code == 2
    assert said in ran.err
    assert len(kept(config)) == 3


def prune_at_terminal(config: Path, typed: str) -> tuple[int, str]:
    """Run the command with a terminal as its input."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "tilth", "llm", "cache", "prune", "--model", "big", "--config", str(config)]
    try:
        with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
            os.write(ours, typed.encode())
            out, err = process.communicate(timeout=60)
    finally:
        os.close(ours)
        os.close(theirs)
    return process.returncode, (out + err).decode()


def test_asks_before_it_deletes(config: Path) -> None:
    code, said = prune_at_terminal(config, "n\n")
    assert code == 130
    assert "Delete the answers of model big from " in said
    assert len(kept(config)) == 3
    code, said = prune_at_terminal(config, "y\n")
    assert (code, kept(config)) == (0, {"c"})
    assert "2 answers deleted" in said


def test_does_not_delete_where_nobody_can_be_asked(config: Path) -> None:
    command = [sys.executable, "-m", "tilth", "llm", "cache", "prune", "--model", "big", "--config", str(config)]
    ran = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert ran.returncode == 2
    assert "nobody is there to confirm\n  hint: say --yes" in ran.stderr
    assert len(kept(config)) == 3


def test_forgives_what_is_uncertain(config: Path) -> None:
    said = tilth("llm", "cache", "forgive", "judge", "--config", config)
    assert (said.code, said.out) == (0, "judge: $0.50, 30 tokens and 1 requests are free again\n")
    ledger = tilth("llm", "cache", "show", "--config", config, "--json").json()["ledgers"]["judge"]
    assert ledger["uncertain"] == {"usd": 0.0, "tokens": 0, "requests": 0}
    unknown = tilth("llm", "cache", "forgive", "judgee", "--config", config)
    assert unknown.code == 2
    assert "there is no ledger 'judgee'\n  hint: known: judge" in unknown.err


def test_a_project_without_answers_says_so_and_makes_none(tmp_path: Path) -> None:
    config = put_project(tmp_path / "p", count=8)
    ran = tilth("llm", "cache", "show", "--config", config)
    assert ran.code == 4
    assert "there are no answers yet\n  hint: `tilth judge run`" in ran.err
    assert not (tmp_path / "p" / "work").exists()


def test_a_store_in_postgresql_is_named_by_the_environment(
    tmp_path: Path, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = put_project(tmp_path / "p", '[store]\nurl_env = "TINY_STORE"', count=8)
    assert "the environment variable TINY_STORE is not set" in tilth("llm", "cache", "show", "--config", config).err
    monkeypatch.setenv("TINY_STORE", postgres_url)
    with PostgresStore(postgres_url) as store:
        put_answers(store)
    shown = tilth("llm", "cache", "show", "--config", config, "--json")
    assert (shown.code, shown.json()["answers"]) == (0, 3)
    assert "s3cret" not in shown.out
    assert tilth("llm", "cache", "export", "--out", tmp_path / "a.jsonl", "--config", config).code == 0
    assert len((tmp_path / "a.jsonl").read_text().splitlines()) == 3


def test_where_a_store_is(tmp_path: Path) -> None:
    places = {"base": tmp_path, "work": tmp_path / "work"}
    assert store_place(StoreConfig(), **places) == tmp_path / "work" / "answers.sqlite"
    assert store_place(StoreConfig(url="shared.sqlite"), **places) == tmp_path / "shared.sqlite"
    assert store_place(StoreConfig(url="postgresql://h/db"), **places) == "postgresql://h/db"
    with pytest.raises(ConfigError, match="both url and url_env"):
        store_place(StoreConfig(url="a", url_env="B"), **places)


def test_a_store_can_be_a_file_or_in_postgresql_only(tmp_path: Path) -> None:
    store = open_store(tmp_path / "answers.sqlite")
    assert store.place == str(tmp_path / "answers.sqlite")
    store.close()
    with pytest.raises(ConfigError, match="a store cannot be at 'mysql://'"):
        open_store("mysql://me:secret@h/db")
