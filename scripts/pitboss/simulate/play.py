"""Rounds: a stake, an answer, a prize, and the wallet movements that belong to them."""

from dataclasses import dataclass
from typing import NamedTuple

from pitboss.simulate import money
from pitboss.simulate.games import DEFECTIVE_GAME, DEFECTIVE_TABLE, GAMES, PROVIDERS, Game, PrizeTable
from pitboss.simulate.players import AGENTS, Player
from pitboss.simulate.rounds import Bet
from pitboss.simulate.wallet import House

POT = "pot_grand_vault"
_JACKPOT_SEED = 500 * money.UNIT
_JACKPOT_CHANCE = 1 / 6_000

# What every settlement says about its game, the defective one included.
STATED = {game.game_id: f"{float(game.rtp):.4f}" for game in GAMES}

# Bets always say who made the game; answers, settlements and reversals of these providers do too. One has a second spelling.
NAMING = frozenset(PROVIDERS[::2])
_ALIASES = {"novaplay": "NovaPlay Studios"}


class Stake(NamedTuple):
    """One bet's stake with the wallets that paid for it: its own transaction, and those of the wallets once they have moved."""

    bet_id: str
    amount: int
    portions: tuple[tuple[str, int], ...]
    txn: str
    txns: tuple[str, ...]


class Prize(NamedTuple):
    """One credit of a prize."""

    wallet: str
    amount: int
    txn: str


