"""Pairs to numbers: what a student sees of a context and an item."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.student.characters import (
    CHARACTER_NAMES,
    character_features,
    gram_presence,
    gram_rarity,
    gram_rows,
)
from tilth.artifacts.student.comparisons import FittedComparison, fit_comparison
from tilth.artifacts.student.config import FeatureConfig, Group
from tilth.artifacts.student.cooccurrence import MIN_CONTEXTS, Cooccurrence, fit_cooccurrence
from tilth.artifacts.student.corpus import Corpus
from tilth.artifacts.student.derive import derive_comparisons
from tilth.artifacts.student.encoder import encode_texts
from tilth.artifacts.student.lexical import LEXICAL_NAMES, lexical_features, lexical_slots
from tilth.artifacts.student.lexicon import Lexicon, fit_lexicon
from tilth.artifacts.student.prepared import Prepared, PreparedSide
from tilth.artifacts.student.sparsity import Csr
from tilth.artifacts.student.topics import Topics, fit_topics, row_cosines, tfidf
from tilth.artifacts.student.views import View, Views, find_views, view_texts
from tilth.errors import ConfigError
from tilth.records import Attributes, Entities, Pairs, Role

CHUNK = 16_384

Rows = NDArray[np.int64]
Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Featurizer:
    """Fitted features. `names` and `groups` say what each column of `transform` is and where it comes from."""

    config: FeatureConfig
    views: Views
    lexicon: Lexicon
    mean_words: tuple[float, ...]
    rarity: Matrix
    topics: Topics
    comparisons: tuple[FittedComparison, ...]
    cooccurrence: Cooccurrence | None = None
    names: tuple[str, ...] = field(init=False)
    groups: tuple[Group, ...] = field(init=False)

    def __post_init__(self) -> None:
        columns = _columns(self)
        object.__setattr__(self, "names", tuple(name for name, _ in columns))
        object.__setattr__(self, "groups", tuple(group for _, group in columns))

    @staticmethod
    def fit(
        config: FeatureConfig,
        contexts: Entities,
        items: Entities,
        pairs: Pairs | None = None,
        context_attributes: Attributes | None = None,
        item_attributes: Attributes | None = None,
        seed: int = 0,
    ) -> "Featurizer":
        """Learn vocabulary, topics and attribute values. Never sees a label.

        `contexts` and `pairs` must be of the training part only; `items` may be the whole catalog.
        """
        views = find_views(contexts, items)
        all_items = view_texts(items, "all")
        lexicon = fit_lexicon(view_texts(contexts, "all"), all_items, correct_spelling=config.correct_spelling)
        catalog = lexicon.read(all_items, correct=False)
        mean_words = tuple(
            float(lexicon.read(view_texts(items, view), correct=False).lengths.mean()) for view in views.items
        )
        fitted = Featurizer(
            config=config,
            views=views,
            lexicon=lexicon,
            mean_words=mean_words,
            rarity=gram_rarity(gram_presence(catalog, config.ngram_sizes)),
            topics=fit_topics(catalog, lexicon, config.lsa_dims, seed),
            comparisons=_fit_comparisons(config, contexts, items, context_attributes, item_attributes),
        )
        return fitted.with_cooccurrence(contexts, items, pairs, seed) if pairs is not None else fitted

    def with_cooccurrence(self, contexts: Entities, items: Entities, pairs: Pairs, seed: int = 0) -> "Featurizer":
        """What goes together learnt from these candidate pairs; unchanged if they are too few to learn from."""
        context_rows = contexts.rows_of(pairs.table["context_id"])
        item_rows = items.rows_of(pairs.table["item_id"])
        known = (context_rows >= 0) & (item_rows >= 0)
        wanted = self.config.cooccurrence_dims > 0 and "cooccurrence" in self.config.groups
        if not wanted or len(np.unique(context_rows[known])) < MIN_CONTEXTS:
            return self
        left, right = self.tfidf_rows(contexts), self.tfidf_rows(items)
        dims = self.config.cooccurrence_dims
        return replace(
            self, cooccurrence=fit_cooccurrence(left, right, context_rows[known], item_rows[known], dims, seed)
        )

    def cooccurrence_vectors(self, entities: Entities) -> Matrix | None:
        """Unit vectors of the entities in the space that candidate pairs gave, None without one."""
        if self.cooccurrence is None or "cooccurrence" not in self.config.groups:
            return None
        return self.cooccurrence.place(self.tfidf_rows(entities), context=entities.role == "context")

    def tfidf_rows(self, entities: Entities) -> Csr:
        """Unit TF-IDF rows of the entities' texts, shape (n, words)."""
        correct = entities.role == "context" and self.views.correct_context
        return tfidf(self.lexicon.read(view_texts(entities, "all"), correct=correct), self.lexicon)

    def without(self, *groups: Group) -> "Featurizer":
        """The same features less some groups, for example `attributes` for a student that sees texts only."""
        left = tuple(group for group in self.config.groups if group not in groups)
        return replace(self, config=replace(self.config, groups=left))

    @property
    def categorical(self) -> tuple[int, ...]:
        """Columns whose numbers are codes of categories."""
        fitted = [one for one in self._active_comparisons() for _ in one.names]
        offset = self.groups.index("attributes") if fitted else 0
        return tuple(offset + place for place, one in enumerate(fitted) if one.categorical)

    def prepare(
        self,
        contexts: Entities,
        items: Entities,
        context_attributes: Attributes | None = None,
        item_attributes: Attributes | None = None,
    ) -> Prepared:
        return Prepared(self.prepare_side(contexts, context_attributes), self.prepare_side(items, item_attributes))

    def prepare_side(self, entities: Entities, attributes: Attributes | None = None) -> PreparedSide:
        """Everything about one side that does not depend on the other; its role says which side."""
        is_context = entities.role == "context"
        used = self.config.groups
        table = attributes.aligned_to(entities) if attributes is not None else None
        corpora: dict[View, Corpus] = {
            view: self.lexicon.read(view_texts(entities, view), correct=is_context and self.views.correct_context)
            for view in (self.views.contexts if is_context else self.views.items)
        }
        lengths: dict[View, float] = dict(zip(self.views.items, self.mean_words, strict=True))
        return PreparedSide(
            entities=entities,
            attributes=table,
            slots={
                v: lexical_slots(c, self.lexicon, lengths.get(v, 1.0)) for v, c in corpora.items() if "lexical" in used
            },
            grams={
                v: gram_rows(c, self.config.ngram_sizes, self.rarity)
                for v, c in corpora.items()
                if "characters" in used
            },
            topics={v: self.topics.place(c, self.lexicon) for v, c in corpora.items() if "lsa" in used},
            compared=self._encode(table, entities.role, len(entities)),
            cooccurrence=self.cooccurrence_vectors(entities),
            encoded=self._encoded(entities),
        )

    def transform(self, prepared: Prepared, context_rows: Rows, item_rows: Rows, threads: int = 1) -> Matrix:
        """Features of the pairs, shape (n, len(names)); rows index the prepared entities."""
        out = np.empty((len(context_rows), len(self.names)), dtype=np.float32)

        def fill(start: int) -> None:
            span = slice(start, start + CHUNK)
            self._fill(out[span], prepared, context_rows[span], item_rows[span])

        starts = range(0, len(context_rows), CHUNK)
        if threads == 1 or len(starts) == 1:
            for start in starts:
                fill(start)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(fill, starts))
        return out

    def _fill(self, out: Matrix, prepared: Prepared, c_rows: Rows, i_rows: Rows) -> None:
        place = 0
        left, right = prepared.contexts, prepared.items

        def put(block: Matrix) -> None:
            nonlocal place
            out[:, place : place + block.shape[1]] = block
            place += block.shape[1]

        for group in self.config.groups:
            if group == "attributes":
                for fitted, c_side, i_side in zip(self.comparisons, left.compared, right.compared, strict=True):
                    for column in fitted.compute(c_side, i_side, c_rows, i_rows):
                        put(column[:, None])
            elif group in ("encoder", "cooccurrence"):
                vectors = "encoded" if group == "encoder" else "cooccurrence"
                c_side, i_side = getattr(left, vectors), getattr(right, vectors)
                if c_side is not None and i_side is not None:
                    put(row_cosines(c_side, i_side, c_rows, i_rows)[:, None])
            else:
                for c_view, i_view in self.views.pairs:
                    if group == "lexical":
                        put(lexical_features(left.slots[c_view], right.slots[i_view], c_rows, i_rows))
                    elif group == "characters":
                        put(character_features(left.grams[c_view], right.grams[i_view], c_rows, i_rows))
                    else:
                        put(row_cosines(left.topics[c_view], right.topics[i_view], c_rows, i_rows)[:, None])

    def _active_comparisons(self) -> tuple[FittedComparison, ...]:
        return self.comparisons if "attributes" in self.config.groups else ()

    def _encode(self, table: pa.Table | None, role: Role, size: int) -> tuple[Any, ...]:
        encoded: list[Any] = []
        for fitted in self._active_comparisons():
            base = fitted.comparison
            name = base.context_attribute if role == "context" else base.item_attribute
            if not name:
                encoded.append(None)
                continue
            known = table is not None and name in table.column_names
            column = table[name] if table is not None and known else pa.chunked_array([pa.nulls(size, pa.string())])
            encoded.append(fitted.encode(column, context=role == "context"))
        return tuple(encoded)

    def _encoded(self, entities: Entities) -> Matrix | None:
        if self.config.encoder is None or "encoder" not in self.config.groups:
            return None
        return encode_texts(self.config.encoder, view_texts(entities, "all"))


