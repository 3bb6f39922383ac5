"""Days, sessions and scores where the difference shows: a few players, sent down the road, and what the marts say of them."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from math import erf, exp, gamma, pi, sqrt
from pathlib import Path
from statistics import mean, variance
from typing import Any

import pytest
from conftest import Built, build_by_command, query
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land

EXPOSED = {"A": ["1.00", "0", "0", "7.00"], "B": ["1.00", "2.00", "0", "4.00"]}
"""What the players of each arm of an experiment that no seed knows paid in after they had met it."""


def lines() -> Iterator[dict[str, Any]]:
    """Now is 26 November, 11:30 UTC: half past twelve in Berlin, and half past midnight of the 27th in Auckland."""
    # a cohort of the 25th, of whom one comes back; somebody else; and the newest event of all, where it is tomorrow already
    yield event("registration", "2025-11-25T08:00:00Z", "R0", country="DE", channel="meta")
    yield event("registration", "2025-11-25T09:00:00Z", "R1", country="DE")
    yield event("game_launch", "2025-11-26T10:00:00Z", "R0", gameId="g")
    yield event("game_launch", "2025-11-26T11:00:00Z", "R9", gameId="g")
    yield event("game_launch", "2025-11-26T11:30:00Z", "N1", gameId="g", jurisdiction="NZ")
    # phones that are ahead: of one the collector says so, of none is it believed
    yield event("registration", "2025-11-27T07:00:00Z", "P1", country="DE", source="ios", receivedTs="2025-11-26T11:00:00Z")
    yield event("game_launch", "2025-11-27T09:00:00Z", "P2", gameId="g", source="android")
    yield event("lobby_impression", "2025-11-27T09:00:00Z", "P2", lobbyId="main", tiles=["g"], source="web")
    # the house's clock too is only as new as its arrival, and a test says nothing
    yield event("game_launch", "2025-11-26T20:00:00Z", "R9", gameId="g", receivedTs="2025-11-26T11:10:00Z")
    yield event("game_launch", "2025-11-27T11:00:00Z", "T1", gameId="g", isTest=True)
    # an id that comes back after twelve hours and one after a millisecond less; one after months
    for player, clock in (("S1", "22:10:00.000"), ("S2", "22:09:59.999")):
        for at in ("10:00:00", "10:10:00", clock):
            yield event("game_launch", f"2025-11-20T{at}Z", player, gameId="g", sessionId="s")
    for ts in ("2025-06-01T13:00:00Z", "2025-06-01T13:10:00Z", "2025-11-20T15:00:00Z"):
        yield event("game_launch", ts, "S3", gameId="g", sessionId="s-long")
    # six who play alike on three days, and four who lapsed
    for player, days in [(f"a{n}", ("24", "25", "26")) for n in range(6)] + [(f"l{n}", ("02",)) for n in range(4)]:
        for day in days:
            bet = {"roundId": f"{player}-{day}", "gameId": "g"}
            yield event("bet_place", f"2025-11-{day}T08:00:00Z", player, **bet, stake={"amount": "10.00", "currency": "EUR"})
            yield event("round_settle", f"2025-11-{day}T08:00:05Z", player, **bet, payout={"amount": "0.00", "currency": "EUR"}, txnId=f"{player}-{day}")
    # a cohort of June with one of these: a bet of June that loses, and one of August that wins three quarters
    for day, stake, payout in (("06-10", "10.00", "0.00"), ("08-05", "20.00", "15.00")):
        bet = {"roundId": f"M1-{day}", "gameId": "g"}
        yield event("bet_place", f"2025-{day}T08:00:00Z", "M1", **bet, stake={"amount": stake, "currency": "EUR"})
        yield event("round_settle", f"2025-{day}T08:00:05Z", "M1", **bet, payout={"amount": payout, "currency": "EUR"}, txnId=f"M1-{day}")
    # an experiment without a control by name
    for variant, amounts in EXPOSED.items():
        for number, amount in enumerate(amounts):
            player = f"x{variant}{number}"
            yield event("ab_variant_exposed", "2025-11-10T08:00:00Z", player, ab={"exp": "welcome", "var": variant})
            if amount != "0":
                paid = {"depositId": f"d-{player}", "amount": {"amount": amount, "currency": "EUR"}}
                yield event("deposit_success", "2025-11-10T09:00:00Z", player, **paid, method="card", pspId="psp")


def event(name: str, ts: str, player: str, **fields: Any) -> dict[str, Any]:
    envelope = {"event": name, "schemaVer": "1.8", "ts": ts, "playerId": player, "traceId": "t", "source": "server", "jurisdiction": "DE"}
    return {**envelope, "eventId": f"{name}-{player}-{ts}", **fields}


@pytest.fixture(scope="module")
def road(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A home in which everything was landed and built."""
    folder = tmp_path_factory.mktemp("behaviour")
    path = folder / "server" / "events.jsonl"
    path.parent.mkdir()
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines()))
    home = Home(folder / "home")
    [landed] = land(home, [(path, "server")])
    assert landed.entry and landed.entry.quarantined == 0
    return build_by_command(home, "--exclude-resource-type", "test")


