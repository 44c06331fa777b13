"""tilth.toml: what is refused, where, and with which hint."""

import re
import tomllib
from pathlib import Path

import pytest

from tilth.apps.project.template import write_template
from tilth.config import Config, load_config
from tilth.errors import ConfigError

DATA = """
[data.contexts]
path = "u.csv"
id = "u"

[data.items]
path = "i.csv"
id = "i"

[data.pairs]
path = "p.csv"
context_id = "u"
item_id = "i"
"""
LLM = '\n[llm.a]\nprovider = "openai"\nbase_url = "http://x/v1"\nmodel = "m"\n'
JUDGMENTS = '\n[[data.judgments]]\npath = "x"\ncontext_id = "u"\nitem_id = "i"\nsource = "model:x"\ngrade = "g"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "tilth.toml"


def load(path: Path, text: str) -> Config:
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def refusal(path: Path, text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        load(path, text)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value).removeprefix(f"{path}: ")


def test_the_least_that_is_needed(path: Path) -> None:
    config = load(path, DATA)
    assert (config.project.work, config.project.seed, config.data.gold, config.llm) == ("work", 0, None, {})
    assert config.distill.shares.by_part() == {"few-shot": 0.2, "calibration": 0.4, "test": 0.4}


@pytest.mark.parametrize(
    ("text", "where", "key", "hint"),
    [
        ("[projekt]", "", "projekt", "did you mean 'project'?"),
        ("[project]\nseeds = 1", "[project]: ", "seeds", "did you mean 'seed'?"),
        ("[data]\nmax_reject = 1", "[data]: ", "max_reject", "did you mean 'max_rejected'?"),
        ('[data.gold]\npaht = "x"', "[data.gold]: ", "paht", "did you mean 'path'?"),
        (JUDGMENTS + JUDGMENTS + 'raisons = "x"', "[data.judgments[1]]: ", "raisons", "did you mean 'reasons'?"),
        (LLM + 'modle = "x"', "[llm]: ", "modle", "did you mean 'model'?"),
        (LLM + "price = { input_per_mtk = 1 }", "[llm.price]: ", "input_per_mtk", "did you mean 'input_per_mtok'?"),
        ("[judge]\nshot = 1", "[judge]: ", "shot", "did you mean 'shots'?"),
        ("[enrich]\nmax_char = 1", "[enrich]: ", "max_char", "did you mean 'max_chars'?"),
        ('[enrich.item.a]\ntyp = "text"', "[enrich.item]: ", "typ", "did you mean 'type'?"),
        ("[distill]\ngrit = 1", "[distill]: ", "grit", "did you mean 'grid'?"),
        ("[distill.features]\nlsa_dim = 1", "[distill.features]: ", "lsa_dim", "did you mean 'lsa_dims'?"),
        ("[distill.shares]\nfew_shot = 1", "[distill.shares]: ", "few_shot", "did you mean 'few-shot'?"),
        ('[[distill.comparisons]]\nkid = "x"', "[distill.comparisons[0]]: ", "kid", "did you mean 'kind'?"),
        ("[report]\nexample = 1", "[report]: ", "example", "did you mean 'examples'?"),
    ],
)
def test_an_unknown_key_is_named_with_what_was_meant(path: Path, text: str, where: str, key: str, hint: str) -> None:
    start = "" if "[data]\n" in text else DATA
    assert refusal(path, f"{start}\n{text}\n") == f"{where}unknown key '{key}'\n  hint: {hint}"


