"""Exports: what is written, within which limits, and what an export that was cut off leaves."""

import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from batch_helpers import GRADES, export, ids_in, json_lines, question, questions
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tilth.errors import ConfigError, DataError
from tilth.llm import Reply
from tilth.llm.batch import outstanding, read_manifest
from tilth.llm.batch.files import request_line
from tilth.llm.repair import repair_request
from tilth.llm.store import CachedAnswer
from tilth.llm.store.memory import MemoryStore

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def answered(*texts: tuple[str, str]) -> MemoryStore:
    """A store with answers by fingerprint."""
    store = MemoryStore()
    store.put_many(CachedAnswer(fingerprint, Reply(text), NOW) for fingerprint, text in texts)
    return store


def test_a_line_is_what_the_format_says() -> None:
    line = json.loads(request_line(question(1)))
    assert line == {
        "custom_id": question(1).fingerprint,
        "method": "POST",
        "url": "/v1/chat/completions",
        "body": {
            "model": "m",
            "max_tokens": 50,
            "messages": [{"role": "system", "content": "Judge."}, {"role": "user", "content": "pair 1"}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "answer", "schema": GRADES, "strict": True},
            },
        },
    }
    assert len(line["custom_id"]) == 64


def test_an_export_says_what_it_holds(tmp_path: Path) -> None:
    asked = questions(7)
    exported = export([*asked, asked[2]], tmp_path / "e", MemoryStore(), max_requests=3, about={"llm": "t"})
    names = ["requests-00001.jsonl", "requests-00002.jsonl", "requests-00003.jsonl"]
    manifest = read_manifest(tmp_path / "e")
    assert manifest == exported.manifest
    assert [(file.name, file.requests) for file in manifest.files] == list(zip(names, [3, 3, 1], strict=True))
    assert (manifest.requests, manifest.answered, manifest.duplicates, manifest.too_large) == (7, 0, 1, ())
    assert (manifest.model, manifest.endpoint, manifest.about) == ("m", "http://127.0.0.1:9/v1", {"llm": "t"})
    written = [fingerprint for name in names for fingerprint in ids_in(tmp_path / "e" / name)]
    assert written == [one.fingerprint for one in asked]
    for file in manifest.files:
        content = (tmp_path / "e" / file.name).read_bytes()
        assert (file.bytes, file.sha256) == (len(content), hashlib.sha256(content).hexdigest())


def test_answers_in_the_store_are_left_out(tmp_path: Path) -> None:
    asked = questions(5)
    store = answered((asked[1].fingerprint, '{"grade": 0}'), (asked[3].fingerprint, '{"grade": 1}'))
    exported = export(asked, tmp_path / "e", store)
    assert ids_in(exported.files[0]) == [asked[place].fingerprint for place in (0, 2, 4)]
    assert exported.manifest is not None
    assert exported.manifest.answered == 2


def test_an_answer_that_cannot_be_used_gives_way_to_its_repair(tmp_path: Path) -> None:
    """What goes into the file is what a run would ask in its place."""
    asked = questions(2)
    reason = "it holds no readable JSON object"
    repair = repair_request(asked[0], Reply("no"), reason)
    exported = export(asked, tmp_path / "e", answered((asked[0].fingerprint, "no"), (asked[1].fingerprint, "no")))
    assert ids_in(exported.files[0])[0] == repair.fingerprint
    assert [turn["role"] for turn in json_lines(exported.files[0])[0]["body"]["messages"]][-2:] == ["assistant", "user"]
    both = answered((asked[0].fingerprint, "no"), (repair.fingerprint, "still no"))
    assert [one.fingerprint for one in outstanding(asked, both)] == [asked[1].fingerprint], "one repair and no more"


def test_where_nothing_is_left_to_ask_nothing_is_written(tmp_path: Path) -> None:
    asked = questions(2)
    exported = export(asked, tmp_path / "e", answered(*((one.fingerprint, '{"grade": 1}') for one in asked)))
    assert (exported.manifest, exported.requests, exported.files) == (None, 0, [])
    assert exported.seen.answered == 2
    assert not (tmp_path / "e").exists()


def test_a_request_larger_than_a_file_is_listed(tmp_path: Path) -> None:
    asked = [question(0), question(1, text="long " * 100), question(2)]
    limit = max(len(request_line(asked[0])), len(request_line(asked[2])))
    exported = export(asked, tmp_path / "e", MemoryStore(), max_bytes=limit)
    manifest = exported.manifest
    assert manifest is not None
    assert [(one.fingerprint, one.key) for one in manifest.too_large] == [(asked[1].fingerprint, ("u1", "j1"))]
    assert [file.requests for file in manifest.files] == [1, 1]


