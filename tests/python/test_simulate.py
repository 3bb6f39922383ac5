"""The simulated casino: the same bytes for the same seed, honest games, and a truth that the lines themselves bear out.

The money of the truth is recomputed from the written lines by a second, slower reading of the counting rules, which
shares nothing with the simulator but the files.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml
from pitboss.simulate import SimulationError, Truth, simulate
from pitboss.simulate.dirt import card_number, iban
from pitboss.simulate.games import DEFECTIVE_GAME, DEFECTIVE_TABLE, GAMES, SEED_COLUMNS, moments, seed_rows
from pitboss.simulate.journal import ACTS
from pitboss.simulate.odd import ODD_KINDS

ROOT = Path(__file__).resolve().parents[2]
EVENTS = {path.stem for path in ROOT.glob("models/staging/*/contracts/*.yml")}
MONEY = re.compile(r"-?\d+\.\d{2}(\d{2})?")
INSTANT = re.compile(r"\d{4}-(0\d|1[0-2])-[0-3]\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}(\d{3}|\d{6})?Z")
Event = dict[str, Any]


@pytest.fixture(scope="module")
def casino(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """A casino with five times the usual dirt, so that every odd case has occurred."""
    out = tmp_path_factory.mktemp("casino") / "lines"
    return out, simulate(out, players=320, days=24, seed=11, dirt=0.05)


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    out = tmp_path_factory.mktemp("clean") / "lines"
    return out, simulate(out, players=60, days=8, seed=5, dirt=0)


@pytest.fixture(scope="module")
def events(casino: tuple[Path, Truth]) -> list[Event]:
    return landed(casino[0])


def raw_lines(out: Path) -> Iterator[bytes]:
    for path in sorted(out.glob("*/*.jsonl")):
        yield from (line for line in path.read_bytes().split(b"\n") if line)


def contents(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def single_keys(pairs: list[tuple[str, Any]]) -> Event:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError("a key twice")
    return dict(pairs)


def is_sound(event: Any) -> bool:
    """The contract in short: enough to tell the planted malformed lines from the good ones."""
    if not isinstance(event, dict) or event.get("event") not in EVENTS or not isinstance(event.get("traceId", ""), str):
        return False
    if not INSTANT.fullmatch(event["ts"]) or event["ts"] > "2090" or event.get("schemaVer", "1.9") != "1.9":
        return False
    monies = [value for value in event.values() if isinstance(value, dict) and "amount" in value]
    if not all(isinstance(m["amount"], str) and MONEY.fullmatch(m["amount"]) and "currency" in m for m in monies):
        return False
    name = event["event"]
    needs = {"bet_", "round_", "void", "refund", "jackpot", "wallet_", "dealer_tip", "deposit_refunded"}
    if any(name.startswith(prefix) for prefix in needs) and "playerId" not in event:
        return False
    if name.startswith(("bet_", "round_", "jackpot")) or name in ("void", "refund"):
        return "roundId" in event
    if name in ("dealer_tip", "deposit_refunded"):
        return "amount" in event and ("depositId" in event or name == "dealer_tip")
    if name in ("wallet_debit", "wallet_credit"):
        return "txnId" in event and event["walletType"] in ("cash", "bonus")
    return True


def landed(out: Path) -> list[Event]:
    """Sound events, each once; every copy of an id in conflict is left out."""
    by_id: dict[str, tuple[str, Event]] = {}
    conflicts = set()
    for line in raw_lines(out):
        try:
            event = json.loads(line, object_pairs_hook=single_keys)
        except ValueError:
            continue
        if not is_sound(event):
            continue
        content = json.dumps(event, sort_keys=True)
        key = event.get("eventId", content)
        if by_id.setdefault(key, (content, event))[0] != content:
            conflicts.add(key)
    return [event for key, (_, event) in by_id.items() if key not in conflicts]


@cache
def places() -> dict[str, tuple[ZoneInfo, int]]:
    """Time zone and day start in minutes by jurisdiction."""
    with (ROOT / "seeds/jurisdictions.csv").open(encoding="utf-8") as rows:
        return {r["jurisdiction"]: (ZoneInfo(r["time_zone"]), int(r["day_start_minutes"])) for r in csv.DictReader(rows)}


def gaming_day(event: Event, jurisdiction: str = "") -> str:
    zone, start = places()[jurisdiction or event.get("jurisdiction", "XX")]
    instant = datetime.fromisoformat(event["ts"]).astimezone(zone)
    return str((instant.replace(tzinfo=None) - timedelta(minutes=start)).date())


@cache
def seed(name: str, key: str, value: str) -> dict[str, str]:
    """Two columns of a seed, the first in lower case."""
    with (ROOT / f"seeds/{name}.csv").open(encoding="utf-8") as rows:
        return {row[key].lower(): row[value] for row in csv.DictReader(rows)}


def provider(event: Event) -> str | None:
    """The provider that an event names, by its one name."""
    name = event.get("providerId")
    return None if name is None else seed("provider_aliases", "alias", "provider_id").get(name.lower(), name)


def catalogued(event: Event) -> str | None:
    return seed("games", "game_id", "provider_id").get(event.get("gameId", "").lower())


def issuer(bet: Event) -> str:
    """Whose round a bet is: its provider's, or where nobody knows one, that of its game."""
    return provider(bet) or catalogued(bet) or f"game {bet['gameId']}"