def published(road: Built, sql: str) -> list[tuple[Any, ...]]:
    """What would be published: the marts as they were built."""
    return query(road.home, sql)


def test_a_cohort_in_berlin_is_not_mature_because_it_is_tomorrow_in_auckland(road: Built) -> None:
    cells = "select day_n, cohort_size, retained, is_mature, rate from marts.{} where {} order by day_n"
    cohort = "cohort_day = '2025-11-25' and start_basis = 'registration' and activity_basis = 'any_event' and day_n < 3"
    assert published(road, cells.format("retention_cohorts", cohort)) == [(0, 2, 2, True, 1.0), (1, 2, 1, False, None)]
    assert published(road, cells.format("retention_by_channel", f"{cohort} and channel = 'meta'")) == [(0, 1, 1, True, 1.0), (1, 1, 1, False, None)]
    # it is the 27th where N1 is at home: the 26th is over there, and N1's day 0 is not
    assert query(road.home, "select latest_gaming_day::varchar from semantic.dim_players where player_id in ('N1', 'R0') order by player_id") == [
        ("2025-11-27",),
        ("2025-11-26",),
    ]
    first = published(road, "select is_mature, rate from marts.retention_cohorts where cohort_day = '2025-11-27' and activity_basis = 'bet' and day_n = 0")
    assert first == [(False, None)]


def test_no_mart_of_behaviour_has_a_day_that_has_not_come(road: Built) -> None:
    assert query(road.home, "select now_at::varchar from semantic.int_clock__now") == [("2025-11-26 11:30:00",)]
    for mart in ("stickiness_daily", "lifecycle_daily"):
        found = published(road, f"select max(day)::varchar, max(day) filter (is_complete)::varchar from marts.{mart}")
        assert found == [("2025-11-26", "2025-11-25")], mart
    # of the two phones no cohort, lobby or funnel knows anything yet, and no cohort waits for them
    lobby = "select sum(impressions), max(gaming_day)::varchar, sum(launches) filter (gaming_day = '2025-11-27') from marts.lobby_performance"
    assert published(road, lobby) == [(0, "2025-11-27", 1)]
    assert published(
        road, "select max(cohort_day)::varchar, sum(cohort_size) from marts.retention_cohorts where start_basis = 'registration' and day_n = 0"
    ) == [
        ("2025-11-25", 6),
    ]
    assert published(road, "select sum(players) from marts.acquisition_funnel where step = 'registration'") == [(2,)]
    assert published(road, "select distinct cohort_day::varchar from marts.acquisition_funnel") == [("2025-11-25",)]
    ages = "select max(age_days) from marts.ltv_cohorts where cohort_month = '2025-11-01' and channel = 'meta'"
    assert published(road, ages) == [(0,)]


def test_an_id_that_comes_back_after_twelve_hours_is_a_new_session(road: Built) -> None:
    sessions = "select player_id, session_id, duration_s, events from semantic.fct_sessions where player_id like 'S_' order by player_id, started_at"
    assert query(road.home, sessions) == [
        ("S1", "s", 600.0, 2),
        ("S1", "s", 0.0, 1),
        ("S2", "s", 43799.999, 3),
        ("S3", "s-long", 600.0, 2),
        ("S3", "s-long", 0.0, 1),
    ]
    assert query(road.home, "select count(*), count(distinct session_key) from semantic.fct_sessions where player_id like 'S_'") == [(5, 5)]


def test_a_tied_best_group_is_not_called_middling(road: Built) -> None:
    scores = (
        "select substr(player_id, 1, 1), count(*), min(r), max(r), min(f), max(f), min(m), max(m), min(segment) from marts.rfm_segments group by 1 order by 1"
    )
    assert published(road, scores) == [("a", 6, 4, 4, 4, 4, 4, 4, "champions"), ("l", 4, 2, 2, 2, 2, 2, 2, "need_attention")]


