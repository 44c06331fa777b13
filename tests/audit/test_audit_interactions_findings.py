"""Who is taken for a program, and times in the wrong unit."""

from pathlib import Path

import pytest
from interactions_helpers import Event, World, audited


@pytest.mark.parametrize(
    ("bots", "others", "each", "found"),
    [
        ([750], 100, 7, 750),  # half of a small log
        ([51], 30, 5, 51),  # ten times the typical user is 50
        ([50], 30, 5, None),
        ([], 20, 100, None),  # everybody has a twentieth of all: that is a small log, no program
        ([300, 200], 21, 20, 300),  # 200 is ten times as many, and not more
        ([300, 100], 40, 10, 300),
        ([300, 200], 40, 10, 500),
    ],
)
def test_who_is_taken_for_a_program(tmp_path: Path, bots: list[int], others: int, each: int, found: int | None) -> None:
    people = {**{f"bot{n}": n for n in bots}, **{f"u{n}": each for n in range(others)}}
    events = [Event(user, f"i{n % 5}") for user, count in people.items() for n in range(count)]
    part, _ = audited(World({f"i{n}": ("x", None) for n in range(6)}, events), tmp_path)
    giants = [one for one in part.findings if one.name == "giant_user"]
    assert [one.count for one in giants] == ([] if found is None else [found])


def test_units_that_are_mixed_are_told_from_clocks_that_were_never_set(tmp_path: Path) -> None:
    good = 1_700_000_000
    times = [*[good * 1000] * 4, good, good + 3600, 3600]
    part, _ = audited(World({"a": ("x", None)}, [Event("u", "a", ts=str(ts)) for ts in times]), tmp_path)
    (unset,) = (one for one in part.findings if one.name == "unset_clock")
    assert unset.count == 3
    assert "2 of them would not, read as seconds: are seconds and milliseconds mixed?" in unset.text
    (tmp_path / "other").mkdir()
    part, _ = audited(World({"a": ("x", None)}, [Event("u", "a", ts=str(good))]), tmp_path / "other")
    assert not {one.name for one in part.findings} & {"unset_clock", "future_times"}
