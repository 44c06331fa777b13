"""Labelling over the wire: what a judgment records, what becomes of failures, and what is paid for."""

import datetime
import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from run_helpers import ASKED, BAD, JOBS, OFFERS, PEOPLE, label, pairs, server_of, teacher

from tilth.errors import LLMError
from tilth.judge import Rubric, load_rubric
from tilth.judge.run import RAW_CHARS_KEPT, questions
from tilth.llm import MemoryStore, Price, Request, SqliteStore
from tilth.records import JUDGMENT_SCHEMA
from tilth.testing import FakeLLMServer, Fault, Faults


def question_of(request: dict[str, Any]) -> dict[str, Any]:
    return json.loads(request["messages"][1]["content"])


def fingerprints(rubric: Rubric = JOBS, shots: tuple[tuple[str, str], ...] = (), **changes: Any) -> list[str]:
    asked = questions(rubric, teacher(**changes), PEOPLE, OFFERS, pairs(), shots)
    return [request.fingerprint for request in asked]


def test_every_pair_gets_one_judgment_in_order_with_its_provenance() -> None:
    before = datetime.datetime.now(datetime.UTC)
    with server_of() as server:
        labelled = label(server, price=Price(1.0, 2.0, as_of=datetime.date(2026, 1, 1)))
    table = labelled.judgments.table
    assert table.schema == JUDGMENT_SCHEMA
    rows = table.to_pylist()
    assert [(row["context_id"], row["item_id"]) for row in rows] == list(ASKED)
    assert [row["prompt_hash"] for row in rows] == fingerprints(endpoint=server.base_url)
    for row in rows:
        assert (row["source"], row["grade"], row["p"], row["reasons"]) == ("model:t", 1.0, 0.9, ["licence"])
        assert (row["error"], row["raw"], row["rubric_hash"]) == (None, json.dumps(BAD), JOBS.digest)
        assert row["cost_usd"] == pytest.approx((row["prompt_tokens"] + 2 * row["completion_tokens"]) / 1e6)
        assert 0 < row["latency_s"] < 10
        assert before <= row["created_at"] <= datetime.datetime.now(datetime.UTC)
    # The fake server counts words: {"reasons": ["licence"], "grade": 1, "p": 0.9} has six.
    assert {row["completion_tokens"] for row in rows} == {6}
    assert (labelled.tally.asked, labelled.tally.calls, labelled.tally.failed) == (4, 4, 0)


def test_what_goes_over_the_wire() -> None:
    with server_of() as server:
        label(server, asked=(("u2", "j1"),))
    sent = server.requests[0]
    assert (sent["model"], sent["temperature"], sent["max_tokens"]) == ("m", 0.0, 50)
    assert sent["response_format"]["json_schema"] == {
        "name": "judgment",
        "schema": JOBS.answer_schema(),
        "strict": True,
    }
    assert question_of(sent) == {
        "job seeker": {"title": "title of u2", "text": "text of u2"},
        "job": {"title": "title of j1", "text": "text of j1"},
    }


def test_without_a_price_the_cost_is_null() -> None:
    with server_of() as server:
        labelled = label(server)
    assert labelled.judgments.table["cost_usd"].null_count == len(ASKED)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("refusal", "refused: I cannot help with that"),
        ("cut_off", "cut off at the token limit"),
        ("malformed_json", "JSON cannot be read"),
        ("server_error", "HTTP 500"),
        ("wrong_envelope", "not a chat completion"),
        ("reset", "cannot be reached"),
    ],
)
def test_a_failed_answer_is_a_judgment_without_a_label(kind: Any, reason: str) -> None:
    with server_of(faults=Faults.sequence([kind] * 2)) as server:
        labelled = label(server, asked=(("u1", "j1"),))
    assert len(labelled.judgments) == 1
    assert len(labelled.judgments.labelled()) == 0
    row = labelled.judgments.table.to_pylist()[0]
    assert (row["grade"], row["p"], row["reasons"]) == (None, None, None)
    assert reason in row["error"]
    assert row["rubric_hash"] == JOBS.digest
    assert labelled.tally.failed == 1


