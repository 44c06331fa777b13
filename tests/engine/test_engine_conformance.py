"""What every runner must do. Each test has its work done in a process of the runner's own."""

from pathlib import Path
from typing import Literal

import engine_driver as drive
import pyarrow as pa
import pytest
from engine_driver import WORKERS, Driver
from engine_jobs import Counted, Double, Environment, Failing, Measure, Odd, Overtaken, Spending, Stepping

from tilth.engine.quiet import SETTINGS
from tilth.errors import ConfigError, DataError, MissingExtraError


def column(tables: list[pa.Table], name: str = "x") -> list[int]:
    return [value for table in tables for value in table[name].to_pylist()]


class TestEngine:
    def test_results_come_in_the_order_of_the_partitions(self, quick_driver: Driver) -> None:
        tables, stopped, _ = quick_driver.call(drive.mapped, Double(first_s=0.3), 95, 10)
        assert column(tables) == [2 * x for x in range(95)]
        assert [table.num_rows for table in tables] == [10] * 9 + [5]
        assert stopped is None

    def test_a_slow_partition_does_not_hold_up_the_others(self, driver: Driver, tmp_path: Path) -> None:
        tables, _, _ = driver.call(drive.mapped, Overtaken(str(tmp_path), last=60), 70, 10)
        assert column(tables) == list(range(70))

    def test_a_stream_is_cut_anew(self, driver: Driver) -> None:
        tables = driver.call(drive.mapped_stream, Measure(), [3, 0, 20, 1, 1], 7)
        assert column(tables, "rows") == [7, 7, 7, 4]

    def test_a_job_may_say_how_large_its_partitions_are(self, driver: Driver) -> None:
        tables = driver.call(drive.mapped_by, Measure(), 5, 2)
        assert column(tables, "rows") == [2, 2, 1]

    def test_no_rows_in_no_partitions_out(self, driver: Driver) -> None:
        assert driver.call(drive.mapped_stream, Measure(), [0], 7) == []

    def test_a_result_may_have_other_rows_or_none(self, driver: Driver) -> None:
        tables, _, _ = driver.call(drive.mapped, Odd(), 5, 1)
        assert [table["x"].to_pylist() for table in tables] == [[], [1], [], [3], []]

    def test_what_is_read_ahead_is_bounded(self, driver: Driver) -> None:
        drawn = driver.call(drive.read_ahead, Double(), 100, 1)
        window = 32 * WORKERS
        assert drawn == [window] * window + [100] * (100 - window)

    def test_progress_runs_while_partitions_do(self, driver: Driver) -> None:
        _, _, progress = driver.call(drive.mapped, Stepping(), 40, 20)
        calls = [told.counts.get("calls", 0) for told in progress]
        assert calls == sorted(calls)
        assert any(0 < told.counts.get("calls", 0) < 100 and told.rows == 0 for told in progress)
        last = progress[-1]
        assert (last.partitions, last.rows, dict(last.counts)) == (2, 40, {"calls": 100})

    def test_a_spent_budget_ends_the_run_cleanly(self, driver: Driver) -> None:
        tables, stopped, progress = driver.call(drive.mapped, Spending(at=25), 600, 10)
        done = column(tables)
        assert stopped == "the budget is spent"
        assert done == sorted(done)
        assert [x for x in done if 20 <= x < 30] == [20, 21, 22, 23, 24]
        assert len(done) < 100  # what was at work is finished, nothing new begun
        assert progress[-1].counts == {"calls": len(done), "cost_usd": len(done)}

    @pytest.mark.parametrize("at", [None, 42])
    def test_an_error_arrives_as_it_was_raised(self, driver: Driver, at: int | None) -> None:
        with pytest.raises(DataError) as caught:
            driver.call(drive.mapped, Failing("data", at=at), 100, 10)
        assert str(caught.value) == "items.csv, row 7: no such product\n  hint: look there"
        assert (caught.value.row, caught.value.hint) == (7, "look there")

    @pytest.mark.parametrize(
        ("kind", "expected", "words"),
        [("extra", MissingExtraError, r"pip install 'tilth\[encoder\]'$"), ("value", ValueError, "^a plain bug$")],
    )
    def test_whatever_its_kind(
        self, driver: Driver, kind: Literal["extra", "value"], expected: type[Exception], words: str
    ) -> None:
        with pytest.raises(expected, match=words) as caught:
            driver.call(drive.mapped, Failing(kind, at=3), 10, 10)
        assert type(caught.value) is expected

    def test_leaving_early_tells_the_workers(self, driver: Driver, tmp_path: Path) -> None:
        assert driver.call(drive.left_early, str(tmp_path)) < 5
        started = {path.name.partition("-")[2] for path in tmp_path.glob("started-*")}
        assert {path.name.partition("-")[2] for path in tmp_path.glob("ended-*")} == started
        assert len(started) == WORKERS

    def test_a_worker_is_opened_once_a_process(self, driver: Driver, tmp_path: Path) -> None:
        driver.call(drive.mapped, Counted(str(tmp_path)), 20, 1)
        opened = [path.name.split("-")[1] for path in tmp_path.glob("open-*")]
        assert len(opened) == len(set(opened)) == {"native": 1, "ray": WORKERS}[driver.runner]

    def test_a_process_keeps_its_runner(self, driver: Driver) -> None:
        with pytest.raises(ConfigError, match="in a process of its own"):
            driver.call(drive.other_runner)

    def test_nothing_calls_home(self, driver: Driver) -> None:
        assert driver.call(drive.telemetry) is False
        tables, _, _ = driver.call(drive.mapped, Environment(tuple(SETTINGS)), 1, 1)
        assert tables[0].to_pylist() == [SETTINGS]
