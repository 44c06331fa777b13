"""A ranker from the searches of a log: where something was clicked, what was typed is what was wanted."""

from dataclasses import replace

import numpy as np

from tilth.artifacts.suggester import Suggester, normal_form
from tilth.errors import DataError
from tilth.suggest.evaluate.demand import Demand
from tilth.suggest.rank.ranker import Fitted, fit_ranker, replay

TYPED = range(2, 13)
"""Characters after which the offer is looked at."""
LEAST_QUERIES = 50
"""So many different queries must have been offered among others: what fewer teach did not hold on later searches."""


def learn_ranker(suggester: Suggester, demand: Demand, *, seed: int = 0) -> Fitted:
    """Fit a ranker to what people searched for successfully, as often as they did; a query is in one part of the
    cross-validation only. The suggester must not have learned from these searches.

    Raises:
        DataError: too few of the queries were offered among others.
    """
    rows = np.flatnonzero(demand.clicked)
    texts = [demand.texts[row] for row in rows.tolist()]
    codes = {form: code for code, form in enumerate(dict.fromkeys(demand.forms))}
    query = {demand.texts[row]: codes[demand.forms[row]] for row in rows.tolist()}
    distinct = list(query)
    made = dict.fromkeys(distinct, 0)
    for text in texts:
        made[text] += 1
    found = replay(suggester, distinct, normal_form, TYPED)
    often = [replace(one, row=query[distinct[one.row]]) for one in found for _ in range(made[distinct[one.row]])]
    told = {one.row for one in often if one.wanted.any() and not one.wanted.all()}
    if len(told) < LEAST_QUERIES:
        raise DataError(
            f"only {len(told)} queries that people wanted were offered among others: {LEAST_QUERIES} are needed"
        )
    return fit_ranker(often, suggester.sources, seed=seed)
