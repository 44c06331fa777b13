"""Hosted batches over the wire: the whole way, its failures, and crashes between any two steps."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from batch_helpers import KEY, PRICE, export, hosted, ids_in, json_lines, questions

from tilth.errors import ConfigError, DataError, LLMError, TransportError
from tilth.llm import Reply
from tilth.llm.batch import (
    BatchApi,
    BatchState,
    Imported,
    import_results,
    owner_of,
    read_manifest,
    release_ended,
    result_files,
)
from tilth.llm.store import Amount, CachedAnswer, Claim, Ledger, Limits, Store
from tilth.llm.store.memory import MemoryStore
from tilth.llm.store.sqlite import SqliteStore
from tilth.testing import BatchScript, FakeLLMServer

LEDGER = Ledger("money", Limits(tokens=100_000))


def serve(answer: Callable[[Any], Any] = lambda _: {"grade": 1}, **script: Any) -> FakeLLMServer:
    return FakeLLMServer(answer, require_key=KEY, batches=BatchScript(**script))


class World:
    """An export of questions for a server, in three files of two, two and one."""

    def __init__(self, folder: Path, server: FakeLLMServer, store: Store | None = None, count: int = 5) -> None:
        self.folder, self.server, self.store = folder / "e", server, store or MemoryStore()
        self.asked = questions(count, endpoint=server.base_url)
        export(self.asked, self.folder, self.store, max_requests=2)
        self.manifest = read_manifest(self.folder)

    def use(self, use: Callable[[Any], Any], **options: Any) -> Any:
        return hosted(self.folder, self.server.base_url, self.store, use, **{"ledgers": [LEDGER], **options})

    def submit(self, **options: Any) -> BatchState:
        return self.use(lambda batches: batches.submit(), **options)

    def finish(self) -> Imported:
        """Wait, fetch, read, release."""
        self.use(lambda batches: batches.wait())
        self.use(lambda batches: batches.fetch())
        imported = import_results(result_files(self.folder), self.folder, self.manifest, store=self.store)
        release_ended(self.folder, self.store)
        return imported

    def claimable(self) -> list[str]:
        """What another run would be told about each question."""
        claims = [Claim(one.fingerprint) for one in self.asked]
        states = [one.state for one in self.store.claim_many(claims, owner="another", lease_s=60)]
        self.store.release("another")
        return states

    @property
    def paid(self) -> set[int]:
        """How often each question was answered."""
        return {self.server.batches.answered[one.fingerprint] for one in self.asked}


def test_the_whole_way(tmp_path: Path) -> None:
    with serve(shuffle=7) as server:
        world = World(tmp_path, server)
        state = world.submit()
        assert [file.batch_id for file in state.files] == ["batch_1", "batch_2", "batch_3"]
        assert world.claimable() == ["taken"] * 5, "nobody else asks them meanwhile"
        assert world.store.account("money").reserved.requests == 5
        imported = world.finish()
        assert server.calls == 0
    assert (imported.answered, imported.missing, imported.failed, imported.ignored) == (5, 0, {}, {})
    assert world.paid == {1}
    account = world.store.account("money")
    # "Judge." and "pair n" are three words, the answer {"grade": 1} two.
    assert (account.spent, account.reserved) == (Amount(tokens=25, requests=5), Amount())
    assert world.claimable() == ["answered"] * 5
    assert sorted(path.name for path in (world.folder / "results").iterdir()) == [
        f"requests-0000{n}-output.jsonl" for n in (1, 2, 3)
    ]


def test_the_reservation_covers_prompt_answer_and_price(tmp_path: Path) -> None:
    with serve(request_s=60) as server:
        world = World(tmp_path, server, count=1)
        world.submit(price=PRICE, discount=0.5)
    line = json_lines(world.folder / "requests-00001.jsonl")[0]
    schema = json.dumps(line["body"]["response_format"], separators=(",", ":"))
    # "Judge." and "pair 0" are 6 bytes each; 16 tokens around each message, 64 around all.
    prompt = 6 + 6 + 2 * 16 + 64 + 2 * len(schema)
    reserved = world.store.account("money").reserved
    assert (reserved.tokens, reserved.requests) == (prompt + 50, 1)
    assert reserved.usd == pytest.approx((prompt * 1 + 50 * 10) / 1e6 / 2)


def test_files_that_were_submitted_are_not_submitted_again(tmp_path: Path) -> None:
    with serve() as server:
        world = World(tmp_path, server)
        first = world.submit()
        assert world.submit() == first
        assert (server.batches.created, server.batches.calls["upload"]) == (3, 3)


def test_a_file_that_changed_is_not_submitted(tmp_path: Path) -> None:
    with serve() as server:
        world = World(tmp_path, server)
        path = world.folder / "requests-00001.jsonl"
        path.write_bytes(path.read_bytes().replace(b"Judge.", b"Grade!"))
        with pytest.raises(DataError, match=r"requests-00001.jsonl: has changed since it was exported"):
            world.submit()
        assert (server.batches.created, server.batches.calls["upload"]) == (0, 0)
    assert world.claimable() == ["granted"] * 5


def test_an_export_for_another_endpoint_is_refused(tmp_path: Path) -> None:
    with serve() as server, serve() as other:
        world = World(tmp_path, server)
        with pytest.raises(ConfigError, match=r"was exported for http://127.0.0.1:\d+/v1, not for http://127.0.0.1:"):
            hosted(world.folder, other.base_url, world.store, lambda batches: batches.submit())


def test_requests_that_others_ask_or_answered_are_not_submitted(tmp_path: Path) -> None:
    with serve() as server:
        world = World(tmp_path, server)
        world.store.claim_many([Claim(world.asked[2].fingerprint)], owner="run", lease_s=60)
        with pytest.raises(LLMError, match=r"requests-00002.jsonl: not submitted: 1 of its 2 requests are being asked"):
            world.submit()
        assert server.batches.created == 1
        assert world.claimable() == ["taken", "taken", "taken", "granted", "granted"], "the refused file holds nothing"
        world.store.release("run")
        world.store.put_many([CachedAnswer(world.asked[3].fingerprint, _reply(), world.manifest.created_at)])
        with pytest.raises(LLMError, match=r"1 of its 2 requests have been answered since the export\n  hint: export"):
            world.submit()
        assert server.batches.created == 1


def test_a_budget_that_is_too_small_stops_before_anything_is_paid(tmp_path: Path) -> None:
    with serve() as server:
        world = World(tmp_path, server)
        with pytest.raises(LLMError, match="1 of its 2 requests do not fit in what is left of the budget"):
            world.submit(ledgers=[Ledger("small", Limits(requests=3))])
        assert server.batches.created == 1
    assert world.store.account("small").reserved.requests == 2


def test_a_budget_in_money_needs_a_price(tmp_path: Path) -> None:
    with serve() as server:
        world = World(tmp_path, server)
        with pytest.raises(ConfigError, match="a budget in money needs the price of model 'm'"):
            world.submit(ledgers=[Ledger("dollars", Limits(usd=5.0))])
        assert server.batches.calls["upload"] == 0


def test_a_key_that_is_refused_is_shown_nowhere(tmp_path: Path) -> None:
    with FakeLLMServer(lambda _: {}, require_key="sk-other") as server:
        world = World(tmp_path, server)
        with pytest.raises(TransportError, match="HTTP 401") as caught:
            world.submit()
    assert KEY not in str(caught.value)
    assert not any(KEY in path.read_text() for path in world.folder.rglob("*") if path.is_file())
    assert world.claimable() == ["granted"] * 5


@pytest.mark.parametrize("trouble", ["rate_limit", "server_error", "drop"])
@pytest.mark.parametrize("operation", ["upload", "list_files", "create", "list", "get", "content"])
def test_trouble_on_the_wire_passes_and_nothing_is_paid_twice(tmp_path: Path, operation: Any, trouble: Any) -> None:
    with serve(trouble={operation: (trouble, trouble, None, trouble)}) as server:
        world = World(tmp_path, server)
        world.submit()
        imported = world.finish()
        assert server.batches.created == 3
    assert (imported.answered, world.paid) == (5, {1})


def test_a_download_that_was_cut_is_fetched_again(tmp_path: Path) -> None:
    with serve(trouble={"content": ("cut", "cut")}) as server:
        world = World(tmp_path, server)
        world.submit()
        assert world.finish().answered == 5
    assert not list((world.folder / "results").glob(".*")), "no half files are left"


def test_failures_of_requests_are_counted_and_only_they_are_exported_again(tmp_path: Path) -> None:
    def failing(body: dict[str, Any]) -> tuple[int, str] | None:
        return {"pair 0": (400, "Too long."), "pair 3": (0, "request_timeout")}.get(body["messages"][-1]["content"])

    with serve(failures=failing) as server:
        world = World(tmp_path, server)
        world.submit()
        imported = world.finish()
    assert (imported.answered, imported.failed) == (3, {"HTTP 400": 1, "request_timeout": 1})
    assert world.claimable() == ["granted", "answered", "answered", "granted", "answered"]
    assert world.store.account("money").reserved == Amount()
    again = export(world.asked, tmp_path / "again", world.store)
    assert ids_in(again.files[0]) == [world.asked[0].fingerprint, world.asked[3].fingerprint]


def test_what_expired_is_free_again(tmp_path: Path) -> None:
    with serve(expire_after=1) as server:
        world = World(tmp_path, server)
        world.submit()
        imported = world.finish()
    assert (imported.answered, imported.failed) == (3, {"batch_expired": 2})
    assert sorted(world.claimable()) == ["answered"] * 3 + ["granted"] * 2


def test_a_batch_that_fails_as_a_whole_is_released_and_can_go_again(tmp_path: Path) -> None:
    with serve(max_requests=1) as server:
        world = World(tmp_path, server)
        world.submit()
        state = world.use(lambda batches: batches.wait())
        assert [file.status for file in state.files] == ["failed", "failed", "completed"]
        assert state.files[0].trouble == "More than 1 requests."
        assert world.claimable() == ["granted"] * 4 + ["taken"]
        world.submit()
        assert server.batches.created == 5, "the two that failed, once more"


def test_cancelling_keeps_what_was_answered(tmp_path: Path) -> None:
    with serve(request_s=0.15) as server:
        world = World(tmp_path, server, count=2)
        world.submit()
        _until(lambda: server.batches.answered.total() == 1)
        assert world.use(lambda batches: batches.cancel()).files[0].status == "cancelling"
        assert world.claimable() == ["taken"] * 2, "its answers are not here yet"
        imported = world.finish()
    assert (imported.answered, imported.failed) == (1, {"batch_cancelled": 1})
    assert sorted(world.claimable()) == ["answered", "granted"]


def test_cancelling_comes_too_late_for_a_batch_that_has_ended(tmp_path: Path) -> None:
    with serve() as server:
        world = World(tmp_path, server, count=2)
        world.submit()
        _until(lambda: server.batches.batches["batch_1"].status == "completed")
        assert world.use(lambda batches: batches.cancel()).files[0].status == "completed"
        assert world.finish().answered == 2


def test_cancelling_what_was_never_submitted_releases_it(tmp_path: Path) -> None:
    """The provider cannot be made to take a file; the claims stay until someone gives it up."""
    with serve(trouble={"create": ("server_error",) * 2}) as server:
        world = World(tmp_path, server)
        with pytest.raises(TransportError, match="HTTP 500"):
            world.submit(max_retries=1)
        assert world.claimable() == ["taken"] * 2 + ["granted"] * 3
        world.use(lambda batches: batches.cancel())
        assert server.batches.created == 0
    assert world.claimable() == ["granted"] * 5


def test_a_batch_of_another_export_is_not_taken_for_ours(tmp_path: Path) -> None:
    with serve() as server:
        World(tmp_path / "a", server).submit()
        World(tmp_path / "b", server, count=6).submit()
        assert server.batches.created == 6


def test_many_batches_are_listed_page_by_page(tmp_path: Path) -> None:
    """More than a page of 100 were made after ours, whose state is lost."""

    async def others(base_url: str) -> None:
        async with BatchApi(base_url, api_key=KEY) as api:
            for number in range(120):
                await api.create("file-1", "/v1/chat/completions", {"number": str(number)})

    with serve() as server:
        world = World(tmp_path, server, count=1)
        world.submit()
        asyncio.run(others(server.base_url))
        (world.folder / "state.json").unlink()
        assert world.submit().files[0].batch_id == "batch_1"
        assert (server.batches.created, server.batches.calls["list"]) == (121, 1 + 2)


def test_a_state_of_another_export_is_refused(tmp_path: Path) -> None:
    with serve() as server:
        one, two = World(tmp_path / "a", server), World(tmp_path / "b", server)
        one.submit()
        (two.folder / "state.json").write_bytes((one.folder / "state.json").read_bytes())
        with pytest.raises(DataError, match=r"state.json: is the state of another export"):
            two.submit()
        (two.folder / "state.json").write_text("{")
        with pytest.raises(DataError, match=r"state.json: is damaged"):
            two.submit()


def test_any_earlier_state_resumes_without_paying_twice(tmp_path: Path) -> None:
    """A power cut may take the state back to any moment of its history, or away."""
    history: list[bytes | None] = [None]
    path = tmp_path / "e" / "state.json"

    def remember(_operation: str, _phase: str) -> None:
        if path.exists() and path.read_bytes() != history[-1]:
            history.append(path.read_bytes())

    with serve(on_step=remember) as server:
        world = World(tmp_path, server)
        world.submit()
        world.use(lambda batches: batches.refresh())
        assert len(history) >= 9, "of each file: uploading, creating, submitted"
        for content in list(history):
            if content is None:
                path.unlink()
            else:
                path.write_bytes(content)
            state = world.submit()
            assert [file.batch_id for file in state.files] == ["batch_1", "batch_2", "batch_3"]
        assert server.batches.created == 3
        assert world.finish().answered == 5
    assert world.paid == {1}


@pytest.mark.parametrize(
    ("operation", "phase"),
    [(o, p) for o in ("list", "upload", "create") for p in ("before", "after")],
)
def test_kill_9_at_any_step_pays_for_nothing_twice(tmp_path: Path, operation: str, phase: str) -> None:
    """The process dies while the server is at a step: before it is done, or done but not yet told."""
    child: list[subprocess.Popen[bytes]] = []
    started, killed = threading.Event(), threading.Event()

    def kill(at_operation: str, at_phase: str) -> None:
        # The second upload and create: the first file is done by then.
        reached = server.batches.calls[operation] == (1 if operation == "list" else 2)
        if not killed.is_set() and (at_operation, at_phase) == (operation, phase) and reached:
            started.wait(10)
            os.kill(child[0].pid, signal.SIGKILL)
            child[0].wait(10)
            killed.set()

    with serve(on_step=kill) as server, SqliteStore(tmp_path / "store.sqlite") as store:
        world = World(tmp_path, server, store)
        words = [sys.executable, str(Path(__file__).with_name("submit_child.py"))]
        arguments = [str(world.folder), server.base_url, str(tmp_path / "store.sqlite")]
        child.append(subprocess.Popen([*words, *arguments]))
        started.set()
        assert killed.wait(30)
        state = world.submit()
        assert all(file.batch_id for file in state.files)
        assert server.batches.created == 3
        assert world.finish().answered == 5
        assert world.claimable() == ["answered"] * 5
    assert world.paid == {1}


def test_the_lease_is_extended_while_a_batch_is_looked_after(tmp_path: Path) -> None:
    now = [0.0]
    with serve(request_s=60) as server:
        world = World(tmp_path, server, MemoryStore(now=lambda: now[0]))
        world.submit()
        now[0] = 24 * 3600
        world.use(lambda batches: batches.refresh())
        now[0] = 48 * 3600
        assert world.claimable() == ["taken"] * 5
        now[0] = 50 * 3600
        assert world.claimable() == ["granted"] * 5
    assert owner_of(world.manifest) == f"batch:{world.manifest.export_id}"


def _reply() -> Any:
    return Reply('{"grade": 1}')


def _until(reached: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.005)