def test_months_since_the_month_of_arrival(road: Built) -> None:
    """S3 and M1 arrived in June: 10 a head less the winnings, July empty, one back in August; November is not over and no row."""
    places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles"), "--target-path", str(road.home.target)]
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "compile", "--select", "monthly_cohorts", *places]
    environment = {**os.environ, "PITBOSS_HOME": str(road.home.root), "DBT_LOG_PATH": str(road.home.target)}
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    compiled = (road.home.target / "compiled/pitboss/analyses/monthly_cohorts.sql").read_text()
    june = "cohort_month = '2025-06-01'"
    assert query(road.home, f"select month_number, players, active, retention, ltv_ggr, ltv_ngr is not null from ({compiled}) where {june} order by 1") == [
        (0, 2, 2, 1.0, 5.0, True),
        (1, 2, 0, 0.0, 5.0, True),
        (2, 2, 1, 0.5, 7.5, True),
        (3, 2, 0, 0.0, 7.5, True),
        (4, 2, 0, 0.0, 7.5, True),
    ]
    assert query(road.home, f"select count(*) from ({compiled}) where cohort_month = '2025-11-01'") == [(0,)]


def test_means_and_differences_keep_every_digit(road: Built) -> None:
    rows = published(
        road,
        "select variant, players, mean, adjusted_mean, difference, difference_low, difference_high, lift, ci_low, ci_high, p_value"
        " from marts.experiment_results where experiment = 'welcome' and metric = 'deposit_amount_per_player' order by variant",
    )
    [control, treated] = rows
    arms = {variant: [float(amount) for amount in amounts] for variant, amounts in EXPOSED.items()}
    assert control == ("A", 4, 2.0, 2.0, *[None] * 7)
    assert treated[:5] == ("B", 4, 1.75, 1.75, -0.25)
    errors = {variant: variance(values) / len(values) for variant, values in arms.items()}
    error = sqrt(sum(errors.values()))
    degrees = error**4 / sum(e**2 / (len(arms[variant]) - 1) for variant, e in errors.items())
    half = t_quantile(0.975, degrees) * error
    assert treated[5:7] == pytest.approx((-0.25 - half, -0.25 + half), rel=1e-3)
    assert treated[7] == 1.75 / 2.0 - 1
    lift_error = sqrt(errors["B"] + (1.75 / 2) ** 2 * errors["A"]) / mean(arms["A"])
    half = t_quantile(0.975, degrees) * lift_error
    assert treated[8:10] == pytest.approx((-0.125 - half, -0.125 + half), rel=1e-3)
    assert treated[10] == pytest.approx(2 * (1 - t_share(0.25 / error, degrees)), abs=1e-3)
    thirds = "select mean from marts.experiment_results where experiment = 'welcome' and metric = 'deposits_per_player' order by variant"
    assert published(road, thirds) == [(0.5,), (0.75,)]


def test_a_control_that_nobody_named_is_named_by_the_build(road: Built) -> None:
    [(rows,)] = published(road, "select count(*) from marts.experiment_results where experiment = 'welcome'")
    assert rows > 10
    assert (
        f"warning: no control of experiment welcome is named: {rows} rows of marts.experiment_results compare with A, the first by name. "
        "Mark one in seeds/experiments.csv (is_control)."
    ) in road.output.splitlines()


def t_share(t: float, degrees: float) -> float:
    """Share of Student's distribution below t, by Simpson's rule."""
    if degrees > 1e6:
        return (1 + erf(t / sqrt(2))) / 2
    height: float = gamma((degrees + 1) / 2) / (sqrt(degrees * pi) * gamma(degrees / 2))
    steps = 2000
    width = t / steps
    heights: list[float] = [height * (1 + (number * width) ** 2 / degrees) ** (-(degrees + 1) / 2) for number in range(steps + 1)]
    return 0.5 + width / 3 * (heights[0] + heights[-1] + 4 * sum(heights[1:-1:2]) + 2 * sum(heights[2:-1:2]))


def t_quantile(share: float, degrees: float) -> float:
    """The t below which such a share lies, by halving."""
    low, high = 0.0, exp(4)
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_share(middle, degrees) < share else (low, middle)
    return (low + high) / 2
