"""Bands from history, by numbers that can be followed by hand."""

from datetime import date, timedelta
from math import exp

from pitboss.watch.bands import is_regular, level_band, rare_band, share_band, volume_band

MONDAY = date(2025, 9, 1)


def _days(values: list[float]) -> list[tuple[date, float]]:
    return [(MONDAY + timedelta(days=n), value) for n, value in enumerate(values)]


def test_an_even_volume_has_the_narrowest_band_that_is_believed() -> None:
    # no spread at all: 4.5 x (1 + 5/28) x the 8 % that is believed at least
    band = volume_band(_days([999.0] * 28), MONDAY + timedelta(days=28), units=10_000)
    reach = 4.5 * (1 + 5 / 28) * 0.08
    assert abs(band.expected - 999) < 0.01
    assert band.low and band.high and abs(band.low + 1 - 1000 * exp(-reach)) < 0.01 and abs(band.high + 1 - 1000 * exp(reach)) < 0.01
    assert band.low > 500 and band.high < 2000


def test_weekends_are_held_against_weekends() -> None:
    week = [1000.0] * 5 + [3000.0] * 2
    sunday, monday = MONDAY + timedelta(days=27), MONDAY + timedelta(days=28)
    on_sunday = volume_band(_days(week * 4)[:27], sunday, units=10_000)
    on_monday = volume_band(_days(week * 4), monday, units=10_000)
    assert on_sunday.low and on_sunday.low > 1500 and abs(on_sunday.expected - 3000) < 1
    assert on_monday.high and on_monday.high < 2000 and abs(on_monday.expected - 1000) < 1


def test_one_odd_day_moves_nothing() -> None:
    usual = volume_band(_days([1000.0] * 28), MONDAY + timedelta(days=28), units=10_000)
    with_outage = volume_band(_days([1000.0] * 20 + [0.0] + [1000.0] * 7), MONDAY + timedelta(days=28), units=10_000)
    assert usual == with_outage


def test_few_players_make_a_wide_band() -> None:
    day = MONDAY + timedelta(days=28)
    few, many = (volume_band(_days([1000.0] * 28), day, units) for units in (20, 2000))
    assert few.low is not None and many.low is not None and few.low < 500 < many.low


def test_a_rare_thing_may_triple_and_have_bad_luck() -> None:
    # 1 % of 1,000: expected 10, so up to 3 x 10 + 4 x sqrt(10) + 3 = 45.6 of them
    band = rare_band([(10, 1000)] * 28, 1000)
    assert band and band.high and abs(band.high - 0.0456) < 0.0001
    assert band.high < 0.1  # ten times as many is beyond it
    never = rare_band([(0, 1000)] * 28, 1000)
    assert never and never.high == 0.003
    assert rare_band([(990, 1000)] * 28, 1000) is None  # nothing can be too much


def test_a_share_too_small_to_be_missed_has_no_band() -> None:
    assert share_band([0.01] * 28, units=1000) is None
    band = share_band([0.3] * 28, units=10_000)
    assert band and band.low and 0 < band.low < 0.3


def test_a_level_in_another_unit_is_out_of_its_band() -> None:
    band = level_band([2.0, 2.5, 1.8, 2.1, 2.0, 2.2, 1.9], units=500, least=0.4)
    assert band.low and band.high and band.high < 200 and 0.02 < band.low < 1.8


def test_silence_is_odd_only_where_there_always_was_something() -> None:
    assert is_regular([20] * 7, [20] * 7)
    assert not is_regular([20] * 6, [20] * 6)  # too short a history
    assert not is_regular([20] * 6 + [0], [20] * 6 + [0])  # it stayed away before
    assert not is_regular([200] * 7, [2] * 7)  # two players' evenings
    assert not is_regular([1, 2, 3, 1, 2, 1, 2], [1, 2, 3, 1, 2, 1, 2])  # so few that none may be chance
    assert is_regular([10, 200] * 7, [4] * 14)  # two weeks, and never few
    assert not is_regular([10, 200] * 7, [2] * 14)
    assert is_regular([1] * 14, [1] * 14)  # one a day, as a batch does
    assert not is_regular([1] * 13, [1] * 13)