def whose(event: Event, bets: list[Event]) -> str | None:
    """Which issuer's bets an event is about: the first of the five steps that finds any."""
    if event["event"] in ("bet_reject", "bet_rollback", "refund") and "txnId" in event:
        bets = [bet for bet in bets if bet.get("txnId") == event["txnId"]] or bets
    bets = [bet for bet in bets if "betId" not in event or bet.get("betId", event["betId"]) == event["betId"]]
    named = None if event["event"] == "jackpot_contribution" else provider(event)
    game = event.get("gameId")
    steps = [[bet for bet in bets if bet["gameId"] == game]]
    if named:
        unnamed = [bet for bet in bets if provider(bet) is None and (bet["gameId"] == game or catalogued(bet) is None)]
        steps = [[bet for bet in bets if issuer(bet) == named], unnamed, *steps]
    else:
        at = instant(event)
        timed = sorted(bets, key=lambda bet: (instant(bet) > at, abs(instant(bet) - at)))
        steps += [[bet for bet in bets if issuer(bet) == catalogued(event)], timed[:1]]
    found = next((step for step in steps if step), None)
    assert found is None or len({issuer(bet) for bet in found}) == 1, event
    return issuer(found[0]) if found else None


def instant(event: Event) -> datetime:
    return datetime.fromisoformat(event["ts"])


def transaction(event: Event) -> str:
    return str(event.get("txnId") or event.get("eventId") or event["ts"])


def split(amount: Decimal, bet_id: str | None, weights: dict[str, Decimal]) -> dict[str, Decimal]:
    """All of it to the bet that is named; else by stake, cut at eight decimals, the remainder to the last."""
    if bet_id is not None:
        return {bet_id: amount} if bet_id in weights else {}
    total = sum(weights.values())
    shares = {bet: (amount * weight / total).quantize(Decimal("1e-8"), ROUND_DOWN) for bet, weight in weights.items()}
    if shares:
        shares[max(shares)] += amount - sum(shares.values())
    return shares


Cells = dict[tuple[str, str], dict[str, Decimal]]
ROUND_EVENTS = {"bet_place", "round_settle", "round_unsettle", "bet_reject", "bet_rollback", "void", "refund", "jackpot_contribution"}


