"""A speller on disk: what is mapped back corrects alike; what is said of a damaged one."""

import json
from dataclasses import replace
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tilth.artifacts.speller import (
    Exceptions,
    FixedQuery,
    Mistakes,
    Speller,
    SpellerSettings,
    SpellerTables,
    load_speller,
    read_speller_manifest,
    write_speller,
)
from tilth.artifacts.speller.bigrams import bigram_arrays
from tilth.artifacts.speller.deletes import delete_arrays
from tilth.artifacts.speller.forest import no_trees
from tilth.artifacts.speller.lexicon import lexicon_arrays
from tilth.artifacts.speller.together import together_arrays
from tilth.errors import ArtifactError

FORMS = ["toilet", "seat", "table", "café"]


def made() -> Speller:
    log_p = np.log(np.array([0.4, 0.3, 0.2, 0.1])).astype(np.float32)
    tables = SpellerTables(
        lexicon=lexicon_arrays(FORMS, log_p, np.zeros(4, np.float32), np.zeros(4, np.uint8)),
        bigrams=bigram_arrays(np.array([1], dtype=np.uint64), np.array([1.5], dtype=np.float32)),
        together=together_arrays(4, np.array([1 << 32], dtype=np.uint64), np.array([2.0]), 5.0),
        deletes=delete_arrays(FORMS, np.ones(4, np.bool_)),
        forest=no_trees(),
        mistakes=Mistakes.of([("tiolet", "toilet", 3.0)]),
        exceptions=Exceptions.of_rows([FixedQuery("sete", None, "model:m"), FixedQuery("tbl", "table", "model:m")]),
    )
    return Speller(tables, SpellerSettings(unknown_log_p=-12.0, threshold=0.5))


QUERIES = ["tiolet seat", "Tabel", "sete", "tbl", "toilet"]


def test_a_mapped_speller_corrects_as_what_was_written(tmp_path: Path) -> None:
    speller = made()
    manifest = write_speller(tmp_path / "speller", speller)
    mapped = load_speller(tmp_path / "speller")
    assert [mapped.correct(query) for query in QUERIES] == [speller.correct(query) for query in QUERIES]
    assert mapped.settings == speller.settings
    assert mapped.tables.exceptions == speller.tables.exceptions
    assert mapped.tables.mistakes == speller.tables.mistakes
    assert (manifest.words, manifest.pairs) == (4, 1)
    assert read_speller_manifest(tmp_path / "speller") == manifest
    assert [path.name for path in tmp_path.iterdir()] == ["speller"]


def test_the_version_changes_with_whatever_decides(tmp_path: Path) -> None:
    speller = made()
    first = write_speller(tmp_path / "s", speller).version
    assert write_speller(tmp_path / "s", made()).version == first
    strict = speller.replaced(settings=msgspec.structs.replace(speller.settings, threshold=0.6))
    without = speller.replaced(tables=replace(speller.tables, exceptions=Exceptions({})))
    versions = {first, *(write_speller(tmp_path / "s", one).version for one in (strict, without))}
    assert len(versions) == 3


def test_one_that_is_in_use_goes_on_when_another_takes_its_place(tmp_path: Path) -> None:
    write_speller(tmp_path / "s", made())
    mapped = load_speller(tmp_path / "s")
    write_speller(tmp_path / "s", made())
    assert mapped.correct("tiolet seat").text == "toilet seat"


def test_no_file_can_run_code(tmp_path: Path) -> None:
    write_speller(tmp_path / "s", made())
    assert {path.suffix for path in (tmp_path / "s").iterdir()} == {".json", ".npy", ".arrow"}
    np.save(tmp_path / "s" / "lexicon.log_p.npy", np.array([object()]), allow_pickle=True)
    for content in (None, b"\x9f garbage"):
        if content:
            (tmp_path / "s" / "lexicon.log_p.npy").write_bytes(content)
        with pytest.raises(ArtifactError, match=r"lexicon\.log_p\.npy: cannot be read") as refused:
            load_speller(tmp_path / "s")
        assert "pickle" not in str(refused.value)  # nobody is advised to load it as one


def test_a_missing_or_foreign_one_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match="has no speller\n  hint: run `tilth enrich spell` again"):
        load_speller(tmp_path / "none")
    write_speller(tmp_path / "s", made())
    path = tmp_path / "s" / "manifest.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "format": 99}))
    with pytest.raises(ArtifactError, match="has format 99, this version reads 2"):
        load_speller(tmp_path / "s")
    path.write_text("{")
    with pytest.raises(ArtifactError, match="cannot be read"):
        load_speller(tmp_path / "s")


@pytest.mark.parametrize(
    "name",
    ["lexicon.flags", "lexicon.ends", "bigrams.attraction", "together.others", "deletes.starts", "forest.leaves"],
)
def test_files_that_do_not_belong_together_are_refused(tmp_path: Path, name: str) -> None:
    write_speller(tmp_path / "s", made())
    path = tmp_path / "s" / f"{name}.npy"
    cut = np.load(path)[:-1] if name != "forest.leaves" else np.zeros((1, 32))
    np.save(path, cut)
    with pytest.raises(ArtifactError, match="is damaged"):
        load_speller(tmp_path / "s")


@pytest.mark.parametrize("name", ["mistakes.arrow", "exceptions.arrow", "deletes.words.npy"])
def test_a_cut_file_is_refused(tmp_path: Path, name: str) -> None:
    write_speller(tmp_path / "s", made())
    path = tmp_path / "s" / name
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(ArtifactError, match=r"cannot be read|is damaged"):
        load_speller(tmp_path / "s")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtifactError, match="the speller cannot be written"):
        write_speller(tmp_path / "file" / "s", made())