def test_a_pair_that_failed_on_the_wire_is_asked_for_by_the_next_run() -> None:
    cache = MemoryStore()
    with server_of(faults=Faults.sequence([None, "server_error"])) as server:
        first = label(server, store=cache)
        second = label(server, store=cache)
    assert (len(first.judgments.labelled()), first.tally.failed) == (3, 1)
    assert (len(second.judgments.labelled()), second.tally.calls) == (4, 1)


def test_one_failure_leaves_the_others_alone() -> None:
    def answer(request: dict[str, Any]) -> Any:
        return "no idea" if question_of(request)["job seeker"]["title"] == "title of u3" else BAD

    with server_of(answer) as server:
        labelled = label(server)
    errors = labelled.judgments.table["error"].to_pylist()
    assert [error is None for error in errors] == [True, True, False, True]
    assert labelled.judgments.table["raw"].to_pylist()[2] == "no idea"
    assert len(labelled.judgments.labelled()) == 3


def test_a_grade_off_the_list_is_asked_for_once_more_with_the_reason() -> None:
    with server_of(faults=Faults.sequence([Fault("off_list", field="grade", value=5)])) as server:
        labelled = label(server, asked=(("u1", "j1"),))
    assert labelled.judgments.table["grade"].to_pylist() == [1.0]
    assert (server.calls, labelled.tally.repairs) == (2, 1)
    said, complaint = server.requests[1]["messages"][-2:]
    assert json.loads(said["content"])["grade"] == 5
    assert "5 is not one of 0 or 1" in complaint["content"]


def test_a_grade_off_the_list_twice_is_a_failure_with_the_last_text() -> None:
    twice = [Fault("off_list", field="grade", value=5), Fault("off_list", field="grade", value=7)]
    with server_of(faults=Faults.sequence(twice)) as server:
        labelled = label(server, asked=(("u1", "j1"),))
    row = labelled.judgments.table.to_pylist()[0]
    assert server.calls == 2
    assert row["grade"] is None
    assert "7 is not one of 0 or 1" in row["error"]
    assert json.loads(row["raw"])["grade"] == 7


@pytest.mark.parametrize(
    "spoilt",
    [
        {"p": 1.5},
        {"p": -0.1},
        {"p": "high"},
        {"p": None},
        {"grade": True},
        {"grade": 0.5},
        {"grade": "1"},
        {"reasons": ["because"]},
        {"reasons": "licence"},
        {"extra": 1},
    ],
)
def test_answers_off_the_schema_never_become_labels(spoilt: dict[str, Any]) -> None:
    with server_of(lambda _: {**BAD, **spoilt}) as server:
        labelled = label(server, asked=(("u1", "j1"),))
    assert labelled.judgments.table["grade"].to_pylist() == [None]
    assert labelled.judgments.table["error"].null_count == 0


def test_a_megabyte_of_prose_is_kept_short() -> None:
    with server_of(faults=Faults.sequence([Fault("megabyte", megabytes=0.5)])) as server:
        labelled = label(server, asked=(("u1", "j1"),))
    assert labelled.judgments.table["grade"].to_pylist() == [1.0]
    with server_of(lambda _: "x" * 100_000) as server:
        labelled = label(server, asked=(("u1", "j1"),))
    assert labelled.judgments.table["raw"].to_pylist() == ["x" * RAW_CHARS_KEPT]


def test_a_second_run_with_the_same_cache_makes_no_calls(tmp_path: Path) -> None:
    with server_of() as server:
        with SqliteStore(tmp_path / "answers.sqlite") as cache:
            first = label(server, store=cache)
        with SqliteStore(tmp_path / "answers.sqlite") as cache:
            second = label(server, store=cache)
        assert server.calls == len(ASKED)
    assert (second.tally.calls, second.tally.cached) == (0, len(ASKED))
    drop = ["created_at"]
    assert second.judgments.table.drop_columns(drop) == first.judgments.table.drop_columns(drop)


