"""What the catalog holds already, as values of attributes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from tilth.enrich.config import AttributeConfig
from tilth.enrich.values.parse import BadValueError, parse_value


@dataclass(frozen=True)
class Existing:
    """One column of the catalog, shapes (entities,): the text of each cell, its value (None where it is empty or cannot
    be read), and why it cannot be read (None where it can)."""

    texts: list[str]
    values: list[Any]
    problems: list[str | None]

    @property
    def is_missing(self) -> list[bool]:
        """Where there is no value that can be used."""
        return [value is None for value in self.values]


def existing_values(attribute: AttributeConfig, column: pa.ChunkedArray) -> Existing:
    """The cells of a column of text as values of the attribute."""
    texts = [("" if text is None else str(text)).strip() for text in column.to_pylist()]
    values, problems = list[Any](), list[str | None]()
    for text in texts:
        try:
            values.append(parse_value(attribute, text) if text else None)
            problems.append(None)
        except BadValueError as exc:
            values.append(None)
            problems.append(str(exc))
    return Existing(texts, values, problems)


def names_to_ask(attributes: Mapping[str, AttributeConfig], existing: Mapping[str, Existing], count: int) -> pa.Array:
    """For each of `count` entities the attributes to ask about: those it has no value of that can be used, and those
    that are asked about all the same (`only_missing = false`)."""
    missing = {name: column.is_missing for name, column in existing.items() if attributes[name].only_missing}
    asked = [[name for name in attributes if name not in missing or missing[name][row]] for row in range(count)]
    return pa.array(asked, pa.list_(pa.string()))
