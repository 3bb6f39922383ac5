"""Small inputs from public reports, with what is right by their notes. They are outside data and lie beside the checkout, or these tests are skipped."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from conftest import UNTESTED, Built, build_by_command, quarantined, query, rows
from pitboss.build import build
from pitboss.cli import main
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land
from pitboss.serve.headline import money_table
from pitboss.serve.publish import publish, rollback
from test_seeds import NO_DATE, built, project_at

FOLDER = PROJECT.parent / "shared" / "cases" / "reports"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the cases of public reports do not lie beside the checkout")

Line = dict[str, Any]

TABLES = ("ggr_ngr_daily", "ggr_by_game_daily", "payments_daily", "contract_violations", "fct_sessions", "fct_bets")
OF_THE_CLOCK = ("retention_cohorts", "rfm_segments")
"""They look back from the newest moment of a whole home, and rank its players across brands."""

MONEY: dict[str, dict[str, dict[str, str]]] = {
    "A2": {"EUR": {"handle": "3", "bets": "3"}},
    "D1": {"EUR": {"handle": "3", "payout": "6", "bets": "2", "rounds": "2", "orphan_payout": "0"}},
    "D11": {"EUR": {"handle": "4", "payout": "6", "bets": "1"}},
    "D14": {"EUR": {"handle": "3", "open_stakes": "3", "ggr": "0", "orphan_payout": "0"}, "USD": {"handle": "0", "ggr": "0", "orphan_payout": "9"}},
    "D16": {"EUR": {"ggr": "-999", "jackpot_paid_by_network": "1000", "ngr": "1"}},
    "D2": {"EUR": {"bets": "0", "jackpot_contribution": "0", "ngr": "0"}},
    "D3": {"EUR": {"chargebacks": "60"}},
    # 10 - 4 and a duty of 2.268 left 3.732 before the prize was a cost
    "D4": {"EUR": {"ggr": "6", "gaming_duty": "2.268", "promotion_prizes": "25", "bonus_cost": "0", "ngr": "-21.268"}},
    "D5": {"EUR": {"handle": "100", "payout": "0", "ggr": "100", "open_stakes": "0"}},
    "D5 until 13:00": {"EUR": {"handle": "100", "payout": "0", "ggr": "0", "open_stakes": "100"}},
    "D6": {"EUR": {"handle": "2", "bets": "1"}},
    "D6 without txnId": {"EUR": {"handle": "4", "bets": "1"}},
    "D7": {"EUR": {"handle": "0", "ggr": "0", "gaming_duty": "0", "tips": "5"}},
    "D8": {"BTC": {"handle": "0.00132345", "payout": "0.0022", "ggr": "-0.00087655"}},
    "D9": {"JPY": {"handle": "250.5"}},
}
"""What the daily revenue of a case must add up to, by currency. After the id: a variant of which the note speaks, too."""

NOTED = {
    ("bet_place", "truncated_timestamp"): 2,  # A2: the third has zeros to cut
    ("bet_place", "too_fine_for_currency"): 1,  # D9
    ("bet_place", "possible_repeat"): 1,  # D6 without txnId
    ("round_settle", "currency_mismatch"): 1,  # D14
    ("deposit_chargeback", "bad_money"): 1,  # D3
}
"""All that is reported of the cases in one home, and how often."""

POISON = ("p0", "p1", "p2", "p3", "p5", "p7", "x")
"""Lines of the folder `poison`: each landed, and then stopped every build."""
OTHERS = ("B1", "B2", "C1", "C3", "D10", "E2", "F1", "F2")
"""Cases with a test of their own below."""
ELSEWHERE = ("A1",)
"""Another kind of input, which no build of ours answers yet."""


def folder(case: str) -> Path:
    [found] = [*FOLDER.glob(f"{case}-*"), *FOLDER.glob(f"poison/{case}_*")]
    return found


def sent(case: str) -> list[Line]:
    """What a case sends, or a variant of it."""
    name, _, variant = case.partition(" ")
    lines: list[Line] = [json.loads(line) for line in (folder(name) / "events.jsonl").read_text().splitlines()]
    if variant == "until 13:00":
        return [line for line in lines if line["ts"] < "2026-11-20T13:00:00Z"]
    if variant == "without txnId":
        return [{key: value for key, value in line.items() if key != "txnId"} for line in lines]
    assert not variant
    return lines


def landed(home: Home, cases: Iterable[str]) -> None:
    """The lines of some cases, each in a brand and with ids of its own, and with a psp where payments, which know no brand, keep it apart."""
    inbox = home.root / "inbox"
    inbox.mkdir(parents=True)
    for case in cases:
        own = [{**line, "brand": case, "eventId": f"{case}-{line['eventId']}"} for line in sent(case)]
        own = [{**line, "pspId": case} if line["event"] == "deposit_success" else line for line in own]
        path = inbox / f"{case}.jsonl"
        path.write_text("".join(json.dumps(line) + "\n" for line in own))
        [result] = land(home, [(path, "server")])
        assert result.error is None


@pytest.fixture(scope="module")
def casino(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """All cases that a brand keeps apart."""
    home = Home(tmp_path_factory.mktemp("reports") / "home")
    landed(home, [*MONEY, "C3", "D10"])
    build(home, [*UNTESTED, "--select", *(f"+{table}" for table in TABLES)])
    return home


@pytest.fixture(scope="module")
def clocked(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """The cases that rest on the clock of their home. The newest event of both is one of C1, on the day on which E2 ends; nobody bets in C1."""
    home = Home(tmp_path_factory.mktemp("clocked") / "home")
    landed(home, ["C1", "E2"])
    build(home, [*UNTESTED, "--select", *(f"+{table}" for table in OF_THE_CLOCK)])
    return home


@pytest.fixture(scope="module")
def poisoned(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """What once stopped every build: landed whole, built with every test of data, and published."""
    home = Home(tmp_path_factory.mktemp("poisoned") / "home")
    landed(home, POISON)
    assert not quarantined(home)
    done = build_by_command(home)
    publish(home)
    return done


def test_every_case_is_known() -> None:
    """One that is added must not be overlooked, nor stand behind another's id."""
    known = {case.partition(" ")[0] for case in MONEY}
    inputs = [path for path in (*FOLDER.iterdir(), *FOLDER.glob("poison/*/")) if path.name != "poison"]
    assert sorted(re.split("[-_]", path.name)[0] for path in inputs) == sorted([*known, *POISON, *OTHERS, *ELSEWHERE])


