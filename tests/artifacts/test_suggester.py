"""The suggester against plain Python: prefixes, edits, updates, scripts, damage."""

import random
import threading

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.artifacts.suggester import Suggester, key_of, key_text
from tilth.artifacts.suggester.heavy import best_places
from tilth.artifacts.suggester.words import Words, write_words
from tilth.errors import ArtifactError
from tilth.records import SUGGESTION_SCHEMA, Suggestions


def suggestions(scores: dict[str, float], *, category="", rejected=()) -> Suggestions:
    rows = [
        {"query": query, "normal": query, "source": "title", "category": category, "score": score, "synthetic": False}
        | {"rejected": "unsafe" if query in rejected else None}
        for query, score in scores.items()
    ]
    return Suggestions(pa.Table.from_pylist(rows, schema=SUGGESTION_SCHEMA))


def queries(found) -> list[str]:
    return [one.query for one in found]


def plainly(scores: dict[str, float], typed: str, k: int) -> list[str]:
    """What a loop over all of them finds."""
    prefix = key_text(typed).encode()
    best = dict[bytes, tuple[float, str]]()
    for query, score in scores.items():
        key = key_of(query)
        if key and (key not in best or np.float32(score) > np.float32(best[key][0])):
            best[key] = (score, " ".join(query.split()))
    rows = sorted((-np.float32(score), key, query) for key, (score, query) in best.items() if key.startswith(prefix))
    return [query for _, _, query in rows[:k]]


