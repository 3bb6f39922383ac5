"""The rules of counting, applied to one player's round once all its messages are there: plain Python, far from any SQL.

A bet and its round are named within one provider; a ``bet_id`` of None means every bet of the round. Instants are in ms.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from pitboss.simulate.money import FINE


class Placed(NamedTuple):
    """A stake that was sent. The same transaction and wallet again is the same stake."""

    bet_id: str
    txn: str
    amount: int
    ts: int
    wallet: str = "cash"


class TakenBack(NamedTuple):
    """A refusal, void, rollback or full refund; with a transaction it concerns that stake only."""

    bet_id: str | None
    ts: int
    txn: str = ""


class Settled(NamedTuple):
    """A settlement that was sent: of a key the highest revision counts. ``wallet`` is set where it tells of one only."""

    bet_id: str | None
    txn: str
    amount: int
    ts: int
    currency: str
    revision: int = 0
    wallet: str = ""
    jackpot: int = 0
    network: int = 0


class Unsettled(NamedTuple):
    """A settlement taken back, or without a transaction all of the bet so far."""

    bet_id: str | None
    ts: int
    txn: str = ""


@dataclass(slots=True)
class Bet:
    """What came of a bet that counts. ``payout`` and what follows it are in hundred-millionths."""

    placed_at: int
    handle: int
    is_settled: bool = False
    payout: int = 0
    jackpot: int = 0
    network: int = 0
    contribution: int = 0


@dataclass(slots=True)
class Round:
    """All messages about one player's round that land: what they say, not yet what counts."""

    game_id: str
    currency: str
    placed: list[Placed] = field(default_factory=list)
    taken_back: list[TakenBack] = field(default_factory=list)
    refunds: list[tuple[str, int]] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    unsettled: list[Unsettled] = field(default_factory=list)
    contributions: list[tuple[str | None, int]] = field(default_factory=list)

    def bets(self) -> dict[str, Bet]:
        """By id, the bets that count. A bet is of the day and rate of its first stake, whether that stands or not."""
        stakes = self._stakes()
        first = {stake.bet_id: stake.ts for stake in reversed(stakes)}
        gone = self._gone(stakes)
        bets: dict[str, Bet] = {}
        for stake in stakes:
            if stake not in gone:
                bets.setdefault(stake.bet_id, Bet(first[stake.bet_id], 0)).handle += stake.amount
        for bet_id, amount in self.refunds:
            if bet_id in bets:
                bets[bet_id].handle -= amount
        self._pay(bets, {stake.bet_id for stake in stakes})
        self._contribute(bets, stakes)
        for bet in bets.values():
            bet.jackpot, bet.network = min(bet.jackpot, bet.payout), min(bet.network, bet.payout)
        return bets

    def orphans(self) -> list[tuple[int, str, int]]:
        """Instant, currency and amount of what was won for no bet at all, or in another currency than the bet's."""
        known = {stake.bet_id for stake in self.placed}
        return [(won.ts, won.currency, won.amount) for won in self._standing() if won.currency != self.currency or not _concerns(won.bet_id, known)]

    def _stakes(self) -> list[Placed]:
        """Each stake once, in the order in which they were placed."""
        once: dict[tuple[str, str, str], Placed] = {}
        for stake in sorted(self.placed, key=_placed_at):
            once.setdefault((stake.bet_id, stake.txn, stake.wallet), stake)
        return list(once.values())

    def _gone(self, stakes: list[Placed]) -> set[Placed]:
        """Without a transaction a reversal takes what was placed no later than itself; where nothing was, the first stake of a bet after it."""
        gone: set[Placed] = set()
        for back in self.taken_back:
            near = [stake for stake in stakes if back.bet_id in (None, stake.bet_id)]
            if back.txn:
                gone.update(stake for stake in near if stake.txn == back.txn)
            else:
                first = {stake.bet_id: stake for stake in reversed(near)}
                gone.update([stake for stake in near if stake.ts <= back.ts] or first.values())
        return gone

    def _standing(self) -> list[Settled]:
        """The settlements that hold: the last word of each key, unless it was taken back after it was said."""
        last: dict[tuple[str | None, str, str], Settled] = {}
        for won in sorted(self.settled, key=_revision):
            last[won.bet_id, won.txn, won.wallet] = won
        return [won for won in last.values() if not any(_unsettles(said, won) for said in self.unsettled)]

    def _pay(self, bets: dict[str, Bet], known: set[str]) -> None:
        """Settlements add up; one without a bet id is split by stake over the bets that count."""
        for won in self._standing():
            if won.currency != self.currency or not _concerns(won.bet_id, known):
                continue
            for bet_id, parts in _split((won.amount, won.jackpot, won.network), won.bet_id, {bet_id: bet.handle for bet_id, bet in bets.items()}).items():
                # A whole reversal takes the payout with it, also of a bet that was placed anew.
                if any(not back.txn and back.bet_id in (None, bet_id) and won.ts <= back.ts for back in self.taken_back):
                    continue
                bet = bets[bet_id]
                bet.is_settled = True
                bet.payout += parts[0]
                bet.jackpot += parts[1]
                bet.network += parts[2]

    def _contribute(self, bets: dict[str, Bet], stakes: list[Placed]) -> None:
        """What fed a pot is split over all bets that were placed; the shares of those that do not count fall away."""
        placed: dict[str, int] = {}
        for stake in stakes:
            placed[stake.bet_id] = placed.get(stake.bet_id, 0) + stake.amount
        for contributor, amount in self.contributions:
            for bet_id, (share,) in _split((amount,), contributor, placed).items():
                if bet_id in bets:
                    bets[bet_id].contribution += share


def _placed_at(stake: Placed) -> int:
    return stake.ts


def _revision(won: Settled) -> int:
    return won.revision


def _concerns(bet_id: str | None, known: set[str]) -> bool:
    """Whether there is a bet that it could be about."""
    return bet_id in known if bet_id is not None else bool(known)


def _unsettles(said: Unsettled, won: Settled) -> bool:
    return said.bet_id in (None, won.bet_id) and (said.txn == won.txn if said.txn else won.ts <= said.ts)


def _split(amounts: tuple[int, ...], bet_id: str | None, weights: dict[str, int]) -> dict[str, tuple[int, ...]]:
    """Hundred-millionths by bet: all of them to the one that is named, else by stake, cut, the remainder to the last bet id."""
    fine = tuple(amount * FINE for amount in amounts)
    if bet_id is not None or len(weights) == 1:
        whose = bet_id if bet_id is not None else next(iter(weights))
        return {whose: fine} if whose in weights else {}
    total = sum(weights.values())
    if not total:
        return {}
    shares = {whose: tuple(amount * weight // total for amount in fine) for whose, weight in weights.items()}
    last = max(shares)
    others = [share for whose, share in shares.items() if whose != last]
    shares[last] = tuple(amount - sum(share[at] for share in others) for at, amount in enumerate(fine))
    return shares
