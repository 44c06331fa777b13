"""Cutting, packing, the board, the settings."""

import pickle

import pyarrow as pa
import pytest
from engine_jobs import numbers
from hypothesis import given
from hypothesis import strategies as st

from tilth.engine import EngineConfig, check_engine
from tilth.engine.board import Board
from tilth.engine.partitions import cut, windows
from tilth.engine.progress import total
from tilth.engine.wire import pack, unpack
from tilth.errors import ConfigError, DataError, LLMError, MissingExtraError, TilthError, TransportError


@given(st.lists(st.integers(0, 12)), st.integers(1, 9))
def test_cutting_loses_and_reorders_nothing(sizes: list[int], rows: int) -> None:
    table, starts = numbers(sum(sizes)), [sum(sizes[:i]) for i in range(len(sizes))]
    parts = list(cut((table.slice(start, size) for start, size in zip(starts, sizes, strict=True)), rows))
    assert [part.place for part in parts] == list(range(len(parts)))
    assert all(part.table.num_rows == rows for part in parts[:-1])
    assert all(0 < part.table.num_rows <= rows for part in parts)
    assert [x for part in parts for x in part.table["x"].to_pylist()] == list(range(sum(sizes)))


def test_a_window_ends_by_count_or_by_bytes() -> None:
    def sizes(most: int, most_bytes: int) -> list[int]:
        return [len(window) for window in windows(cut([numbers(10)], 2), most, most_bytes)]

    assert sizes(2, 1000) == [2, 2, 1]
    assert sizes(9, 32) == [2, 2, 1]  # a partition is two int64: 16 bytes
    assert sizes(9, 33) == [3, 2]
    assert sizes(9, 1) == [1, 1, 1, 1, 1]


def test_a_table_travels_whole() -> None:
    table = pa.table({"id": ["ä", None], "scores": [[1.5], []], "none": pa.nulls(2)})
    assert unpack(pack(table)).equals(table)
    assert unpack(pack(table.slice(0, 0))).schema == table.schema


def test_the_board_keeps_the_first_reason_and_the_last_counts() -> None:
    board = Board()
    assert board.exchange(3, {"calls": 9}) is False
    board.stop("spent")
    board.fail(LLMError("later"))
    board.fail(LLMError("last"))
    assert board.exchange(3, {"calls": 4}) is True
    state = board.state()
    assert (state.counts, state.reason, str(state.error)) == ({3: {"calls": 4}}, "spent", "later")


def test_counts_are_summed_by_name() -> None:
    assert total([{"calls": 1, "usd": 0.5}, {}, {"calls": 2}]) == {"calls": 3, "usd": 0.5}


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (EngineConfig(partition_rows=0), r"\[engine\] partition_rows must be at least 1, not 0"),
        (EngineConfig(workers=-2), r"\[engine\] workers must be at least 1, not -2"),
        (EngineConfig(address="auto"), r"address is for a cluster, but runner is 'native'\n  hint: set runner"),
    ],
)
def test_settings_that_cannot_be_are_refused(config: EngineConfig, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        check_engine(config)


@pytest.mark.parametrize(
    "error",
    [
        DataError("bad", path="a.csv", row=3, hint="look"),
        MissingExtraError("a worker", "ray"),
        TransportError("no", status=503, retry_after=2.0),
    ],
)
def test_an_error_travels_between_processes(error: TilthError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again), vars(again)) == (type(error), str(error), vars(error))