def distance(a: str, b: str) -> int:
    """Optimal string alignment, cell by cell."""
    rows = [[i + j if not i * j else 0 for j in range(len(b) + 1)] for i in range(len(a) + 1)]
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            rows[i][j] = min(rows[i - 1][j] + 1, rows[i][j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                rows[i][j] = min(rows[i][j], rows[i - 2][j - 2] + 1)
    return rows[-1][-1]


def test_the_best_of_a_prefix_come_first(tmp_path):
    found = Suggester.build(suggestions({"lamp": 1, "lamp shade": 3, "lampoon": 2, "light": 9}), tmp_path / "s")
    assert queries(found.complete("lam")) == ["lamp shade", "lampoon", "lamp"]
    assert queries(found.complete("lamp ")) == ["lamp shade"]
    assert queries(found.complete("", k=2)) == ["light", "lamp shade"]
    assert len(found) == 4


@settings(max_examples=60, deadline=None)
@given(
    scores=st.dictionaries(st.text("ab ", min_size=1, max_size=6), st.integers(0, 5), max_size=150),
    typed=st.text("ab ", max_size=4),
    k=st.integers(1, 12),
)
def test_what_is_found_is_what_a_loop_finds(tmp_path_factory, scores, typed, k):
    found = Suggester.build(suggestions(scores), tmp_path_factory.mktemp("s") / "x")
    assert queries(found.complete(typed, k, fuzzy=False)) == plainly(scores, typed, k)


def test_many_suggestions_under_one_prefix(tmp_path):
    rng = random.Random(7)
    letters = "abcé東"
    scores = {"".join(rng.choices(letters, k=rng.randint(1, 7))): rng.randint(0, 50) for _ in range(5000)}
    found = Suggester.build(suggestions(scores), tmp_path / "s")
    for typed in ["", "a", "ab", "É", "東", "東a", "abca", "zz", *(key[:3] for key in list(scores)[:100])]:
        for k in (1, 10, 40):
            assert queries(found.complete(typed, k, fuzzy=False)) == plainly(scores, typed, k), typed


def test_one_query_in_two_spellings_is_one_suggestion(tmp_path):
    found = Suggester.build(suggestions({"Café  Table": 1, "cafe table": 2, "CAFE TABLE": 0}), tmp_path / "s")
    assert queries(found.complete("caf")) == ["cafe table"]


@pytest.mark.parametrize(
    ("query", "typed"),
    [
        ("Crème brûlée", "creme br"),
        ("東京タワー 観光", "東京"),
        ("مصابيح ليد", "مصا"),
        ("Ｆｕｌｌ width", "full"),
        ("naïve", "nai\u0308"),
        ("한국어 노래", "한국"),
        ("weiß", "wei"),
        ("zero\u200bwidth", "zerow"),
    ],
)
def test_any_script_in_any_normal_form(tmp_path, query, typed):
    found = Suggester.build(suggestions({query: 1, "other": 2}), tmp_path / "s")
    assert queries(found.complete(typed)) == [query]


def test_one_edit_then_two_then_nothing(tmp_path):
    found = Suggester.build(suggestions({"bathroom faucet": 2, "bathroom fan": 3, "kitchen": 1}), tmp_path / "s")
    assert [(one.query, one.edits) for one in found.complete("bahtroom f")] == [
        ("bathroom fan", 1),
        ("bathroom faucet", 1),
    ]
    assert [one.edits for one in found.complete("bsthrom f")] == [2, 2]
    assert found.complete("bxxxroom") == []
    assert found.complete("bahtroom f", fuzzy=False) == []
    assert queries(found.complete("bathroomfau")) == ["bathroom faucet"]
    assert queries(found.complete("kit chen")) == ["kitchen"]
    assert found.complete("ab") == []  # too short to guess at


def test_a_number_is_never_another_number(tmp_path):
    found = Suggester.build(suggestions({"pipe 100 mm": 1}), tmp_path / "s")
    assert found.complete("pipe 110") == []
    assert queries(found.complete("pipr 100")) == ["pipe 100 mm"]


def test_the_tree_finds_what_the_table_of_all_distances_finds(tmp_path):
    rng = random.Random(3)
    words = {"".join(rng.choices("abcd", k=rng.randint(1, 7))): float(rng.randint(1, 9)) for _ in range(120)}
    write_words(tmp_path / "w", words)
    tree = Words(tmp_path / "w")
    for _ in range(60):
        typed = "".join(rng.choices("abcd", k=rng.randint(1, 6)))
        for edits in (0, 1):
            wanted = {word: distance(typed, word) for word in words if distance(typed, word) <= edits}
            assert {near.text: near.edits for near in tree.near(typed, edits, whole=True)} == wanted
        starts = {word[:size] for word in words for size in range(len(word) + 1)}
        wanted = {start: distance(typed, start) for start in starts if distance(typed, start) <= 1}
        got = {near.text: near.edits for near in tree.near(typed, 1, whole=False)}
        assert got.items() <= wanted.items()
        assert len(got) == min(len(wanted), 24)
        assert tree.knows(typed, whole=True) == (typed in words)
        assert tree.knows(typed, whole=False) == (typed in starts)


def test_what_is_added_replaced_and_removed(tmp_path):
    before = Suggester.build(suggestions({f"lamp {n:03d}": n for n in range(100)}), tmp_path / "s")
    after = before.update(suggestions({"lamp new": 200, "Lamp 005": 300}, category="new"), removed=["lamp 099"])
    for found in (after, Suggester(tmp_path / "s")):
        assert queries(found.complete("lamp", 4)) == ["Lamp 005", "lamp new", "lamp 098", "lamp 097"]
        assert len(found) == 100
        assert found.complete("lamp new")[0].category == "new"
        assert found.complete("lamp 099", fuzzy=False) == []
    assert queries(before.complete("lamp", 1)) == ["lamp 099"]
    again = after.update(suggestions({}), removed=["lamp new", "lamp 098"])
    assert queries(again.complete("lamp", 2)) == ["Lamp 005", "lamp 097"]
    many = again.update(suggestions({f"shade {n}": n for n in range(50)}))  # all is written anew
    assert "+" not in many.version
    assert len(many) == 148
    assert queries(many.complete("lamp", 2)) == ["Lamp 005", "lamp 097"]
    assert queries(many.complete("shade 4", 1)) == ["shade 49"]


def test_a_boosted_category_moves_up(tmp_path):
    both = suggestions({"lamp a": 3, "lamp b": 2}).table, suggestions({"lamp c": 1}, category="new").table
    found = Suggester.build(Suggestions(pa.concat_tables(both)), tmp_path / "s")
    assert queries(found.complete("lamp", 2)) == ["lamp a", "lamp b"]
    assert queries(found.complete("lamp", 2, boosts={"new": 5.0})) == ["lamp c", "lamp a"]


def test_a_rejected_suggestion_is_never_written(tmp_path):
    found = Suggester.build(suggestions({"good": 1, "gone wrong": 9}, rejected={"gone wrong"}), tmp_path / "s")
    assert queries(found.complete("go")) == ["good"]
    assert not any(b"gone" in path.read_bytes() for path in (tmp_path / "s").rglob("*") if path.is_file())


@pytest.mark.parametrize("typed", ["x" * 10_000, "a " * 5_000, "\x00\x01", "\ud800", "🙂" * 3_000, "'; drop --", " "])
def test_hostile_text_is_only_text(tmp_path, typed):
    found = Suggester.build(suggestions({"lamp": 1, "a a": 2}), tmp_path / "s")
    assert len(found.complete(typed)) <= 2


def test_nothing_to_suggest(tmp_path):
    found = Suggester.build(suggestions({}), tmp_path / "s")
    assert found.complete("lamp") == []
    assert found.complete("") == []
    assert len(found.update(suggestions({"lamp": 1}))) == 1


def test_many_threads_may_ask(tmp_path):
    scores = {f"lamp {n}": n for n in range(300)}
    found = Suggester.build(suggestions(scores), tmp_path / "s")
    wrong = list[str]()

    def ask() -> None:
        for n in range(100):
            if queries(found.complete(f"lamp {n}", 3)) != plainly(scores, f"lamp {n}", 3):
                wrong.append(str(n))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_best_rows_in_order():
    scores = np.array([1, 3, 2, 3, 3, 0], dtype=np.float32)
    assert best_places(scores, 2).tolist() == [1, 3]
    assert best_places(scores[2:], 3).tolist() == [1, 2, 0]
    assert best_places(scores[4:], 9).tolist() == [0, 1]


def test_what_is_no_suggester_is_said(tmp_path):
    with pytest.raises(ArtifactError, match="there is no suggester"):
        Suggester(tmp_path)
    Suggester.build(suggestions({"lamp": 1}), tmp_path / "s")
    (tmp_path / "s" / "000001" / "scores.npy").write_bytes(b"no")
    with pytest.raises(ArtifactError, match="is damaged"):
        Suggester(tmp_path / "s")
    (tmp_path / "s" / "manifest.json").write_text("{}")
    with pytest.raises(ArtifactError, match="manifest"):
        Suggester(tmp_path / "s")


def test_those_of_some_categories_are_found_behind_better_ones(tmp_path):
    many = {f"garden {n:03d}": 100.0 - n for n in range(90)}
    found = Suggester.build(suggestions(many), tmp_path / "s")
    found = found.update(suggestions({"garden rare": 1.0, "garden rake": 2.0, "grill": 9.0}, category="cold"))
    cold = found.rows_of({"cold"})
    assert queries(found.best_of("garden", cold, 5)) == ["garden rake", "garden rare"]
    assert queries(found.best_of("g", cold, 2)) == ["grill", "garden rake"]
    assert found.best_of("lamp", cold, 2) == []
    assert found.sources_of() == {"": {"title"}, "cold": {"title"}}
    gone = found.update(suggestions({}), removed=["garden rake"])
    assert queries(gone.best_of("garden", gone.rows_of({"cold"}), 5)) == ["garden rare"]
    assert gone.best_of("garden", gone.rows_of(set()), 5) == []


def variants(scores: dict[str, tuple[str, float]]) -> Suggestions:
    """Queries with their normal forms."""
    table = suggestions({query: score for query, (_, score) in scores.items()}).table
    place = table.schema.get_field_index("normal")
    normal = pa.array([form for form, _ in scores.values()], pa.string())
    return Suggestions(table.set_column(place, table.schema.field("normal"), normal))


def test_what_says_the_same_is_listed_once(tmp_path):
    said = {"sink": ("sink", 3), "sinks": ("sink", 2), "sink mat": ("mat sink", 1), "mat sink": ("mat sink", 4)}
    found = Suggester.build(variants(said), tmp_path / "s")
    assert queries(found.complete("sin")) == ["sink", "sink mat"]
    assert queries(found.complete("sinks")) == ["sinks"]
    assert queries(found.complete("")) == ["mat sink", "sink"]
    assert queries(found.complete("simk")) == ["sink", "sink mat"]
    assert queries(found.best_of("s", found.rows_of({""}), 5)) == ["sink", "sink mat"]
    assert len(found) == 4


def test_what_says_the_same_in_an_addition_is_listed_once(tmp_path):
    base = {f"lamp {i:03d}": (f"{i:03d} lamp", float(i)) for i in range(200)}
    found = Suggester.build(variants(base), tmp_path / "s").update(variants({"lamp 199 s": ("199 lamp", 500.0)}))
    assert queries(found.complete("lamp", k=3)) == ["lamp 199 s", "lamp 198", "lamp 197"]


@pytest.mark.parametrize("forms", [1, 5, 40])
def test_many_suggestions_of_few_forms(tmp_path, forms):
    """A loop over all, on prefixes with lists of the best and on those without."""
    said = {f"rug {i:03d}": (f"form {i * 7 % forms}", float(i * 37 % 300)) for i in range(300)}
    found = Suggester.build(variants(said), tmp_path / "s")
    for typed, k in (("rug", 10), ("rug 1", 30), ("rug 12", 3)):
        best = dict[str, str]()
        for query, (form, _) in sorted(said.items(), key=lambda one: (-one[1][1], one[0])):
            if query.startswith(typed):
                best.setdefault(form, query)
        assert queries(found.complete(typed, k)) == list(best.values())[:k]