def test_failed_answers_are_not_paid_for_again_either(tmp_path: Path) -> None:
    with server_of(lambda _: "no idea") as server, SqliteStore(tmp_path / "answers.sqlite") as cache:
        first, second = (label(server, store=cache, asked=(("u1", "j1"),)) for _ in range(2))
        assert server.calls == 2  # the answer, and the one after the complaint
    assert second.tally.calls == 0
    assert second.judgments.table["error"] == first.judgments.table["error"]


def test_key_timeout_and_order_of_pairs_do_not_matter() -> None:
    cache = MemoryStore()
    with FakeLLMServer(lambda _: BAD) as server:
        label(server, store=cache, api_key="one-key", timeout_s=5.0)
        again = label(server, store=cache, api_key="another", timeout_s=7.0, asked=ASKED[::-1])
        assert server.calls == len(ASKED)
    assert again.tally.calls == 0
    ids = zip(
        again.judgments.table["context_id"].to_pylist(), again.judgments.table["item_id"].to_pylist(), strict=True
    )
    assert list(ids) == list(ASKED[::-1])


def test_the_teachers_own_name_does_not_matter() -> None:
    assert fingerprints(name="someone else") == fingerprints()


def test_equal_questions_are_asked_once_and_answered_under_each_key() -> None:
    with server_of() as server:
        labelled = label(server, asked=(("u1", "j1"), ("u1", "j1"), ("u2", "j1")))
        assert server.calls == 2
    assert labelled.judgments.table["context_id"].to_pylist() == ["u1", "u1", "u2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"model": "other"},
        {"sampling": {"temperature": 0.5, "max_tokens": 50}},
        {"sampling": {"temperature": 0.0, "max_tokens": 51}},
        {"sampling": {"temperature": 0.0, "max_tokens": 50, "seed": 1}},
        {"endpoint": "http://127.0.0.1:10/v1"},
        {"shots": (("q", "a"),)},
    ],
)
def test_what_changes_the_answer_changes_every_fingerprint(changes: dict[str, Any]) -> None:
    assert not set(fingerprints(**changes)) & set(fingerprints())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("read closely", "read with care"),
        ("Is this job a bad", "Is this a bad"),
        ("nothing in the two texts", "nothing in both texts"),
        ('id = "licence"', 'id = "license"'),
        ('item_name = "job"', 'item_name = "vacancy"'),
        ("max_chars = 8000", "max_chars = 9"),
        ('name = "bad"', 'name = "poor"'),
    ],
)
def test_a_change_of_the_rubric_that_shows_in_the_prompt_changes_every_fingerprint(
    tmp_path: Path, old: str, new: str
) -> None:
    shipped = resources.files("tilth.judge") / "rubrics" / "bad-job-match.toml"
    text = shipped.read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "mine.toml").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert not set(fingerprints(load_rubric("mine.toml", base=tmp_path))) & set(fingerprints())


def test_a_text_that_changes_asks_only_its_own_pairs_anew() -> None:
    def asked(people: Any) -> list[Request]:
        return questions(JOBS, teacher(), people, OFFERS, pairs())

    table = PEOPLE.table.set_column(2, "text", [["text of u1", "a new text", "text of u3"]])
    before, after = asked(PEOPLE), asked(type(PEOPLE)("context", table))
    same = [a.fingerprint == b.fingerprint for a, b in zip(before, after, strict=True)]
    assert same == [True, False, True, True]


def test_an_endpoint_that_lets_nobody_in_stops_the_run() -> None:
    with FakeLLMServer(lambda _: BAD, require_key="right") as server, pytest.raises(LLMError, match="key is missing"):
        label(server, api_key="wrong")


def test_progress_is_told_after_every_answer() -> None:
    seen: list[tuple[str, int]] = []
    with server_of() as server:
        label(server, on_answer=lambda answer, tally: seen.append((answer.request.key[0], tally.asked)))
    assert [asked for _, asked in seen] == [1, 2, 3, 4]
    assert sorted(key for key, _ in seen) == sorted(context for context, _ in ASKED)
