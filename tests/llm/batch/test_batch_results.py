"""Reading results: everything is counted and nothing crashes, whatever stands in the files."""

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from batch_helpers import PRICE, answer_line, export, json_lines, put_lines, question, questions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tilth.errors import DataError
from tilth.llm import Request, Usage
from tilth.llm.batch import Imported, Problem, import_results, owner_of
from tilth.llm.batch.disk import MAX_LINE_BYTES
from tilth.llm.store import Amount, Claim, Ledger, Limits, Store
from tilth.llm.store.memory import MemoryStore
from tilth.llm.store.sqlite import SqliteStore
from tilth.testing import run_batch


class Export:
    """Five questions in a folder, and results read back into a store."""

    def __init__(self, folder: Path, count: int = 5) -> None:
        self.folder, self.asked, self.store = folder / "e", questions(count), MemoryStore()
        exported = export(self.asked, self.folder, self.store, max_requests=3)
        assert exported.manifest is not None
        self.manifest, self.problems = exported.manifest, list[Problem]()

    def read(self, *files: Path, store: Store | None = None, **options: Any) -> Imported:
        self.problems.clear()
        return import_results(
            files,
            self.folder,
            self.manifest,
            store=store or self.store,
            on_problem=self.problems.append,
            **options,
        )

    def put(self, name: str, *lines: Any) -> Path:
        return put_lines(self.folder / "results" / name, lines)


@pytest.fixture
def world(tmp_path: Path) -> Export:
    return Export(tmp_path)


def failed(request: Request, status: int = 400, message: str = "Too long.") -> dict[str, Any]:
    body = {"error": {"message": message, "type": "invalid_request_error"}}
    response = {"status_code": status, "request_id": "r", "body": body}
    return {"id": "b", "custom_id": request.fingerprint, "response": response, "error": None}


def expired(request: Request) -> dict[str, Any]:
    error = {"code": "batch_expired", "message": "This request could not be executed before the window expired."}
    return {"id": "b", "custom_id": request.fingerprint, "response": None, "error": error}


def test_answers_of_any_files_in_any_order_are_in_the_store(world: Export) -> None:
    lines = [answer_line(one, f'{{"grade": {place % 2}}}') for place, one in enumerate(world.asked)]
    random.Random(3).shuffle(lines)
    imported = world.read(world.put("b.jsonl", *lines[:1]), world.put("a.jsonl", *lines[1:]))
    assert (imported.exported, imported.answered, imported.known, imported.missing) == (5, 5, 0, 0)
    assert (imported.files, world.problems) == (2, [])
    kept = world.store.get_many(one.fingerprint for one in world.asked)
    assert [kept[one.fingerprint].reply.text for one in world.asked] == [f'{{"grade": {n % 2}}}' for n in range(5)]
    reply = kept[world.asked[0].fingerprint].reply
    assert (reply.usage, reply.latency_s, reply.model, reply.finish_reason) == (Usage(3, 2), None, "m", "stop")


def test_tokens_are_priced_with_the_discount_of_batches(world: Export) -> None:
    """3 tokens at 1 $ and 2 at 10 $ a million are 23 millionths of a dollar, half of that for a batch; twice."""
    imported = world.read(world.put("a.jsonl", *map(answer_line, world.asked[:2])), price=PRICE, discount=0.5)
    assert (imported.prompt_tokens, imported.completion_tokens, imported.unpriced) == (6, 4, 0)
    assert imported.cost_usd == pytest.approx(23e-6)
    kept = world.store.get_many([world.asked[0].fingerprint])
    assert kept[world.asked[0].fingerprint].reply.cost_usd == pytest.approx(11.5e-6)


def test_without_a_price_the_cost_is_unknown(world: Export) -> None:
    imported = world.read(world.put("a.jsonl", answer_line(world.asked[0])))
    assert imported.unpriced == 1
    assert imported.to_json()["cost_usd"] is None