def add_round(cells: Cells, round_id: str, said: dict[str, list[Event]], scopes: dict[str, str]) -> None:
    """The bets of one issuer's round, by the rules of counting."""

    def bet_of(event: Event) -> str:
        return str(event.get("betId", round_id))

    def hits(event: Event, bet_id: str) -> bool:
        return bool(event.get("betId", bet_id) == bet_id)

    stakes: dict[tuple[str, str, str], Event] = {}
    for bet in sorted(said["bet_place"], key=instant):
        stakes.setdefault((bet_of(bet), transaction(bet), bet.get("wallet", {}).get("type", "")), bet)
    first: dict[str, Event] = {}
    for bet in stakes.values():
        first.setdefault(bet_of(bet), bet)
    gone: set[int] = set()
    whole = said["void"] + said["bet_rollback"] + [e for e in said["refund"] if not e.get("partial")]
    for event in whole + said["bet_reject"]:
        near = [bet for bet in stakes.values() if hits(event, bet_of(bet))]
        if "txnId" in event:
            taken = [bet for bet in near if bet.get("txnId") == event["txnId"]]
        else:
            taken = [bet for bet in near if instant(bet) <= instant(event)] or near[:1]
            taken = taken[-1:] if event["event"] == "bet_reject" else taken
        gone |= {id(bet) for bet in taken}
    handles: dict[str, Decimal] = {}
    for bet in stakes.values():
        if id(bet) not in gone:
            handles[bet_of(bet)] = handles.get(bet_of(bet), Decimal(0)) + Decimal(bet["stake"]["amount"])
    for event in said["refund"]:
        if event.get("partial") and bet_of(event) in handles:
            handles[bet_of(event)] -= Decimal(event["amount"]["amount"])
    wins: dict[tuple[str | None, str, str], Event] = {}
    for event in sorted(said["round_settle"], key=lambda event: int(event.get("revision", 0))):
        only = event["components"][0]["wallet"] if len(event.get("components", [])) == 1 else ""
        wins[event.get("betId"), transaction(event), only] = event
    paid: dict[str, list[Decimal]] = {}
    for win in wins.values():
        if any((u["txnId"] == win.get("txnId") if "txnId" in u else instant(win) <= instant(u)) for u in said["round_unsettle"]):
            continue
        whom, currency = next(iter(first.values())), win["payout"]["currency"]
        if currency != whom["stake"]["currency"]:
            cells[gaming_day(win, whom.get("jurisdiction", "XX")), currency]["orphan_payout"] += Decimal(win["payout"]["amount"])
            continue
        jackpot = Decimal(win.get("jackpotWin", {}).get("amount", 0))
        scope = win.get("potScope") or scopes.get(win.get("potId", ""), "local")
        for number, amount in enumerate((Decimal(win["payout"]["amount"]), jackpot, jackpot if scope == "network" else Decimal(0))):
            for bet_id, share in split(amount, win.get("betId"), handles).items():
                if not any("txnId" not in event and hits(event, bet_id) and instant(win) <= instant(event) for event in whole):
                    paid.setdefault(bet_id, [Decimal(0)] * 3)[number] += share
    for bet_id, handle in handles.items():
        bet = first[bet_id]
        cell = cells[gaming_day(bet), bet["stake"]["currency"]]
        cell["bets"] += 1
        cell["handle"] += handle
        if bet_id in paid:
            payout, jackpot, network = paid[bet_id]
            cell["payout"] += payout
            cell["ggr"] += handle - payout
            cell["jackpot_payout"] += min(jackpot, payout)
            cell["jackpot_paid_by_network"] += min(network, payout)
    placed = {bet_id: sum((Decimal(b["stake"]["amount"]) for b in stakes.values() if bet_of(b) == bet_id), Decimal(0)) for bet_id in first}
    for event in said["jackpot_contribution"]:
        for bet_id, share in split(Decimal(event["amount"]["amount"]), event.get("betId"), placed).items():
            if bet_id in handles:
                cells[gaming_day(first[bet_id]), event["amount"]["currency"]]["jackpot_contribution"] += share


