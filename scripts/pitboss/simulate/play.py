"""Rounds: a stake, an answer, a prize, and the wallet movements that belong to them."""

from dataclasses import dataclass
from typing import NamedTuple

from pitboss.simulate import money
from pitboss.simulate.clock import SECOND
from pitboss.simulate.games import DEFECTIVE_GAME, DEFECTIVE_TABLE, GAMES, Game, PrizeTable
from pitboss.simulate.players import AGENTS, Player
from pitboss.simulate.truth import Round
from pitboss.simulate.wallet import House

_JACKPOT_SEED = 500 * money.UNIT
_JACKPOT_CHANCE = 1 / 6_000

# What every settlement says about its game, the defective one included.
STATED = {game.game_id: f"{float(game.rtp):.4f}" for game in GAMES}


class Stake(NamedTuple):
    """One bet's stake with the wallets that paid for it."""

    bet_id: str
    amount: int
    portions: tuple[tuple[str, int], ...]
    txns: tuple[str, ...]


class Prize(NamedTuple):
    """One credit of a prize."""

    wallet: str
    amount: int
    txn: str


@dataclass(slots=True)
class Launch:
    """A game that a player has open."""

    game: Game
    table_id: str = ""
    is_first: bool = True
    is_free_spin: bool = False
    reject_rate: float = 0.012
    settle_slowness: float = 1.0


