"""Distilling a project's labels, and writing what came of it."""

from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from tilth.apps.project import stored
from tilth.apps.project.filtering import combining, indexing
from tilth.apps.project.inputs import Inputs
from tilth.apps.project.progress import Progress
from tilth.artifacts import Distribution
from tilth.data import write_json
from tilth.distill import STAGES, Distilled, Material, Summary, distill, model_card
from tilth.errors import DataError
from tilth.records import Judgments

SUMMARY_NAME = "distill.json"


def distill_project(inputs: Inputs, work: Path, folder: Path, progress: Progress) -> Summary:
    """Distill, and write `distill.json` and the student's folder, in it model card, pairs to label and entity store."""
    config = inputs.config
    teacher, material = teacher_labels(inputs, work), material_of(inputs, work)

    def on_stage(_: str) -> None:
        progress.advance()

    progress.start("distilling", STAGES)
    distilled = distill(
        config.distill,
        material,
        teacher,
        inputs.gold,
        positive=inputs.rubric.positive,
        seed=config.project.seed,
        on_stage=on_stage,
    )
    progress.finish()
    _write(distilled, work, folder, config.project.name)
    indexing.index_entities(distilled.filter, inputs, work, folder)
    return distilled.summary


def teacher_labels(inputs: Inputs, work: Path) -> Judgments:
    """The labels of the source that `[distill] teacher` names.

    Raises:
        DataError: that source has labelled nothing yet.
    """
    found = combining.all_sources(inputs, work)
    if found is None:
        raise DataError("there are no labels to learn from", hint="run `tilth judge run` first")
    judge = inputs.config.judge
    first = (
        "cascade" if judge.cascade and not judge.teachers else next(iter(judge.teachers), found.judgments.sources[0])
    )
    name = inputs.config.distill.teacher or first
    return found.of(name if ":" in name else f"model:{name}")


def material_of(inputs: Inputs, work: Path) -> Material:
    """Entities, pairs and, unless `[distill] attributes = false`, what was read out of the entities."""
    config = inputs.config
    use = config.distill.attributes
    for role in ("context", "item"):
        path = stored.attributes_path(work, role)
        if use and stored.attributes_of(config.enrich, role) and not path.exists():
            hint = "run `tilth enrich attributes` first, or set [distill] attributes = false"
            raise DataError("the attributes of [enrich] have not been read yet", path=path, hint=hint)
    orders = {
        name: tuple(attribute.values)
        for side in (config.enrich.context, config.enrich.item)
        for name, attribute in side.items()
        if attribute.ordered
    }
    return Material(
        contexts=inputs.contexts,
        items=inputs.items,
        pairs=inputs.pairs,
        context_attributes=stored.stored_attributes(work, "context") if use else None,
        item_attributes=stored.stored_attributes(work, "item") if use else None,
        orders=orders,
        context_name=inputs.rubric.file.prompt.context_name,
        item_name=inputs.rubric.file.prompt.item_name,
    )


def _write(distilled: Distilled, work: Path, folder: Path, name: str) -> None:
    distilled.filter.save(folder)
    Distribution.of(distilled.scores).save(folder)
    summary = distilled.summary
    write_json(summary.to_json(), work / SUMMARY_NAME)
    write_json(summary.to_json(), folder / "card.json")
    (folder / "CARD.md").write_text(model_card(summary, name), encoding="utf-8")
    rows = [{"rank": rank, **vars(pair)} for rank, pair in enumerate(distilled.next_pairs, start=1)]
    path = folder / "next_pairs.csv"
    path.unlink(missing_ok=True)  # those of an earlier student
    if rows:
        csv.write_csv(pa.Table.from_pylist(rows), path)
