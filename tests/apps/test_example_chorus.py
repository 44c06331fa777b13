"""The example `chorus`, on the public data beside the repository: it runs, and its page tells the truth."""

import shutil
from pathlib import Path

import pytest
from cli_helpers import tilth

from tilth.artifacts.understanding import load_understanding

REPO = Path(__file__).resolve().parents[2]
DATA = REPO.parent / "shared" / "data"


@pytest.mark.slow
@pytest.mark.skipif(not (DATA / "chorus").is_dir(), reason="needs shared/data/chorus beside the repository")
def test_the_rules_of_the_example_are_not_proved(tmp_path: Path) -> None:
    folder = Path(
        shutil.copytree(REPO / "examples" / "chorus", tmp_path / "chorus", ignore=shutil.ignore_patterns("work"))
    )
    config = folder / "tilth.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("../../../shared/data", str(DATA)), encoding="utf-8")
    result = tilth("enrich", "rules", "prove", folder / "rules.csv", "--config", config, "--json").json()
    proof = result["proof"]
    assert (result["rules"], proof["queries"], proof["families"][0]["touched"]) == (12, 84, 21)
    assert proof["baseline"]["ndcg"]["value"] == pytest.approx(0.729, abs=0.001)
    assert proof["baseline"]["ndcg_condensed"]["value"] == pytest.approx(0.812, abs=0.001)
    assert (proof["verdict"], result["kept"]) == ("reject", 0)
    assert proof["changes"]["ndcg"]["value"] == pytest.approx(-0.0013, abs=0.0005)
    assert sum(rule["verdict"] == "reject" for rule in proof["rules"]) == 5
    understood = tilth("enrich", "expand", "--config", config, "--json").json()
    assert (understood["head"], understood["taught_by"]) == (96, {"human:panel": 72})
    assert understood["rules"]["origin"] == "none"
    measured = understood["measures"][0]
    assert measured["accuracy"]["value"] == pytest.approx(0.50, abs=0.03)
    assert measured["gain"]["value"] == pytest.approx(0.08, abs=0.03)
    laptop = load_understanding(folder / "work" / "understanding").understand("Laptops").category
    assert laptop is not None
    assert (laptop.name, laptop.source) == ("Notebook", "human:panel")
    exported = tilth("enrich", "rules", "export", folder / "rules.csv", "--format", "solr", "--out", folder / "solr")
    assert exported.code == 0, exported.err