def reference_money(events: list[Event]) -> Cells:
    """Every figure of the truth's money by gaming day and currency, straight from the definitions."""
    cells: Cells = defaultdict(lambda: defaultdict(Decimal))
    rounds: dict[tuple[str, str, str], list[Event]] = defaultdict(list)
    deposits = {event["depositId"]: event for event in events if event["event"] == "deposit_success"}
    balances: dict[str, Decimal] = defaultdict(Decimal)
    scopes = {event["potId"]: event["potScope"] for event in events if event["event"] == "jackpot_contribution"}
    for event in sorted((event for event in events if not event.get("isTest")), key=instant):
        name = event["event"]
        if name in ROUND_EVENTS:
            rounds[event.get("brand", ""), event["playerId"], event["roundId"]].append(event)
        lines = [
            ("bonus_cost", {"bonus_issued": 1, "bonus_forfeited": -1, "bonus_expired": -1}.get(name, 0), "amount"),
            ("bonus_cost", -1 if name == "wager_complete" else 0, "forfeited"),
            ("promotion_prizes", int(name == "tournament_finished" and event.get("paidAs", "cash") == "cash"), "prize"),
            ("tips", 0 if name != "dealer_tip" else -1 if "reversesTxnId" in event else 1, "amount"),
        ]
        for line, sign, key in lines:
            if sign and key in event:
                cells[gaming_day(event), event[key]["currency"]][line] += sign * Decimal(event[key]["amount"])
        if name == "deposit_chargeback":
            deposit = deposits[event["depositId"]]
            sign = {"takes": 1, "gives_back": -1, "none": 0}[seed("chargeback_stages", "stage", "direction")[event["stage"]]]
            before, most = balances[event["depositId"]], Decimal(deposit["amount"]["amount"])
            after = balances[event["depositId"]] = min(most, max(Decimal(0), before + sign * Decimal(event["amount"]["amount"])))
            cells[gaming_day(event, deposit["jurisdiction"]), deposit["amount"]["currency"]]["chargebacks"] += after - before
    for (_, _, round_id), messages in rounds.items():
        bets = [event for event in messages if event["event"] == "bet_place"]
        issued: dict[str, dict[str, list[Event]]] = defaultdict(lambda: defaultdict(list))
        for event in messages:
            found = issuer(event) if event["event"] == "bet_place" else whose(event, bets)
            if found is not None:
                issued[found][event["event"]].append(event)
            elif event["event"] == "round_settle":
                cells[gaming_day(event), event["payout"]["currency"]]["orphan_payout"] += Decimal(event["payout"]["amount"])
        for said in issued.values():
            add_round(cells, round_id, said, scopes)
    return cells


def reference_payments(events: list[Event]) -> dict[str, dict[tuple[str, str], list[Decimal]]]:
    """Number and sum of deposits, refunds and withdrawals by gaming day and currency, each under its key once."""
    found: dict[str, dict[tuple[str, str], list[Decimal]]] = {name: defaultdict(lambda: [Decimal(0)] * 2) for name in ("deposits", "refunds", "withdrawals")}
    real = sorted((event for event in events if not event.get("isTest")), key=instant)
    by_kind: dict[str, dict[str, Event]] = defaultdict(dict)
    for event in real:
        by_kind[event["event"]].setdefault(event.get("txnId") or event.get("depositId") or event.get("withdrawalId") or "", event)

    def book(kind: str, event: Event, said: Event, sign: int = 1) -> None:
        cell = found[kind][gaming_day(event), said["amount"]["currency"]]
        found[kind][gaming_day(event), said["amount"]["currency"]] = [cell[0] + (sign > 0), cell[1] + sign * Decimal(said["amount"]["amount"])]

    for kind, name in (("deposits", "deposit_success"), ("refunds", "deposit_refunded"), ("withdrawals", "withdrawal_paid")):
        for event in by_kind[name].values():
            book(kind, event, event)
    paid = by_kind["withdrawal_paid"]
    paying = {event["brand"] for event in paid.values()}
    over = {**by_kind["withdrawal_declined"], **by_kind["withdrawal_cancelled"]}
    for key, event in by_kind["withdrawal_approved"].items():
        if event["brand"] not in paying and key not in over:
            book("withdrawals", event, event)
    for key, event in over.items():
        if key in paid:
            book("withdrawals", event, paid[key], -1)
    return found


def test_same_arguments_give_the_same_bytes(tmp_path: Path, clean: tuple[Path, Truth]) -> None:
    again = tmp_path / "again"
    simulate(again, players=60, days=8, seed=5, dirt=0)
    other = tmp_path / "other"
    simulate(other, players=60, days=8, seed=6, dirt=0)
    assert contents(again) == contents(clean[0])
    assert contents(other) != contents(clean[0])