def test_a_key_like_no_other_lists_the_known_ones(path: Path) -> None:
    said = refusal(path, DATA + "[report]\nzzz = 1\n")
    assert said == "[report]: unknown key 'zzz'\n  hint: known keys: title, examples"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[project]\nseed = 1.5", "[project.seed]: Expected `int`, got `float`"),
        ("[project]\nname = 3", "[project.name]: Expected `str`, got `int`"),
        ('[judge]\nteachers = "a"', "[judge.teachers]: Expected `array`, got `str`"),
        ("[judge]\ntarget_metric = 'map'", "[judge.target_metric]: Invalid enum value 'map'"),
        ("[distill]\nmodel = 'tree'", "[distill.model]: Invalid enum value 'tree'"),
        ("[distill]\nattributes = 'yes'", "[distill.attributes]: Expected `bool`, got `str`"),
        (LLM.replace('"openai"', '"azure"'), "[llm.provider]: Invalid enum value 'azure'"),
        ("[enrich.item.a]\ntype = 'date'", "[enrich.item.type]: Invalid enum value 'date'"),
        ("[report]\nexamples = '8'", "[report.examples]: Expected `int`, got `str`"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(path: Path, text: str, message: str) -> None:
    assert refusal(path, f"{DATA}\n{text}\n") == message


def test_what_is_missing_is_named(path: Path) -> None:
    assert "missing required field `data`" in refusal(path, "")
    assert refusal(path, "data = 3") == "[data]: Expected `object`, got `int`"
    assert "missing required field `items`" in refusal(path, DATA.replace('[data.items]\npath = "i.csv"\nid = "i"', ""))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[judge]\nteachers = ["b"]' + LLM, "[judge] teachers names 'b', but there is no [llm.b]\n  hint: defined: a"),
        ('[judge]\nteachers = ["b"]', "[judge] teachers names 'b', but there is no [llm.b]\n  hint: defined: none"),
        ('[enrich]\nllm = "b"' + LLM, "[enrich] llm names 'b', but there is no [llm.b]\n  hint: defined: a"),
        ('[llm.a]\nprovider = "openai"\nmodel = "m"', "[llm.a]: provider 'openai' needs 'base_url'"),
        ('[llm.a]\nprovider = "openai"\nbase_url = "x"', "[llm.a]: provider 'openai' needs 'model'"),
        ('[llm.a]\nprovider = "recorded"', "[llm.a]: provider 'recorded' needs 'path'"),
        ("[enrich.item.a]\ntype = 'category'", "[enrich.item.a]: a category needs its values listed"),
        ("[enrich.context.id]\ntype = 'text'", "[enrich.context.id]: 'id' is taken; choose another name"),
    ],
)
def test_what_does_not_hang_together_is_refused(path: Path, text: str, message: str) -> None:
    assert refusal(path, f"{DATA}\n{text}\n") == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[distill.shares]\ntest = 0.5", "[distill.shares] must be 0 or more and sum to 1, not few-shot 0.2, cal"),
        ("[distill.shares]\nfew-shot = -0.1\ntest = 0.65", "[distill.shares] must be 0 or more"),
        ("[distill.shares]\ntest = nan", "[distill.shares] must be 0 or more"),
        ("[distill]\ntarget_precision = 1.0", "[distill] target_precision must lie between 0 and 1, not 1.0"),
        ("[distill]\ntarget_precision = nan", "[distill] target_precision must lie between 0 and 1, not nan"),
        ("[distill]\nconfidence = 95", "[distill] confidence must lie between 0 and 1, not 95"),
        ("[distill]\ngrid = 0", "[distill] grid must be at least 1, not 0"),
        ("[distill]\nn_boot = 0", "[distill] n_boot must be at least 1"),
        ("[distill]\nnext_pairs = -1", "[distill] next_pairs must be at least 0"),
        ("[judge]\nshots = -1", "[judge] shots must be at least 0"),
        ("[judge]\nn_boot = 0", "[judge] n_boot must be at least 1"),
        ("[judge]\nconfidence = 1", "[judge] confidence must lie between 0 and 1"),
        ("[judge]\nmin_coverage = 95", "[judge] min_coverage must lie in 0..1"),
        ("[enrich]\nmax_chars = 0", "[enrich] max_chars must be at least 1"),
        ("[report]\nexamples = -1", "[report] examples must be at least 0"),
        (LLM + "concurrency = 0", "[llm.a] concurrency must be at least 1"),
        (LLM + "max_tokens = 0", "[llm.a] max_tokens must be at least 1"),
        (LLM + "max_retries = -1", "[llm.a] max_retries must be at least 0"),
    ],
)
def test_a_value_out_of_its_range_is_refused(path: Path, text: str, message: str) -> None:
    assert refusal(path, f"{DATA}\n{text}\n").startswith(message)