@pytest.mark.parametrize("case", MONEY)
def test_daily_revenue(casino: Home, case: str) -> None:
    for currency, expected in MONEY[case].items():
        columns = ", ".join(f"sum({name})" for name in expected)
        [found] = query(casino, f"select {columns} from marts.ggr_ngr_daily where brand = '{case}' and currency = '{currency}'")
        assert dict(zip(expected, found, strict=True)) == {name: Decimal(value) for name, value in expected.items()}, currency


def test_what_is_reported_and_nothing_else(casino: Home) -> None:
    noted = query(casino, "select event, reason, sum(events) from marts.contract_violations group by 1, 2")
    assert {(event, reason): events for event, reason, events in noted} == NOTED
    found = query(casino, "select brand, reason, sum(events) from semantic.int_money__findings group by 1, 2 order by 1")
    assert found == [("D14", "currency_mismatch", 1), ("D6 without txnId", "possible_repeat", 1)]


def test_digits_finer_than_milliseconds_are_cut_off(casino: Home) -> None:
    found = query(casino, "select bet_id, placed_at from semantic.fct_bets where brand = 'A2' order by 1")
    assert found == [(bet, datetime(2026, 11, 20, 10, 0, 0, 123_000)) for bet in ("us0", "us1", "us2")]


def test_two_providers_with_one_round_id_have_a_bet_each(casino: Home) -> None:
    games = query(casino, "select game_id, provider_id, handle, payout from marts.ggr_by_game_daily where game_id in ('alpha_slot', 'beta_slot') order by 1")
    assert games == [("alpha_slot", "alpha", Decimal(1), Decimal(0)), ("beta_slot", "beta", Decimal(2), Decimal(6))]


