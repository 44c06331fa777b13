"""Few-shot examples: where they come from, and that they read like real questions and answers."""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from jsonschema_rs import Draft202012Validator
from run_helpers import JOBS, OFFERS, PEOPLE, label, server_of

from tilth.errors import ConfigError
from tilth.judge import load_rubric
from tilth.judge.prompt import user_text
from tilth.judge.shots import few_shots
from tilth.records import JUDGMENT_SCHEMA, Judgments

GOLD = (("u1", "j1", 1.0), ("u1", "j2", 0.0), ("u2", "j1", 1.0), ("u2", "j2", 0.0), ("u3", "j1", 0.0))


def gold(rows: tuple[tuple[str, str, float | None], ...] = GOLD, **more: Any) -> Judgments:
    names = ("context_id", "item_id", "grade")
    made = [{**dict(zip(names, row, strict=True)), "source": "human:ann", **more} for row in rows]
    return Judgments(pa.Table.from_pylist(made, schema=JUDGMENT_SCHEMA))


def shots(count: int, ids: tuple[str, ...] = ("u1", "u2"), labels: Judgments | None = None):
    return few_shots(JOBS, labels or gold(), ids, PEOPLE, OFFERS, count=count)


def test_examples_take_turns_between_the_classes() -> None:
    found = shots(4)
    assert [json.loads(answer)["grade"] for _, answer in found] == [0, 1, 0, 1]
    assert found[1][0] == user_text(JOBS.file, ("title of u1", "text of u1"), ("title of j1", "text of j1"))


def test_an_answer_fits_the_schema_it_teaches() -> None:
    validator = Draft202012Validator(JOBS.answer_schema())
    for _, answer in shots(4, labels=gold(reasons=["licence", "not of this rubric"])):
        validator.validate(json.loads(answer))
        assert json.loads(answer)["reasons"] == ["licence"]


def test_only_the_few_shot_part_gives_examples() -> None:
    assert all("u1" in question and "u2" not in question for question, _ in shots(2, ids=("u1",)))
    with pytest.raises(ConfigError, match=r"shots = 4, but the few-shot part .* gives 2 balanced"):
        shots(4, ids=("u1", "u3"))


def test_labels_between_the_grades_and_failed_ones_make_no_examples() -> None:
    unsure = gold((("u1", "j1", 0.5), ("u1", "j2", None), ("u2", "j1", 1.0), ("u2", "j2", 0.0)))
    found = shots(2, labels=unsure)
    assert all("u2" in question for question, _ in found)
    with pytest.raises(ConfigError):
        shots(3, labels=unsure)


def test_a_rubric_without_reasons_has_examples_without_them(tmp_path: Path) -> None:
    text = (
        'id = "tea"\nversion = "1"\ntask = "?"\n[positive]\nname = "bad"\nbelow = 1\n'
        '[[grades]]\nvalue = 0\nlabel = "no"\nmeaning = "n"\n[[grades]]\nvalue = 1\nlabel = "yes"\nmeaning = "y"\n'
        '[prompt]\nsystem = "s"\n'
    )
    (tmp_path / "tea.toml").write_text(text)
    tea = load_rubric("tea.toml", base=tmp_path)
    (_, good), (_, bad) = few_shots(tea, gold(), ("u1",), PEOPLE, OFFERS, count=2)
    assert json.loads(good) == {"grade": 1, "p": 0.03}
    assert json.loads(bad) == {"grade": 0, "p": 0.97}


def test_examples_go_over_the_wire_in_turn() -> None:
    with server_of() as server:
        label(server, asked=(("u3", "j2"),), shots=shots(2))
    roles = [message["role"] for message in server.requests[0]["messages"]]
    assert roles == ["system", "user", "assistant", "user", "assistant", "user"]
    assert "u3" in server.requests[0]["messages"][-1]["content"]
