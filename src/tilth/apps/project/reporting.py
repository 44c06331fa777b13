"""Gathering what the steps wrote into one report."""

import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import tilth
from tilth.apps.project.filtering.filter import Scored, score_known_pairs
from tilth.apps.project.inputs import Inputs
from tilth.artifacts import Filter
from tilth.artifacts.filter import FILE_NAME as FILTER_NAME
from tilth.data import read_json
from tilth.errors import DataError
from tilth.records import Entities
from tilth.report import Content, CostLine, Example, write_report


def write_project_report(inputs: Inputs, work: Path, student_folder: Path, out: Path | None) -> Path:
    """Write the report of everything found in the work folder; returns its path."""
    comparison, distilled = _optional(work / "compare.json"), _optional(work / "distill.json")
    if comparison is None and distilled is None:
        raise DataError(
            "nothing was measured yet", path=work, hint="run `tilth judge compare` or `tilth distill` first"
        )
    has_student = (student_folder / FILTER_NAME).exists()
    content = Content(
        title=inputs.config.report.title or inputs.config.project.name,
        created_at=datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        version=tilth.__version__,
        data=_counts(inputs),
        rejected=inputs.rejects.counts(),
        notes=tuple(inputs.config.project.notes),
        comparison=comparison,
        distilled=distilled,
        filtered=_optional(work / "filter.json"),
        examples=_examples(inputs, Filter.load(student_folder), work) if has_student else (),
        costs=_costs(work),
    )
    return write_report(content, out or work / "report.html")


def _optional(path: Path) -> Any:
    return read_json(path) if path.exists() else None


def _counts(inputs: Inputs) -> dict[str, int]:
    counts = {"contexts": len(inputs.contexts), "items": len(inputs.items), "pairs": len(inputs.pairs)}
    return {**counts, "gold labels": len(inputs.gold)} if inputs.gold else counts


def _costs(work: Path) -> tuple[CostLine, ...]:
    lines: list[CostLine] = []
    for folder, verb in (("judgments", "labelling by"), ("attributes", "reading each")):
        for path in sorted((work / folder).glob("*.json")):
            run = read_json(path)
            lines.append(
                CostLine(
                    what=f"{verb} {path.stem}",
                    calls=run["calls"],
                    cached=run["cached"],
                    failed=run["failed"],
                    prompt_tokens=run["prompt_tokens"],
                    completion_tokens=run["completion_tokens"],
                    cost_usd=run.get("labels_cost_usd", run["cost_usd"]),
                )
            )
    return tuple(lines)


def _examples(inputs: Inputs, chosen: Filter, work: Path) -> tuple[Example, ...]:
    """The surest drops, the surest keeps and, of each, some at the border: an even spread over the ranking."""
    scored = score_known_pairs(chosen, inputs, work)
    count = inputs.config.report.examples
    places = [*_spread(scored, True, count), *_spread(scored, False, count)]
    gold = _gold_words(inputs)
    return tuple(_example(place, scored, inputs, gold) for place in places)


def _spread(scored: Scored, dropped: bool, count: int) -> NDArray[np.int64]:
    places = np.flatnonzero(scored.drop == dropped)
    ranked = places[np.argsort(-scored.p[places], kind="stable")]
    if len(ranked) <= count:
        return ranked
    return ranked[np.linspace(0, len(ranked) - 1, count).astype(int)]


def _gold_words(inputs: Inputs) -> dict[tuple[str, str], str]:
    if inputs.gold is None:
        return {}
    table, positive = inputs.gold.table, inputs.rubric.positive
    flags = positive.of(table["grade"].to_numpy())
    keys = zip(table["context_id"].to_pylist(), table["item_id"].to_pylist(), strict=True)
    return {key: positive.name if flag else f"not {positive.name}" for key, flag in zip(keys, flags, strict=True)}


def _example(place: int, scored: Scored, inputs: Inputs, gold: dict[tuple[str, str], str]) -> Example:
    context_row, item_row = int(scored.context_rows[place]), int(scored.item_rows[place])
    context, item = _fields(inputs.contexts, context_row), _fields(inputs.items, item_row)
    return Example(
        context_title=context[1] or context[0],
        context_text=context[2],
        item_title=item[1] or item[0],
        item_text=item[2],
        p=float(scored.p[place]),
        dropped=bool(scored.drop[place]),
        reasons=tuple(scored.reasons(int(place))),
        gold=gold.get((context[0], item[0])),
    )


def _fields(entities: Entities, row: int) -> tuple[str, str, str]:
    record = entities.table.slice(row, 1)
    return record["id"][0].as_py(), record["title"][0].as_py(), record["text"][0].as_py()
