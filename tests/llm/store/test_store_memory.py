"""The store in memory keeps the contract."""

import pytest
from store_contract import StoreContract

from tilth.llm.store import MemoryStore


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def clock(self):
        return [1000.0]

    @pytest.fixture
    def store(self, clock):
        return MemoryStore(now=lambda: clock[0])

    @pytest.fixture
    def wait(self, clock):
        def wait(seconds: float) -> None:
            clock[0] += seconds

        return wait
