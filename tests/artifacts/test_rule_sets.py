"""Generations of proved rules: what is in force, and the way back."""

import json
import os

import pytest

from tilth.artifacts import RuleSets
from tilth.data import rules_table
from tilth.errors import ArtifactError
from tilth.records import Rule

ONE, TWO = [Rule("1", "synonym", "a", "b")], [Rule("2", "synonym", "c", "d")]


@pytest.fixture
def sets(tmp_path):
    return RuleSets(tmp_path / "rules")


def test_nothing_is_in_force_before_a_proof(sets):
    assert sets.in_force is None
    assert sets.current() is None
    assert sets.generations() == []
    with pytest.raises(ArtifactError, match="nothing to go back to"):
        sets.roll_back()


def test_a_set_comes_into_force_and_goes_back_to_no_rules(sets):
    assert sets.add(rules_table(ONE), {"why": "it helps"}) == "000001"
    current = sets.current()
    assert current is not None
    assert (current.generation, current.rules(), current.proof) == ("000001", ONE, {"why": "it helps"})
    assert sets.roll_back() is None
    assert sets.current() is None
    assert sets.load("000001").rules() == ONE  # nothing is deleted
    with pytest.raises(ArtifactError, match="nothing to go back to"):
        sets.roll_back()


def test_a_proof_that_kept_nothing_leaves_what_is_in_force(sets):
    sets.add(rules_table(ONE), {})
    assert sets.add(rules_table([]), {"verdict": "reject"}) == "000002"
    assert sets.in_force == "000001"
    assert sets.load("000002").proof == {"verdict": "reject"}


def test_going_back_skips_what_was_taken_back_before(sets):
    sets.add(rules_table(ONE), {})
    sets.add(rules_table(TWO), {})
    assert sets.roll_back() == "000001"
    assert sets.add(rules_table(TWO), {}) == "000003"
    assert sets.roll_back() == "000001"  # not 000002, which was taken back
    assert sets.roll_back() is None
    assert sets.generations() == ["000001", "000002", "000003"]


def test_a_run_that_was_killed_leaves_nothing_in_the_way(sets):
    part = sets.folder / f".000001.{os.getpid()}.part"
    part.mkdir(parents=True)
    (part / "rules.parquet").write_bytes(b"half")
    assert sets.add(rules_table(ONE), {}) == "000001"
    assert sorted(path.name for path in sets.folder.iterdir()) == ["000001", "current.json"]


def test_damage_is_named(sets):
    sets.add(rules_table(ONE), {})
    sets.add(rules_table(TWO), {})
    (sets.folder / "000001" / "rules.parquet").write_bytes(b"no")
    with pytest.raises(ArtifactError, match="prove the rules again"):
        sets.roll_back()
    assert sets.in_force == "000002"
    (sets.folder / "000002" / "proof.json").write_text("[]")
    with pytest.raises(ArtifactError, match="damaged"):
        sets.current()
    pointer = sets.folder / "current.json"
    pointer.write_text(json.dumps({"format": 9}))
    with pytest.raises(ArtifactError, match="another version"):
        sets.current()
    pointer.write_text("{")
    with pytest.raises(ArtifactError, match="cannot be read"):
        sets.current()
    pointer.write_text(json.dumps({"format": 1, "generation": "../../etc"}))
    with pytest.raises(ArtifactError, match="etc"):
        sets.current()
