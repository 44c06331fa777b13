import math

import pytest
from markupsafe import escape

from tilth.report.numbers import (
    Measured,
    Name,
    amount,
    count,
    days,
    fine_share,
    measured,
    metric,
    money,
    plural,
    ratio,
    seconds,
    share,
    signed,
)

THIN = "\u202f"


@pytest.mark.parametrize("value", [None, math.nan, math.inf, "0.5", True, {}])
def test_what_is_no_number_is_shown_as_missing(value):
    assert metric(value) == share(value) == count(value) == seconds(value) == "–"
    assert money(value) == "unknown"


@pytest.mark.parametrize(
    ("write", "value", "text"),
    [
        (metric, 0.9539, "0.954"),
        (metric, -0.12, "−0.120"),
        (signed, 0.013, "+0.013"),
        (share, 0.4794, f"47.9{THIN}%"),
        (count, 1317, "1,317"),
        (money, 0, "$0.00"),
        (money, 0.00004, "under $0.0001"),
        (money, 0.0123, "$0.0123"),
        (money, 12.406, "$12.41"),
        (money, 12345.6, "$12,346"),
        (fine_share, 0.354, f"35.4{THIN}%"),
        (fine_share, 0.00017, f"0.017{THIN}%"),
        (fine_share, 1e-9, f"under 0.0001{THIN}%"),
        (fine_share, 0, f"0.0{THIN}%"),
        (fine_share, None, "–"),
        (amount, 112.4, "112"),
        (amount, 70.5, "70.5"),
        (amount, 2.0, "2"),
        (amount, 12_345.6, "12,346"),
        (ratio, 1.836, "1.84"),
        (days, 41.2, f"41{THIN}days"),
        (days, 3.24, f"3.2{THIN}days"),
        (days, 0.25, f"6.0{THIN}hours"),
        (days, 0, f"0{THIN}days"),
        (days, None, "–"),
        (seconds, 0.0004, f"under 1{THIN}ms"),
        (seconds, 0.184, f"184{THIN}ms"),
        (seconds, 2.14, f"2.1{THIN}s"),
        (seconds, 600, f"10{THIN}min"),
    ],
)
def test_numbers_in_words(write, value, text):
    assert write(value) == text


def test_an_estimate_has_its_interval_and_a_share_its_unit_once():
    found = measured({"value": 0.505, "low": 0.455, "high": 0.545}, share)
    assert str(found) == f"50.5{THIN}% (45.5–54.5{THIN}%)"
    assert '<span class="interval">' in found.__html__()


def test_the_two_ends_of_an_interval_share_their_unit_or_have_their_own():
    assert Measured(41, 35, 47, days).interval == f"35–47{THIN}days"
    assert Measured(1, 0.5, 2, days).interval == f"12.0{THIN}hours–2{THIN}days"


def test_an_interval_below_zero_is_not_written_with_a_dash():
    assert Measured(-0.1, -0.2, 0.1).interval == "−0.200 to 0.100"


def test_an_estimate_without_interval_is_the_number_alone():
    assert str(measured({"value": 0.9, "low": None, "high": None})) == "0.900"
    assert str(measured(None)) == "–"


def test_names_are_escaped():
    assert "<b>" not in str(escape(Name("<b>")))
    assert str(escape(Name("<b>", plain=True))) == "<bdi>&lt;b&gt;</bdi>"


def test_plural():
    assert (plural(1, "pair"), plural(0, "pair"), plural(None, "pair")) == ("1 pair", "0 pairs", "– pairs")