def test_all_that_goes_wrong_is_counted_and_listed_with_its_place(world: Export) -> None:
    a, b, c, d, _ = world.asked
    stranger = question("stranger")
    path = world.put(
        "a.jsonl",
        answer_line(a),
        b"",
        b'{"custom_id": "half',
        b"\xff\xfe",
        b"[" * 5000,
        b"[1, 2]",
        answer_line(stranger),
        {**answer_line(a), "custom_id": "not hex"},
        answer_line(a),
        failed(b),
        expired(c),
        {"custom_id": d.fingerprint, "response": {"status_code": 200, "body": {"object": "list"}}, "error": None},
    )
    imported = world.read(path)
    assert (imported.answered, imported.missing) == (1, 1)
    assert imported.failed == {"HTTP 400": 1, "batch_expired": 1, "no chat completion": 1}
    assert imported.ignored == {"malformed line": 4, "unknown custom_id": 2, "duplicate": 1}
    places = [(problem.line, problem.reason) for problem in world.problems]
    assert places[:4] == [(3, "malformed line"), (4, "malformed line"), (5, "malformed line"), (6, "malformed line")]
    assert places[4:7] == [(7, "unknown custom_id"), (8, "unknown custom_id"), (9, "duplicate")]
    assert places[7:] == [(10, "HTTP 400"), (11, "batch_expired"), (12, "no chat completion")]
    assert {problem.path for problem in world.problems} == {path}
    assert world.problems[7].detail == "Too long."
    assert world.problems[7].fingerprint == b.fingerprint


def test_a_line_of_many_megabytes_is_skipped(world: Export) -> None:
    huge = answer_line(world.asked[0], "x" * (MAX_LINE_BYTES + 10))
    imported = world.read(world.put("a.jsonl", huge, answer_line(world.asked[1])))
    assert (imported.answered, imported.ignored) == (1, {"line too long": 1})
    assert world.problems[0].line == 1


@pytest.mark.parametrize("answer_first", [True, False])
def test_an_answer_beats_a_failure_whichever_comes_first(world: Export, answer_first: bool) -> None:
    files = [world.put("a.jsonl", answer_line(world.asked[0])), world.put("b.jsonl", expired(world.asked[0]))]
    imported = world.read(*files if answer_first else reversed(files))
    assert (imported.answered, imported.failed) == (1, {})


def test_an_answer_that_cannot_be_used_is_kept_as_it_came(world: Export) -> None:
    world.read(world.put("a.jsonl", answer_line(world.asked[0], "I will not.")))
    assert world.store.get_many([world.asked[0].fingerprint])[world.asked[0].fingerprint].reply.text == "I will not."


def test_reading_again_changes_nothing(world: Export) -> None:
    path = world.put("a.jsonl", answer_line(world.asked[0]), failed(world.asked[1]))
    world.read(path, price=PRICE)
    again = world.read(path, price=PRICE)
    assert (again.answered, again.known, again.new, again.cost_usd) == (1, 1, 0, 0.0)
    assert world.store.count() == 1


def test_answers_in_the_store_do_not_count_as_missing(world: Export) -> None:
    world.read(world.put("a.jsonl", answer_line(world.asked[0])))
    later = world.read(world.put("b.jsonl", answer_line(world.asked[1])))
    assert (later.answered, later.known, later.missing) == (2, 1, 3)


def test_claims_are_settled_with_what_was_taken(world: Export) -> None:
    """Five claims of 10 tokens: one answer took 5, one request failed for nothing, three are still held."""
    owner, ledger = owner_of(world.manifest), Ledger("t", Limits(tokens=50))
    claims = [Claim(one.fingerprint, Amount(tokens=10, requests=1)) for one in world.asked]
    world.store.claim_many(claims, owner=owner, lease_s=60, ledgers=[ledger])
    assert world.store.account("t").reserved == Amount(tokens=50, requests=5)
    world.read(world.put("a.jsonl", answer_line(world.asked[0]), failed(world.asked[1])))
    account = world.store.account("t")
    assert (account.spent, account.reserved) == (Amount(tokens=5, requests=1), Amount(tokens=30, requests=3))
    assert account.uncertain == Amount()


