"""The user's data, read on first use and checked against each other."""

from functools import cached_property
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from tilth.config import Config
from tilth.data import Rejects, keep_known, load_entities, load_judgments, load_pairs
from tilth.data.files import resolve_path
from tilth.errors import DataError
from tilth.judge.rubric import Rubric, load_rubric
from tilth.records import Entities, Judgments, Pairs

Rows = TypeVar("Rows", Pairs, Judgments)


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
        source = self.config.data.contexts
        return load_entities(source, "context", base=self.base, rejects=self.rejects, max_rejected=self._limit)

    @cached_property
    def items(self) -> Entities:
        source = self.config.data.items
        return load_entities(source, "item", base=self.base, rejects=self.rejects, max_rejected=self._limit)

    @cached_property
    def pairs(self) -> Pairs:
        source = self.config.data.pairs
        pairs = load_pairs(source, base=self.base, rejects=self.rejects, max_rejected=self._limit)
        return self._known(pairs, source.path)

    @cached_property
    def gold(self) -> Judgments | None:
        """None where the configuration names no gold."""
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

    def need_gold(self) -> Judgments:
        """Raises:
        DataError: there is no gold.
        """
        if self.gold is None:
            raise DataError(
                "no gold labels are configured", path="tilth.toml", hint="name a file of labels under [data.gold]"
            )
        return self.gold

    def _known(self, rows: Rows, path: str) -> Rows:
        path = resolve_path(path, self.base)
        before = len(self.rejects)
        known = keep_known(rows, self.contexts, self.items, path=path, rejects=self.rejects)
        self.rejects.refuse_if_many(path, len(rows), self._limit, since=before)
        return known