@pytest.mark.parametrize("name", ["../a", "a/b", ".hidden", "a\\\\b", ""])
def test_an_llm_whose_name_makes_no_file_name_is_refused(path: Path, name: str) -> None:
    assert "the name becomes part of file names" in refusal(path, DATA + LLM.replace("[llm.a]", f'[llm."{name}"]'))


@pytest.mark.parametrize("name", ["a", "gpt-4.1-mini", "my_model", "Ærlig 2"])
def test_ordinary_names_of_llms_pass(path: Path, name: str) -> None:
    assert list(load(path, DATA + LLM.replace("[llm.a]", f'[llm."{name}"]')).llm) == [name]


def test_shares_may_be_named_and_sum_to_one(path: Path) -> None:
    config = load(path, DATA + "[distill.shares]\nfew-shot = 0\ncalibration = 0.7\ntest = 0.3\n")
    assert config.distill.shares.by_part() == {"few-shot": 0, "calibration": 0.7, "test": 0.3}


def test_files_that_cannot_be_read(tmp_path: Path, path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none.toml: no such file\n  hint: run `tilth init DIR`"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load_config(tmp_path)
    path.write_bytes(b"# caf\xe9\n")
    with pytest.raises(ConfigError, match=r"is not UTF-8 \(byte 5\)"):
        load_config(path)
    assert "is not TOML" in refusal(path, "[data")


def test_the_template_loads(tmp_path: Path) -> None:
    config = load_config(write_template(tmp_path / "new"))
    assert (config.project.name, config.judge.teachers) == ("my-project", ["teacher"])
    with pytest.raises(ConfigError, match="exists already"):
        write_template(tmp_path / "new")


def test_every_commented_option_of_the_template_loads_and_is_the_default(tmp_path: Path, path: Path) -> None:
    template = write_template(tmp_path / "new").read_text(encoding="utf-8")
    option = re.compile(r"^# (?=\[+[\w.]+\]+$|\w+ = )", re.MULTILINE)
    uncommented = option.sub("", template)
    assert not re.findall(r"^# *(?:\S+ = |\[).*$", uncommented, re.MULTILINE), "options that were not uncommented"
    assert len(tomllib.loads(uncommented)["llm"]) == 2
    full = load(path, uncommented)
    assert [source.p for source in full.data.judgments] == ["probability"]
    assert (set(full.enrich.context), full.enrich.item["level"].ordered) == ({"city", "min_salary"}, True)
    assert full.llm["teacher"].price is not None
    plain = load_config(tmp_path / "new" / "tilth.toml")
    # What a comment gives as the default is the default, sections by section.
    assert (full.project, full.data.max_rejected) == (plain.project, plain.data.max_rejected)
    assert full.judge == plain.judge
    for name in ("model", "target_precision", "confidence", "shares"):
        assert getattr(full.distill, name) == getattr(plain.distill, name)
    for name in ("temperature", "max_tokens", "concurrency", "timeout_s", "max_retries"):
        assert getattr(full.llm["teacher"], name) == getattr(plain.llm["teacher"], name)
    assert full.report.examples == plain.report.examples
    assert full.engine.partition_rows == plain.engine.partition_rows


def test_engine_settings_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "tilth.toml"
    path.write_text(f'{DATA}\n[engine]\naddress = "auto"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match=rf"^{re.escape(str(path))}: \[engine\] address is for a cluster"):
        load_config(path)