def test_a_reading_that_was_killed_is_done_again_and_charged_once(tmp_path: Path) -> None:
    """1,200 answers of 5 tokens; the process dies at line 900, after the first 500 are in the store."""
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from tilth.llm.batch import import_results, read_manifest\n"
        "from tilth.llm.store.sqlite import SqliteStore\n"
        "folder, lines = Path(sys.argv[1]), iter(range(10_000))\n"
        "def cut():\n"
        "    if next(lines) == 900: os.kill(os.getpid(), signal.SIGKILL)\n"
        "store = SqliteStore(sys.argv[2])\n"
        "import_results([folder / 'a.jsonl'], folder, read_manifest(folder), store=store, on_line=cut)\n"
    )
    asked, folder, path = questions(1200), tmp_path / "e", tmp_path / "store.sqlite"
    with SqliteStore(path) as store:
        manifest = export(asked, folder, store).manifest
        assert manifest is not None
        claims = [Claim(one.fingerprint, Amount(tokens=100)) for one in asked]
        store.claim_many(claims, owner=owner_of(manifest), lease_s=600, ledgers=[Ledger("t")])
    put_lines(folder / "a.jsonl", map(answer_line, asked))
    assert subprocess.run([sys.executable, "-c", code, str(folder), str(path)], check=False).returncode == -9
    with SqliteStore(path) as store:
        assert store.count() == 500
        imported = import_results([folder / "a.jsonl"], folder, manifest, store=store)
        assert (imported.answered, imported.known, imported.missing) == (1200, 500, 0)
        account = store.account("t")
        assert (account.spent.tokens, account.reserved, account.uncertain) == (6000, Amount(), Amount())


def test_what_vllm_writes_is_read(world: Export, tmp_path: Path) -> None:
    """One file, failures amid the answers: a text or a wrapped object as `error`, and no body."""

    def sulky(body: dict[str, Any]) -> dict[str, Any]:
        if body["messages"][-1]["content"] == "pair 1":
            raise ValueError("This model's maximum context length is 16 tokens.")
        return {"grade": 1}

    files = [world.folder / file.name for file in world.manifest.files]
    run_batch(files[0], tmp_path / "one.jsonl", sulky)
    run_batch(files[1], tmp_path / "two.jsonl", sulky, model="another")
    assert json_lines(tmp_path / "one.jsonl")[1]["response"]["body"] is None
    imported = world.read(tmp_path / "one.jsonl", tmp_path / "two.jsonl")
    assert (imported.answered, imported.missing) == (2, 0)
    assert imported.failed == {"HTTP 400": 1, "HTTP 404": 2}
    assert [problem.detail for problem in world.problems] == [
        "This model's maximum context length is 16 tokens.",
        "The model `m` does not exist.",
        "The model `m` does not exist.",
    ]


def test_a_file_of_requests_that_changed_is_refused(world: Export) -> None:
    path = world.folder / "requests-00002.jsonl"
    path.write_bytes(path.read_bytes().replace(b"Judge.", b"Grade!"))
    with pytest.raises(DataError, match=r"requests-00002.jsonl: has changed since it was exported \(SHA-256"):
        world.read()
    path.unlink()
    with pytest.raises(DataError, match=r"requests-00002.jsonl: no such file"):
        world.read()
    assert world.store.count() == 0


def test_a_result_file_that_is_missing_is_named(world: Export) -> None:
    with pytest.raises(DataError, match=r"nowhere.jsonl: no such file"):
        world.read(world.folder / "nowhere.jsonl")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(
    mess=st.lists(
        st.binary(max_size=60)
        | st.fixed_dictionaries({"custom_id": st.just("first") | st.text(max_size=5), "response": JSON, "error": JSON})
        | st.fixed_dictionaries(
            {
                "custom_id": st.just("first"),
                "response": st.fixed_dictionaries({"status_code": st.integers(0, 999), "body": JSON}),
                "error": JSON,
            }
        ),
        max_size=8,
    )
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_mess_in_a_file_stops_the_reading(tmp_path_factory: pytest.TempPathFactory, mess: list[Any]) -> None:
    world = Export(tmp_path_factory.mktemp("w"), count=2)
    first, second = (one.fingerprint for one in world.asked)
    lines = [
        json.dumps({**line, "custom_id": first if line["custom_id"] == "first" else line["custom_id"]}).encode()
        if isinstance(line, dict)
        else line.replace(b"\n", b" ")
        for line in mess
    ]
    imported = world.read(world.put("a.jsonl", *lines, answer_line(world.asked[1])))
    assert second in world.store.get_many([second])
    assert imported.exported == 2 == imported.answered + imported.missing + sum(imported.failed.values())
    read = [line for line in lines if line.strip()]
    assert len(read) + 1 == imported.answered + len(world.problems), "each line is an answer or is listed"
