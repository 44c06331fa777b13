"""The user's data, read on first use and checked against each other."""

from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
import pyarrow as pa

from tilth.config import Config
from tilth.data import PairSource, Rejects, keep_known, load_entities, load_judgments, load_pairs
from tilth.data.files import resolve_path
from tilth.errors import ConfigError, DataError
from tilth.judge.rubric import Rubric, load_rubric
from tilth.records import Entities, Judgments, Pairs

Rows = TypeVar("Rows", Pairs, Judgments)
Source = TypeVar("Source")


class Inputs:
    """Everything that `[data]` names, as records; what cannot be used is in `rejects`."""

    def __init__(self, config: Config, base: Path, *, max_rejected: float | None = None) -> None:
        self.config, self.base, self.rejects = config, base, Rejects()
        self._limit = config.data.max_rejected if max_rejected is None else max_rejected

    @cached_property
    def rubric(self) -> Rubric:
        return load_rubric(self.config.judge.rubric, base=self.base)

    @cached_property
    def contexts(self) -> Entities:
        source = self.need("contexts", self.config.data.contexts)
        return load_entities(source, "context", base=self.base, rejects=self.rejects, max_rejected=self._limit)

    @cached_property
    def items(self) -> Entities:
        source = self.config.data.items
        return load_entities(source, "item", base=self.base, rejects=self.rejects, max_rejected=self._limit)

    @property
    def pair_source(self) -> PairSource:
        return self.need("pairs", self.config.data.pairs)

    @cached_property
    def pairs(self) -> Pairs:
        source = self.pair_source
        pairs = load_pairs(source, base=self.base, rejects=self.rejects, max_rejected=self._limit)
        return self._known(pairs, source.path)

    @cached_property
    def gold(self) -> Judgments | None:
        """Gold on the rubric's scale; None where the configuration names none."""
        source, gold = self.config.data.gold, self.gold_as_given
        return self._on_scale(gold, source.path) if source is not None and gold is not None else None

    @cached_property
    def gold_as_given(self) -> Judgments | None:
        """Gold whatever its grades, for what no rubric asks about; None where the configuration names none."""
        source = self.config.data.gold
        if source is None:
            return None
        gold = load_judgments(source, base=self.base, rejects=self.rejects, max_rejected=self._limit)
        return self._known(gold, source.path)

    @cached_property
    def given(self) -> Judgments | None:
        """The labels of `[[data.judgments]]` together; None where there are none."""
        tables: list[pa.Table] = []
        for source in self.config.data.judgments:
            judgments = load_judgments(
                source,
                base=self.base,
                rejects=self.rejects,
                max_rejected=self._limit,
                # Means of several people lie between the grades; a model must give one of them.
                grades=self.rubric.grades if source.source.startswith("model:") else None,
            )
            tables.append(self._known(judgments, source.path).table)
        return Judgments(pa.concat_tables(tables, promote_options="default")) if tables else None

    def need(self, section: str, source: Source | None) -> Source:
        """The `source` of `[data.section]`.

        Raises:
            ConfigError: it is not configured.
        """
        if source is None:
            raise ConfigError(
                f"tilth.toml: this needs [data.{section}]\n  hint: name the file and its columns under [data.{section}]"
            )
        return source

    def need_gold(self, *, as_given: bool = False) -> Judgments:
        """Gold on the rubric's scale, or `as_given`.

        Raises:
            DataError: there is no gold.
        """
        gold = self.gold_as_given if as_given else self.gold
        if gold is None:
            raise DataError(
                "no gold labels are configured", path="tilth.toml", hint="name a file of labels under [data.gold]"
            )
        return gold

    def _on_scale(self, gold: Judgments, path: str) -> Judgments:
        """Without gold beyond the rubric's lowest or highest grade; means of several people lie between them."""
        path = resolve_path(path, self.base)
        low, high = min(self.rubric.grades), max(self.rubric.grades)
        grades = gold.table["grade"].to_numpy()
        beyond = (grades < low) | (grades > high)
        rows = gold.file_rows if gold.file_rows is not None else np.arange(1, len(gold) + 1)
        before = len(self.rejects)
        reason = f"is beyond the rubric's grades, {low:g} to {high:g}"
        self.rejects.add_many(path, rows[beyond].tolist(), "grade", reason, grades[beyond].tolist())
        self.rejects.refuse_if_many(path, len(gold), self._limit, since=before)
        return Judgments(gold.table.filter(pa.array(~beyond)), rows[~beyond])

    def _known(self, rows: Rows, path: str) -> Rows:
        path = resolve_path(path, self.base)
        before = len(self.rejects)
        known = keep_known(rows, self.contexts, self.items, path=path, rejects=self.rejects)
        self.rejects.refuse_if_many(path, len(rows), self._limit, since=before)
        return known
