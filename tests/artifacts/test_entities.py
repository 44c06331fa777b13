"""The entity store: ids, what is mapped back, generations, and what is said of a damaged one."""

import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from student_world import entities, fitted, make_world

from tilth.artifacts import load_store, refresh_side, write_store
from tilth.artifacts.entities import IdIndex
from tilth.artifacts.entities.pack import pack
from tilth.artifacts.student import Prepared, PreparedSide, Student
from tilth.errors import ArtifactError
from tilth.records import Attributes, Entities

COLLIDING = ["plumless", "buckeroo"]


@pytest.fixture(scope="module")
def student() -> Student:
    return fitted().student


@pytest.fixture(scope="module")
def prepared(student: Student) -> Prepared:
    contexts, items, ca, ia, *_ = make_world()
    return student.prepare(contexts, items, ca, ia)


@given(st.lists(st.text(max_size=6), unique=True, max_size=30), st.lists(st.text(max_size=6), max_size=10))
def test_every_id_is_found_and_no_other(ids: list[str], others: list[str]) -> None:
    index = IdIndex.of(ids)
    assert index.rows_of(ids).tolist() == list(range(len(ids)))
    expected = [ids.index(one) if one in ids else -1 for one in others]
    assert index.rows_of(others).tolist() == expected


def test_ids_of_one_hash_are_told_apart() -> None:
    assert len({zlib.crc32(one.encode()) for one in COLLIDING}) == 1
    index = IdIndex.of(["a", *COLLIDING, "b"])
    assert index.rows_of([*reversed(COLLIDING), "b"]).tolist() == [2, 1, 3]
    assert IdIndex.of(["a", COLLIDING[0]]).rows_of(COLLIDING).tolist() == [1, -1]


def test_a_mapped_store_scores_as_what_was_stored(tmp_path: Path, student: Student, prepared: Prepared) -> None:
    generation = write_store(tmp_path, "v1", prepared)
    store = load_store(tmp_path, "v1")
    *_, c_rows, i_rows = make_world()
    mapped = Prepared(store.contexts.prepared, store.items.prepared)
    assert store.generation == generation == "00000001"
    assert np.array_equal(student.raw_scores(mapped, c_rows, i_rows), student.raw_scores(prepared, c_rows, i_rows))
    assert store.items.index.rows_of(["i3", "nothing"]).tolist() == [3, -1]
    assert store.contexts.prepared.attributes == prepared.contexts.attributes
    assert not store.items.prepared.slots["all"].weights.flags.writeable


def test_generations_follow_each_other_and_old_ones_go(tmp_path: Path, prepared: Prepared) -> None:
    names = [write_store(tmp_path, "v1", prepared) for _ in range(4)]
    assert names == ["00000001", "00000002", "00000003", "00000004"]
    assert sorted(path.name for path in (tmp_path / "entities").iterdir()) == [*names[2:], "current.json"]
    assert load_store(tmp_path, "v1").generation == names[-1]


def test_a_store_of_nothing(tmp_path: Path, student: Student) -> None:
    nobody, nothing = entities("context", []), entities("item", [])
    empty = Prepared(*(student.prepare_side(side.take(np.zeros(0, np.int64))) for side in (nobody, nothing)))
    write_store(tmp_path, "v1", empty)
    store = load_store(tmp_path, "v1")
    assert (len(store.contexts.prepared), store.items.index.rows_of(["i1"]).tolist()) == (0, [-1])


def test_no_store_and_that_of_another_student_say_what_to_run(tmp_path: Path, prepared: Prepared) -> None:
    with pytest.raises(ArtifactError, match="has no entity store\n  hint: run `tilth serve index` first"):
        load_store(tmp_path, "v1")
    write_store(tmp_path, "v1", prepared)
    with pytest.raises(ArtifactError, match="belongs to another student"):
        load_store(tmp_path, "v2")


def test_every_missing_or_damaged_file_is_an_artifact_error(tmp_path: Path, prepared: Prepared) -> None:
    write_store(tmp_path, "v1", prepared)
    for path in sorted(path for path in (tmp_path / "entities").rglob("*") if path.is_file()):
        whole = path.read_bytes()
        for damaged in (None, whole[: len(whole) // 3]):
            path.unlink() if damaged is None else path.write_bytes(damaged)
            with pytest.raises(ArtifactError, match=r"entit"):
                load_store(tmp_path, "v1")
            path.write_bytes(whole)
    load_store(tmp_path, "v1")


def same(left: PreparedSide, right: PreparedSide, folder: Path) -> bool:
    """Whether both are stored as the same arrays.

    The last bits of a topic depend on the texts it was placed with, and on the processor.
    """
    names = ("slots", "grams", "topics", "compared", "cooccurrence", "encoded")
    for side, name in ((left, "left"), (right, "right")):
        (folder / name).mkdir(parents=True)
        for part in names:
            pack(getattr(side, part), folder / name, part)
    files = sorted(path.name for path in (folder / "left").iterdir())
    assert files == sorted(path.name for path in (folder / "right").iterdir())
    pairs = [[np.load(folder / side / one) for side in ("left", "right")] for one in files]
    assert all(one.dtype == other.dtype for one, other in pairs)
    return all(np.allclose(one, other, rtol=0, atol=5e-7, equal_nan=True) for one, other in pairs)


def changed(items: Entities, attributes: Attributes) -> tuple[Entities, Attributes, int]:
    """The catalog later on: one gone, order reversed, one title and one attribute other, one item new."""
    rows = items.table.to_pylist()[1:][::-1]
    rows[2]["title"] = "another title altogether"
    rows.append({**rows[0], "id": "new one", "text": "as nobody said it before"})
    stated = attributes.table.to_pylist()
    name = attributes.names[0]
    place = next(place for place, row in enumerate(stated) if row["id"] == rows[5]["id"])
    stated[place][name] = next(row[name] for row in stated if row[name] != stated[place][name])
    table = pa.Table.from_pylist(rows, schema=items.table.schema)
    return Entities(items.role, table), Attributes(items.role, pa.Table.from_pylist(stated, attributes.table.schema)), 3


def test_only_what_has_changed_is_prepared_anew_and_all_is_as_if_it_were(
    tmp_path: Path, student: Student, prepared: Prepared
) -> None:
    contexts, items, ca, ia, *_ = make_world()
    write_store(tmp_path, "v1", prepared)
    store = load_store(tmp_path, "v1")
    later, later_ia, changes = changed(items, ia)
    refreshed = refresh_side(student, store.items, later, later_ia)
    assert refreshed.anew == changes
    assert same(refreshed.side, student.prepare_side(later, later_ia), tmp_path / "later")
    assert refreshed.side.attributes == later_ia.aligned_to(later)
    unchanged = refresh_side(student, store.contexts, contexts, ca)
    assert unchanged.anew == 0
    assert same(unchanged.side, prepared.contexts, tmp_path / "same")


def test_everything_is_prepared_where_nothing_can_be_gone_by(
    tmp_path: Path, student: Student, prepared: Prepared
) -> None:
    _, items, _, ia, *_ = make_world()
    write_store(tmp_path, "v1", prepared)
    store = load_store(tmp_path, "v1")
    assert refresh_side(student, None, items, ia).anew == len(items)
    older = replace(store.items, contents=None)
    assert refresh_side(student, older, items, ia).anew == len(items)
    retyped = Attributes(ia.role, ia.table.rename_columns(["id", *(f"{name}!" for name in ia.names)]))
    assert refresh_side(student, store.items, items, retyped).anew == len(items), "attributes of other names"