def test_dirt_is_drawn_from_the_seed_too(tmp_path: Path) -> None:
    for name in ("one", "two"):
        simulate(tmp_path / name, players=40, days=5, seed=3, start=date(2025, 3, 27), dirt=0.1)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_a_finished_simulation_is_left_alone(tmp_path: Path) -> None:
    out, days = tmp_path / "casino", []
    first = simulate(out, players=12, days=3, seed=1, progress=lambda done, total: days.append((done, total)))
    stamps = {path: path.stat().st_mtime_ns for path in out.rglob("*.jsonl")}
    assert simulate(out, players=12, days=3, seed=1) == first
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*.jsonl")} == stamps
    assert days == [(1, 3), (2, 3), (3, 3)]
    assert simulate(out, players=12, days=3, seed=2).parameters["seed"] == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["casino"]


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letters.txt").write_text("do not lose me")
    with pytest.raises(SimulationError, match="Choose an empty folder"):
        simulate(tmp_path, players=5, days=2, seed=1)
    assert (tmp_path / "letters.txt").read_text() == "do not lose me"


def test_every_event_of_the_dictionary_occurs(casino: tuple[Path, Truth]) -> None:
    assert len(EVENTS) == 70
    assert set(casino[1].events_landed) == EVENTS


def test_money_is_an_exact_string_wherever_it_stands(clean: tuple[Path, Truth]) -> None:
    amounts = re.compile(rb'"(?:amount|balanceBefore|balanceAfter|wagerRequired|newValue)":([^,}{]+)[,}]')
    found = [amount for line in raw_lines(clean[0]) for amount in amounts.findall(line)]
    assert len(found) > 1_000
    assert [amount for amount in found if not MONEY.fullmatch(amount.decode().strip('"')) or amount[:1] != b'"'] == []


def test_prize_tables_have_exactly_the_stated_return() -> None:
    for game in GAMES:
        chances = game.table.probabilities()
        assert sum(chances.values()) == 1, game.game_id
        assert sum((m * p for m, p in chances.items()), Fraction(0)) == game.rtp, game.game_id
        assert game.table.draw(0.0) == 0
        assert game.table.draw(1 - 2**-53) == int(max(chances) * 100)
    stated = next(game.rtp for game in GAMES if game.game_id == DEFECTIVE_GAME)
    assert moments(DEFECTIVE_TABLE).rtp < stated


def test_the_games_seed_is_derived_from_the_prize_tables() -> None:
    with (ROOT / "seeds/games.csv").open(encoding="utf-8", newline="") as rows:
        assert [tuple(row) for row in csv.reader(rows)] == [SEED_COLUMNS, *seed_rows()]
    even = moments(DEFECTIVE_TABLE)
    assert (even.rtp, even.variance) == (Fraction("0.72"), Fraction("1.44") - Fraction("0.72") ** 2)
    assert even.body_rtp == even.rtp
    assert even.tail_probability == 0 and even.tail_cap is None


def test_books_agree_with_the_lines(casino: tuple[Path, Truth], events: list[Event]) -> None:
    truth = casino[1]
    found = reference_money(events)
    stated = {(str(row["gaming_day"]), str(row["currency"])): row for row in truth.money}
    names = [name for name in truth.money[0] if name not in ("gaming_day", "currency", "open_stakes")]
    nothing: dict[str, Decimal] = defaultdict(Decimal)
    assert {
        key: [Decimal(str(row[name])) for name in names] for key, row in stated.items()
    } == {key: [found.get(key, nothing)[name] for name in names] for key in {*stated, *found}}  # fmt: skip
    assert all(any(Decimal(str(row[name])) for row in truth.money) for name in names)


def test_payments_agree_with_the_lines(casino: tuple[Path, Truth], events: list[Event]) -> None:
    truth = casino[1]
    stated = {"deposits": truth.deposits, "refunds": truth.refunds, "withdrawals": truth.withdrawals}
    for kind, found in reference_payments(events).items():
        assert found == {(row["gaming_day"], row["currency"]): [Decimal(row["count"]), Decimal(row["amount"])] for row in stated[kind]}, kind
        assert found