def test_the_chargeback_that_was_won_back_costs_nothing_and_a_sign_is_refused_with_a_hint(casino: Home) -> None:
    found = query(casino, "select jurisdiction, sum(chargebacks), sum(ngr) from marts.ggr_ngr_daily where brand = 'D3' group by 1 order by 1")
    assert found == [("ES", Decimal(0), Decimal(0)), ("PT", Decimal(60), Decimal(-60))]
    [(file, reason, pointer, hint)] = quarantined(casino, "file, reason, pointer, detail")
    assert (file, reason, pointer) == ("D3.jsonl", "bad_money", "/amount/amount")
    stages = query(casino, "select stage from seeds.chargeback_stages where stage in ('representment', 'reversal', 'funds_reinstated', 'won')")
    assert len(stages) == 4 and all(stage in hint for (stage,) in stages)


def test_coins_are_printed_with_their_own_digits(casino: Home) -> None:
    money = query(
        casino, "select currency, sum(handle), sum(payout), sum(ggr), sum(ngr), null, sum(bets) from marts.ggr_ngr_daily where brand = 'D8' group by 1"
    )
    digits = dict(query(casino, "select currency, minor_units from seeds.currencies"))
    assert money_table(money, digits)[-1].split() == ["BTC", "0.00132345", "0.00220000", "-0.00087655", "-0.00087655", "2"]


def test_a_refunded_deposit_leaves_nothing(casino: Home) -> None:
    found = query(casino, "select deposits, deposit_amount, refund_amount, net_deposits from marts.payments_daily where psp_id = 'D10'")
    assert found == [(1, Decimal(40), Decimal(40), Decimal(0))]


def test_a_session_id_that_comes_back_after_months_is_another_session(casino: Home) -> None:
    assert query(casino, "select duration_s from semantic.fct_sessions where brand = 'C3' order by started_at") == [(600.0,), (0.0,)]


def test_a_cohort_is_immature_until_its_own_day_is_over(clocked: Home) -> None:
    """In Auckland it is the 27th at that moment, in Germany noon of the 26th."""
    assert query(clocked, "select now_at from semantic.int_clock__now") == [(datetime(2026, 11, 26, 11, 30),)]
    cells = query(
        clocked,
        "select is_mature, rate from marts.retention_cohorts where cohort_day = date '2026-11-25' "
        "and start_basis = 'registration' and activity_basis = 'any_event' and day_n = 1",
    )
    assert cells == [(False, None)]


def test_tied_best_players_are_not_called_middling(clocked: Home) -> None:
    scores = query(clocked, "select left(player_id, 1), r, f, m, count(*) from marts.rfm_segments group by 1, 2, 3, 4 order by 1")
    assert scores == [("a", 4, 4, 4, 6), ("z", 2, 2, 2, 4)]


SEEDS = {
    "B1": [f"seeds/fx_rates.csv, row {row}, column rate_day: '1/1/2024' {NO_DATE}" for row in range(2, 12)],
    "B2": ["seeds/fx_rates.csv: the cells are separated by semicolons; save the file as comma-separated"],
}
"""How the error begins, a line each."""


@pytest.mark.parametrize("case", SEEDS)
def test_a_seed_that_a_spreadsheet_has_rewritten_is_refused(tmp_path: Path, case: str) -> None:
    project = project_at(tmp_path / "project")
    (project / "seeds" / "fx_rates.csv").write_bytes((folder(case) / "fx_rates.csv").read_bytes())
    error = built(project, "--select", "fx_rates")
    assert error.endswith("Nothing was loaded.")
    told = error.removesuffix(". Nothing was loaded.").splitlines()
    assert told[: len(SEEDS[case])] == SEEDS[case]
    # each of the 360 rates of B1 is refused: ten are named, the others counted
    assert told[len(SEEDS[case]) :] == (["... and 350 more"] if case == "B1" else [])