def _columns(featurizer: Featurizer) -> list[tuple[str, Group]]:
    """Name and group of each column, in the order in which `transform` fills them."""
    return [(name, group) for group in featurizer.config.groups for name in _names_of(featurizer, group)]


def _names_of(featurizer: Featurizer, group: Group) -> list[str]:
    if group == "attributes":
        return [name for fitted in featurizer.comparisons for name in fitted.names]
    if group == "encoder":
        return ["encoder_cosine"] if featurizer.config.encoder else []
    if group == "cooccurrence":
        return ["cooccurrence_cosine"] if featurizer.cooccurrence is not None else []
    names = {"lexical": LEXICAL_NAMES, "characters": CHARACTER_NAMES, "lsa": ("lsa_cosine",)}[group]
    return [f"{name}: {left}, {right}" for left, right in featurizer.views.pairs for name in names]


def _fit_comparisons(
    config: FeatureConfig,
    contexts: Entities,
    items: Entities,
    context_attributes: Attributes | None,
    item_attributes: Attributes | None,
) -> tuple[FittedComparison, ...]:
    empty = pa.table({})
    left = context_attributes.aligned_to(contexts) if context_attributes else empty
    right = item_attributes.aligned_to(items) if item_attributes else empty
    chosen: Sequence[Any] = derive_comparisons(left, right) if config.comparisons is None else config.comparisons
    for comparison in chosen:
        for name, table, side in (
            (comparison.context_attribute, left, "contexts"),
            (comparison.item_attribute, right, "items"),
        ):
            if name and name not in table.column_names:
                known = ", ".join(table.column_names) or "none"
                raise ConfigError(f"the {side} have no attribute '{name}' to compare\n  hint: known are {known}")
    return tuple(
        fit_comparison(
            comparison,
            left[comparison.context_attribute] if comparison.context_attribute else None,
            right[comparison.item_attribute] if comparison.item_attribute else None,
        )
        for comparison in chosen
    )
