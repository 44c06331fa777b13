"""Combinations of what is known of items: values of columns, with their category, or as a rule of the configuration."""

from collections.abc import Iterator, Mapping
from itertools import islice, product

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from tilth.errors import ConfigError
from tilth.records import Attributes, Entities
from tilth.suggest.candidates import CANDIDATE_SCHEMA, candidates
from tilth.suggest.config import FacetConfig, columns_of
from tilth.suggest.mine.evidence import categories_of, id_lists

CATEGORY = "category"
LEVELS = " > "
MOST_VALUES = 8
"""Values of a column that are looked at for each item, and combinations of them."""
MAX_CHARS = 100


def from_facets(items: Entities, attributes: Attributes | None, config: FacetConfig) -> pa.Table:
    """Candidates of source `facet`: each value of the columns, alone and before its category's last level.

    Raises:
        ConfigError: there is no such column or attribute.
    """
    templates = [f"{{{name}}}" for name in config.columns]
    if config.with_category and CATEGORY in items.table.column_names:
        templates += [f"{{{name}}} {{{CATEGORY}}}" for name in config.columns if name != CATEGORY]
    return _expanded("facet", templates, items, attributes, config)


def from_rules(
    items: Entities, attributes: Attributes | None, rules: Mapping[str, str], config: FacetConfig
) -> pa.Table:
    """Candidates of the sources `rule:<name>`.

    Raises:
        ConfigError: a rule names a column or attribute that is not there.
    """
    found = [_expanded(f"rule:{name}", [template], items, attributes, config) for name, template in rules.items()]
    return pa.concat_tables([CANDIDATE_SCHEMA.empty_table(), *found])


def _expanded(
    source: str, templates: list[str], items: Entities, attributes: Attributes | None, config: FacetConfig
) -> pa.Table:
    rows = dict[str, list[int]]()
    values = dict[str, list[list[str]]]()
    for template in templates:
        names = columns_of(template)
        for name in names:
            if name not in values:
                values[name] = _values(name, items, attributes, config.separator)
        for row, combination in _combinations([values[name] for name in names]):
            # "music music" says no more than "music".
            if len({value.casefold() for value in combination}) < len(combination):
                continue
            query = template.format_map(dict(zip(names, combination, strict=True)))
            rows.setdefault(" ".join(query.lower().split()), []).append(row)
    enough = {query: np.array(found, np.int64) for query, found in rows.items() if len(found) >= config.min_items}
    ordered = sorted(enough, key=lambda query: (-len(enough[query]), query))
    lists: list[NDArray[np.int64]] = [enough[query] for query in ordered]
    given = {
        "items": [len(found) for found in lists],
        "item_ids": id_lists(items, lists),
        "category": categories_of(items, lists),
    }
    return candidates(source, ordered, given)


def _combinations(columns: list[list[list[str]]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    for row, values in enumerate(zip(*columns, strict=True)):
        for combination in islice(product(*values), MOST_VALUES):
            yield row, combination


def _values(name: str, items: Entities, attributes: Attributes | None, separator: str) -> list[list[str]]:
    """The values that each item has in a column, or in an attribute of that name."""
    if name in items.table.column_names and name not in ("id", "text"):
        column = items.table[name]
    elif attributes is not None and name in attributes.names:
        column = attributes.aligned_to(items)[name]
    else:
        known = [*(one for one in items.table.column_names if one not in ("id", "text"))]
        known += attributes.names if attributes is not None else []
        hint = f"known: {', '.join(known)}; columns are carried along by [data.items] keep"
        raise ConfigError(f"[suggest] there is no column or attribute '{name}'\n  hint: {hint}")
    if pa.types.is_boolean(column.type):
        raise ConfigError(f"[suggest] '{name}' is true or false; a query needs words")
    if pa.types.is_list(column.type):
        return [_clean(value or []) for value in column.to_pylist()]
    texts = pc.fill_null(column.cast(pa.string()), "").to_pylist()
    if name == CATEGORY:
        texts = [text.split(LEVELS)[-1] for text in texts]
    return [_clean(text.split(separator) if separator else [text]) for text in texts]


def _clean(values: list[str]) -> list[str]:
    plain = (" ".join(str(value).split())[:MAX_CHARS] for value in values[: 4 * MOST_VALUES])
    return list(dict.fromkeys(value for value in plain if value))[:MOST_VALUES]
