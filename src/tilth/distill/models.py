"""From labelled pairs to a student: features, cross-fitted where they learn from pairs, then a model chosen by
cross-validation over contexts."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tilth.artifacts.student import (
    BlendModel,
    FeatureConfig,
    Featurizer,
    Group,
    LinearModel,
    Student,
    TreeModel,
)
from tilth.distill.crossfit import cross_fitted_cosines
from tilth.distill.learners import Labels, Matrix, ModelConfig, ModelName, dataset, fit_linear, fit_trees, parameters
from tilth.errors import DataError
from tilth.records import Attributes, Entities, Pairs

if TYPE_CHECKING:
    import lightgbm as lgb

Rows = NDArray[np.int64]
Model = TreeModel | LinearModel | BlendModel


@dataclass(frozen=True)
class ModelFit:
    """The chosen model, each candidate's cross-validated log loss, and the out-of-fold logits of the chosen one."""

    model: Model
    chosen: ModelName
    losses: dict[str, float]
    rounds: int
    out_of_fold: Labels


def fit_model(
    X: Matrix,
    p: Labels,
    contexts: Rows,
    *,
    categorical: Sequence[int] = (),
    config: ModelConfig | None = None,
    seed: int = 0,
) -> ModelFit:
    """Fit on features (n, F) and soft labels p in [0, 1]; rows of one context stay in one fold.

    Deterministic for given inputs, seed and thread count.
    """
    config = config or ModelConfig()
    folds = context_folds(contexts, config.folds, seed)
    rounds, trees_oof = _cross_validate_trees(X, p, folds, categorical, config, seed)
    oof: dict[ModelName, Labels] = {"trees": trees_oof}
    if {"linear", "blend"} & set(config.candidates):
        linear: Labels = np.zeros(len(p))
        for fold in np.unique(folds):
            held = folds == fold
            linear[held] = fit_linear(X[~held], p[~held], categorical).raw_scores(X[held])
        oof["linear"] = linear
        oof["blend"] = (trees_oof + linear) / 2
    losses = {name: log_loss(p, oof[name]) for name in config.candidates}
    chosen = min(config.candidates, key=lambda name: losses[name])
    return ModelFit(
        fit_learner(chosen, X, p, categorical, config, rounds, seed), chosen, dict(losses), rounds, oof[chosen]
    )


def context_folds(contexts: Rows, folds: int, seed: int) -> Rows:
    """A fold for each row, shape (n,); the rows of one context share theirs."""
    distinct, inverse = np.unique(contexts, return_inverse=True)
    folds = max(2, min(folds, len(distinct)))
    order = np.random.default_rng(seed).permutation(len(distinct))
    return (order % folds)[inverse]


def log_loss(p: Labels, logits: Labels) -> float:
    """Mean cross-entropy in nats between soft labels and logits."""
    return float(np.mean(np.logaddexp(0.0, logits) - p * logits))


def fit_learner(
    chosen: ModelName, X: Matrix, p: Labels, categorical: Sequence[int], config: ModelConfig, rounds: int, seed: int
) -> Model:
    """Fit one learner with the number of rounds given: nothing is chosen by cross-validation."""
    if chosen == "linear":
        return fit_linear(X, p, categorical)
    bags = tuple(fit_trees(X, p, categorical, config, rounds, seed + bag) for bag in range(config.bags))
    if chosen == "trees":
        return bags[0] if len(bags) == 1 else BlendModel(bags)
    # The linear model weighs as much as all bags together.
    return BlendModel(bags + (fit_linear(X, p, categorical),) * len(bags))


def _cross_validate_trees(
    X: Matrix, p: Labels, folds: Rows, categorical: Sequence[int], config: ModelConfig, seed: int
) -> tuple[int, Labels]:
    """The number of rounds with the lowest loss over all folds together, and the out-of-fold logits at it."""
    step = max(1, config.max_rounds // 40)
    checkpoints = list(range(step, config.max_rounds + 1, step))
    logits = np.zeros((len(checkpoints), len(p)))

    def fill(fold: int) -> None:
        import lightgbm as lgb

        held = folds == fold
        for bag in range(config.bags):
            data = dataset(X[~held], p[~held], categorical)
            booster = lgb.train(parameters(config, seed + bag, int((~held).sum())), data, config.max_rounds)
            parts = [_added(booster, X[held], rounds - step, step, config.threads) for rounds in checkpoints]
            logits[:, held] += np.cumsum(parts, axis=0) / config.bags

    # LightGBM lets go of the interpreter while it works, so folds run side by side.
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(fill, np.unique(folds)))
    losses = [log_loss(p, row) for row in logits]
    best = int(np.argmin(losses))
    return checkpoints[best], logits[best]


