"""Answers as lines of JSON lose nothing."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tilth.llm.reply import Reply, Usage
from tilth.llm.store import CachedAnswer
from tilth.llm.store.rows import from_lines, micros, moment, to_line

said = st.text(st.characters(), max_size=30).filter(
    lambda text: text == text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")  # no split pairs
)
number = st.none() | st.floats(allow_nan=False, allow_infinity=False)
count = st.none() | st.integers(0, 2**40)
replies = st.builds(
    Reply, said, st.builds(Usage, count, count), number, st.none() | said, st.none() | said, st.none() | said, number
)
moments = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(st.lists(st.builds(CachedAnswer, st.text(max_size=5), replies, moments), max_size=3))
def test_answers_come_back_as_they_were(answers):
    assert from_lines(",".join(map(to_line, answers))) == answers


@given(moments)
def test_moments_are_kept_to_the_microsecond(at):
    assert moment(micros(at)) == at
    assert micros(at + timedelta(microseconds=1)) - micros(at) == 1


def test_a_line_by_hand():
    answer = CachedAnswer("f", Reply("x\x00", Usage(1, 2), 0.5, "stop", "m"), datetime(2026, 1, 2, tzinfo=UTC))
    assert to_line(answer) == '["f","x\\u0000",1,2,0.5,"stop","m",null,null,"2026-01-02T00:00:00Z"]'
    assert micros(datetime(1970, 1, 1, 0, 0, 2, 3, tzinfo=UTC)) == 2_000_003
