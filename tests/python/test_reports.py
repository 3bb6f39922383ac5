"""Small inputs from public reports, with what is right by their notes. They are outside data and lie beside the checkout, or these tests are skipped."""

import json
import subprocess
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from conftest import UNTESTED, query
from pitboss.build import build
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land
from test_seeds import dbt, project_at

FOLDER = PROJECT.parent / "shared" / "cases" / "reports"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the cases of public reports do not lie beside the checkout")

TABLES = ("ggr_ngr_daily", "ggr_by_game_daily", "payments_daily", "contract_violations", "fct_sessions", "fct_bets")
MONEY: dict[str, dict[str, dict[str, str]]] = {
    "A2": {"EUR": {"handle": "3", "bets": "3"}},
    "D1": {"EUR": {"handle": "3", "payout": "6", "bets": "2", "rounds": "2"}},
    "D11": {"EUR": {"handle": "4", "payout": "6", "bets": "1"}},
    "D14": {"EUR": {"handle": "3", "open_stakes": "3", "ggr": "0", "orphan_payout": "0"}, "USD": {"handle": "0", "orphan_payout": "9"}},
    "D16": {"EUR": {"ggr": "-999", "jackpot_paid_by_network": "1000", "ngr": "1"}},
    "D2": {"EUR": {"bets": "0", "jackpot_contribution": "0", "ngr": "0"}},
    "D3": {"EUR": {"chargebacks": "60"}},
    "D4": {"EUR": {"ggr": "6", "promotion_prizes": "25", "bonus_cost": "0"}},
    "D5": {"EUR": {"handle": "100", "payout": "0", "ggr": "100"}},
    "D6": {"EUR": {"handle": "2", "bets": "1"}},
    "D7": {"EUR": {"handle": "0", "ggr": "0", "gaming_duty": "0", "tips": "5"}},
    "D8": {"BTC": {"handle": "0.00132345", "payout": "0.0022", "ggr": "-0.00087655"}},
    "D9": {"JPY": {"handle": "250.5"}},
}
"""What the daily revenue of a case must add up to, by currency."""
REPORTED = {
    "A2": {"truncated_timestamp": 2},
    "D14": {"currency_mismatch": 1},
    "D3": {"bad_money": 1},
    "D9": {"too_fine_for_currency": 1},
    "D1": {"provider_mismatch": 0, "ambiguous_round": 0},
    "D6": {"possible_repeat": 0},
}
"""What must be reported of a case, and how often."""
OTHERS = ("B1", "B2", "C1", "C3", "D10", "E2")
ELSEWHERE = ("A1", "F1", "F2", "poison")
"""Other kinds of input, which no build of ours answers yet."""


def folder(case: str) -> Path:
    [found] = FOLDER.glob(f"{case}-*")
    return found


def landed(home: Home, cases: Iterable[str]) -> None:
    """The lines of some cases, each in a brand of its own with ids of its own."""
    inbox = home.root / "inbox"
    inbox.mkdir(parents=True)
    for case in cases:
        lines = (json.loads(line) for line in (folder(case) / "events.jsonl").read_text().splitlines())
        path = inbox / f"{case}.jsonl"
        path.write_text("".join(json.dumps(line | {"brand": case, "eventId": f"{case}-{line['eventId']}"}) + "\n" for line in lines))
        [result] = land(home, [(path, "server")])
        assert result.error is None


@pytest.fixture(scope="module")
def casino(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All cases that a brand keeps apart."""
    home = Home(tmp_path_factory.mktemp("reports") / "home")
    landed(home, [*MONEY, "C3", "D10"])
    build(home, [*UNTESTED, "--select", *(f"+{table}" for table in TABLES)])
    return home


def test_every_case_is_known() -> None:
    assert {path.name.split("-")[0] for path in FOLDER.iterdir()} == {*MONEY, *OTHERS, *ELSEWHERE}


@pytest.mark.parametrize("case", MONEY)
def test_daily_revenue(casino: Home, case: str) -> None:
    for currency, expected in MONEY[case].items():
        columns = ", ".join(f"coalesce(sum({name}), 0)" for name in expected)
        [found] = query(casino, f"select {columns} from marts.ggr_ngr_daily where brand = '{case}' and currency = '{currency}'")
        assert {name: Decimal(value) for name, value in zip(expected, found, strict=True)} == {name: Decimal(value) for name, value in expected.items()}


@pytest.mark.parametrize("case", REPORTED)
def test_what_is_reported(casino: Home, case: str) -> None:
    """Findings carry the brand; what landing refuses or notes has no mart with a brand, so only one case may do so."""
    for reason, events in REPORTED[case].items():
        noted = query(casino, f"select coalesce(sum(events), 0) from marts.contract_violations where reason = '{reason}'")
        assert noted == [(events,)], reason


def test_by_provider(casino: Home) -> None:
    games = query(casino, "select game_id, handle, payout from marts.ggr_by_game_daily where game_id in ('alpha_slot', 'beta_slot') order by 1")
    assert games == [("alpha_slot", Decimal(1), Decimal(0)), ("beta_slot", Decimal(2), Decimal(6))]


def test_the_chargeback_that_was_won_back_costs_nothing(casino: Home) -> None:
    found = query(casino, "select jurisdiction, sum(chargebacks) from marts.ggr_ngr_daily where brand = 'D3' group by 1 order by 1")
    assert found == [("ES", Decimal(0)), ("PT", Decimal(60))]


def test_a_refunded_deposit_leaves_nothing(casino: Home) -> None:
    found = query(casino, "select sum(amount), sum(refunded_amount) from semantic.fct_deposits where brand = 'D10'")
    assert found == [(Decimal(40), Decimal(40))]


def test_a_session_id_that_comes_back_after_months_is_another_session(casino: Home) -> None:
    assert query(casino, "select duration_s from semantic.fct_sessions where brand = 'C3' order by started_at") == [(600.0,), (0.0,)]


def test_a_cohort_is_immature_until_its_own_day_is_over(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    landed(home, ["C1"])
    build(home, [*UNTESTED, "--select", "+retention_cohorts"])
    cells = query(
        home,
        "select is_mature, rate from marts.retention_cohorts where cohort_day = date '2026-11-25' "
        "and start_basis = 'registration' and activity_basis = 'any_event' and day_n = 1",
    )
    assert cells == [(False, None)]


def test_tied_best_players_are_not_called_middling(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    landed(home, ["E2"])
    build(home, [*UNTESTED, "--select", "+rfm_segments"])
    scores: Any = query(home, "select left(player_id, 1), r, f, m, count(*) from marts.rfm_segments group by 1, 2, 3, 4 order by 1")
    assert scores == [("a", 4, 4, 4, 6), ("z", 2, 2, 2, 4)]


@pytest.mark.parametrize(("case", "hint"), [("B1", "YYYY-MM-DD"), ("B2", "the cells are separated by semicolons")])
def test_a_seed_that_a_spreadsheet_has_rewritten(tmp_path: Path, case: str, hint: str) -> None:
    project = project_at(tmp_path / "project")
    (project / "seeds" / "fx_rates.csv").write_bytes((folder(case) / "fx_rates.csv").read_bytes())
    result: subprocess.CompletedProcess[str] = dbt(project, "seed")
    assert result.returncode != 0
    assert "seeds/fx_rates.csv" in result.stdout and hint in result.stdout
