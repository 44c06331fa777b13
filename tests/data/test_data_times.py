"""Times, however they are written."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tilth.data.times import TimeReader
from tilth.errors import ConfigError

MOMENT = datetime(2014, 12, 12, 20, 12, 35, tzinfo=UTC)
MOMENTS = st.lists(
    st.datetimes(datetime(1975, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)), min_size=1, max_size=8
)
OFFSETS = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


def read(values, kind=None, zone="UTC"):
    times = TimeReader(zone).read(pa.array(values, kind))
    return times.ts.to_pylist(), times


@pytest.mark.parametrize(
    "text",
    [
        "2014-12-12 20:12:35 UTC",
        "2014-12-12T20:12:35Z",
        "2014-12-12 20:12:35z",
        " 2014-12-12T20:12:35+00:00 ",
        "2014-12-12T21:12:35.000000000+01:00",
        "2014-12-12T15:12:35-0500",
        "2014-12-12T15:12:35-05",
        "2014-12-12T21:12:35+01:00[Europe/Oslo]",
        "20141212T201235Z",
        "2014-12-12 20:12:35 GMT+00:00",
        "1418415155",
        "1418415155.0",
        "1418415155000",
        "1418415155000000",
        "1418415155000000000",
    ],
)
@pytest.mark.parametrize("others", [[], ["never"], ["2014-12-12T20:12:35Z"]])
def test_one_moment_written_in_many_ways(text, others):
    values, times = read([text, *others, None, ""])
    assert values[0] == MOMENT
    assert values[-2:] == [None, None]
    assert times.unread.tolist() == [False, *(other == "never" for other in others), False, False]


@pytest.mark.parametrize(
    "text",
    [
        *("yesterday", "2014-13-01", "2014-02-29", "2014-12-12 24:00", "2014-12-12 20:60", "2014-12-12T20:12:60Z"),
        *("2014-12-12T20:12+24:00", "12/12/2014", "0000-01-01", "1e400", "2014-12-12T", "NA", "9" * 40, "20141212T"),
    ],
)
def test_what_is_no_time_is_said(text):
    for values in ([text], [text, "2014-12-12"]):
        found, times = read(values)
        assert found[0] is None
        assert times.unread[0]
        assert not times.unread[1:].any()


def test_a_date_is_its_midnight_where_the_log_was_written():
    for values, kind in ((["2014-12-12"], None), ([date(2014, 12, 12)], pa.date32()), ([20141212], None)):
        found, times = read(values, kind, "Europe/Oslo")
        assert found == [datetime(2014, 12, 11, 23, tzinfo=UTC)]
        assert (times.naive, times.zoned) == (1, 0)


def test_hours_that_a_change_of_clocks_takes_or_gives_twice():
    # In Oslo, 02:30 stood twice on 30 October 2022, and not at all on 27 March 2022.
    found, _ = read(["2022-10-30 02:30", "2022-03-27 02:30"], zone="Europe/Oslo")
    assert found == [datetime(2022, 10, 30, 0, 30, tzinfo=UTC), datetime(2022, 3, 27, 0, 59, 59, 999999, tzinfo=UTC)]


def test_the_unit_of_a_column_is_told_once():
    times = TimeReader()
    assert times.read(pa.array([None, "-"])).unread.tolist() == [False, True]
    assert times.unit is None
    # The middle one of the three counts milliseconds, so all do.
    assert times.read(pa.array([5, 1418415155000, 1418415155001])).ts[0].as_py() == datetime(
        1970, 1, 1, 0, 0, 0, 5000, tzinfo=UTC
    )
    assert times.read(pa.array([5])).ts[0].as_py().microsecond == 5000


def test_moments_outside_the_calendar_are_not_times():
    for values, kind in (([-(10**20)], pa.decimal128(30, 0)), ([2**62], pa.timestamp("s")), ([1e300], pa.float64())):
        found, times = read(values, kind)
        assert found == [None]
        assert times.unread.all()
    found, times = read(["9999-12-31 23:59"], zone="America/New_York")
    assert times.unread.all()
    assert read([datetime(9999, 12, 31)])[1].unread.tolist() == [False]


def test_nan_is_no_time_and_no_complaint():
    found, times = read([float("nan"), 1.5])
    assert found == [None, datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)]
    assert not times.unread.any()


def test_an_unknown_zone_is_refused():
    with pytest.raises(ConfigError, match="no time zone 'Nowhere'"):
        TimeReader("Nowhere")


@settings(max_examples=30, deadline=None)
@given(MOMENTS, OFFSETS)
def test_every_representation_gives_the_same_moments(moments, offset):
    micros = [moment.replace(tzinfo=None) - datetime(1970, 1, 1) for moment in moments]
    counts = [delta // timedelta(microseconds=1) for delta in micros]
    plain = [moment.replace(tzinfo=None) for moment in moments]
    ways = [
        [moment.isoformat() for moment in moments],
        [moment.astimezone(offset).isoformat() for moment in moments],
        [f"{moment:%Y-%m-%d %H:%M:%S.%f} UTC" for moment in moments],
        [moment.isoformat(" ") for moment in plain],
        [*(moment.isoformat() for moment in moments), *(moment.isoformat() for moment in plain)],
        pa.array(counts, pa.timestamp("us", tz="Asia/Tokyo")),
        pa.array([count * 1000 for count in counts], pa.timestamp("ns")),
        pa.array(counts),
        [str(count) for count in counts],
        pa.array([moment.isoformat() for moment in moments]).dictionary_encode(),
    ]
    for way in ways:
        found, times = read(way)
        assert found[: len(moments)] == moments
        assert found[len(moments) :] in ([], moments)
        assert not times.unread.any()
    for unit, size in (("s", 10**6), ("ms", 10**3)):
        coarse = [count // size for count in counts]
        for way in (coarse, [str(count) for count in coarse], pa.array(coarse, pa.timestamp(unit))):
            assert read(way)[0] == [moment - timedelta(microseconds=moment.microsecond % size) for moment in moments]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.datetimes(datetime(1980, 1, 1), datetime(2030, 1, 1)), min_size=1, max_size=5), st.booleans())
def test_local_times_are_those_that_the_clocks_show(local, strange):
    zone = ZoneInfo("America/New_York")
    # Times that the clocks showed twice are the earlier, fold=0; those they never showed are left out here.
    real = [
        time
        for time in local
        if time.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == time
    ]
    found, times = read([time.isoformat() for time in real] + ["?"] * strange, pa.string(), "America/New_York")
    assert found[: len(real)] == [time.replace(tzinfo=zone).astimezone(UTC) for time in real]
    assert (times.naive, times.zoned) == (len(real), 0)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text("0123456789-+:.TZ UC", max_size=28), min_size=1, max_size=3))
def test_a_text_is_read_alike_alone_and_among_others(texts):
    among = TimeReader().read(pa.array([*texts, "x"], pa.string()))
    for at, text in enumerate(texts):
        times = TimeReader()
        times.learn_unit(pa.array([*texts, "x"], pa.string()))
        alone = times.read(pa.array([text], pa.string()))
        assert (alone.ts[0].as_py(), alone.unread[0]) == (among.ts[at].as_py(), among.unread[at])
