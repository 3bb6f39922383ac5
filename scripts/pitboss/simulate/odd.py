"""Rounds that do not go by the book: voids, refunds, rollbacks, orphans, wrong currencies. The rules of counting
are applied to what each of them really sends."""

from collections import Counter
from typing import NamedTuple

from pitboss.simulate import money
from pitboss.simulate.clock import DAY, HOUR, SECOND
from pitboss.simulate.play import Floor, Launch, Prize, Stake
from pitboss.simulate.players import Player
from pitboss.simulate.truth import Round

_KINDS = {
    "void_after_settle": 14, "void_before_bet": 10, "refund_full": 12, "refund_partial": 14, "rollback": 14,
    "rollback_before_bet": 6, "orphan_settle": 8, "late_void": 10, "never_settled": 6, "currency_mismatch": 3,
    "no_funds": 10,
}  # fmt: skip


class LateVoid(NamedTuple):
    """A void that is due some day."""

    round_id: str
    bet_id: str
    placed: Stake


class OddRounds:
    """Plays one odd round at a time and keeps count of the kinds."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.house = floor.house
        self.counts: Counter[str] = Counter()

    def play(self, p: Player, ts: int, launch: Launch, stake: int, portions: tuple[tuple[str, int], ...], kind: str = "") -> int:
        """An odd round of a single bet; returns the instant it is over."""
        kind = kind or self.house.random.choices(list(_KINDS), list(_KINDS.values()))[0]
        if kind in ("late_void", "refund_partial") and portions != (("cash", stake),):
            kind = "refund_full"
        round_id = f"R-{self.house.next_id(launch.game.game_id)}"
        self.counts[kind] += 1
        played = Round(launch.game.game_id, ts)
        over = self._play(kind, p, ts, launch, stake, portions, round_id, played)
        if not p.is_test:
            self.house.books.any_round(p, played)
        return over

    def _play(
        self, kind: str, p: Player, ts: int, launch: Launch, stake: int, portions: tuple[tuple[str, int], ...],
        round_id: str, played: Round,
    ) -> int:  # fmt: skip
        bet_id = self.house.next_id("b") if launch.game.kind != "slot" else ""
        key = bet_id or round_id
        if kind == "orphan_settle":
            # The wallet refuses a prize for a bet that it does not know.
            self.floor.settle(p, ts, launch, round_id, bet_id, stake, latency=700)
            played.settled.append((key, stake))
            return ts + SECOND
        if kind == "void_before_bet":
            self._reverse("void", p, ts, round_id, bet_id, stake, "provider_timeout")
            played.cancelled.add(key)
        if kind == "rollback_before_bet":
            self._reverse("bet_rollback", p, ts, round_id, "", stake, "provider_timeout")
            played.cancelled.add(None)
        if kind.endswith("_before_bet"):
            self.floor.place(p, ts + 800, launch, round_id, bet_id, stake, portions, moves=False)
            played.placed_at = ts + 800
            played.stakes[key] = stake
            return ts + 2 * SECOND
        placed = self.floor.place(p, ts, launch, round_id, bet_id, stake, portions, moves=kind != "no_funds")
        played.stakes[key] = stake
        if kind == "no_funds":
            more = f',"betId":"{bet_id}"' if bet_id else ""
            self.house.emitter.emit("bet_reject", ts + 60, p, f',"roundId":"{round_id}"{more},"code":"insufficient_funds","latencyMs":60')
            played.cancelled.add(key)
            return ts + 5 * SECOND
        if kind == "never_settled":
            return ts + 3 * SECOND
        if kind == "rollback":
            self._reverse("bet_rollback", p, ts + 3_200, round_id, bet_id, stake, "provider_timeout")
            self._give_back(p, ts + 3_200, key, placed)
            played.cancelled.add(key)
            return ts + 4 * SECOND
        return self._settled(kind, p, ts, launch, placed, round_id, bet_id, played)

    def _settled(self, kind: str, p: Player, ts: int, launch: Launch, placed: Stake, round_id: str, bet_id: str, played: Round) -> int:
        key, stake, over = bet_id or round_id, placed.amount, ts + 900
        # Late reversals take nothing back: whoever won would have spent it by then.
        wins = kind in ("void_after_settle", "currency_mismatch")
        payout = stake * self.floor.prizes(launch.game, ts).draw(self.house.random.random()) // 100 if wins else 0
        if kind == "currency_mismatch":
            other = "USD" if p.currency != "USD" else "EUR"
            self.floor.settle(p, over, launch, round_id, bet_id, stake, latency=900, currency=other)
            over += SECOND
        self.floor.settle(p, over, launch, round_id, bet_id, payout, latency=900)
        played.settled.append((key, payout))
        prizes = self.floor.win(p, over, key, payout, [placed])
        over += 1_500
        if kind == "void_after_settle":
            self._reverse("void", p, over, round_id, "", stake, "game_malfunction")
            self._give_back(p, over, key, placed)
            self._take_back(p, over, key, prizes)
            played.cancelled.add(None)
        elif kind == "refund_full":
            self._reverse("refund", p, over, round_id, bet_id, stake, "goodwill")
            self._give_back(p, over, key, placed)
            played.cancelled.add(key)
        elif kind == "refund_partial":
            part = stake // 2 // money.CENT * money.CENT
            self._reverse("refund", p, over, round_id, bet_id, part, "partial_outage", partial=True)
            self.house.credit(p, over, placed.portions[0][0], part, "void", key, placed.txns[0])
            played.refunds[key] = part
        elif kind == "late_void":
            random = self.house.random
            due = over + random.choice((2 * HOUR, DAY, 3 * DAY, 9 * DAY, 22 * DAY, 40 * DAY)) + random.randrange(HOUR)
            if due < self.house.ends:
                p.later(due, "void", LateVoid(round_id, bet_id, placed))
                played.cancelled.add(key)
        return over + SECOND

    def refused(self, p: Player, ts: int, launch: Launch, round_id: str, stake: int, portions: tuple[tuple[str, int], ...]) -> None:
        """A bet that the player's own limit forbids: no wallet moves."""
        self.floor.place(p, ts, launch, round_id, "", stake, portions, moves=False)
        self.house.emitter.emit("bet_reject", ts + 40, p, f',"roundId":"{round_id}","code":"rg_limit","latencyMs":40')

    def late_void(self, p: Player, ts: int, void: LateVoid) -> None:
        """A void that comes long after its round; only stakes that cash paid are voided so late."""
        self._reverse("void", p, ts, void.round_id, void.bet_id, void.placed.amount, "audit_finding")
        self._give_back(p, ts, void.bet_id or void.round_id, void.placed)

    def _reverse(
        self, event: str, p: Player, ts: int, round_id: str, bet_id: str, amount: int, reason: str, *,
        partial: bool = False,
    ) -> None:  # fmt: skip
        more = f',"betId":"{bet_id}"' if bet_id else ""
        if event != "bet_rollback":
            more += money.member("amount", amount, p.currency)
        if partial:
            more += ',"partial":true'
        more += p.fx()
        channel = "server" if event == "refund" else "provider"
        self.house.emitter.emit(event, ts, p, f',"roundId":"{round_id}","reason_code":"{reason}"{more}', channel)

    def _give_back(self, p: Player, ts: int, ref_id: str, placed: Stake) -> None:
        for (wallet, amount), txn in zip(placed.portions, placed.txns, strict=True):
            self.house.credit(p, ts, wallet, amount, "void", ref_id, txn)

    def _take_back(self, p: Player, ts: int, ref_id: str, prizes: list[Prize]) -> None:
        for prize in prizes:
            self.house.debit(p, ts, prize.wallet, prize.amount, "void", ref_id, prize.txn)