@given(
    sizes=st.lists(st.integers(0, 400), min_size=1, max_size=30),
    max_requests=st.integers(1, 8),
    max_bytes=st.integers(600, 3000),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_file_oversteps_a_limit_and_none_could_have_waited(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], max_requests: int, max_bytes: int
) -> None:
    asked = [question(n, text="x" * size) for n, size in enumerate(sizes)]
    folder = tmp_path_factory.mktemp("e")
    manifest = export(asked, folder, MemoryStore(), max_requests=max_requests, max_bytes=max_bytes).manifest
    assert manifest is not None
    assert all(file.requests <= max_requests and file.bytes <= max_bytes for file in manifest.files)
    lines = [(folder / file.name).read_bytes().splitlines(keepends=True) for file in manifest.files]
    for file, following in zip(manifest.files, lines[1:], strict=False):
        assert file.requests == max_requests or file.bytes + len(following[0]) > max_bytes, "the file was closed early"
    written = {json.loads(line)["custom_id"] for content in lines for line in content}
    assert written | {one.fingerprint for one in manifest.too_large} == {one.fingerprint for one in asked}


def test_an_export_for_several_models_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"a batch is for one model: 'm' at .* and 'n' at"):
        export([question(0), question(1, model="n")], tmp_path / "e", MemoryStore())
    assert not (tmp_path / "e" / "manifest.json").exists()


def test_a_whole_export_is_not_written_over(tmp_path: Path) -> None:
    export(questions(1), tmp_path / "e", MemoryStore())
    before = (tmp_path / "e" / "manifest.json").read_bytes()
    with pytest.raises(DataError, match="holds an export already"):
        export(questions(2), tmp_path / "e", MemoryStore())
    assert (tmp_path / "e" / "manifest.json").read_bytes() == before


def test_an_export_cut_off_half_way_is_seen_and_done_again(tmp_path: Path) -> None:
    folder = tmp_path / "e"
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from batch_helpers import export, questions\n"
        "from tilth.llm.store.memory import MemoryStore\n"
        "def cut():\n"
        "    for place, one in enumerate(questions(1300)):\n"
        "        if place == 1100: os.kill(os.getpid(), signal.SIGKILL)\n"
        "        yield one\n"
        "export(cut(), Path(sys.argv[2]), MemoryStore(), max_requests=100)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(Path(__file__).parent), str(folder)], check=False)
    assert killed.returncode == -9
    assert len(list(folder.glob("requests-*.jsonl"))) == 10
    with pytest.raises(DataError, match=r"not the folder of a whole export \(it has no manifest.json\)"):
        read_manifest(folder)
    export(questions(50), folder, MemoryStore(), max_requests=7)
    assert len(list(folder.glob("requests-*.jsonl"))) == 8, "files of the export that was cut off are gone"
    assert sum(file.requests for file in read_manifest(folder).files) == 50


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no manifest of an export"),
        ("[]", "is no manifest of an export"),
        ('{"format": 9}', "has format 9, this Tilth reads 1"),
        ('{"format": 1, "files": 3}', "is no manifest of an export"),
    ],
)
def test_a_damaged_manifest_is_named(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(DataError, match=message):
        read_manifest(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(DataError, match="cannot be written"):
        export(questions(1), tmp_path / "e", MemoryStore())


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "e").write_text("")
    with pytest.raises(DataError, match=r"e.*cannot be written"):
        export(questions(1), tmp_path / "e", MemoryStore())


@pytest.mark.slow
def test_120_000_requests_stay_within_the_hosted_limits_and_in_bounded_memory(tmp_path: Path) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    exported = export((question(n, text="word " * 400) for n in range(120_000)), tmp_path / "e", MemoryStore())
    seconds = time.monotonic() - started
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    manifest = exported.manifest
    assert manifest is not None
    assert [file.requests for file in manifest.files] == [50_000, 50_000, 20_000]
    assert all(file.bytes <= 200_000_000 for file in manifest.files)
    assert grown_mb < 100, f"{sum(f.bytes for f in manifest.files) / 1e6:.0f} MB were written"
    print(f"{120_000 / seconds:,.0f} requests/s, {grown_mb:.0f} MB more memory")
