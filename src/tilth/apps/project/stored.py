"""What teachers and readers gave in earlier runs, as it lies in the work folder."""

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from tilth.apps.project.inputs import Inputs
from tilth.data import Parts, read_parquet
from tilth.distill.parts import FEW_SHOT, gold_parts
from tilth.enrich import AttributeConfig, EnrichConfig
from tilth.errors import ConfigError, DataError
from tilth.judge.rubric import Rubric
from tilth.records import Attributes, Judgments, Role


def sides_to_read(config: EnrichConfig) -> list[Role]:
    """The sides that `[enrich]` has attributes of.

    Raises:
        ConfigError: none.
    """
    sides: tuple[Role, Role] = ("context", "item")
    wanted: list[Role] = [role for role in sides if attributes_of(config, role)]
    if not wanted:
        hint = "list them under [enrich.context] and [enrich.item]"
        raise ConfigError(f"tilth.toml: no attributes to read\n  hint: {hint}")
    return wanted


def item_side(sides: list[Role]) -> list[Role]:
    """The items of the sides to read: gaps are theirs alone.

    Raises:
        ConfigError: items have no attributes.
    """
    if "item" not in sides:
        hint = "gaps are of items: list what to read of them under [enrich.item]"
        raise ConfigError(f"tilth.toml: no attributes of items to read\n  hint: {hint}")
    return ["item"]


def attributes_of(config: EnrichConfig, role: Role) -> dict[str, AttributeConfig]:
    return config.context if role == "context" else config.item


def judgments_path(work: Path, name: str) -> Path:
    return work / "judgments" / f"{name}.parquet"


def attributes_path(work: Path, role: Role) -> Path:
    return work / "attributes" / f"{role}.parquet"


def read_path(work: Path, role: Role) -> Path:
    """What was read, with what is known about each value, before it is put together with what exists."""
    return work / "attributes" / "read" / f"{role}.parquet"


def stored_judgments(work: Path, name: str, rubric: Rubric) -> Judgments | None:
    """What a teacher said in an earlier run; None where it has not run.

    Raises:
        DataError: the rubric has changed since.
    """
    path = judgments_path(work, name)
    if not path.exists():
        return None
    judgments = Judgments(read_parquet(path))
    if any(digest != rubric.digest for digest in pc.unique(judgments.table["rubric_hash"]).to_pylist()):
        hint = "run `tilth judge run` again; answers to questions that stay the same are not asked for twice"
        raise DataError(f"these labels were given under another rubric than {rubric.name}", path=path, hint=hint)
    return judgments


def stored_attributes(work: Path, role: Role) -> Attributes | None:
    """What was read in an earlier run; None where nothing was."""
    path = attributes_path(work, role)
    return Attributes(role, read_parquet(path)) if path.exists() else None


def all_judgments(inputs: Inputs, work: Path) -> Judgments | None:
    """Labels given in files and by teachers that have run, together."""
    stored = [stored_judgments(work, name, inputs.rubric) for name in inputs.config.judge.teachers]
    found = [inputs.given, *stored]
    tables = [judgments.table for judgments in found if judgments is not None]
    return Judgments(pa.concat_tables(tables, promote_options="default")) if tables else None


def gold_not_shown(inputs: Inputs) -> Judgments:
    """The gold that teachers can be examined on: without the few-shot part where questions show examples from it.

    Raises:
        DataError: there is no gold.
    """
    gold = inputs.need_gold()
    if not inputs.config.judge.shots:
        return gold
    shown = pc.is_in(
        gold.table["context_id"], value_set=pa.array(sorted(parts_of(inputs, gold)[FEW_SHOT]), pa.string())
    )
    return Judgments(gold.table.filter(pc.invert(shown)))


def parts_of(inputs: Inputs, gold: Judgments) -> Parts:
    return gold_parts(gold, inputs.config.distill.shares.by_part(), seed=inputs.config.project.seed)
