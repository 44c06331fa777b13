"""From a file to gold: what attributes of entities are, as somebody looked it up.

Two forms: a row for each value (`item_id`, `attribute`, `value`), or a row for each entity with a column for each
attribute. In both an empty cell was not looked up, and `-` says that the text does not state it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from tilth.data import Rejects
from tilth.data.batch import Batch
from tilth.data.cells import from_cell
from tilth.data.files import kind_of, resolve_path
from tilth.data.from_csv import header_of
from tilth.data.read import read_batches
from tilth.enrich.config import AttributeConfig
from tilth.enrich.values import BadValueError, Existing, parse_value
from tilth.errors import ConfigError, DataError
from tilth.records import Entities, Role, check_source

NOT_STATED = "-"
SOURCE, WEIGHT, ATTRIBUTE, VALUE = "source", "weight", "attribute", "value"
ROLES: tuple[Role, Role] = ("context", "item")
CATALOG = "catalog"
"""Kind of source of values that the catalog holds: of whatever origin, so never called human."""

Wanted = Mapping[Role, Mapping[str, AttributeConfig]]


@dataclass(frozen=True)
class GoldValue:
    """What `source` says about one attribute; `value` None (of a list: empty): the text does not state it. `weight` is
    how many values of its kind it stands for."""

    role: Role
    id: str
    attribute: str
    value: Any
    source: str
    weight: float = 1.0


def load_gold(
    path: str,
    wanted: Wanted,
    entities: Mapping[Role, Entities],
    *,
    source: str | None,
    base: Path,
    rejects: Rejects,
    max_rejected: float,
) -> list[GoldValue]:
    """Values that were looked up, in the file's order. `source` is who did, where the file has no column `source`.

    A row with a value that the attribute cannot have, an unknown id, no source, or a value that stood before is
    rejected.

    Raises:
        ConfigError: nothing says who looked the values up.
        DataError: the file cannot be used, names an attribute that is not configured, has more than `max_rejected` of
            its rows rejected, or holds no value.
    """
    path = resolve_path(path, base)
    names = _columns(path)
    form = _Form.of(path, names, wanted)
    if SOURCE not in names:
        if source is None:
            hint = f"add a column `{SOURCE}`, or say --source human:<name> for people, rule:<name>, model:<name>"
            raise ConfigError(f"{path}: nothing says who looked these values up\n  hint: {hint}")
        _check_kind(source)
    reader = _Reader(path, form, wanted[form.role], entities[form.role], source, rejects)
    before, total = len(rejects), 0
    gold: list[GoldValue] = []
    for batch in read_batches(path, form.columns, rejects, ids=[form.id]):
        total += len(batch.rows)
        gold += reader.values(batch)
    hint = "rejects.csv in the work folder lists them all: mend the file, or raise [data] max_rejected"
    rejects.refuse_if_many(path, total, max_rejected, since=before, hint=hint)
    if not gold:
        hint = f"fill in the column `{VALUE}`; `{NOT_STATED}` says that the text does not state it"
        raise DataError("holds no value that was looked up", path=path, hint=hint)
    return gold


def catalog_gold(role: Role, column: str, name: str, existing: Existing, ids: Iterable[str]) -> list[GoldValue]:
    """The values of a column of the catalog as gold of the source `catalog:<column>`; what it lacks says nothing."""
    source = f"{CATALOG}:{column}"
    pairs = zip(ids, existing.values, strict=True)
    return [GoldValue(role, entity, name, value, source) for entity, value in pairs if value is not None]


@dataclass(frozen=True)
class _Form:
    """How a gold file is laid out. `attributes`: the columns of the wide form, empty for the long one."""

    role: Role
    id: str
    columns: list[str]
    attributes: list[str]

    @classmethod
    def of(cls, path: str, names: list[str], wanted: Wanted) -> "_Form":
        found: list[Role] = [role for role in ROLES if f"{role}_id" in names]
        if len(found) != 1:
            hint = "name it `item_id` or `context_id`"
            raise DataError(f"needs one column with an id, and has {', '.join(names)}", path=path, hint=hint)
        role, own = found[0], [name for name in (SOURCE, WEIGHT) if name in names]
        if not wanted.get(role):
            raise DataError(f"holds values of {role}s, and [enrich.{role}] has no attributes", path=path, row=1)
        if ATTRIBUTE in names and VALUE in names:
            return cls(role, f"{role}_id", [f"{role}_id", ATTRIBUTE, VALUE, *own], [])
        attributes = [name for name in names if name not in (f"{role}_id", SOURCE, WEIGHT)]
        for name in attributes:
            _refuse_unknown(name, wanted[role], path, 1, name)
        if not attributes:
            hint = f"columns `{ATTRIBUTE}` and `{VALUE}`, or one for each attribute"
            raise DataError("has no values", path=path, hint=hint)
        return cls(role, f"{role}_id", [f"{role}_id", *attributes, *own], attributes)


class _Reader:
    """Turns the rows of a gold file into values."""

    def __init__(
        self,
        path: str,
        form: _Form,
        attributes: Mapping[str, AttributeConfig],
        entities: Entities,
        source: str | None,
        rejects: Rejects,
    ) -> None:
        self._path, self._form, self._attributes, self._source = path, form, attributes, source
        self._known, self._rejects = set(entities.ids.to_pylist()), rejects
        self._seen: dict[tuple[str, str, str], int] = {}

    def values(self, batch: Batch) -> list[GoldValue]:
        found: list[GoldValue] = []
        for number, row in zip(batch.rows.tolist(), batch.table.to_pylist(), strict=True):
            cells = {name: (text or "").strip() for name, text in row.items()}
            given = [(cells[ATTRIBUTE], cells[VALUE], VALUE)] if not self._form.attributes else []
            given += [(name, cells[name], name) for name in self._form.attributes]
            values = [self._value(number, cells, *one) for one in given if one[1]]
            found += [value for value in values if value is not None]
        return found

    def _value(self, row: int, cells: Mapping[str, str], name: str, text: str, column: str) -> GoldValue | None:
        """The value of one cell; None, and a reject, where it cannot be used."""
        _refuse_unknown(name, self._attributes, self._path, row, ATTRIBUTE if column == VALUE else column)
        attribute = self._attributes[name]
        entity = cells[self._form.id] if cells[self._form.id] in self._known else from_cell(cells[self._form.id])
        if entity not in self._known:
            return self._reject(row, self._form.id, f"no such {self._form.role}", entity)
        source = cells.get(SOURCE, self._source or "")
        try:
            check_source(source)
            weight = float(cells.get(WEIGHT) or 1)
            if not 0 < weight < float("inf"):
                raise ValueError(weight)
        except DataError:
            reason = "does not say who looked it up: human:<name> for people, rule:<name>, model:<name>"
            return self._reject(row, SOURCE, reason, source)
        except ValueError:
            return self._reject(row, WEIGHT, "is not a number above 0", cells.get(WEIGHT, ""))
        nothing = [] if attribute.type == "list" else None
        try:
            value = nothing if from_cell(text) == NOT_STATED else parse_value(attribute, from_cell(text))
        except BadValueError as exc:
            return self._reject(row, column, str(exc), text)
        first = self._seen.setdefault((entity, name, source), row)
        if first != row:
            return self._reject(row, column, f"a value of {name} by {source} stood already on row {first}", text)
        return GoldValue(self._form.role, entity, name, value, source, weight)

    def _reject(self, row: int, column: str, reason: str, value: str) -> None:
        self._rejects.add(self._path, row, column, reason, value)


def _columns(path: str) -> list[str]:
    kind = kind_of(path)
    if kind not in ("csv", "tsv"):
        raise DataError("gold of attributes is a CSV or TSV file", path=path)
    return header_of(path, "\t" if kind == "tsv" else ",")


def _check_kind(source: str) -> None:
    try:
        check_source(source)
    except DataError as exc:
        raise ConfigError(str(exc)) from exc


def _refuse_unknown(name: str, known: Mapping[str, AttributeConfig], path: str, row: int, column: str) -> None:
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"configured: {', '.join(known)}"
        raise DataError(f"there is no attribute '{name}'", path=path, row=row, column=column, hint=hint)