def test_a_small_casino_has_met_every_odd_round(tmp_path: Path) -> None:
    truth = simulate(tmp_path / "casino", players=120, days=10, seed=4, dirt=0.03)
    assert set(truth.dirt["odd_rounds"]) == set(ODD_KINDS)


def test_acts_are_those_that_the_contracts_name() -> None:
    contracts = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in ROOT.glob("models/staging/*/contracts/*.yml")]
    tables = [table for contract in contracts for source in contract["sources"] for table in source["tables"]]
    # A click is the act of somebody who is not a player yet.
    assert {table["name"] for table in tables if table["config"]["meta"]["actor"] == "player"} == ACTS | {"campaign_click"}


def test_cohorts_agree_with_the_lines(casino: tuple[Path, Truth], events: list[Event]) -> None:
    truth = casino[1]
    acted: dict[str, set[date]] = defaultdict(set)
    paid: dict[str, set[date]] = defaultdict(set)
    began: dict[str, date] = {}
    home: dict[str, str] = {}
    said = [event for event in events if not event.get("isTest")]
    now = max(min(event["ts"], event["receivedTs"]) for event in said if event.get("source", "") not in ("", "web", "ios", "android"))
    for event in said:
        if "playerId" in event:
            day = date.fromisoformat(gaming_day(event))
            if event["event"] in ACTS:
                acted[event["playerId"]].add(day)
            if event["event"] == "deposit_success":
                paid[event["playerId"]].add(day)
            if event["event"] == "registration":
                began[event["playerId"]] = day
                home[event["playerId"]] = event.get("jurisdiction", "XX")
    numbers = [timedelta(days=n) for n in truth.retention["day_n"]]
    today = {player: date.fromisoformat(gaming_day({"ts": now, "jurisdiction": place})) for player, place in home.items()}
    assert len(set(today.values())) == 2
    acted = {player: {day for day in days if day <= today[player]} for player, days in acted.items()}
    paid = defaultdict(set, {player: {day for day in days if day <= today[player]} for player, days in paid.items()})
    began = {player: day for player, day in began.items() if day <= today[player]}
    assert sum(row["players"] for row in truth.cohorts) == len(began)
    rows = [row for row in truth.retention["cohorts"] if row["start_basis"] == "registration"]
    assert sum(row["players"] for row in rows) == len(began)
    for row in rows:
        cohort = [player for player, day in began.items() if str(day) == row["cohort_day"]]
        assert row["today"] == str(min(today[player] for player in cohort))
        assert row["any_event"] == [sum(began[player] + n in acted[player] for player in cohort) for n in numbers]
        assert row["deposit"] == [sum(began[player] + n in paid[player] for player in cohort) for n in numbers]
    assert truth.daily_active[-1]["day"] == str(min(today.values()))
    for row in truth.daily_active:
        day = date.fromisoformat(row["day"])
        assert row["dau"] == sum(day in days for days in acted.values())
        assert row["wau"] == sum(any(day - timedelta(days=n) in days for n in range(7)) for days in acted.values())


def test_cash_identity_holds_to_the_cent(casino: tuple[Path, Truth]) -> None:
    for row in casino[1].cash:
        lines = {name: Decimal(amount) for name, amount in row.items() if name != "currency"}
        ledger = lines["deposits"] - lines["refunds"] - lines["withdrawals"] - lines["tips"] + lines["prizes"] - lines["balance"]
        assert ledger == lines["stakes"] - lines["wins"] - lines["converted"], row["currency"]
        assert lines["stakes"] > 0


