"""Rules in files: CSV, JSONL and Parquet with the columns of `RULE_SCHEMA`."""

import csv
import io
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, get_args

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from tilth.data.columns import Columns
from tilth.data.files import kind_of, open_seekable, reading
from tilth.data.from_csv import Records
from tilth.data.lines import Lines
from tilth.data.read import read_batches
from tilth.data.rejects import Rejects
from tilth.data.write import write_bytes
from tilth.errors import DataError
from tilth.records import RULE_SCHEMA, Direction, Rule, RuleKind, check_source

NEEDED = ("kind", "source", "target")
OPTIONAL = ("rule_id", "weight", "direction", "field", "provenance", "note")
COLUMNS = [name for name in RULE_SCHEMA.names if name != "created_at"]
HINT = "mend the row, or take it out"


def read_rules(path: str | Path) -> list[Rule]:
    """The rules of a file, in its order.

    It needs the columns kind, source and target. Without the others a rule is named after its row (`row 7`), weighs 1,
    is one-way, and comes from `rule:given`.

    Raises:
        DataError: the file cannot be used, or a row is no rule; the message names it.
    """
    path = str(path)
    present = _columns_of(path)
    wanted = [*NEEDED, *(name for name in OPTIONAL if name in present)]
    rejects, rules = Rejects(), list[Rule]()
    for batch in read_batches(path, wanted, rejects, ids=NEEDED):
        rules += _rules(Columns(path, batch, rejects), wanted)
    if rejects.rows:
        first = min(rejects.rows, key=lambda reject: reject.row)
        more = f" (and {len(rejects) - 1} more rows cannot be used)" if len(rejects) > 1 else ""
        raise DataError(f"{first.reason}{more}", path=path, row=first.row, column=first.column or None, hint=HINT)
    _refuse_repeated(path, rules)
    return rules


def write_rules(rules: Sequence[Rule], path: Path) -> None:
    """Write rules as CSV, JSONL or Parquet, by the name's ending.

    Raises:
        DataError: another ending, or the file cannot be written.
    """
    encode = {".csv": rules_csv, ".jsonl": rules_jsonl, ".parquet": rules_parquet}.get(path.suffix)
    if encode is None:
        raise DataError("can only write rules as .csv, .jsonl or .parquet", path=path)
    write_bytes(encode(rules), path)


def rules_table(rules: Sequence[Rule]) -> pa.Table:
    """The rules as a table of `RULE_SCHEMA`, without a time."""
    columns = {name: [getattr(rule, name) for rule in rules] for name in COLUMNS}
    return pa.table({**columns, "created_at": [None] * len(rules)}, schema=RULE_SCHEMA)


def rules_csv(rules: Sequence[Rule]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_record(rule).values() for rule in rules)
    return text.getvalue().encode()


def rules_jsonl(rules: Sequence[Rule]) -> bytes:
    return b"".join(msgspec.json.encode(_record(rule)) + b"\n" for rule in rules)


def rules_parquet(rules: Sequence[Rule]) -> bytes:
    sink = pa.BufferOutputStream()
    parquet.write_table(rules_table(rules), sink, compression="zstd")
    return sink.getvalue().to_pybytes()


def _record(rule: Rule) -> dict[str, Any]:
    return {name: getattr(rule, name) for name in COLUMNS}


def _columns_of(path: str) -> set[str]:
    kind = kind_of(path)
    if kind == "parquet":
        with open_seekable(path) as file, reading(path, "cannot be read as Parquet"):
            return set(parquet.ParquetFile(file).schema_arrow.names)
    if kind == "jsonl":
        found = set[str]()
        for line in Lines(path):
            try:
                found.update(msgspec.json.decode(line, type=dict[str, Any]))
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue  # the reader names the line
        return found
    return set(Records(path, "\t" if kind == "tsv" else ",", Rejects(), Lines(path)).header())


def _rules(columns: Columns, names: Sequence[str]) -> list[Rule]:
    """The rules of a batch whose rows are usable; the others are rejected."""
    count = len(columns.batch.rows)
    fields = {name: columns.trimmed(name).to_pylist() for name in names}
    for name in ("source", "target"):
        columns.identifier(name, f"the {name}")
    fields["kind"] = _one_of(columns, "kind", get_args(RuleKind), default=None)
    fields["direction"] = _one_of(columns, "direction", get_args(Direction), default="one_way", absent=names)
    fields["weight"] = _weights(columns) if "weight" in names else [1.0] * count
    fields["provenance"] = [text or "rule:given" for text in fields.get("provenance", [""] * count)]
    columns.reject(_bad(fields["provenance"], _is_source), "provenance", "is not of the form <kind>:<name>")
    given = fields.get("rule_id", [""] * count)
    fields["rule_id"] = [text or f"row {row}" for text, row in zip(given, columns.batch.rows.tolist(), strict=True)]
    for name in ("field", "note"):
        fields[name] = [text or None for text in fields.get(name, [""] * count)]
    return [Rule(**{name: fields[name][at] for name in COLUMNS}) for at in np.flatnonzero(columns.usable).tolist()]


def _one_of(
    columns: Columns, name: str, allowed: Sequence[str], *, default: str | None, absent: Sequence[str] | None = None
) -> list[str]:
    if absent is not None and name not in absent:
        return [default or ""] * len(columns.batch.rows)
    texts = [text or default or "" for text in columns.trimmed(name).to_pylist()]
    columns.reject(_bad(texts, allowed.__contains__), name, f"is not one of {', '.join(allowed)}")
    return texts


def _weights(columns: Columns) -> list[float]:
    values = columns.number("weight")
    columns.reject(np.asarray(pc.fill_null(pc.less_equal(values, 0), False), dtype=bool), "weight", "is not above 0")
    return pc.fill_null(values, 1.0).to_pylist()


def _bad(texts: Sequence[str], good: Callable[[str], bool]) -> np.ndarray[Any, np.dtype[np.bool_]]:
    return np.array([not good(text) for text in texts], dtype=bool)


def _is_source(text: str) -> bool:
    try:
        check_source(text)
    except DataError:
        return False
    return True


def _refuse_repeated(path: str, rules: Sequence[Rule]) -> None:
    seen = set[str]()
    for rule in rules:
        if rule.rule_id in seen:
            raise DataError(f"two rules have the id '{rule.rule_id}'", path=path, column="rule_id", hint="rename one")
        seen.add(rule.rule_id)
