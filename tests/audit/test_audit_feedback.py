"""How sparse explicit negatives are, and how often implicit feedback says the same."""

from collections.abc import Sequence
from math import nan
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from feedback_plain import Event, precisions
from hypothesis import given
from hypothesis import strategies as st

from tilth.audit import GROUPS, AuditConfig, Measure, Part
from tilth.audit.feedback import FeedbackReducer, feedback_of, feedback_part, finish
from tilth.audit.interactions import NO_TIME, Interactions, UserBucket, run_interactions
from tilth.data import EventSource
from tilth.engine import EngineConfig, open_engine
from tilth.records import Entities

KINDS = ("impression", "click", "view", "rating", "thumbs_down", "thumbs_up")


def bucket(events: Sequence[Event], group: int = 0) -> UserBucket:
    """A bucket of events whose order within a pair is that of time."""
    ordered = sorted(events, key=lambda event: (event.user, event.item))
    codes = {user: code for code, user in enumerate(sorted({event.user for event in events}))}
    return UserBucket(
        user=np.array([codes[event.user] for event in ordered], np.int64),
        item=np.array([event.item for event in ordered], np.int32),
        kind=np.array([KINDS.index(event.kind) for event in ordered], np.int8),
        ts=np.full(len(ordered), NO_TIME),
        value=np.array([event.value for event in ordered], np.float64),
        group=group,
        kinds=KINDS,
    )


def audited(events: Sequence[Event], config: AuditConfig | None = None) -> Part:
    """All events, each user in the group of its number."""
    config = config or AuditConfig()
    users = sorted({event.user for event in events})
    buckets = [bucket([event for event in events if event.user == user], user % GROUPS) for user in users]
    return finish([feedback_of(one, config) for one in buckets], KINDS, config)


def measure(part: Part, name: str) -> Measure:
    (found,) = [one for one in part.measures if one.name == name]
    return found


def trust(part: Part) -> dict[str, tuple[int, int]]:
    return {row["signal"]: (row["pairs"], row["agree"]) for row in part.tables["trust"].to_pylist()}


BY_HAND = (
    Event(0, 7, "impression", nan),
    Event(0, 7, "click", nan),
    Event(0, 7, "thumbs_up", nan),
    Event(0, 8, "impression", nan),
    Event(0, 8, "thumbs_down", nan),
    Event(0, 9, "view", 10.0),
    Event(0, 9, "view", 30.0),
    Event(0, 9, "thumbs_down", nan),
    Event(1, 7, "click", nan),
    Event(1, 7, "thumbs_up", nan),
    Event(1, 7, "thumbs_down", nan),
    Event(1, 8, "impression", nan),
    Event(2, 9, "click", nan),
)


def test_counts_by_hand():
    part = audited(BY_HAND)
    kinds = {row["kind"]: (row["role"], row["events"], row["users"]) for row in part.tables["feedback"].to_pylist()}
    assert kinds == {
        "thumbs_down": ("negative", 3, 2),
        "click": ("positive", 3, 3),
        "impression": ("exposure", 3, 2),
        "thumbs_up": ("positive", 2, 2),
        "view": ("interaction", 2, 1),
    }
    # 13 events, 3 of them exposures; users 0 and 1 of the three who did anything.
    assert measure(part, "feedback.negative_share").value == pytest.approx(3 / 10)
    assert measure(part, "feedback.users_with_negative_share").value == pytest.approx(2 / 3)


def test_trust_by_hand():
    part = audited(BY_HAND)
    # Item 7 of user 1 ends in a thumbs down, so its click was wrong; user 0's view above the mean is of item 9.
    assert trust(part) == {
        "click": (2, 1),
        "view": (1, 0),
        "view, value above the user's mean": (1, 0),
        "shown, not chosen": (1, 1),
        "(any signal)": (3, 1),
        "(every opinion)": (4, 1),
    }
    found = measure(part, "feedback.implicit_precision")
    assert (found.value, found.n, len(found.replicates)) == (pytest.approx(1 / 3), 3, GROUPS)
    # Without user 0 the one click is wrong; without user 1 one of two signals is right.
    assert found.replicates[:3] == pytest.approx((0.0, 0.5, 1 / 3))


def test_ratings_by_thresholds():
    events = [Event(0, item, "rating", value) for item, value in enumerate((1.0, 2.5, 3.0, 4.0, 5.0))]
    part = audited(events, AuditConfig(like_from=4, dislike_below=2.5))
    counts = {row["kind"]: row["events"] for row in part.tables["feedback"].to_pylist()}
    assert counts == {"rating (like)": 2, "rating (dislike)": 1, "rating (neither)": 2}
    assert measure(part, "feedback.negative_share").value == pytest.approx(1 / 5)
    assert measure(part, "feedback.like_share").value == pytest.approx(2 / 3)


