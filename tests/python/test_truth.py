"""What the simulator knows to be true is what the marts say, to the cent and to the line."""

import json
import shutil
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from math import erfc, sqrt
from typing import Any

import duckdb
import pytest
from conftest import UNTESTED, query
from metricflow_answers import differences
from pitboss.build import build
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Ledger
from pitboss.landing.source import find
from pitboss.simulate import simulate

WITHOUT_POLICY = ("BR", "CA", "FI", "IE", "XX")
"""Countries for whose jurisdictions the seed of net revenue policies has no row of their own: nothing counts there that needs a contract."""
COMPARED = (
    "ggr_ngr_daily",
    "ggr_by_game_daily",
    "payments_daily",
    "cash_reconciliation",
    "contract_violations",
    "ingest_health",
    "ltv_cohorts",
    "acquisition_funnel",
    "experiment_results",
    "rtp_windows",
    "retention_cohorts",
    "stickiness_daily",
    "attribution",
    "channel_roi",
    "lobby_performance",
    "int_players__first_steps",
)
COSTS = ("bonus_cost", "promotion_prizes", "jackpot_contribution", "chargebacks")
MONEY = ("handle", "payout", "ggr", "jackpot_payout", "jackpot_paid_by_network", "tips", "orphan_payout", "open_stakes", "bets", *COSTS)


@pytest.fixture(scope="module", params=[5, 6, 7])
def casino(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Home, dict[str, Any]]:
    """A small casino with much dirt, landed and built, and its truth. All live at one path, one after the other, so that dbt parses the project once."""
    folder = tmp_path_factory.getbasetemp() / "truth"
    home = Home(folder / "home")
    parsed = home.target / "partial_parse.msgpack"
    project = parsed.read_bytes() if parsed.exists() else None
    shutil.rmtree(folder, ignore_errors=True)
    if project is not None:
        parsed.parent.mkdir(parents=True)
        parsed.write_bytes(project)
    simulate(folder / "inbox", players=250, days=18, seed=request.param, dirt=0.04)
    assert not [landed.error for landed in land(home, find([folder / "inbox"])) if landed.error]
    build(home, [*UNTESTED, "--select", *(f"+{model}" for model in COMPARED)])
    return home, json.loads((folder / "inbox" / "truth.json").read_text())