def test_a_bet_before_every_policy_counts_on_its_day_and_has_only_the_lines_that_need_none(poisoned: Built) -> None:
    """Half a euro is kept on either day. Under a policy a duty of 5.3 % of the stake goes off it."""
    days = query(poisoned.home, "select gaming_day, bets, handle, payout, ggr, gaming_duty, ngr from marts.ggr_ngr_daily where brand = 'p0' order by 1")
    same = (1, Decimal(2), Decimal("1.5"), Decimal("0.5"))
    assert days == [(date(1970, 1, 1), *same, 0, Decimal("0.5")), (date(2026, 11, 20), *same, Decimal("0.106"), Decimal("0.394"))]
    [(contracts,)] = query(
        poisoned.home, "select provider_fee + platform_fee + psp_fee + affiliate_commission from marts.ggr_ngr_daily where gaming_day = date '1970-01-01'"
    )
    assert contracts == 0
    named = [line for line in poisoned.output.splitlines() if "no NGR policy" in line]
    assert len(named) == 1 and "for DE on 1 day, 1970-01-01" in named[0]


def test_an_e_mail_address_in_a_link_is_masked(poisoned: Built) -> None:
    assert rows(poisoned.home, "landing/utm_attribution/*/*.parquet", "utm_term") == [("[masked]",)]
    assert rows(poisoned.home, "restricted/masked/*.parquet", "field, value") == [("utm_term", "bob@example.com")]


def test_a_visitor_and_a_player_of_one_name_are_two_people(poisoned: Built) -> None:
    assert query(poisoned.home, "select player_id, visitor_id from semantic.fct_touches where brand = 'p2'") == [(None, "anonymous p1")]
    assert query(poisoned.home, "select player_id, acquisition_channel, acquisition_campaign_id from semantic.dim_players where brand = 'p2'") == [
        ("p1", "unknown", None)
    ]
    # one of them clicked and never registered, the other registered out of nothing
    steps = query(poisoned.home, "select channel, campaign_id, step from marts.acquisition_funnel where players > implied and channel != 'x' order by 1")
    assert steps == [("organic", "none", "registration"), ("unknown", "c", "campaign_click")]


def test_spend_counts_where_its_impressions_are_below_zero(poisoned: Built) -> None:
    assert query(poisoned.home, "select impressions, spend_amount, spend_base from semantic.fct_ad_spend") == [(None, 10, 10)]
    assert query(poisoned.home, "select channel, spend from marts.channel_roi where spend > 0") == [("paid_search", 10)]


def test_a_bet_too_large_for_the_reporting_currency_is_exact_in_its_own(poisoned: Built) -> None:
    found = query(poisoned.home, "select currency, handle, ggr, handle_base, ggr_base, ngr_base from marts.ggr_ngr_daily where brand = 'p5'")
    assert found == [("USD", Decimal(99_999_999_999_999), Decimal(99_999_999_999_999), None, None, None)]


def test_a_cool_off_that_ends_before_it_begins_holds_without_an_end(poisoned: Built) -> None:
    """A year later, by the clock of this home."""
    assert query(poisoned.home, "select is_cooling_off, cool_off_until from semantic.dim_players where brand = 'p7'") == [(True, datetime(9999, 12, 31))]
    assert query(poisoned.home, "select handle, payout from marts.ggr_ngr_daily where brand = 'p7'") == [(2, 1)]


def test_a_rate_from_a_currency_to_itself_is_one(poisoned: Built) -> None:
    assert query(poisoned.home, "select handle, handle_base, ggr_base from marts.ggr_ngr_daily where brand = 'x'") == [(100, 100, 100)]


def test_what_once_stopped_a_build_is_reported_and_nothing_else(poisoned: Built) -> None:
    """But for what p0 leaves out, which is missing in any first line of a newcomer."""
    noted = query(poisoned.home, "select event, reason, events from marts.contract_violations where reason not like 'missing_%' order by 1, 2")
    assert noted == [
        ("ad_spend", "out_of_range", 1),
        ("bet_place", "amount_too_large", 1),
        ("bet_place", "bad_fx_rate", 1),
        ("cool_off", "ends_before_it_begins", 1),
        ("utm_attribution", "personal_data_masked", 1),
    ]
    brands = query(poisoned.home, "select brand, reason from semantic.int_money__findings")
    assert brands == [("p5", "amount_too_large")]