def test_ratings_by_the_users_own_mean():
    """The mean itself is neither, and without `dislike_below` no rating is an explicit negative."""
    events = [Event(0, item, "rating", value) for item, value in enumerate((1.0, 3.0, 5.0))]
    part = audited([*events, Event(1, 0, "rating", 0.1), Event(1, 1, "rating", 0.1), Event(1, 2, "rating", 0.1)])
    counts = {row["kind"]: row["events"] for row in part.tables["feedback"].to_pylist()}
    assert counts == {"rating (like)": 1, "rating (no like)": 1, "rating (neither)": 4}
    assert measure(part, "feedback.negative_share").value == 0


@pytest.mark.parametrize(
    ("events", "note"),
    [
        ([], "no explicit feedback, so implicit feedback cannot be checked"),
        ([Event(0, 1, "click", nan)], "no explicit feedback, so implicit feedback cannot be checked"),
        ([Event(0, 1, "thumbs_up", nan)], "no user gave explicit and implicit feedback on the same item"),
        # Items that the catalog lacks cannot be told apart.
        ([Event(0, -1, "thumbs_up", nan), Event(0, -1, "click", nan)], "no explicit feedback, so implicit feedback"),
    ],
)
def test_says_why_nothing_can_be_checked(events: list[Event], note: str):
    found = measure(audited(events), "feedback.implicit_precision")
    assert found.value is None
    assert found.note.startswith(note)


def test_an_interval_of_pairs_that_all_agree_is_not_empty():
    events = [Event(user, 1, kind, nan) for user in range(GROUPS) for kind in ("click", "thumbs_up")]
    (row,) = [row for row in audited(events).tables["trust"].to_pylist() if row["signal"] == "click"]
    assert (row["precision"], row["high"]) == (1, 1)
    assert 0.85 < row["low"] < 0.95  # Wilson's, for 32 of 32


def test_an_interval_is_wider_where_pairs_of_a_user_go_together():
    """1,000 pairs in 32 users, half of whom like all and half nothing."""
    events = [
        Event(user, item, kind, nan)
        for user in range(GROUPS)
        for item in range(32)
        for kind in ("click", "thumbs_up" if user % 2 else "thumbs_down")
    ]
    (row,) = [row for row in audited(events).tables["trust"].to_pylist() if row["signal"] == "click"]
    assert row["high"] - row["low"] > 0.3


_events = st.lists(
    st.builds(
        Event,
        st.integers(0, 4),
        st.integers(-1, 4),
        st.sampled_from(KINDS),
        st.sampled_from([nan, 1.0, 2.0, 3.0, 4.0, 5.0]),
    ),
    max_size=60,
)


@given(
    _events,
    st.sampled_from([AuditConfig(), AuditConfig(like_from=4), AuditConfig(like_from=4, dislike_below=3)]),
)
def test_agrees_with_plain_python(events: list[Event], config: AuditConfig):
    assert trust(audited(events, config)) == precisions(events, config)


@given(_events)
def test_buckets_add_up(events: list[Event]):
    """How users are dealt to buckets changes nothing but the replicates."""
    config = AuditConfig()
    whole = finish([feedback_of(bucket(events), config)], KINDS, config)
    dealt = audited(events)
    assert trust(whole) == trust(dealt)
    assert whole.tables["feedback"] == dealt.tables["feedback"]
    assert [one.value for one in whole.measures] == [one.value for one in dealt.measures]


def test_from_a_log_on_the_engine(tmp_path: Path):
    """The same numbers where the interactions' audit deals the users of a file to buckets."""
    rows = [
        f"u{user},i{item},{kind},{'' if value != value else value},{1_700_000_000 + second}"
        for second, (user, item, kind, value) in enumerate(BY_HAND)
    ]
    (tmp_path / "log.csv").write_text("\n".join(["user,item,kind,value,at", *rows]))
    ids = pa.array(["i7", "i8", "i9"])
    items = Entities("item", pa.table({"id": ids, "title": ids, "text": ids}))
    source = EventSource(path="log.csv", user_id="user", item_id="item", kind="{kind}", value="value", ts="at")
    engine = open_engine(EngineConfig())
    _, seen = run_interactions(
        AuditConfig(),
        source,
        items,
        base=tmp_path,
        engine=engine,
        spill=tmp_path / "spill",
        reducers=(FeedbackReducer(AuditConfig()),),
    )
    part = feedback_part(seen, AuditConfig())
    assert trust(part)["(any signal)"] == (3, 1)
    assert measure(part, "feedback.negative_share").value == pytest.approx(3 / 10)


def test_as_a_reducer_of_buckets():
    reducer = FeedbackReducer(AuditConfig())
    nothing = np.zeros(0, np.int64)
    seen = Interactions(
        nothing, nothing, nothing, nothing, KINDS, {}, reduced={reducer.name: (reducer(bucket(BY_HAND)),)}
    )
    assert trust(feedback_part(seen, AuditConfig())) == trust(audited(BY_HAND))
