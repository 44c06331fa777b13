"""Examples for the question: pairs of the few-shot part of the gold, with their answers."""

from collections.abc import Collection

import msgspec

from tilth.errors import ConfigError
from tilth.judge.prompt import user_text
from tilth.judge.rubric import Rubric
from tilth.records import Entities, Judgments


def few_shots(
    rubric: Rubric,
    gold: Judgments,
    few_shot_ids: Collection[str],
    contexts: Entities,
    items: Entities,
    *,
    count: int,
) -> tuple[tuple[str, str], ...]:
    """`count` (question, answer) examples, positive and negative in turn, from the contexts of the few-shot part.

    Gold that is no grade of the rubric (a mean of several people) makes no example.

    Raises:
        ConfigError: the few-shot part holds fewer usable pairs.
    """
    known_reasons = {reason.id for reason in rubric.file.reasons}
    sides: tuple[list[tuple[str, str]], list[tuple[str, str]]] = ([], [])
    for row in gold.table.to_pylist():
        if row["context_id"] not in few_shot_ids or row["grade"] not in rubric.grades:
            continue
        positive = bool(rubric.positive.of([row["grade"]])[0])
        answer = {
            "reasons": [reason for reason in row["reasons"] or [] if reason in known_reasons],
            "grade": int(row["grade"]),
            "p": 0.97 if positive else 0.03,
        }
        if not known_reasons:
            del answer["reasons"]
        question = user_text(rubric.file, _side(contexts, row["context_id"]), _side(items, row["item_id"]))
        sides[positive].append((question, msgspec.json.encode(answer).decode()))
    shots = [shot for both in zip(*sides, strict=False) for shot in both][:count]
    if len(shots) < count:
        raise ConfigError(
            f"[judge] shots = {count}, but the few-shot part of the gold gives {len(shots)} balanced examples\n"
            "  hint: lower shots, or raise the share of few-shot in [distill] shares"
        )
    return tuple(shots)


def _side(entities: Entities, entity_id: str) -> tuple[str, str]:
    row = entities.table.slice(int(entities.rows_of([entity_id])[0]), 1)
    return row["title"][0].as_py(), row["text"][0].as_py()