def _added(booster: "lgb.Booster", X: Matrix, start: int, count: int, threads: int) -> Labels:
    """What the trees from `start` on, `count` of them, add to the logits, shape (n,)."""
    scores: Any = booster.predict(X, raw_score=True, start_iteration=start, num_iteration=count, num_threads=threads)
    return scores


@dataclass(frozen=True)
class StudentFit:
    """A student with what cross-validation over its training contexts said: log loss by candidate model, and the
    out-of-fold logits of the chosen one, one per training row."""

    student: Student
    chosen: str
    learner: ModelName
    losses: dict[str, float]
    rounds: int
    out_of_fold: Labels


def fit_student(
    features: FeatureConfig,
    models: ModelConfig,
    contexts: Entities,
    items: Entities,
    train: Pairs,
    p: Labels,
    *,
    candidates: Pairs | None = None,
    context_attributes: Attributes | None = None,
    item_attributes: Attributes | None = None,
    seed: int = 0,
) -> StudentFit:
    """Fit a student on soft labels `p` in [0, 1], one per row of `train`.

    `contexts` are those of the training part only, `candidates` unlabeled pairs of theirs.

    Raises:
        DataError: a pair names an unknown context or item, or a label lies outside [0, 1].
    """
    context_rows, item_rows = _rows(contexts, items, train, p)
    featurizer = Featurizer.fit(features, contexts, items, candidates, context_attributes, item_attributes, seed)
    used, local_rows = np.unique(item_rows, return_inverse=True)
    prepared = featurizer.prepare(contexts, items.take(used), context_attributes, item_attributes)
    X = featurizer.transform(prepared, context_rows, local_rows, threads=models.threads or 1)
    if featurizer.cooccurrence is not None and candidates is not None:
        folds = context_folds(np.arange(len(contexts)), models.folds, seed)
        X[:, featurizer.names.index("cooccurrence_cosine")] = cross_fitted_cosines(
            featurizer, contexts, items, candidates, folds, context_rows, item_rows, seed
        )
    return _best_fit(featurizer, X, p, context_rows, models, seed)


def _best_fit(
    featurizer: Featurizer, X: Matrix, p: Labels, context_rows: Rows, models: ModelConfig, seed: int
) -> StudentFit:
    """All features, or, where attributes are compared, also without the many lexical ones: few labels drown in them."""
    losses: dict[str, float] = {}
    found: list[StudentFit] = []
    subsets: list[tuple[Group, ...]] = [()]
    if {"attributes", "lexical"} <= set(featurizer.groups):
        subsets.append(("lexical", "characters"))
    for dropped in subsets:
        lighter = featurizer.without(*dropped)
        columns = [place for place, group in enumerate(featurizer.groups) if group not in dropped]
        fit = fit_model(X[:, columns], p, context_rows, categorical=lighter.categorical, config=models, seed=seed)
        suffix = f" without {', '.join(dropped)}" if dropped else ""
        losses.update({name + suffix: loss for name, loss in fit.losses.items()})
        found.append(_student_fit(lighter, fit, suffix, losses))
    return min(found, key=lambda fit: losses[fit.chosen])


def _student_fit(featurizer: Featurizer, fit: ModelFit, suffix: str, losses: dict[str, float]) -> StudentFit:
    student = Student(featurizer, fit.model)
    return StudentFit(student, fit.chosen + suffix, fit.chosen, losses, fit.rounds, fit.out_of_fold)


def _rows(contexts: Entities, items: Entities, train: Pairs, p: Labels) -> tuple[Rows, Rows]:
    context_rows = contexts.rows_of(train.table["context_id"])
    item_rows = items.rows_of(train.table["item_id"])
    for rows, column in ((context_rows, "context_id"), (item_rows, "item_id")):
        if (rows < 0).any():
            row = int(np.flatnonzero(rows < 0)[0])
            raise DataError(
                f"pair {row} of the training pairs names '{train.table[column][row]}', which is not among the entities",
                column=column,
            )
    if len(p) != len(context_rows) or not bool(np.all((p >= 0) & (p <= 1))):
        raise DataError("labels must be one number from 0 to 1 per training pair")
    return context_rows, item_rows
