"""What the warehouse must find: the money of every gaming day by the counting rules, and everything that was planted.

The simulator knows all messages of a round when it makes the round, so the rules (``rounds.py``) are applied round by round, in
plain Python and far from any SQL.
"""

import json
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from pitboss.simulate import money
from pitboss.simulate.clock import gaming_day, iso_day
from pitboss.simulate.fx import to_base
from pitboss.simulate.journal import Journal
from pitboss.simulate.players import Player
from pitboss.simulate.rounds import Bet, Round

Json = dict[str, Any]

_PAYMENTS = ("deposits", "refunds", "withdrawals")
_CASH_LINES = (*_PAYMENTS, "tips", "prizes", "balance", "stakes", "wins", "converted")


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
    refunds: list[dict[str, str | int]]
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
class _Cell:
    """Sums of a day or game; payouts and contributions in hundred-millionths."""

    handle: int = 0
    payout: int = 0
    settled_handle: int = 0
    jackpot: int = 0
    network: int = 0
    contribution: int = 0
    bonus_cost: int = 0
    prizes: int = 0
    chargebacks: int = 0
    tips: int = 0
    orphan_payout: int = 0
    bets: int = 0


class Books:
    """Adds up money by gaming day and currency, and notes on each player's page what is theirs. Amounts in ten-thousandths.

    Costs stand as they are before any policy of net revenue: those shipped count them all. Who calls it leaves out test traffic.
    """

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self._days: dict[tuple[int, str], _Cell] = defaultdict(_Cell)
        self._games: dict[tuple[str, str], _Cell] = defaultdict(_Cell)
        self._payments: dict[str, dict[tuple[int, str], list[int]]] = {name: defaultdict(lambda: [0, 0]) for name in _PAYMENTS}
        self._charged_back: dict[str, int] = {}
        self._cash: dict[tuple[str, str], int] = defaultdict(int)

    def bet(self, p: Player, game_id: str, bet: Bet) -> None:
        """A bet that counts, on the day on which it was placed."""
        self.journal.bet(p, game_id, bet)
        for cell in (self._day(p, bet.placed_at), self._games[game_id, p.currency]):
            cell.bets += 1
            cell.handle += bet.handle
            cell.contribution += bet.contribution
            if bet.is_settled:
                cell.settled_handle += bet.handle
                cell.payout += bet.payout
                cell.jackpot += bet.jackpot
                cell.network += bet.network

    def any_round(self, p: Player, played: Round) -> None:
        """A round of any shape, by the rules: cancelled bets count nothing, orphans stand apart on their own day."""
        for bet in played.bets().values():
            self.bet(p, played.game_id, bet)
        for ts, currency, amount in played.orphans():
            self._days[gaming_day(ts, p.jurisdiction), currency].orphan_payout += amount

    def tip(self, p: Player, ts: int, amount: int) -> None:
        """A tip to a dealer, or below zero one that came back, each on its own day."""
        self._day(p, ts).tips += amount
        self.cash(p.currency, "tips", amount)

    def prize(self, p: Player, ts: int, amount: int) -> None:
        """A tournament's prize that was paid as cash, on the day it was won."""
        self._cost(p, ts, amount)
        self._day(p, ts).prizes += amount
        self.cash(p.currency, "prizes", amount)

    def bonus(self, p: Player, ts: int, cost: int) -> None:
        """Granted (positive) or given back (negative) bonus money, on the day of its event."""
        self.journal.bonus(p, ts, cost)
        self._day(p, ts).bonus_cost += cost

    def chargeback(self, p: Player, ts: int, deposit_id: str, deposited: int, moved: int) -> None:
        """A stage of a dispute that takes money (positive) or gives it back: the balance of the deposit, never below zero or above what
        was paid in, changes on the day of the stage."""
        before = self._charged_back.get(deposit_id, 0)
        after = self._charged_back[deposit_id] = min(deposited, max(0, before + moved))
        self._cost(p, ts, after - before)
        self._day(p, ts).chargebacks += after - before

    def deposit(self, p: Player, ts: int, amount: int) -> None:
        """A deposit that succeeded, once. It stays one whatever becomes of the money."""
        self.journal.deposited(p, ts)
        self._pay("deposits", p, ts, 1, amount)

    def refund(self, p: Player, ts: int, amount: int) -> None:
        """A deposit, or part of one, that went back to the player."""
        self._pay("refunds", p, ts, 1, amount)

    def withdrawal(self, p: Player, ts: int, amount: int) -> None:
        """A withdrawal that left the house: paid, or approved where the brand sends nothing later."""
        self._pay("withdrawals", p, ts, 1, amount)

    def returned(self, p: Player, ts: int, amount: int) -> None:
        """A withdrawal that was paid and came back: less money on this day, on the day paid it stays one."""
        self._pay("withdrawals", p, ts, 0, -amount)

    def cash(self, currency: str, line: str, amount: int) -> None:
        """A line of the cash identity: one of ``_CASH_LINES``."""
        self._cash[currency, line] += amount

    def _day(self, p: Player, ts: int) -> _Cell:
        return self._days[gaming_day(ts, p.jurisdiction), p.currency]

    def _cost(self, p: Player, ts: int, amount: int) -> None:
        self.journal.cost(p, gaming_day(ts, p.jurisdiction), to_base(amount, p.currency, ts))

    def _pay(self, kind: str, p: Player, ts: int, count: int, amount: int) -> None:
        cell = self._payments[kind][gaming_day(ts, p.jurisdiction), p.currency]
        cell[0] += count
        cell[1] += amount
        self.cash(p.currency, kind, amount)

    def by_day(self) -> list[dict[str, str | int]]:
        return [{"gaming_day": iso_day(day), "currency": currency, **_figures(cell)} for (day, currency), cell in sorted(self._days.items())]

    def by_game(self) -> list[dict[str, str | int]]:
        return [
            {"game_id": game, "currency": currency, "handle": money.text(cell.handle),
             "payout": money.fine_text(cell.payout), "bets": cell.bets}
            for (game, currency), cell in sorted(self._games.items())
        ]  # fmt: skip

    def payments(self, kind: str) -> list[dict[str, str | int]]:
        """``deposits``, ``refunds`` or ``withdrawals`` by gaming day and currency; the last less what came back."""
        return [
            {"gaming_day": iso_day(day), "currency": currency, "count": count, "amount": money.text(amount)}
            for (day, currency), (count, amount) in sorted(self._payments[kind].items())
        ]

    def cash_identity(self) -> list[dict[str, str]]:
        """Per currency both sides of: deposits - refunds - withdrawals - tips + prizes - balance = stakes - wins - converted."""
        return [
            {"currency": currency, **{line: money.text(self._cash[currency, line]) for line in _CASH_LINES}}
            for currency in sorted({currency for currency, _ in self._cash})
        ]


def _figures(cell: _Cell) -> dict[str, str | int]:
    return {
        "handle": money.text(cell.handle),
        "payout": money.fine_text(cell.payout),
        "ggr": money.fine_text(cell.settled_handle * money.FINE - cell.payout),
        "jackpot_payout": money.fine_text(cell.jackpot),
        "jackpot_paid_by_network": money.fine_text(cell.network),
        "jackpot_contribution": money.fine_text(cell.contribution),
        "bonus_cost": money.text(cell.bonus_cost),
        "promotion_prizes": money.text(cell.prizes),
        "chargebacks": money.text(cell.chargebacks),
        "tips": money.text(cell.tips),
        "orphan_payout": money.text(cell.orphan_payout),
        "open_stakes": money.text(cell.handle - cell.settled_handle),
        "bets": cell.bets,
    }
