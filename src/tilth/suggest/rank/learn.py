"""A ranker from the searches of a log: where something was clicked, what was typed is what was wanted."""

from dataclasses import replace

import numpy as np

from tilth.artifacts.suggester import Suggester
from tilth.suggest.evaluate.demand import Demand
from tilth.suggest.normal import normal_form
from tilth.suggest.rank.ranker import Fitted, fit_ranker, replay

TYPED = range(2, 13)
"""Characters after which the offer is looked at."""


def learn_ranker(suggester: Suggester, demand: Demand, *, seed: int = 0) -> Fitted:
    """Fit a ranker to what people searched for successfully, as often as they did; a query is in one part of the
    cross-validation only. The suggester must not have learned from these searches.

    Raises:
        DataError: what was wanted was hardly ever offered.
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
    return fit_ranker(often, suggester.sources, seed=seed)
