"""Fitting students on a part of the labels, on contexts that are not kept apart."""

import os
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tilth.artifacts.student import GROUPS, Comparison, FeatureConfig, Group
from tilth.data import Parts
from tilth.distill.config import DistillConfig
from tilth.distill.dataset import LabelledPairs
from tilth.distill.models import ModelConfig, StudentFit, fit_student
from tilth.errors import DataError
from tilth.records import Attributes, Entities, Pairs

THREADS = os.cpu_count() or 1
MIN_LABELS = 20
MIN_CONTEXTS = 5


@dataclass(frozen=True)
class Material:
    """Everything a student may be made from. `orders` gives the ranks of the ordered categories, by attribute;
    the names are the nouns that explanations use."""

    contexts: Entities
    items: Entities
    pairs: Pairs
    context_attributes: Attributes | None
    item_attributes: Attributes | None
    orders: dict[str, tuple[str, ...]]
    context_name: str = "context"
    item_name: str = "item"


def refuse_too_few(labels: LabelledPairs, teacher: str) -> None:
    """Raises:
    DataError: too few labels or contexts to cross-validate on, or labels that are all alike.
    """
    if len(labels) < MIN_LABELS or labels.n_contexts < MIN_CONTEXTS:
        raise DataError(
            f"{teacher} labelled {len(labels)} usable pairs of {labels.n_contexts} contexts outside the calibration "
            f"and test parts; a student needs {MIN_LABELS} of {MIN_CONTEXTS}",
            hint="label more pairs, or keep less gold apart with [distill] shares",
        )
    if np.ptp(labels.p) < 1e-6:
        raise DataError(f"all labels of {teacher} are alike: there is nothing to learn")


def kept_apart(parts: Parts) -> frozenset[str]:
    """The contexts that a student must not learn from."""
    return parts["calibration"] | parts["test"]


def train(
    config: DistillConfig,
    material: Material,
    labels: LabelledPairs,
    apart: frozenset[str],
    seed: int,
    *,
    attributes: bool = True,
) -> StudentFit:
    """Fit features and model. Features may look at every text and pair outside `apart`; labels are `labels` only."""
    groups: tuple[Group, ...] = tuple(group for group in GROUPS if attributes or group != "attributes")
    return fit_student(
        feature_config(config, material, groups),
        model_config(config),
        Entities("context", leave_out(material.contexts.table, "id", apart)),
        material.items,
        as_pairs(labels, material),
        labels.p,
        candidates=Pairs(leave_out(material.pairs.table, "context_id", apart)),
        context_attributes=material.context_attributes,
        item_attributes=material.item_attributes,
        seed=seed,
    )


def model_config(config: DistillConfig) -> ModelConfig:
    return ModelConfig() if config.model == "auto" else ModelConfig(candidates=(config.model,))


def feature_config(config: DistillConfig, material: Material, groups: tuple[Group, ...] = GROUPS) -> FeatureConfig:
    comparisons = tuple(
        Comparison(one.context, one.item, one.kind, material.orders.get(one.context, ())) for one in config.comparisons
    )
    settings = config.features
    return FeatureConfig(
        groups=groups,
        lsa_dims=settings.lsa_dims,
        ngram_sizes=settings.ngram_sizes,
        cooccurrence_dims=settings.cooccurrence_dims,
        comparisons=comparisons or None,
        encoder=config.encoder,
        correct_spelling=settings.correct_spelling,
        context_name=material.context_name,
        item_name=material.item_name,
    )


def as_pairs(labels: LabelledPairs, material: Material) -> Pairs:
    return Pairs(
        pa.table(
            {
                "context_id": material.contexts.ids.take(pa.array(labels.context_rows)),
                "item_id": material.items.ids.take(pa.array(labels.item_rows)),
                "weight": pa.repeat(1.0, len(labels)),
            }
        )
    )


def leave_out(table: pa.Table, column: str, ids: frozenset[str]) -> pa.Table:
    """The rows whose `column` is none of `ids`."""
    inside: NDArray[np.bool_] = np.isin(np.array(table[column].to_pylist(), dtype=object), list(ids))
    return table.filter(pa.array(~inside))
