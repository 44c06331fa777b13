"""A small catalog with its suggester and index, in several scripts."""

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
from serve_world import PROJECT

from tilth.artifacts.index import SearchIndex
from tilth.artifacts.suggester import Suggester
from tilth.records import ENTITY_SCHEMA, SUGGESTION_SCHEMA, Entities, Suggestions

ITEMS = [
    ("i0", "Night nurse", "care"),
    ("i1", "Nurse wanted for a nursing home, with nurse training", "care"),
    ("i2", "Truck driver", "transport"),
    ("i3", "Bus driver, city", "transport"),
    ("i4", "Pastry cook", "kitchen"),
    ("i5", "Driver and cook for a nurse", "transport"),
    ("i6", "看護師 募集", "care"),
    ("i7", "ممرضة ليلية", "care"),
    ("i8", "Welder", "metal"),
]
QUERIES = [
    ("nurse jobs", 9.0, "log", "care"),
    ("nurse driver", 8.0, "log", "transport"),
    ("night nurse", 7.0, "log", "care"),
    ("nurse cook", 6.0, "log", "kitchen"),
    ("nurse on a ship", 0.5, "llm:small", "sea"),
    ("nurse near me", 5.0, "title", "care"),
    ("driver", 4.0, "log", "transport"),
    ("drive a truck", 3.0, "title", "transport"),
    ("café crème", 2.0, "title", "kitchen"),
    ("看護師 夜勤", 2.0, "title", "care"),
    ("<img src=x onerror=alert(1)>", 1.0, "log", "<i>"),
    ("ممرضة في المستشفى", 2.0, "title", "care"),
]
SHOP = "https://shop.example"
SETTINGS = f"""
[serve]
port = PORT
[serve.suggest]
origins = ["{SHOP}"]
demo = true
explore_share = 0.5
limit = 4
deadline_ms = "none"
[serve.log]
access = "file"
"""


def suggestions(rows: list[tuple[str, float, str, str]]) -> Suggestions:
    names = ("query", "score", "source", "category")
    made: list[dict[str, Any]] = [
        dict(zip(names, row, strict=True)) | {"normal": row[0], "synthetic": row[2].startswith("llm")} for row in rows
    ]
    return Suggestions(pa.Table.from_pylist(made, schema=SUGGESTION_SCHEMA))


def items(rows: list[tuple[str, str, str]]) -> Entities:
    schema = ENTITY_SCHEMA.append(pa.field("category", pa.string()))
    made = [{"id": one, "title": title, "text": "", "category": category} for one, title, category in rows]
    return Entities("item", pa.Table.from_pylist(made, schema=schema))


def put_suggestions(work: Path, rows=QUERIES, catalog=ITEMS) -> None:
    """`rows` as a suggester and `catalog` as an index, in place of those that a project's work folder has."""
    Suggester.build(suggestions(rows), work / "suggester")
    shutil.rmtree(work / "index", ignore_errors=True)
    SearchIndex.build(items(catalog), work / "index")


def put_suggesting_project(folder: Path, settings: str = "") -> Path:
    """A project that has suggestions and no student. Returns the path of tilth.toml."""
    put_suggestions(folder / "work")
    (folder / "tilth.toml").write_text(PROJECT + settings, encoding="utf-8")
    return folder / "tilth.toml"