WRITES = ("update marts.main.ggr_ngr_daily set handle=handle*100 where currency='EUR'", "alter table marts.main.ggr_ngr_daily rename to gone")
"""What the tool of F1 does, and what its note says that it did at another time."""
SIDECARS = (".wal.checkpoint", ".checkpoint.wal", ".recovery.wal", ".wal.bak", ".tmp")


def handle(path: Path) -> Decimal:
    """What a reader sees: euros staked, of a file that a build made with 4."""
    with duckdb.connect(str(path), read_only=True) as marts:
        [found] = marts.execute("select sum(handle) from marts.ggr_ngr_daily where currency = 'EUR'").fetchall()
    return Decimal(found[0])


def written_to(path: Path, write: str) -> int:
    """Let the tool of F1 write to a published file and be killed, its log beside it, and put copies of that where others might lie. Its exit code."""
    tool = (folder("F1") / "wal.py").read_text().replace(WRITES[0], write)
    assert write in tool
    tool = tool.replace("H/published/marts.duckdb", str(path)).replace("marts.main.", "marts.")
    code = subprocess.run([sys.executable, "-c", tool], capture_output=True, check=False).returncode
    for name in SIDECARS:
        log = path.with_name(path.name + ".wal")
        path.with_name(path.name + name).write_bytes(log.read_bytes() if log.is_file() else b"half a log")
    return code


@pytest.mark.parametrize("write", WRITES)
def test_a_log_beside_a_published_file_changes_nothing_that_readers_see(built_home: Home, write: str) -> None:
    publish(built_home)
    publish(built_home)
    files = [built_home.published / "pitboss.duckdb", built_home.published / "pitboss.previous.duckdb"]
    for file in files:
        assert written_to(file, write) == 1  # it can write no log, and says so
        assert handle(file) == 4
    actions: list[Callable[[], object]] = [partial(publish, built_home), partial(rollback, built_home)]
    # each command, no further than its start
    actions += [partial(CliRunner().invoke, main, ["--home", str(built_home.root), name, "--help"]) for name in main.commands]
    for action in actions:
        for file in files:
            file.with_name(file.name + ".wal").unlink(missing_ok=True)  # as if the tool had been there first
            assert written_to(file, write) == -signal.SIGKILL
        action()
        assert [handle(file) for file in files] == [4, 4]
        assert not [left for left in built_home.published.glob("*.duckdb.*") if left.suffix != ".wal" or left.stat().st_size]


@pytest.mark.parametrize("is_aliased", [False, True])
@pytest.mark.parametrize("opened", ["pitboss.duckdb", "pitboss_risk.duckdb", "copy of it.duckdb", ":memory:"])
def test_both_published_files_are_read_in_one_session(built_home: Home, opened: str, is_aliased: bool) -> None:
    """Whichever is opened first, or copied, and under whatever alias: by its full name a table is found at once, by its short one as the README says."""
    [analyst, risk] = publish(built_home)
    copy = analyst.path.with_name("copy of it.duckdb")
    copy.write_bytes(analyst.path.read_bytes())
    files = {"marts": copy if opened == copy.name else analyst.path, "risk": risk.path}
    at = opened if opened == ":memory:" else str(analyst.path.with_name(opened))
    with duckdb.connect(at, read_only=at != ":memory:") as session:
        for schema, path in files.items():
            if path.name != opened:
                session.execute(f"attach '{path}' {f'as of_{schema}' if is_aliased else ''} (read_only)")
        names = {schema: f"of_{schema}" if is_aliased and path.name != opened else path.stem for schema, path in files.items()}
        for schema, table in (("marts", "ggr_ngr_daily"), ("marts", "about"), ("risk", "about")):
            session.execute(f'select * from "{names[schema]}".{schema}.{table}')
        session.execute("set search_path = '" + ",".join(f'"{name}".{schema}' for schema, name in names.items()) + "'")
        assert session.execute("select sum(bets) from marts.ggr_ngr_daily").fetchall() == [(14,)]
        assert session.execute("select count(*) from marts.about").fetchall() == [(len(analyst.tables),)]
        assert session.execute("select count(*) from risk.about").fetchall() == [(len(risk.tables),)]
