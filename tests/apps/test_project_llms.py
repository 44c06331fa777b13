"""From `[llm.NAME]` to a client: what is missing is said, and the key stays where it belongs."""

from pathlib import Path

import msgspec
import pytest
from tiny_project import ENRICH, JUDGE, put_project, teacher, truthful

from tilth.apps.project import Project
from tilth.apps.project.asking.llms import open_llm
from tilth.config import Config
from tilth.data import DataConfig
from tilth.errors import ConfigError, DataError, LLMError
from tilth.llm.config import LLMConfig
from tilth.testing import FakeLLMServer

SECRET = "sk-tiny-0123456789abcdef"
PAIRS = {"path": "x.csv", "context_id": "person", "item_id": "job"}
KEYED = 'api_key_env = "TINY_KEY"'
DATA = msgspec.convert(
    {part: {"path": "x.csv", "id": "id"} for part in ("contexts", "items")} | {"pairs": PAIRS}, DataConfig
)
RECORDED = LLMConfig(provider="recorded", path="said.csv", context_id="person", item_id="job", answer={"grade": "bad"})


def opened(folder: Path, config: LLMConfig, keys: tuple[str, ...] = ("context_id", "item_id")):
    return open_llm("t", Config(data=DATA, llm={"t": config}), keys, base=folder, work=folder / "work")


def openai(**changes) -> LLMConfig:
    return LLMConfig(**{"provider": "openai", "base_url": "http://127.0.0.1:9/v1/", "model": "m", **changes})


@pytest.mark.parametrize("value", [None, ""])
def test_a_variable_that_is_not_set_is_named_before_anything_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("TINY_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("TINY_KEY", value)
    with FakeLLMServer(truthful) as server:
        project = Project(put_project(tmp_path / "p", teacher(server.base_url, KEYED), JUDGE, count=8))
        with pytest.raises(ConfigError, match=r"\[llm\.t\]: the environment variable TINY_KEY is not set"):
            project.judge()
        assert server.calls == 0


def test_the_key_is_sent_and_never_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINY_KEY", SECRET)
    with FakeLLMServer(truthful, require_key=SECRET) as server:
        config = put_project(tmp_path / "p", teacher(server.base_url, KEYED), JUDGE, ENRICH, count=8)
        project = Project(config)
        assert project.judge()[0].labelled == 32
        assert project.read_attributes()[0].read == 8
        project.compare()
        project.report()
        assert server.refused == 0
    files = [path for path in (tmp_path / "p").rglob("*") if path.is_file()]
    assert {"answers.sqlite", "t.parquet", "t.json", "item.parquet", "report.html"} <= {path.name for path in files}
    assert [path.name for path in files if SECRET.encode() in path.read_bytes()] == []


def test_a_refused_key_is_not_in_the_error_nor_on_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TINY_KEY", SECRET)
    with FakeLLMServer(truthful, require_key="another") as server:
        project = Project(put_project(tmp_path / "p", teacher(server.base_url, KEYED), JUDGE, count=8))
        with pytest.raises(LLMError, match="HTTP 401") as caught:
            project.judge()
    chain: list[BaseException | None] = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert not any(SECRET in repr(error) + str(error) for error in chain)
    assert not any(SECRET.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_what_stands_in_a_request(tmp_path: Path) -> None:
    with opened(tmp_path, openai(temperature=0.2, max_tokens=7, seed=5)) as llm:
        assert (llm.model, llm.endpoint) == ("m", "http://127.0.0.1:9/v1/")
        assert llm.sampling == {"temperature": 0.2, "max_tokens": 7, "seed": 5}
    with opened(tmp_path, openai()) as llm:
        assert "seed" not in llm.sampling
    assert (tmp_path / "work" / "answers.sqlite").exists()


def test_recorded_answers_need_the_columns_of_their_ids(tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text("person,job,bad\nu00,j0,0\n")
    for missing in ("context_id", "item_id"):
        config = LLMConfig(
            provider="recorded",
            path="said.csv",
            context_id=None if missing == "context_id" else "person",
            item_id=None if missing == "item_id" else "job",
        )
        with (
            pytest.raises(ConfigError, match=rf"\[llm\.t\]: '{missing}' is needed here: .* in said\.csv"),
            opened(tmp_path, config),
        ):
            pass


def test_recorded_answers_of_one_side_need_one_column(tmp_path: Path) -> None:
    (tmp_path / "said.csv").write_text("person,city\nu00,oslo\n")
    config = LLMConfig(provider="recorded", path="said.csv", context_id="person")
    with opened(tmp_path, config, ("context_id",)) as llm:
        assert llm.model == "t"
        assert llm.endpoint.startswith("recorded:")
        assert llm.sampling == {}


def test_other_recorded_answers_are_another_endpoint(tmp_path: Path) -> None:
    endpoints: list[str] = []
    for bad in (0, 1):
        (tmp_path / "said.csv").write_text(f"person,job,bad\nu00,j0,{bad}\n")
        with opened(tmp_path, RECORDED) as llm:
            endpoints.append(llm.endpoint)
    assert endpoints[0] != endpoints[1]


def test_a_file_of_recorded_answers_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"said\.csv: cannot be read"), opened(tmp_path, RECORDED):
        pass


def test_the_cache_is_closed_when_the_block_fails(tmp_path: Path) -> None:
    """An open SQLite connection would be reported as a ResourceWarning, which is an error here."""
    with pytest.raises(RuntimeError), opened(tmp_path, openai()):
        raise RuntimeError
    # Closing the last connection folds the write-ahead log into the file.
    assert sorted(path.name for path in (tmp_path / "work").iterdir()) == ["answers.sqlite", "answers.sqlite.ballast"]
