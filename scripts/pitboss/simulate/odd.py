"""Rounds that do not go by the book: voids, refunds, retries, corrections, orphans, wrong currencies. The rules of counting
are applied to what each of them really sends."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from pitboss.simulate import money
from pitboss.simulate.clock import DAY, HOUR, SECOND
from pitboss.simulate.games import GAMES, Game
from pitboss.simulate.play import NAMING, POT, Floor, Jackpot, Launch, Stake
from pitboss.simulate.players import SCALE, Player
from pitboss.simulate.scene import Scene

_NETWORK_POT, _NETWORK = "pot_starfall", "starfall"
Portions = tuple[tuple[str, int], ...]


class LateVoid(NamedTuple):
    """A void that is due some day."""

    scene: Scene
    placed: Stake


class OddRounds:
    """Plays one odd round at a time and keeps count of the kinds. Each kind takes the instant it begins and returns the one it is over."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.house = floor.house
        self.counts: Counter[str] = Counter()
        self._unseen = list(ODD_KINDS)

    def play(self, p: Player, ts: int, launch: Launch, stake: int, portions: Portions) -> int:
        """An odd round of a single bet, as likely as its weight says; but what has never been seen comes first, in small casinos too."""
        kind = self._next_unseen(p, stake, portions) or self.house.random.choices(list(ODD_KINDS), _WEIGHTS)[0]
        if not _is_possible(kind, p, stake, portions):
            kind = "refund_full"
        self.counts[kind] += 1
        number = self.house.next_id(launch.game.game_id)
        bet_id = self.house.next_id("b") if launch.game.kind != "slot" or kind == "two_providers" else ""
        scene = Scene(self.floor, p, launch, f"R-{number}", bet_id)
        over = ODD_KINDS[kind].play(self, scene, ts, stake, portions)
        if launch.game.has_jackpot and scene.played.placed and portions[0][0] == "cash":
            scene.contribute(scene.played.placed[0].ts, stake // 100, POT)
        scene.book()
        return over

    def _next_unseen(self, p: Player, stake: int, portions: Portions) -> str:
        """The first kind that nobody whose money counts has met yet, and that this bet can be."""
        kind = "" if p.is_test else next((kind for kind in self._unseen if _is_possible(kind, p, stake, portions)), "")
        if kind:
            self._unseen.remove(kind)
        return kind

    def refused(self, p: Player, ts: int, launch: Launch, round_id: str, stake: int, portions: Portions) -> None:
        """A bet that the player's own limit forbids: no wallet moves."""
        scene = Scene(self.floor, p, launch, round_id, "")
        scene.reject(ts + 40, scene.place(ts, stake, portions, moves=False), "rg_limit", 40)

    def late_void(self, ts: int, void: LateVoid) -> None:
        """A void that comes long after its round; only stakes that cash paid are voided so late."""
        void.scene.void_late(ts, void.placed)

    def _orphan_settle(self, s: Scene, ts: int, stake: int, _: Portions) -> int:
        """The wallet refuses a prize for a bet that it does not know."""
        s.settle(ts, stake)
        return ts + SECOND

    def _no_funds(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        s.reject(ts + 60, s.place(ts, stake, portions, moves=False), "insufficient_funds", 60)
        return ts + 5 * SECOND

    def _never_settled(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        s.place(ts, stake, portions)
        return ts + 3 * SECOND

    def _void_before_bet(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        s.reverse("void", ts, stake, "provider_timeout")
        s.place(ts + 800, stake, portions, moves=False)
        return ts + 2 * SECOND

    def _rollback_before_bet(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        s.reverse("bet_rollback", ts, stake, "provider_timeout", is_whole=True)
        s.place(ts + 800, stake, portions, moves=False)
        return ts + 2 * SECOND

    def _rollback(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        placed = s.place(ts, stake, portions)
        s.reverse("bet_rollback", ts + 3_200, stake, "provider_timeout")
        s.give_back(ts + 3_200, placed)
        return ts + 4 * SECOND

    def _replaced(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """Rolled back after a time-out and placed again under a transaction of its own: the rollback takes only what was there by then."""
        over = self._rollback(s, ts, stake, portions) + SECOND
        return self._win(s, over, [s.place(over, stake, portions)])

    def _rollback_of_one(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """A bet is raised, and one of its two stakes rolled back by its transaction: the other stands."""
        stakes = [s.place(ts, stake, portions), s.place(ts + 1_500, stake, portions)]
        gone = stakes.pop(self.house.serial % 2)
        s.reverse("bet_rollback", ts + 3_200, stake, "provider_timeout", txn=gone.txn)
        s.give_back(ts + 3_200, gone)
        return self._win(s, ts + 4 * SECOND, stakes)

    def _retried(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """No answer came, so the same transaction was sent again: one stake."""
        placed = s.place(ts, stake, portions)
        s.place(ts + 2_100, stake, portions, txn=placed.txn, moves=False)
        return self._win(s, ts + 3 * SECOND, [placed])

    def _split_wallets(self, s: Scene, ts: int, stake: int, _: Portions) -> int:
        """One transaction tells of each wallet apart, when it is staked and when it is won."""
        half = stake // 2 // money.CENT * money.CENT
        first = s.place(ts, half, (("cash", half),))
        second = s.place(ts + 40, stake - half, (("bonus", stake - half),), txn=first.txn)
        payout, txn = max(stake, s.draw(ts, stake)), self.house.next_id("tx")
        part = payout // 2
        for number, (wallet, amount) in enumerate((("cash", part), ("bonus", payout - part))):
            s.settle(ts + 900 + number, amount, txn=txn, wallet=wallet)
        s.pay(ts + 900, part, [first], txn)
        s.pay(ts + 901, payout - part, [second], "")
        return ts + 2 * SECOND

    def _unsettled(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """A result is taken back, by its transaction or whatever there was so far, and the bet settled anew under another transaction."""
        placed = s.place(ts, stake, portions)
        wrong = s.draw(ts, stake) + stake
        txn = s.settle(ts + 900, wrong)
        prizes = s.pay(ts + 900, wrong, [placed], txn)
        s.unsettle(ts + 4 * SECOND, txn if self.house.serial % 2 else "")
        s.take_back(ts + 4 * SECOND, prizes)
        return self._win(s, ts + 5 * SECOND, [placed])

    def _revised(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """The same settlement again with another amount and a higher revision."""
        placed = s.place(ts, stake, portions)
        right = s.draw(ts, stake)
        txn = s.settle(ts + 900, right + stake)
        prizes = s.pay(ts + 900, right + stake, [placed], txn)
        s.settle(ts + 3 * SECOND, right, txn=txn, revision=1)
        s.take_back(ts + 3 * SECOND, prizes)
        s.pay(ts + 3 * SECOND, right, [placed], "")
        return ts + 4 * SECOND

    def _currency_mismatch(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """A win in another currency is nobody's, and the bet is open until one in its own comes, if it does."""
        placed = s.place(ts, stake, portions)
        s.settle(ts + 900, stake, currency="USD" if s.p.currency != "USD" else "EUR")
        return self._win(s, ts + 2 * SECOND, [placed]) if self.counts["currency_mismatch"] % 2 else ts + 2 * SECOND

    def _network_jackpot(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """Somebody else's pot falls: the payout holds it, and the network pays it. Whose pot it is may be said by its contributions only."""
        placed = s.place(ts, stake, portions)
        s.contribute(ts + 100, stake // 200, _NETWORK_POT, "network", _NETWORK)
        jackpot = Jackpot(150 * money.UNIT * SCALE[s.p.currency], _NETWORK_POT, "network" if self.counts["network_jackpot"] % 2 else "")
        payout = s.draw(ts, stake) + jackpot.amount
        txn = s.settle(ts + 900, payout, jackpot=jackpot, is_network=True)
        s.pay(ts + 900, payout, [placed], txn, jackpot)
        return ts + 2 * SECOND

    def _two_providers(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        """Two providers use one number: two rounds. One of them is voided by what the void says of its game, and the other stands."""
        other = Scene(self.floor, s.p, Launch(_rival(s.launch.game)), s.round_id, self.house.next_id("b"))
        s.said_id = other.said_id = ""
        placed, rival = s.place(ts, stake, portions), other.place(ts + 400, stake, portions)
        self._win(s, ts + 900, [placed])
        payout = other.draw(ts, stake)
        prizes = other.pay(ts + 1_400, payout, [rival], other.settle(ts + 1_400, payout))
        number, game = self.counts["two_providers"], other.launch.game
        if number % 2:
            names = f',"providerId":"{game.provider_id}"' if number % 4 == 1 else f',"gameId":"{game.game_id}"'
            other.reverse("void", ts + 3 * SECOND, stake, "game_malfunction", is_whole=True, names=names)
            other.give_back(ts + 3 * SECOND, rival)
            other.take_back(ts + 3 * SECOND, prizes)
        other.book()
        return ts + 4 * SECOND

    def _void_after_settle(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        placed = s.place(ts, stake, portions)
        payout = s.draw(ts, stake)
        txn = s.settle(ts + 900, payout)
        prizes = s.pay(ts + 900, payout, [placed], txn)
        s.reverse("void", ts + 2_400, stake, "game_malfunction", is_whole=True)
        s.give_back(ts + 2_400, placed)
        s.take_back(ts + 2_400, prizes)
        return ts + 4 * SECOND

    def _refund_full(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        placed = self._lost(s, ts, stake, portions)
        s.reverse("refund", ts + 2_400, stake, "goodwill")
        s.give_back(ts + 2_400, placed)
        return ts + 4 * SECOND

    def _refund_partial(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        s.refund_part(ts + 2_400, self._lost(s, ts, stake, portions), stake // 2 // money.CENT * money.CENT)
        return ts + 4 * SECOND

    def _late_void(self, s: Scene, ts: int, stake: int, portions: Portions) -> int:
        placed = self._lost(s, ts, stake, portions)
        random = self.house.random
        due = ts + random.choice((2 * HOUR, DAY, 3 * DAY, 9 * DAY, 22 * DAY, 40 * DAY)) + random.randrange(HOUR)
        if due < self.house.ends:
            s.reverse("void", due, stake, "audit_finding", is_sent=False)
            s.p.later(due, "void", LateVoid(s, placed))
        return ts + 4 * SECOND

    def _win(self, s: Scene, ts: int, stakes: list[Stake]) -> int:
        """Settle by the game's own odds."""
        payout = s.draw(ts, sum(stake.amount for stake in stakes))
        s.pay(ts, payout, stakes, s.settle(ts, payout))
        return ts + SECOND

    def _lost(self, s: Scene, ts: int, stake: int, portions: Portions) -> Stake:
        """A round that wins nothing: late reversals have nothing to take back, as whoever won would have spent it by then."""
        placed = s.place(ts, stake, portions)
        s.settle(ts + 900, 0)
        return placed


class _Kind(NamedTuple):
    weight: int
    play: Callable[[OddRounds, Scene, int, int, Portions], int]
    # How many times its stake a player must have in cash; none where bonus money does as well.
    cash: int = 0


# The rarest first: that is the order in which a casino meets them.
ODD_KINDS = {
    "network_jackpot": _Kind(1, OddRounds._network_jackpot, 1),
    "two_providers": _Kind(3, OddRounds._two_providers, 2),
    "split_wallets": _Kind(6, OddRounds._split_wallets),
    "currency_mismatch": _Kind(2, OddRounds._currency_mismatch),
    "unsettled": _Kind(5, OddRounds._unsettled),
    "revised": _Kind(5, OddRounds._revised),
    "rollback_of_one": _Kind(5, OddRounds._rollback_of_one, 2),
    "replaced": _Kind(6, OddRounds._replaced),
    "retried": _Kind(8, OddRounds._retried),
    "never_settled": _Kind(6, OddRounds._never_settled),
    "rollback_before_bet": _Kind(6, OddRounds._rollback_before_bet),
    "orphan_settle": _Kind(8, OddRounds._orphan_settle),
    "late_void": _Kind(10, OddRounds._late_void, 1),
    "void_before_bet": _Kind(10, OddRounds._void_before_bet),
    "no_funds": _Kind(10, OddRounds._no_funds),
    "refund_full": _Kind(12, OddRounds._refund_full),
    "refund_partial": _Kind(14, OddRounds._refund_partial, 1),
    "rollback": _Kind(14, OddRounds._rollback),
    "void_after_settle": _Kind(14, OddRounds._void_after_settle),
}
_WEIGHTS = [kind.weight for kind in ODD_KINDS.values()]


def _is_possible(kind: str, p: Player, stake: int, portions: Portions) -> bool:
    """Whether a bet with these means can be of a kind."""
    if kind == "split_wallets":
        return stake >= 2 * money.CENT and min(p.available, p.bonus_cash) >= stake
    cash = ODD_KINDS[kind].cash
    return not cash or (portions == (("cash", stake),) and p.available >= cash * stake)


def _rival(game: Game) -> Game:
    """A slot of another provider; of the two, one provider names itself in settlements and one does not."""
    return next(rival for rival in GAMES if rival.kind == "slot" and (rival.provider_id in NAMING) != (game.provider_id in NAMING))
