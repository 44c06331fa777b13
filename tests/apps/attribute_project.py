"""Four items on disk, what a perfect reader says of them, and what a run makes of that."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from cli_helpers import tilth
from tiny_project import question_of, rows_of, teacher

from tilth.data import write_parquet
from tilth.records import GAP_SCHEMA, MEMBER_SCHEMA
from tilth.testing import FakeLLMServer

DATA = '[data.items]\npath = "items.csv"\nid = "id"\ntitle = "title"\ntext = ["text"]\nkeep = ["brand", "grams"]\n'
ATTRIBUTES = """
[enrich.item]
maker = { type = "text", existing = "brand" }
grams = { type = "number", tolerance = 0.05 }
colour = { type = "category", values = ["red", "blue"] }
"""
ITEMS = """id,title,text,brand,grams
i1,pen,"a red pen by Bic, 10 g",Bic,10
i2,cup,"a blue cup by Ikea, 300 g",,300
i3,hat,"a red hat by Stetson, 90 g",,heavy
i4,box,"a blue box, 500 g",Acme,400
"""
TRUTH: dict[str, dict[str, Any]] = {
    "pen": {"maker": "bic", "grams": 10, "colour": "red"},
    "cup": {"maker": "ikea", "grams": 300, "colour": "blue"},
    "hat": {"maker": "stetson", "grams": 90, "colour": "red"},
    "box": {"maker": None, "grams": 500, "colour": "blue"},
}


def asked_names(request: Mapping[str, Any]) -> list[str]:
    return [name for name in request["response_format"]["json_schema"]["schema"]["properties"] if name != "confidence"]


def reader(request: dict[str, Any]) -> dict[str, Any]:
    """What the texts say, of what is asked about."""
    truth = TRUTH[question_of(request)["title"]]
    return {name: truth[name] for name in asked_names(request)}


def put(folder: Path, server: FakeLLMServer, enrich: str = "", attributes: str = ATTRIBUTES, *more: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "items.csv").write_text(ITEMS)
    sections = (DATA, teacher(server.base_url, *more), f'[enrich]\nllm = "t"\n{enrich}', attributes)
    (folder / "tilth.toml").write_text("\n".join(sections))
    return folder / "tilth.toml"


def enrich(config: Path, *words: object) -> Any:
    ran = tilth("enrich", "attributes", *words, "--config", config, "--json")
    assert ran.code == 0, ran.err
    return ran.json()


def merged(config: Path) -> dict[str, dict[str, Any]]:
    table = pq.read_table(config.parent / "work" / "attributes" / "item.parquet")
    return {row.pop("id"): row for row in table.to_pylist()}


def put_gaps(folder: Path, members: list[str]) -> Path:
    gap = {
        "gap_id": "g",
        "step": "enrich",
        "kind": "k",
        "place": "p",
        "unit": "items",
        "size": 1,
        "calls": 1,
        "reason": "",
    }
    write_parquet(pa.Table.from_pylist([gap], schema=GAP_SCHEMA), folder / "gaps.parquet")
    rows = [{"gap_id": "g", "id": one} for one in members]
    write_parquet(pa.Table.from_pylist(rows, schema=MEMBER_SCHEMA), folder / "gap_members.parquet")
    return folder


def resolve(path: Path, **resolutions: str) -> None:
    """Fill in the last column by `id`."""
    rows = rows_of(path)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(row | {"resolution": resolutions.get(row["id"], row["resolution"])} for row in rows)