class Floor:
    """Plays rounds. Every method takes the instant a round begins and returns the instant it is over."""

    def __init__(self, house: House, defect_from: int) -> None:
        self.house = house
        self.defect_from = defect_from
        self.jackpot = 0
        self.jackpot_bets = 0
        self.jackpots_won = 0

    def prizes(self, game: Game, ts: int) -> PrizeTable:
        """The table a game really pays by: not what it states, once the planted defect is in."""
        return DEFECTIVE_TABLE if game.game_id == DEFECTIVE_GAME and ts >= self.defect_from else game.table

    def fund(self, p: Player, stake: int) -> tuple[tuple[str, int], ...]:
        """Which wallets pay a stake: the bonus first, then a mix, then cash; empty when there is not enough."""
        if p.bonus is not None and p.bonus_cash > 0:
            if p.bonus_cash >= stake:
                return (("bonus", stake),)
            if p.available >= stake - p.bonus_cash:
                return (("cash", stake - p.bonus_cash), ("bonus", p.bonus_cash))
            return ()
        return (("cash", stake),) if p.available >= stake else ()

    def place(
        self, p: Player, ts: int, launch: Launch, round_id: str, bet_id: str, stake: int,
        portions: tuple[tuple[str, int], ...], *, moves: bool = True,
    ) -> Stake:  # fmt: skip
        """Send a bet; with ``moves`` the wallets pay at once, as they do for every game that is not live."""
        game = launch.game
        wallet = portions[0][0]
        before = p.cash if wallet == "cash" else p.bonus_cash
        more = f',"betId":"{bet_id}"' if bet_id else ""
        if launch.table_id:
            more += f',"tableId":"{launch.table_id}"'
        if len(portions) > 1:
            parts = ",".join(f'{{"wallet":"{w}","amount":"{money.text(a)}"}}' for w, a in portions)
            more += f',"components":[{parts}]'
        if launch.is_free_spin:
            more += ',"isFreeSpin":true'
        if launch.is_first:
            more += f',"device":{{"os":"{p.os}","app":"{p.app}","ua":"{AGENTS[p.os]}"}},"geo":{{"country":"{p.country}","ip":"203.0.113.{p.person % 254 + 1}"}}'
            launch.is_first = False
        if p.currency == "BRL":
            more += p.fx()
        self.house.emitter.emit(
            "bet_place", ts, p,
            f',"roundId":"{round_id}","gameId":"{game.game_id}","providerId":"{game.provider_id}",'
            f'"stake":{{"amount":"{money.text(stake)}","currency":"{p.currency}"}},'
            f'"wallet":{{"type":"{wallet}","balanceBefore":"{money.text(max(0, before))}"}}{more}',
        )  # fmt: skip
        txns = self.pay(p, ts, bet_id or round_id, portions) if moves else ()
        return Stake(bet_id, stake, portions, txns)

    def pay(self, p: Player, ts: int, ref_id: str, portions: tuple[tuple[str, int], ...]) -> tuple[str, ...]:
        """Take the stake out of the wallets."""
        debit = self.house.debit
        return tuple(debit(p, ts, wallet, amount, "bet", ref_id) for wallet, amount in portions)

    def settle(
        self, p: Player, ts: int, launch: Launch, round_id: str, bet_id: str, payout: int, *, latency: int,
        jackpot: int = 0, is_end: bool = True, currency: str = "",
    ) -> None:  # fmt: skip
        """Say what a round pays; the wallets are credited apart, by ``win``."""
        more = f',"betId":"{bet_id}"' if bet_id else ""
        if not is_end:
            more += ',"isRoundEnd":false'
        if jackpot:
            more += f'{money.member("jackpotWin", jackpot, p.currency)},"potId":"pot_grand_vault","potScope":"local"'
        if p.currency == "BRL":
            more += p.fx()
        game = launch.game
        self.house.emitter.emit(
            "round_settle", ts, p,
            f',"roundId":"{round_id}","gameId":"{game.game_id}",'
            f'"payout":{{"amount":"{money.text(payout)}","currency":"{currency or p.currency}"}},'
            f'"outcome":"{"win" if payout else "lose"}","rtp_snapshot":"{STATED[game.game_id]}",'
            f'"settleLatencyMs":{latency}{more}',
            "provider",
        )  # fmt: skip

    def win(self, p: Player, ts: int, ref_id: str, payout: int, stakes: list[Stake], jackpot: int = 0) -> list[Prize]:
        """Credit a prize to the wallets that paid the stakes, in their proportion."""
        if not payout:
            return []
        total = sum(stake.amount for stake in stakes)
        from_bonus = sum(amount for stake in stakes for wallet, amount in stake.portions if wallet == "bonus")
        to_bonus = (payout - jackpot) * from_bonus // total // money.CENT * money.CENT
        parts = (
            ("bonus", to_bonus, "payout"), ("cash", payout - jackpot - to_bonus, "payout"), ("cash", jackpot, "jackpot")
        )  # fmt: skip
        return [Prize(wallet, amount, self.house.credit(p, ts, wallet, amount, kind, ref_id)) for wallet, amount, kind in parts if amount]

    def instant(self, p: Player, ts: int, launch: Launch, stake: int, portions: tuple[tuple[str, int], ...]) -> int:
        """One round of a slot, a table or a crash game: place, settle, done."""
        house, game = self.house, launch.game
        random = house.random
        house.serial += 1
        round_id = f"R-{game.game_id}-{house.serial:07x}"
        bet_id = f"b_{house.serial:07x}" if game.kind != "slot" else ""
        placed = self.place(p, ts, launch, round_id, bet_id, stake, portions)
        payout = stake * self.prizes(game, ts).draw(random.random()) // 100
        latency = int(random.lognormvariate(6.2, 0.45) * launch.settle_slowness)
        jackpot = self._feed_jackpot(p, ts, round_id, stake) if game.has_jackpot and portions[0][0] == "cash" else 0
        over = ts + latency
        key = bet_id or round_id
        if payout and random.random() < 0.01:
            # A feature round pays in two messages, which add up.
            self.settle(p, over, launch, round_id, bet_id, payout // 2, latency=latency, is_end=False)
            over += 900
            self.settle(p, over, launch, round_id, bet_id, payout - payout // 2 + jackpot, latency=latency,
                        jackpot=jackpot)  # fmt: skip
        else:
            self.settle(p, over, launch, round_id, bet_id, payout + jackpot, latency=latency, jackpot=jackpot)
        payout += jackpot
        self.win(p, over, key, payout, [placed], jackpot)
        if not p.is_test:
            house.books.one_bet(p, ts, game.game_id, stake, payout)
        p.losing_streak = 0 if payout >= stake else p.losing_streak + 1
        return over

    def _feed_jackpot(self, p: Player, ts: int, round_id: str, stake: int) -> int:
        """One per cent of the stake goes into the pot; returns what the player won of it."""
        share = stake // 100
        self.house.emitter.emit(
            "jackpot_contribution", ts, p,
            f',"roundId":"{round_id}","potId":"pot_grand_vault"{money.member("amount", share, p.currency)},'
            f'"potScope":"local","gameId":"sl_grand_vault"{p.fx()}',
            "provider",
        )  # fmt: skip
        self.jackpot_bets += 1
        # The fortieth contribution wins, so that even a small casino has seen its pot fall.
        if self.jackpot_bets != 40 and self.house.random.random() >= _JACKPOT_CHANCE:
            return 0
        self.jackpots_won += 1
        return _JACKPOT_SEED + self.jackpot_bets * 100

    def live(self, p: Player, ts: int, launch: Launch, stake: int, bets: int, *, double: bool = False) -> int:
        """A round at a streamed table: bets are accepted or refused one by one, then the round settles as a whole."""
        house = self.house
        emit, random = house.emitter.emit, house.random
        round_id = f"{launch.table_id}-{ts // (40 * SECOND)}"
        played = Round(launch.game.game_id, ts)
        stakes: list[Stake] = []
        for number in range(bets):
            portions = self.fund(p, stake)
            if not portions:
                break
            bet_id, at = house.next_id("b"), ts + number * 700
            self.place(p, at, launch, round_id, bet_id, stake, portions, moves=False)
            played.stakes[bet_id] = stake
            answered = at + int(random.lognormvariate(4.6, 0.5))
            if random.random() < launch.reject_rate:
                code = "time_window" if random.random() < 0.8 else "provider_timeout"
                emit("bet_reject", answered, p,
                     f',"roundId":"{round_id}","betId":"{bet_id}","code":"{code}","latencyMs":{answered - at},'
                     f'"tableId":"{launch.table_id}"')  # fmt: skip
                played.cancelled.add(bet_id)
                continue
            txns = self.pay(p, answered, bet_id, portions)
            emit("bet_accept", answered, p,
                 f',"roundId":"{round_id}","betId":"{bet_id}","latencyMs":{answered - at},'
                 f'"balanceAfter":"{money.text(max(0, p.cash))}"')  # fmt: skip
            stakes.append(Stake(bet_id, stake, portions, txns))
        if not stakes:
            if played.stakes and not p.is_test:
                house.books.any_round(p, played)
            return ts + 5 * SECOND
        if double and len(stakes) == 1 and p.available >= stake and stakes[0].portions == (("cash", stake),):
            # Doubling down sends the same bet id again under another event id: the stakes add up.
            first = stakes[0]
            more = self.place(p, ts + 4 * SECOND, launch, round_id, first.bet_id, stake, (("cash", stake),))
            stakes = [Stake(first.bet_id, 2 * stake, (("cash", 2 * stake),), first.txns + more.txns)]
            played.stakes[first.bet_id] += stake
        over = ts + random.randrange(18, 30) * SECOND
        table = self.prizes(launch.game, ts)
        payout = sum(s.amount * table.draw(random.random()) // 100 for s in stakes)
        # Several bets are settled in one message without a bet id, as table providers do.
        bet_id = stakes[0].bet_id if len(stakes) == 1 else ""
        latency = int(random.lognormvariate(6.0, 0.4) * launch.settle_slowness)
        self.settle(p, over, launch, round_id, bet_id, payout, latency=latency)
        self.win(p, over, bet_id or round_id, payout, stakes)
        if not p.is_test:
            played.settled.append((bet_id or None, payout))
            house.books.any_round(p, played)
        return over
