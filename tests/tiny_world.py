"""A made-up job board of a few people and eight jobs, small enough to distill in a second."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

import pyarrow as pa

from tilth.distill import DistillConfig, Distilled, Material, distill
from tilth.distill.config import FeatureSettings
from tilth.records import ENTITY_SCHEMA, JUDGMENT_SCHEMA, Entities, Judgments, Pairs, Positive

TRADES = ("nurse", "driver", "cook", "welder")
PEOPLE = 48
BAD = Positive("bad", at_least=1)
SMALL_FEATURES = FeatureSettings(lsa_dims=2, cooccurrence_dims=0, ngram_sizes=(3,), correct_spelling=False)

Pair = tuple[str, str]


def person(number: int) -> str:
    return f"u{number:02d}"


def people(count: int = PEOPLE) -> Entities:
    """Person n works in trade n modulo 4 and has been at it for n years."""
    rows = [
        {
            "id": person(n),
            "title": TRADES[n % 4],
            "text": f"{n} years of work as a {TRADES[n % 4]}, wants to stay a {TRADES[n % 4]}",
        }
        for n in range(count)
    ]
    return Entities("context", pa.Table.from_pylist(rows, schema=ENTITY_SCHEMA))


def jobs() -> Entities:
    """Two jobs of each trade."""
    rows = [
        {"id": f"j{n}", "title": f"{TRADES[n % 4]} wanted", "text": f"we look for a {TRADES[n % 4]}, {n + 10} an hour"}
        for n in range(8)
    ]
    return Entities("item", pa.Table.from_pylist(rows, schema=ENTITY_SCHEMA))


def offered(count: int = PEOPLE) -> list[Pair]:
    """Each person is offered four jobs: two of the person's own trade, two of the next."""
    return [(person(n), f"j{(n + step) % 8}") for n in range(count) for step in (0, 4, 1, 5)]


def pairs_of(pairs: Iterable[Pair]) -> Pairs:
    rows = [{"context_id": context, "item_id": item, "weight": 1.0} for context, item in pairs]
    schema = pa.schema([(name, JUDGMENT_SCHEMA.field(name).type) for name in ("context_id", "item_id")])
    return Pairs(pa.Table.from_pylist(rows, schema=schema.append(pa.field("weight", pa.float64()))))


def is_bad(pair: Pair) -> bool:
    """Another trade than the person's."""
    return int(pair[0][1:]) % 4 != int(pair[1][1:]) % 4


def judgments(rows: list[dict[str, Any]], part: list[str | None] | None = None) -> Judgments:
    """One judgment per mapping; what it leaves out is null, the source `human:ann`."""
    table = pa.Table.from_pylist([{"source": "human:ann", **row} for row in rows], schema=JUDGMENT_SCHEMA)
    return Judgments(table if part is None else table.append_column("part", pa.array(part, pa.string())))


def labels(pairs: Iterable[Pair], source: str = "model:t", *, p: bool = True) -> Judgments:
    """True labels: grade 1 for a bad pair, with a p of 0.95 or 0.05."""
    return judgments([label(pair, source, is_bad(pair), p=p) for pair in pairs])


def label(pair: Pair, source: str, bad: bool, *, p: bool = True) -> dict[str, Any]:
    row = {"context_id": pair[0], "item_id": pair[1], "source": source, "grade": float(bad)}
    return {**row, "p": 0.95 if bad else 0.05} if p else row


def gold_with_parts(
    pairs: Iterable[Pair], part_of: Callable[[str], str | None], *, bad: Callable[[Pair], bool] = is_bad
) -> Judgments:
    """Human gold whose `part` column says where each context belongs."""
    asked = list(pairs)
    rows = [label(pair, "human:ann", bad(pair), p=False) for pair in asked]
    return judgments(rows, [part_of(context) for context, _ in asked])


def thirds(context_id: str) -> str | None:
    """Persons 0-11 calibrate, 12-23 test, the others are not in the gold's parts."""
    number = int(context_id[1:])
    return "calibration" if number < 12 else "test" if number < 24 else None


def material(**changes: Any) -> Material:
    given = {
        "contexts": people(),
        "items": jobs(),
        "pairs": pairs_of(offered()),
        "context_attributes": None,
        "item_attributes": None,
        "orders": {},
    }
    return Material(**{**given, **changes})


def small_config(**changes: Any) -> DistillConfig:
    """Few features, few thresholds, few replicates, and a target that 24 people can certify."""
    given = {"features": SMALL_FEATURES, "curve": False, "grid": 2, "n_boot": 50, "target_precision": 0.6}
    return DistillConfig(**{**given, "confidence": 0.8, "next_pairs": 5, **changes})


@cache
def distilled() -> Distilled:
    """The student of the tiny world, made once. Not to be changed."""
    gold = gold_with_parts(offered(24), thirds)
    return distill(small_config(), material(), labels(offered()), gold, positive=BAD, seed=3)
