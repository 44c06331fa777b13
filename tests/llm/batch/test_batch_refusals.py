"""Who may not be at work on an export, and where it cannot go."""

from pathlib import Path
from typing import Any

import pytest
from batch_helpers import export, hosted, question

from tilth.errors import ConfigError, DataError, TransportError
from tilth.llm.batch.disk import locked
from tilth.llm.store import Claim
from tilth.llm.store.memory import MemoryStore
from tilth.testing import FakeLLMServer


def test_two_processes_cannot_be_at_work_on_one_export(tmp_path: Path) -> None:
    async def twice(batches: Any) -> None:
        with locked(tmp_path / "e"), pytest.raises(DataError, match="another process is at work on this export"):
            await batches.submit()

    with FakeLLMServer(lambda _: {}) as server:
        store = MemoryStore()
        export([question(0, endpoint=server.base_url)], tmp_path / "e", store)
        hosted(tmp_path / "e", server.base_url, store, twice)
        assert server.batches.created == 0


def test_an_endpoint_without_batches_says_so(tmp_path: Path) -> None:
    with FakeLLMServer(lambda _: {}) as server:
        asked = [question(0, endpoint=server.base_url + "/nothing")]
        store = MemoryStore()
        export(asked, tmp_path / "e", store)
        with pytest.raises(TransportError, match="HTTP 404"):
            hosted(tmp_path / "e", server.base_url + "/nothing", store, lambda batches: batches.submit())
    assert store.claim_many([Claim(asked[0].fingerprint)], owner="x", lease_s=1)[0].state == "granted"


@pytest.mark.parametrize("limits", [{"max_requests": 0}, {"max_bytes": 0}])
def test_limits_below_one_are_refused(tmp_path: Path, limits: dict[str, int]) -> None:
    with pytest.raises(ConfigError, match="the limits of a file must be at least 1"):
        export([question(0)], tmp_path / "e", MemoryStore(), **limits)