def test_money_by_day_and_currency(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    columns = ", ".join(f"sum({name})" for name in MONEY)
    found = query(home, f"select gaming_day::varchar, currency, {columns} from marts.ggr_ngr_daily group by 1, 2")
    marts = {(day, currency): [Decimal(value) for value in values] for day, currency, *values in found}
    expected = {(row["gaming_day"], row["currency"]): [Decimal(row[name]) for name in MONEY] for row in truth["money"]}
    assert len(expected) > 50
    assert {key: values for key, values in marts.items() if any(values)} == {key: values for key, values in expected.items() if any(values)}


def test_money_by_game(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    found = query(home, "select game_id, currency, sum(handle), sum(payout), sum(bets) from marts.ggr_by_game_daily group by 1, 2")
    marts = {(game, currency): [Decimal(value) for value in values] for game, currency, *values in found}
    names = ("handle", "payout", "bets")
    expected = {(row["game_id"], row["currency"]): [Decimal(row[name]) for name in names] for row in truth["money_by_game"]}
    assert {key: values for key, values in marts.items() if any(values)} == {key: values for key, values in expected.items() if any(values)}


def test_what_has_happened_in_every_casino(casino: tuple[Home, dict[str, Any]]) -> None:
    """Or the comparisons would say nothing of it."""
    _, truth = casino
    for name in MONEY:
        assert any(Decimal(row[name]) for row in truth["money"]), name
    assert any(Decimal(row["chargebacks"]) < 0 for row in truth["money"])
    assert truth["dirt"]["returned_withdrawals"] and truth["refunds"]
    assert set(truth["dirt"]["odd_rounds"]) >= {
        "retried", "replaced", "unsettled", "revised", "rollback_of_one", "two_providers", "currency_mismatch", "network_jackpot", "split_wallets"
    }  # fmt: skip


def test_net_revenue_without_contracts(casino: tuple[Home, dict[str, Any]]) -> None:
    """Where no policy is known only the lines count that need no contract; with one, these count all the same."""
    home, _ = casino
    places = ", ".join(f"'{country}'" for country in WITHOUT_POLICY)
    wrong = query(
        home,
        f"select * from marts.ggr_ngr_daily where left(jurisdiction, 2) in ({places}) and ngr != ggr + jackpot_paid_by_network - {' - '.join(COSTS)}",
    )
    assert not wrong


def test_payments(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    columns = (("deposits", "deposits", "deposit_amount"), ("refunds", "refunds", "refund_amount"), ("withdrawals", "withdrawals", "withdrawal_amount"))
    for name, count, amount in columns:
        found = query(home, f"select gaming_day::varchar, currency, sum({count}), sum({amount}) from marts.payments_daily group by 1, 2")
        marts = {(day, currency): (int(n), total) for day, currency, n, total in found if n or total}
        expected = {(row["gaming_day"], row["currency"]): (row["count"], Decimal(row["amount"])) for row in truth[name]}
        assert marts == expected, name
    assert not query(home, "select * from marts.payments_daily where net_deposits != deposit_amount - refund_amount - withdrawal_amount")


def test_cash_reconciles(casino: tuple[Home, dict[str, Any]]) -> None:
    """What was paid in and out is what the truth says, all balances too, and no day whose feed is complete has a difference. The feed is complete
    but where a settlement in another currency leaves open what was won."""
    home, truth = casino
    found = query(
        home,
        "select currency, sum(deposits), sum(refunds), sum(withdrawals), sum(tips), sum(prizes), sum(cash_balance_change + adjustments + set_aside) "
        "from marts.cash_reconciliation group by 1",
    )
    names = ("deposits", "refunds", "withdrawals", "tips", "prizes", "balance")
    marts = {currency: [Decimal(amount) for amount in amounts] for currency, *amounts in found if any(amounts)}
    assert marts == {row["currency"]: [Decimal(row[name]) for name in names] for row in truth["cash"]}
    differences = "cash_minus_total != 0 or cash_minus_ledger != 0 or total_minus_ledger != 0"
    assert not query(home, f"select * from marts.cash_reconciliation where {differences}")
    incomplete = query(home, "select gaming_day, currency from marts.cash_reconciliation where movements > 0 and not has_wallet_feed")
    assert set(incomplete) == set(query(home, "select gaming_day, currency from semantic.fct_bets where has_currency_mismatch"))


def test_every_line_and_all_dirt(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    dirt = truth["dirt"]
    [(lines, blank, landed, quarantined, duplicates, conflicts)] = query(
        home, "select sum(lines), sum(blank_lines), sum(landed), sum(quarantined), sum(duplicates), sum(conflicts) from marts.ingest_health"
    )
    assert lines == landed + quarantined + duplicates == truth["lines"]
    assert (blank, duplicates, conflicts) == (truth["blank_lines"], dirt["duplicates"], dirt["conflicts"])
    reasons: Counter[str] = Counter()
    recorded: Counter[str] = Counter()
    for violation in (v for entry in Ledger(home).entries for v in entry.violations):
        (reasons if violation.is_quarantined else recorded)[violation.reason] += violation.events
    assert dict(reasons) == dirt["quarantined"]
    assert recorded["derived"] == dirt["derived_ids"]
    assert recorded["unknown_field"] == dirt["unknown_fields"]["events"]
    for name in ("missing_trace", "missing_source", "missing_schema_ver"):
        assert recorded[f"{name}_id" if name == "missing_trace" else name] == dirt[name], name
    assert recorded["missing_session_id"] == dirt["missing_session"]
    assert recorded["truncated_timestamp"] == dirt["truncated_timestamps"]
    assert recorded["missing_currency"] == 0
    by_event = dict(query(home, 'select event, sum("rows") from landing.parts group by 1'))
    assert by_event == truth["events_landed"]


def test_cohorts(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    found = query(
        home,
        "select registration_day::varchar, acquisition_channel, acquisition_country, count(*) from semantic.dim_players "
        "where registration_day is not null group by 1, 2, 3",
    )
    assert {tuple(row) for row in found} == {(row["registration_day"], row["channel"], row["country"], row["players"]) for row in truth["cohorts"]}


def test_retention(casino: tuple[Home, dict[str, Any]]) -> None:
    """Every cell, mature or not: how many there are and how many were active exactly so many days later."""
    home, truth = casino
    numbers = truth["retention"]["day_n"]
    cells = query(home, "select cohort_day::varchar, start_basis, activity_basis, day_n, cohort_size, retained, is_mature, rate from marts.retention_cohorts")
    found = {(basis, day, activity, n): (size, retained) for day, basis, activity, n, size, retained, _, _ in cells if n in numbers}
    expected = {
        (row["start_basis"], row["cohort_day"], activity, n): (row["players"], row[activity][at])
        for row in truth["retention"]["cohorts"]
        for activity in ("any_event", "bet", "deposit")
        for at, n in enumerate(numbers)
    }
    assert found == expected
    today = {(row["start_basis"], row["cohort_day"]): date.fromisoformat(row["today"]) for row in truth["retention"]["cohorts"]}
    assert len(set(today.values())) > 1
    for day, basis, _, n, size, retained, is_mature, rate in cells:
        assert is_mature == (date.fromisoformat(day) + timedelta(days=n) < today[basis, day])
        assert rate == (pytest.approx(retained / size) if is_mature else None)


def test_daily_active_players(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    found = query(home, "select day::varchar, dau, wau, mau from marts.stickiness_daily order by 1")
    assert found == [(row["day"], row["dau"], row["wau"], row["mau"]) for row in truth["daily_active"]]


def test_lifetime_values(casino: tuple[Home, dict[str, Any]]) -> None:
    """What cohorts brought by every mature age, to the ten-thousandth of a euro; net where a country has no cost that needs a contract."""
    home, truth = casino
    columns = "cohort_month::varchar, channel, country, age_days, players, cum_ggr, cum_bonus_cost, cum_ngr"
    rows = query(home, f"select {columns} from marts.ltv_cohorts where segment = 'all' and age_days <= {max(truth['retention']['day_n'])}")
    found = {tuple(key): (players, ggr, bonus) for *key, players, ggr, bonus, _ in rows}
    expected = {
        (row["cohort_month"], row["channel"], row["country"], row["age_days"]): (row["players"], Decimal(row["cum_ggr"]), Decimal(row["cum_bonus_cost"]))
        for row in truth["ltv"]
    }
    assert found == expected
    free = {tuple(key): ngr for *key, _, _, _, ngr in rows if key[2] in WITHOUT_POLICY}
    assert len(free) > 20
    net = {(row["cohort_month"], row["channel"], row["country"], row["age_days"]): Decimal(row["cum_ngr"]) for row in truth["ltv"]}
    assert free == {key: net[key] for key in free}


def test_experiments(casino: tuple[Home, dict[str, Any]]) -> None:
    """Arms, contaminated players and depositors exactly; the planted effect within its interval; the skewed split by the chi-square of its arms."""
    home, truth = casino
    found = query(
        home,
        "select experiment, variant, players, mean, contaminated_players, srm_p, difference_low, difference_high, ci_low, ci_high "
        "from marts.experiment_results where metric = 'deposit_rate'",
    )
    rows = {(experiment, variant): row for experiment, variant, *row in found}
    assert set(rows) == {(name, arm) for name, said in truth["experiments"].items() for arm in said["arms"]}
    for name, said in truth["experiments"].items():
        sizes = [arm["players"] for arm in said["arms"].values()]
        # one degree of freedom against equal weights
        chi_square = (sizes[0] - sizes[1]) ** 2 / sum(sizes)
        for variant, arm in said["arms"].items():
            players, mean, contaminated, srm_p, *_ = rows[name, variant]
            assert (players, contaminated) == (arm["players"], said["contaminated"])
            assert mean == pytest.approx(arm["depositors"] / arm["players"], abs=5.01e-7)
            assert srm_p == pytest.approx(erfc(sqrt(chi_square / 2)), rel=1e-6, abs=1e-10)
    planted = truth["planted"]["experiment"]
    *_, low, high, lift_low, lift_high = rows[planted["experiment"], planted["treatment"]]
    assert low < float(planted["difference"]) < high
    assert lift_low < float(planted["lift"]) < lift_high


def test_the_defective_game_is_found_and_no_other(casino: tuple[Home, dict[str, Any]]) -> None:
    home, truth = casino
    defective = truth["planted"]["defective_game"]
    # five standard deviations of one unit of stake: any test finds the defect with so much play, or it is none
    assert -float(defective["defect"]) * sqrt(defective["n_eff_since"]) > 5
    assert {game for (game,) in query(home, "select game_id from marts.rtp_windows where state = 'alert'")} == {defective["game_id"]}
    [(rtp, z)] = query(home, f"select rtp, z from marts.rtp_windows where game_id = '{defective['game_id']}' and table_id = 'none' and window_days = 7")
    assert z < -3 and abs(rtp - float(defective["real_rtp"])) < abs(rtp - float(defective["stated_rtp"]))


def test_acquisition_funnel(casino: tuple[Home, dict[str, Any]]) -> None:
    """Players by channel and step, walked one by one; nobody is lost between the channels."""
    home, truth = casino
    found = query(home, "select channel, step_index, step, sum(players) from marts.acquisition_funnel group by 1, 2, 3 having sum(players) > 0")
    assert {tuple(row) for row in found} == {(row["channel"], row["step_index"], row["step"], row["players"]) for row in truth["funnel"]}
    assert sum(row["players"] for row in truth["funnel"] if row["step"] == "registration") == sum(row["players"] for row in truth["cohorts"])


def test_nothing_personal_left_the_restricted_area(casino: tuple[Home, dict[str, Any]]) -> None:
    home, _ = casino
    vault = duckdb.sql(f"select distinct geo_ip from read_parquet('{home.restricted}/vault/*/*/*.parquet', union_by_name = true) where geo_ip is not null")
    secrets = {ip for (ip,) in vault.fetchall()}
    assert len(secrets) > 10
    events = [folder.name for folder in home.landing.iterdir()]
    seen = "".join(repr(duckdb.sql(f"select * from read_parquet('{home.landing}/{event}/*/*.parquet', union_by_name = true)").fetchall()) for event in events)
    seen += "".join(path.read_bytes().decode("latin-1") for path in [*home.ledger.iterdir(), home.warehouse])
    assert not [secret for secret in secrets if secret in seen]
    assert "@example" not in seen


def test_metrics_and_marts_agree(casino: tuple[Home, dict[str, Any]]) -> None:
    """Every question of the semantic layer that a mart answers too, in a casino with much dirt."""
    home, _ = casino
    assert differences(home) == {}
