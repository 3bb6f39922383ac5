"""What the warehouse must find: the money of every gaming day by the counting rules, and everything that was planted.

The simulator knows all messages of a round when it makes the round, so the rules are applied round by round, in plain
Python and far from any SQL.
"""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pitboss.simulate import money
from pitboss.simulate.clock import gaming_day, iso_day
from pitboss.simulate.journal import Journal
from pitboss.simulate.players import Player

Json = dict[str, Any]


@dataclass(frozen=True)
class Truth:
    """The content of ``truth.json``; amounts are decimal strings."""

    parameters: Json
    files: list[str]
    lines: int
    blank_lines: int
    events_landed: dict[str, int]
    dirt: Json
    money: list[dict[str, str | int]]
    money_by_game: list[dict[str, str | int]]
    deposits: list[dict[str, str | int]]
    withdrawals: list[dict[str, str | int]]
    cash: list[dict[str, str]]
    cohorts: list[Json]
    retention: Json
    daily_active: list[Json]
    funnel: list[Json]
    ltv: list[Json]
    experiments: Json
    planted: Json

    def write(self, path: Path) -> None:
        """As JSON, the same bytes for the same truth."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")


@dataclass(slots=True)
class Round:
    """All messages about one player's round that land: what they say, not yet what counts."""

    game_id: str
    placed_at: int
    stakes: dict[str, int] = field(default_factory=dict)
    settled: list[tuple[str | None, int]] = field(default_factory=list)
    cancelled: set[str | None] = field(default_factory=set)
    refunds: dict[str, int] = field(default_factory=dict)

    def counting(self) -> dict[str, int]:
        """Stake by bet, of the bets that count. A reversal without a bet id hits every bet of the round."""
        if None in self.cancelled:
            return {}
        return {bet: stake - self.refunds.get(bet, 0) for bet, stake in self.stakes.items() if bet not in self.cancelled}


@dataclass(slots=True)
class _Cell:
    handle: int = 0
    payout: int = 0
    settled_handle: int = 0
    bonus_cost: int = 0
    orphan_payout: int = 0
    bets: int = 0


class Books:
    """Adds up money by gaming day and currency, and notes on each player's page what is theirs. All amounts in ten-thousandths.

    Who calls it leaves out test traffic.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._days: dict[tuple[int, str], _Cell] = defaultdict(_Cell)
        self._games: dict[tuple[str, str], _Cell] = defaultdict(_Cell)
        self._deposits: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        self._withdrawals: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
        self._cash: dict[tuple[str, str], int] = defaultdict(int)

    def one_bet(self, p: Player, placed_at: int, game_id: str, stake: int, payout: int) -> None:
        """The usual round: one bet, settled, nothing reversed."""
        self.journal.bet(p, placed_at, game_id, stake, payout)
        day = self._days[gaming_day(placed_at, p.jurisdiction), p.currency]
        for cell in (day, self._games[game_id, p.currency]):
            cell.handle += stake
            cell.settled_handle += stake
            cell.payout += payout
            cell.bets += 1

    def any_round(self, p: Player, played: Round) -> None:
        """A round of any shape, by the rules: cancelled bets count nothing, orphans stand apart."""
        jurisdiction, currency = p.jurisdiction, p.currency
        day = self._days[gaming_day(played.placed_at, jurisdiction), currency]
        counting = played.counting()
        paid: dict[str, int] = {}
        for bet, payout in played.settled:
            if bet is None and played.stakes:
                for share, amount in _split(payout, counting).items():
                    paid[share] = paid.get(share, 0) + amount
            elif bet in played.stakes:
                paid[bet] = paid.get(bet, 0) + payout
            else:
                day.orphan_payout += payout
        for bet, stake in counting.items():
            self.journal.bet(p, played.placed_at, played.game_id, stake, paid.get(bet))
        for cell in (day, self._games[played.game_id, currency]):
            cell.bets += len(counting)
            cell.handle += sum(counting.values())
            cell.settled_handle += sum(stake for bet, stake in counting.items() if bet in paid)
            cell.payout += sum(amount for bet, amount in paid.items() if bet in counting)

    def bonus(self, p: Player, ts: int, cost: int) -> None:
        """Granted (positive) or given back (negative) bonus money, on the day of its event."""
        self.journal.bonus(p, ts, cost)
        self._days[gaming_day(ts, p.jurisdiction), p.currency].bonus_cost += cost

    def deposit(self, p: Player, ts: int, amount: int) -> None:
        """A deposit that succeeded, once."""
        self.journal.deposited(p, ts)
        cell = self._deposits[gaming_day(ts, p.jurisdiction), p.currency]
        cell[0] += 1
        cell[1] += amount
        self.cash(p.currency, "deposits", amount)

    def withdrawal(self, p: Player, ts: int, amount: int) -> None:
        """A withdrawal that left the house: paid, or approved where the brand sends nothing later."""
        cell = self._withdrawals[gaming_day(ts, p.jurisdiction), p.currency]
        cell[0] += 1
        cell[1] += amount
        self.cash(p.currency, "withdrawals", amount)

    def cash(self, currency: str, line: str, amount: int) -> None:
        """A line of the cash identity: deposits, withdrawals, stakes, wins, converted, balance."""
        self._cash[currency, line] += amount

    def by_day(self) -> list[dict[str, str | int]]:
        return [{"gaming_day": iso_day(day), "currency": currency, **_figures(cell)} for (day, currency), cell in sorted(self._days.items())]

    def by_game(self) -> list[dict[str, str | int]]:
        return [
            {"game_id": game, "currency": currency, "handle": money.text(cell.handle),
             "payout": money.text(cell.payout), "bets": cell.bets}
            for (game, currency), cell in sorted(self._games.items())
        ]  # fmt: skip

    def payments(self, kind: str) -> list[dict[str, str | int]]:
        """``deposits`` or ``withdrawals`` by gaming day and currency."""
        cells = self._deposits if kind == "deposits" else self._withdrawals
        return [
            {"gaming_day": iso_day(day), "currency": currency, "count": count, "amount": money.text(amount)}
            for (day, currency), (count, amount) in sorted(cells.items())
        ]

    def cash_identity(self) -> list[dict[str, str]]:
        """Per currency both sides of: deposits - withdrawals - balance = stakes - wins - converted."""
        lines = ("deposits", "withdrawals", "balance", "stakes", "wins", "converted")
        return [
            {"currency": currency, **{line: money.text(self._cash[currency, line]) for line in lines}}
            for currency in sorted({currency for currency, _ in self._cash})
        ]


def _split(payout: int, counting: dict[str, int]) -> dict[str, int]:
    """By stake, rounded down; the remainder goes to the last bet id."""
    total = sum(counting.values())
    if not total:
        return dict.fromkeys(counting, 0)
    shares = {bet: payout * stake // total for bet, stake in counting.items()}
    if shares:
        shares[max(shares)] += payout - sum(shares.values())
    return shares


def _figures(cell: _Cell) -> dict[str, str | int]:
    return {
        "handle": money.text(cell.handle),
        "payout": money.text(cell.payout),
        "ggr": money.text(cell.settled_handle - cell.payout),
        "bonus_cost": money.text(cell.bonus_cost),
        "orphan_payout": money.text(cell.orphan_payout),
        "open_stakes": money.text(cell.handle - cell.settled_handle),
        "bets": cell.bets,
    }