def test_wallet_feed_is_complete(casino: tuple[Path, Truth], events: list[Event]) -> None:
    """Balances of the feed, added up from nothing, are the balances that the truth ends with."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for event in events:
        if event["event"] in ("wallet_debit", "wallet_credit") and not event.get("isTest"):
            sign = 1 if event["event"] == "wallet_credit" else -1
            if event["walletType"] == "cash":
                sums[event["amount"]["currency"]] += sign * Decimal(event["amount"]["amount"])
    assert sums == {row["currency"]: Decimal(row["balance"]) for row in casino[1].cash}


def test_every_line_is_accounted_for(casino: tuple[Path, Truth], events: list[Event]) -> None:
    out, truth = casino
    dirt = truth.dirt
    quarantined = sum(dirt["quarantined"].values())
    assert truth.lines == sum(truth.events_landed.values()) + dirt["duplicates"] + quarantined
    assert truth.lines == sum(1 for _ in raw_lines(out))
    assert dirt["conflicts"] == 2
    # The conflict's first copy lands but is in no money, so the reference leaves it out as well.
    assert len(events) == sum(truth.events_landed.values()) - dirt["conflicts"]
    assert {"bad_money", "bad_timestamp", "malformed_json", "missing_required", "unknown_event", "conflict",
            "duplicate_key", "invalid_utf8", "future_timestamp"} <= dirt["quarantined"].keys()  # fmt: skip
    for name in ("duplicates", "derived_ids", "missing_session", "missing_trace", "missing_source", "late", "tests",
                 "missing_schema_ver", "truncated_timestamps", "repeated_deposits", "negative_bonuses", "returned_withdrawals"):  # fmt: skip
        assert dirt[name] > 0, name


def test_files_hold_the_weeks_in_which_their_lines_arrived(clean: tuple[Path, Truth]) -> None:
    out, truth = clean
    assert truth.files == sorted(path.relative_to(out).as_posix() for path in out.glob("*/*.jsonl"))
    for name in truth.files:
        channel, week = name.removesuffix(".jsonl").split("/")
        arrivals = [json.loads(line)["receivedTs"] for line in (out / name).read_bytes().splitlines()]
        assert arrivals == sorted(arrivals)
        for arrival in arrivals:
            year, number, _ = datetime.fromisoformat(arrival).astimezone(UTC).isocalendar()
            assert f"{year}-W{number:02d}" == week
        assert channel in {"web", "ios", "android", "server", "provider", "psp", "crm", "batch"}


def test_planted_cases_are_in_the_lines(casino: tuple[Path, Truth], events: list[Event]) -> None:
    planted = casino[1].planted
    devices = {e["playerId"]: e["deviceId"] for e in events if e["event"] == "registration"}
    ring = planted["fraud_ring"]
    assert len(ring) == 5
    assert len({devices[player] for player in ring}) == 1
    passed = {e["playerId"] for e in events if e["event"] == "withdrawal_request"}
    assert passed & set(planted["carousel"])
    cancelled = {e["playerId"] for e in events if e["event"] in ("rg_limit_updated", "withdrawal_cancelled")}
    assert cancelled & set(planted["chasing"])
    defective = planted["defective_game"]
    after = [e for e in events if e.get("gameId") == defective["game_id"] and e["ts"] >= defective["from"]]
    assert any(e["event"] == "round_settle" and e["rtp_snapshot"] == defective["stated_rtp"] for e in after)
    bad = planted["bad_stream"]
    hit = [e["webrtc_rtt_ms"] for e in events if e["event"] == "stream_qos" and e["region"] == bad["region"]
           and e["tableId"] in bad["tables"] and bad["from"] <= e["ts"] < bad["to"]]  # fmt: skip
    assert hit and sum(rtt > 300 for rtt in hit) > len(hit) / 2
    tests = {e["playerId"] for e in events if e.get("isTest") and "playerId" in e}
    assert tests and tests <= set(planted["test_players"])


def test_planted_personal_data_looks_real() -> None:
    from random import Random

    for seed in range(50):
        digits = [int(d) for d in card_number(Random(seed))]
        doubled = [d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(digits)]
        assert len(digits) == 16 and sum(doubled) % 10 == 0
        account = iban(Random(seed))
        assert len(account) == 22 and int(account[4:] + "1314" + account[2:4]) % 97 == 1


@pytest.mark.parametrize("seed", ["games", "jurisdictions", "currencies", "fx_rates"])
def test_seed_pages_describe_every_column(seed: str) -> None:
    page = yaml.safe_load((ROOT / f"seeds/{seed}.yml").read_text(encoding="utf-8"))["seeds"][0]
    header = (ROOT / f"seeds/{seed}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert page["description"].startswith("One row per")
    assert [column["name"] for column in page["columns"]] == header == list(page["config"]["column_types"])
