"""What was written before, under settings that have changed since."""

from pathlib import Path

from cli_helpers import tilth


def test_labels_of_an_older_rubric_are_not_used(demo: Path) -> None:
    config = demo / "tilth.toml"
    config.write_text(config.read_text().replace('rubric = "bad-job-match"', 'rubric = "mine.toml"'))
    shipped = Path(__file__).parents[2] / "src" / "tilth" / "judge" / "rubrics" / "bad-job-match.toml"
    (demo / "mine.toml").write_text(shipped.read_text().replace('version = "1"', 'version = "2"'))
    for command in (("judge", "compare"), ("distill",)):
        ran = tilth(*command, "--config", config)
        assert ran.code == 3
        assert "given under another rubric than bad-job-match@2" in ran.err
        assert "tilth judge run" in ran.err
    assert tilth("judge", "run", "--config", config).code == 0
    assert tilth("judge", "compare", "--config", config).code == 0


def test_a_carried_column_may_not_be_called_like_a_written_one(demo: Path) -> None:
    config = demo / "tilth.toml"
    config.write_text(config.read_text().replace('keep = ["rank"]', 'keep = ["rank", "p"]'))
    ran = tilth("filter", "--config", config, "--out", demo / "out.csv")
    assert ran.code == 2
    assert "'p' is the name of a column that the filter writes" in ran.err
