"""Candidates from everything but an LLM."""

import pyarrow as pa

from tilth.records import Attributes, Entities
from tilth.suggest.config import SuggestConfig
from tilth.suggest.mine.facets import from_facets, from_rules
from tilth.suggest.mine.titles import from_titles


def mine_catalog(items: Entities, attributes: Attributes | None, config: SuggestConfig) -> dict[str, pa.Table]:
    """Tables of CANDIDATE_SCHEMA by kind of source: `title`, `facet` and `rule`.

    Raises:
        ConfigError: a facet or rule names a column or attribute that is not there.
    """
    return {
        "title": from_titles(items, config.titles),
        "facet": from_facets(items, attributes, config.facets),
        "rule": from_rules(items, attributes, config.rules, config.facets),
    }