class Jackpot(NamedTuple):
    """What a payout holds of a pot; ``scope`` is empty where the settlement does not say whose pot it is."""

    amount: int
    pot_id: str
    scope: str


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
        self.jackpot_bets = 0

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
        portions: tuple[tuple[str, int], ...], *, moves: bool = True, txn: str = "",
    ) -> Stake:  # fmt: skip
        """Send a bet; with ``moves`` the wallets pay at once, as they do for every game that is not live. A transaction that is given
        is one that was sent before: of the same stake, or of the other wallet's part of it."""
        game = launch.game
        own_txn = txn or self.house.next_id("tx")
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
            f',"roundId":"{round_id}","gameId":"{game.game_id}","providerId":"{self.spelled(game)}","txnId":"{own_txn}",'
            f'"stake":{{"amount":"{money.text(stake)}","currency":"{p.currency}"}},'
            f'"wallet":{{"type":"{wallet}","balanceBefore":"{money.text(max(0, before))}"}}{more}',
        )  # fmt: skip
        # Two wallets cannot move under one id: the second has one of its own.
        txns = self.pay(p, ts, bet_id or round_id, portions, "" if txn else own_txn) if moves else ()
        return Stake(bet_id, stake, portions, own_txn, txns)

    def pay(self, p: Player, ts: int, ref_id: str, portions: tuple[tuple[str, int], ...], txn: str) -> tuple[str, ...]:
        """Take the stake out of the wallets, the first under the transaction of the stake."""
        debit = self.house.debit
        return tuple(debit(p, ts, wallet, amount, "bet", ref_id, "", "" if number else txn) for number, (wallet, amount) in enumerate(portions))

    def spelled(self, game: Game) -> str:
        """The provider of a game, now and then as its aggregator writes it."""
        provider = game.provider_id
        return _ALIASES.get(provider, provider) if self.house.serial % 6 == 0 else provider

    def named(self, game: Game) -> str:
        """What an answer or a reversal says of the game it is about: its provider, or the game itself, or nothing."""
        if game.provider_id not in NAMING:
            return ""
        return f',"providerId":"{self.spelled(game)}"' if self.house.serial % 2 else f',"gameId":"{game.game_id}"'

    def settle(
        self, p: Player, ts: int, launch: Launch, round_id: str, bet_id: str, payout: int, *, latency: int,
        jackpot: Jackpot | None = None, is_end: bool = True, currency: str = "", txn: str = "", revision: int = 0, wallet: str = "",
    ) -> str:  # fmt: skip
        """Say what a round pays; the wallets are credited apart, by ``win``. Returns the transaction, a new one unless it is given."""
        game, txn = launch.game, txn or self.house.next_id("tx")
        more = f',"betId":"{bet_id}"' if bet_id else ""
        if game.provider_id in NAMING:
            more += f',"providerId":"{self.spelled(game)}"'
        if not is_end:
            more += ',"isRoundEnd":false'
        if revision:
            more += f',"revision":{revision}'
        if wallet:
            more += f',"components":[{{"wallet":"{wallet}","amount":"{money.text(payout)}"}}]'
        if jackpot:
            more += f'{money.member("jackpotWin", jackpot.amount, p.currency)},"potId":"{jackpot.pot_id}"'
            if jackpot.scope:
                more += f',"potScope":"{jackpot.scope}"'
        if p.currency == "BRL":
            more += p.fx()
        self.house.emitter.emit(
            "round_settle", ts, p,
            f',"roundId":"{round_id}","gameId":"{game.game_id}","txnId":"{txn}",'
            f'"payout":{{"amount":"{money.text(payout)}","currency":"{currency or p.currency}"}},'
            f'"outcome":"{"win" if payout else "lose"}","rtp_snapshot":"{STATED[game.game_id]}",'
            f'"settleLatencyMs":{latency}{more}',
            "provider",
        )  # fmt: skip
        return txn

    def win(
        self, p: Player, ts: int, ref_id: str, payout: int, stakes: list[Stake], txn: str, jackpot: Jackpot | None = None,
    ) -> list[Prize]:  # fmt: skip
        """Credit a prize to the wallets that paid the stakes, in their proportion; the first credit is the settlement's transaction."""
        if not payout:
            return []
        total = sum(stake.amount for stake in stakes)
        from_bonus = sum(amount for stake in stakes for wallet, amount in stake.portions if wallet == "bonus")
        pot = jackpot.amount if jackpot else 0
        to_bonus = (payout - pot) * from_bonus // total // money.CENT * money.CENT
        parts = (("bonus", to_bonus, "payout"), ("cash", payout - pot - to_bonus, "payout"), ("cash", pot, "jackpot"))
        prizes: list[Prize] = []
        for wallet, amount, kind in parts:
            if amount:
                prizes.append(Prize(wallet, amount, self.house.credit(p, ts, wallet, amount, kind, ref_id, "", "" if prizes else txn)))
        return prizes

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
        fed, jackpot = self._feed_jackpot(p, ts, launch, round_id, stake) if game.has_jackpot and portions[0][0] == "cash" else (0, None)
        over = ts + latency
        key = bet_id or round_id
        if payout and random.random() < 0.01:
            # A feature round pays in two messages, which add up.
            part = payout // 2
            txn = self.settle(p, over, launch, round_id, bet_id, part, latency=latency, is_end=False)
            self.win(p, over, key, part, [placed], txn)
            over += 900
        else:
            part = 0
        rest = payout - part + (jackpot.amount if jackpot else 0)
        txn = self.settle(p, over, launch, round_id, bet_id, rest, latency=latency, jackpot=jackpot)
        self.win(p, over, key, rest, [placed], txn, jackpot)
        if not p.is_test:
            pot = jackpot.amount * money.FINE if jackpot else 0
            house.books.bet(p, game.game_id, Bet(ts, stake, True, (part + rest) * money.FINE, pot, 0, fed * money.FINE))
        p.losing_streak = 0 if part + rest >= stake else p.losing_streak + 1
        return over

    def contribute(
        self, p: Player, ts: int, launch: Launch, round_id: str, amount: int, pot_id: str, scope: str = "local", owner: str = "",
    ) -> None:  # fmt: skip
        """Tell what a round puts into a pot; ``owner`` is the provider of a pot that is not the game's."""
        more = f',"providerId":"{owner}"' if owner else ""
        self.house.emitter.emit(
            "jackpot_contribution", ts, p,
            f',"roundId":"{round_id}","txnId":"{self.house.next_id("con")}","potId":"{pot_id}"{money.member("amount", amount, p.currency)},'
            f'"potScope":"{scope}","gameId":"{launch.game.game_id}"{more}{p.fx()}',
            "provider",
        )  # fmt: skip

    def _feed_jackpot(self, p: Player, ts: int, launch: Launch, round_id: str, stake: int) -> tuple[int, Jackpot | None]:
        """One per cent of the stake goes into the pot; returns that, and what the player won of the pot."""
        share = stake // 100
        self.contribute(p, ts, launch, round_id, share, POT)
        self.jackpot_bets += 1
        # The fortieth contribution wins, so that even a small casino has seen its pot fall.
        if self.jackpot_bets != 40 and self.house.random.random() >= _JACKPOT_CHANCE:
            return share, None
        return share, Jackpot(_JACKPOT_SEED + self.jackpot_bets * 100, POT, "local")
