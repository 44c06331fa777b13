"""How many people typed each query, and the rules of what is changed in them."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st
from spell_world import speller

from tilth.artifacts.speller import FixedQuery
from tilth.enrich.spell import Traffic, folded, spelling_rules, with_exceptions
from tilth.records import SEARCH_SCHEMA

Row = tuple[str | None, str | None, str]


def searches(rows: list[Row]) -> pa.Table:
    table = [{"user_id": user, "session_id": session, "query": query, "clicked": None} for user, session, query in rows]
    return pa.Table.from_pylist(table, schema=SEARCH_SCHEMA)


def test_users_are_counted_once_then_sessions_then_rows() -> None:
    traffic = Traffic()
    traffic.add(searches([("u1", "s1", "Oak  Table"), ("u1", "s2", "oak table"), ("u2", None, "oak table")]))
    traffic.add(searches([(None, "s1", "oak table"), (None, "s1", "oak table"), (None, None, "oak table")]))
    traffic.add(searches([("u1", None, "lamp"), (None, None, "lamp"), (None, None, "lamp")]))
    traffic.add(searches([]))
    assert traffic.by_frequency() == [("oak table", 4.0), ("lamp", 3.0)]
    assert len(traffic) == 2


ROWS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]), st.sampled_from(["a", "s", None]), st.sampled_from(["x", "y z", "Y  z"])
    )
)


@given(ROWS, st.integers(0, 20))
def test_counts_do_not_depend_on_where_the_log_is_cut(rows: list[Row], cut: int) -> None:
    whole, parts = Traffic(), Traffic()
    whole.add(searches(rows))
    for part in (rows[:cut], rows[cut:]):
        parts.add(searches(part))
    expected: dict[str, float] = {}
    for query in {folded(row[2]) for row in rows}:
        of = [row[:2] for row in rows if folded(row[2]) == query]
        people = {("u", user) if user else ("s", session) for user, session in of if user or session}
        expected[query] = float(len(people) + sum(not user and not session for user, session in of))
    assert dict(whole.by_frequency()) == dict(parts.by_frequency()) == expected


def test_one_rule_for_a_word_that_always_becomes_the_same_and_else_one_for_the_query() -> None:
    settled = FixedQuery("led lapm", "led lamps", "model:a")
    fixed = with_exceptions(speller(), [settled, FixedQuery("tiolet fan", "outlet fan", "model:b")])
    queries = [
        ("tiolet seat", 90.0),
        ("white tiolet seat", 9.0),
        ("hamp ton bay", 5.0),
        ("led lapm", 3.0),
        ("oak", 9.0),
    ]
    rules = spelling_rules(fixed, [(query, weight, fixed.correct(query)) for query, weight in queries])
    assert [(rule.source, rule.target, rule.provenance, rule.note) for rule in rules] == [
        ("tiolet", "toilet", "rule:speller", "traffic 99"),
        ("hamp ton bay", "hampton bay", "rule:speller", "traffic 5"),
        ("led lapm", "led lamps", "model:a", "traffic 3"),
    ]
    assert {(rule.kind, rule.direction, rule.weight) for rule in rules} == {("spelling", "one_way", 1.0)}
    queries = [*queries[:2], ("tiolet fan", 9.0)]
    disputed = spelling_rules(fixed, [(query, weight, fixed.correct(query)) for query, weight in queries])
    assert [rule.source for rule in disputed] == ["tiolet seat", "tiolet fan", "white tiolet seat"]
    assert len({rule.rule_id for rule in disputed}) == 3
