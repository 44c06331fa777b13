"""Rubric files: what they say, and what is refused."""

from pathlib import Path

import pytest

from tilth.errors import RubricError
from tilth.judge import load_rubric, shipped_rubrics

GOOD = """
id = "tea"
version = "2"
task = "Is this tea any good?"

[positive]
name = "bad"
below = 1

[[grades]]
value = 0
label = "no"
meaning = "Undrinkable."

[[grades]]
value = 1
label = "yes"
meaning = "Fine."

[[reasons]]
id = "cold"
meaning = "It is cold."

[prompt]
system = "You judge tea."
"""


def load(folder: Path, text: str):
    (folder / "tea.toml").write_text(text, encoding="utf-8")
    return load_rubric("tea.toml", base=folder)


def test_the_shipped_rubrics_are_named_and_load(tmp_path: Path) -> None:
    assert shipped_rubrics() == ["bad-job-match", "product-search-relevance"]
    loaded = [load_rubric(name, base=tmp_path) for name in shipped_rubrics()]
    assert [rubric.name for rubric in loaded] == ["bad-job-match@1", "product-search-relevance@1"]
    assert [rubric.grades for rubric in loaded] == [{0.0, 1.0}, {1.0, 2.0, 3.0}]
    assert [rubric.positive.describe() for rubric in loaded] == ["bad (grade >= 1)", "bad (grade < 2)"]


def test_the_answer_schema_lists_grades_and_reasons(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD).answer_schema() == {
        "type": "object",
        "properties": {
            "reasons": {"type": "array", "items": {"type": "string", "enum": ["cold"]}},
            "grade": {"type": "integer", "enum": [0, 1]},
            "p": {"type": "number", "minimum": 0, "maximum": 1},
        },
        "required": ["reasons", "grade", "p"],
        "additionalProperties": False,
    }


def test_a_rubric_without_reasons_asks_for_none(tmp_path: Path) -> None:
    start, end = GOOD.index("[[reasons]]"), GOOD.index("[prompt]")
    schema = load(tmp_path, GOOD[:start] + GOOD[end:]).answer_schema()
    assert schema["required"] == ["grade", "p"]
    assert set(schema["properties"]) == {"grade", "p"}


def test_the_digest_follows_the_content_and_not_its_spelling(tmp_path: Path) -> None:
    digest = load(tmp_path, GOOD).digest
    assert len(digest) == 64
    assert load(tmp_path, "# a remark\n" + GOOD.replace("below = 1", "below=1.0")).digest == digest
    for old, new in (("Undrinkable.", "Bad."), ('"2"', '"3"'), ("It is cold", "Cold"), ("You judge", "Judge")):
        assert load(tmp_path, GOOD.replace(old, new)).digest != digest


def test_a_file_is_found_beside_the_project_and_by_its_full_path(tmp_path: Path) -> None:
    rubric = load(tmp_path, GOOD)
    assert load_rubric(str(tmp_path / "tea.toml"), base=Path("/nowhere")).digest == rubric.digest


def test_a_name_that_is_not_shipped_lists_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"no rubric 'bad-job'(?s:.*)one of: bad-job-match, product-search-relevance"):
        load_rubric("bad-job", base=tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"none\.toml: cannot be read: No such file"):
        load_rubric("none.toml", base=tmp_path)


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    (tmp_path / "tea.toml").write_bytes(b'id = "\xff"')
    with pytest.raises(RubricError, match=r"tea\.toml: is not UTF-8"):
        load_rubric("tea.toml", base=tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[positive]", "[positive", "is not TOML"),
        ('id = "tea"', 'idd = "tea"', "unknown field `idd`"),
        ('label = "no"', 'lable = "no"', "unknown field `lable`"),
        ("value = 0", "value = 0.5", "Expected `int`"),
        ('task = "Is this tea any good?"', "", "missing required field `task`"),
        ("below = 1", "", "either at_least or below"),
        ("below = 1", "below = 1\nat_least = 0", "either at_least or below"),
        ("value = 1", "value = 0", "a grade is listed twice"),
        ("[prompt]", '[[reasons]]\nid = "cold"\nmeaning = "Again."\n\n[prompt]', "a reason is listed twice"),
        ("below = 1", "below = 0", "some of the grades and not all"),
        ("below = 1", "below = 2", "some of the grades and not all"),
        ("below = 1", "at_least = 0", "some of the grades and not all"),
        ('system = "You judge tea."', 'system = ""\nmax_chars = 0', "max_chars must be at least 1"),
        ('system = "You judge tea."', 'system = ""\ncontext_name = "x"\nitem_name = "x"', "must differ"),
    ],
)
def test_what_contradicts_itself_is_refused(tmp_path: Path, old: str, new: str, message: str) -> None:
    assert old in GOOD
    with pytest.raises(RubricError, match=f"tea.toml.*{message}"):
        load(tmp_path, GOOD.replace(old, new, 1))
