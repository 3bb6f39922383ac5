"""Live tables: bets are answered one by one, the round is settled as a whole, and some who win tip the dealer."""

from pitboss.simulate import money
from pitboss.simulate.clock import SECOND
from pitboss.simulate.play import Floor, Launch, Stake
from pitboss.simulate.players import SCALE, Player
from pitboss.simulate.rounds import Placed, Round, Settled, TakenBack

# The wheel feeds a pot of its own, by round and not by bet.
WHEEL, WHEEL_POT = "lv_fortune_wheel", "pot_wheel"
# Every so manieth winning round ends with a tip, and so many tips later one of them comes back.
_WINS_A_TIP, _TIPS_A_RETURN = 20, 4


class Tables:
    """Plays rounds at streamed tables. Every method takes the instant a round begins and returns the instant it is over."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.house = floor.house
        self.wins = 0
        self.tips = 0

    def play(self, p: Player, ts: int, launch: Launch, stake: int, bets: int, *, double: bool = False) -> int:
        """One round with some bets of the same stake; ``double`` is doubling down, where there is one bet and cash for it."""
        floor, random = self.floor, self.house.random
        round_id = f"{launch.table_id}-{ts // (40 * SECOND)}"
        played = Round(launch.game.game_id, p.currency)
        stakes = self._bets(p, ts, launch, round_id, stake, bets, played)
        if launch.game.game_id == WHEEL and played.placed:
            fed = len(played.placed) * (stake // 100)
            floor.contribute(p, ts + 3 * SECOND, launch, round_id, fed, WHEEL_POT)
            played.contributions.append((None, fed))
        if not stakes:
            self._book(p, played)
            return ts + 5 * SECOND
        if double and len(stakes) == 1 and p.available >= stake and stakes[0].portions == (("cash", stake),):
            # Doubling down sends the same bet id again under another event id and transaction: the stakes add up.
            stakes.append(floor.place(p, ts + 4 * SECOND, launch, round_id, stakes[0].bet_id, stake, (("cash", stake),)))
            played.placed.append(Placed(stakes[0].bet_id, stakes[1].txn, stake, ts + 4 * SECOND))
        over = ts + random.randrange(18, 30) * SECOND
        table = floor.prizes(launch.game, ts)
        # Several bets are settled in one message without a bet id, as table providers do.
        bet_id = stakes[0].bet_id if len({s.bet_id for s in stakes}) == 1 else ""
        drawn = [sum(s.amount for s in stakes)] if bet_id else [s.amount for s in stakes]
        payout = sum(amount * table.draw(random.random()) // 100 for amount in drawn)
        latency = int(random.lognormvariate(6.0, 0.4) * launch.settle_slowness)
        txn = floor.settle(p, over, launch, round_id, bet_id, payout, latency=latency)
        floor.win(p, over, bet_id or round_id, payout, stakes, txn)
        played.settled.append(Settled(bet_id or None, txn, payout, over, p.currency))
        self._book(p, played)
        if payout > sum(drawn) and not p.is_test:
            self._tip(p, over + SECOND, launch, round_id)
        return over

    def _bets(self, p: Player, ts: int, launch: Launch, round_id: str, stake: int, bets: int, played: Round) -> list[Stake]:
        """Place the bets; returns those that the table takes."""
        house, floor, random = self.house, self.floor, self.house.random
        stakes: list[Stake] = []
        for number in range(bets):
            portions = floor.fund(p, stake)
            if not portions:
                break
            bet_id, at = house.next_id("b"), ts + number * 700
            placed = floor.place(p, at, launch, round_id, bet_id, stake, portions, moves=False)
            played.placed.append(Placed(bet_id, placed.txn, stake, at))
            answered = at + int(random.lognormvariate(4.6, 0.5))
            head = f',"roundId":"{round_id}","betId":"{bet_id}"{floor.named(launch.game)}'
            if random.random() < launch.reject_rate:
                code = "time_window" if random.random() < 0.8 else "provider_timeout"
                house.emitter.emit(
                    "bet_reject", answered, p,
                    f'{head},"txnId":"{placed.txn}","code":"{code}","latencyMs":{answered - at},"tableId":"{launch.table_id}"',
                )  # fmt: skip
                played.taken_back.append(TakenBack(bet_id, answered, placed.txn))
                continue
            txns = floor.pay(p, answered, bet_id, portions, placed.txn)
            house.emitter.emit("bet_accept", answered, p, f'{head},"latencyMs":{answered - at},"balanceAfter":"{money.text(max(0, p.cash))}"')
            stakes.append(placed._replace(txns=txns))
        return stakes

    def _tip(self, p: Player, ts: int, launch: Launch, round_id: str) -> None:
        """Some of a winner's cash for the dealer; now and then the table gives back what was not meant, all of it or half."""
        self.wins += 1
        amount = money.UNIT * SCALE[p.currency]
        if self.wins % _WINS_A_TIP != 1 or p.available < amount:
            return
        self.tips += 1
        txn = self._send_tip(p, ts, launch, round_id, amount, "")
        if self.tips % _TIPS_A_RETURN == 1:
            self._send_tip(p, ts + SECOND, launch, round_id, amount // (1 + self.tips % 8 // 4), txn)

    def _send_tip(self, p: Player, ts: int, launch: Launch, round_id: str, amount: int, reverses: str) -> str:
        house, txn = self.house, self.house.next_id("tip")
        reversal = f',"reversesTxnId":"{reverses}"' if reverses else ""
        house.emitter.emit(
            "dealer_tip", ts, p,
            f'{money.member("amount", amount, p.currency)},"txnId":"{txn}","tableId":"{launch.table_id}","gameId":"{launch.game.game_id}",'
            f'"roundId":"{round_id}","providerId":"{launch.game.provider_id}"{reversal}{p.fx()}',
            "provider",
        )  # fmt: skip
        (house.credit if reverses else house.debit)(p, ts, "cash", amount, "tip", txn)
        house.books.tip(p, ts, -amount if reverses else amount)
        return txn

    def _book(self, p: Player, played: Round) -> None:
        if not p.is_test:
            self.house.books.any_round(p, played)
