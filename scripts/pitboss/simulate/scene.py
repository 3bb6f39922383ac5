"""One round while it is played out of the ordinary: what it sends it also notes, so that the rules can be applied to what was really said."""

from pitboss.simulate import money
from pitboss.simulate.play import Floor, Jackpot, Launch, Prize, Stake
from pitboss.simulate.players import Player
from pitboss.simulate.rounds import Placed, Round, Settled, TakenBack, Unsettled


class Scene:
    """A round of one bet. Amounts in ten-thousandths, instants in ms."""

    def __init__(self, floor: Floor, p: Player, launch: Launch, round_id: str, bet_id: str) -> None:
        self.floor = floor
        self.house = floor.house
        self.p = p
        self.launch = launch
        self.round_id = round_id
        self.bet_id = bet_id
        self.key = bet_id or round_id
        # What settlements and reversals call the bet; empty where they speak of the round.
        self.said_id = bet_id
        self.played = Round(launch.game.game_id, p.currency)

    def draw(self, ts: int, stake: int) -> int:
        """What a stake wins by the game's own odds."""
        return stake * self.floor.prizes(self.launch.game, ts).draw(self.house.random.random()) // 100

    def place(self, ts: int, stake: int, portions: tuple[tuple[str, int], ...], *, txn: str = "", moves: bool = True) -> Stake:
        """Send a stake; see ``Floor.place``."""
        placed = self.floor.place(self.p, ts, self.launch, self.round_id, self.bet_id, stake, portions, moves=moves, txn=txn)
        self.played.placed.append(Placed(self.key, placed.txn, stake, ts, portions[0][0]))
        return placed

    def reject(self, ts: int, placed: Stake, code: str, latency: int) -> None:
        """Refuse a stake."""
        self.house.emitter.emit(
            "bet_reject", ts, self.p,
            f',"roundId":"{self.round_id}"{self._bet()}{self.floor.named(self.launch.game)},"code":"{code}","latencyMs":{latency}',
        )  # fmt: skip
        self.played.taken_back.append(TakenBack(self.key, ts, placed.txn))

    def settle(
        self, ts: int, payout: int, *, txn: str = "", revision: int = 0, wallet: str = "", currency: str = "", jackpot: Jackpot | None = None,
        is_network: bool = False,
    ) -> str:  # fmt: skip
        """Say what it pays, and return the transaction; the wallets are credited apart, by ``pay``."""
        txn = self.floor.settle(
            self.p, ts, self.launch, self.round_id, self.said_id, payout, latency=900, jackpot=jackpot, currency=currency, txn=txn,
            revision=revision, wallet=wallet,
        )  # fmt: skip
        pot = jackpot.amount if jackpot else 0
        network = pot if is_network else 0
        self.played.settled.append(Settled(self.said_id or None, txn, payout, ts, currency or self.p.currency, revision, wallet, pot, network))
        return txn

    def pay(self, ts: int, payout: int, stakes: list[Stake], txn: str, jackpot: Jackpot | None = None) -> list[Prize]:
        """Credit a prize to the wallets that paid the stakes."""
        return self.floor.win(self.p, ts, self.key, payout, stakes, txn, jackpot)

    def unsettle(self, ts: int, txn: str) -> None:
        """Take back a settlement, or with an empty transaction all so far."""
        more = self._bet() + (f',"txnId":"{txn}"' if txn else "")
        self.house.emitter.emit(
            "round_unsettle", ts, self.p,
            f',"roundId":"{self.round_id}"{more}{self.floor.named(self.launch.game)},"reason_code":"result_corrected"',
            "provider",
        )  # fmt: skip
        self.played.unsettled.append(Unsettled(self.said_id or None, ts, txn))

    def reverse(
        self, event: str, ts: int, amount: int, reason: str, *, txn: str = "", is_whole: bool = False, is_sent: bool = True, names: str = "",
    ) -> None:  # fmt: skip
        """Void, refund or roll back: the bet, the whole round, or with a transaction that stake. One that is not sent yet is only noted."""
        bet_id = "" if is_whole else self.said_id
        self.played.taken_back.append(TakenBack(bet_id or None, ts, txn))
        if is_sent:
            more = ("" if is_whole else self._bet()) + (f',"txnId":"{txn}"' if txn else "")
            self.send_reversal(event, ts, amount, reason, more, names)

    def refund_part(self, ts: int, placed: Stake, part: int) -> None:
        """Give back a part of a stake that one wallet paid."""
        self.send_reversal("refund", ts, part, "partial_outage", f'{self._bet()},"partial":true')
        self.house.credit(self.p, ts, placed.portions[0][0], part, "void", self.key, placed.txns[0])
        self.played.refunds.append((self.key, part))

    def void_late(self, ts: int, placed: Stake) -> None:
        """Send the void that was noted when the round was played."""
        self.send_reversal("void", ts, placed.amount, "audit_finding", self._bet())
        self.give_back(ts, placed)

    def send_reversal(self, event: str, ts: int, amount: int, reason: str, more: str, names: str = "") -> None:
        """The event alone; ``names`` says which game it is about, where that matters."""
        if event != "bet_rollback":
            more += money.member("amount", amount, self.p.currency)
        channel = "server" if event == "refund" else "provider"
        named = names or self.floor.named(self.launch.game)
        self.house.emitter.emit(event, ts, self.p, f',"roundId":"{self.round_id}","reason_code":"{reason}"{named}{more}{self.p.fx()}', channel)

    def give_back(self, ts: int, placed: Stake) -> None:
        """Return a stake to the wallets that paid it."""
        for (wallet, amount), txn in zip(placed.portions, placed.txns, strict=True):
            self.house.credit(self.p, ts, wallet, amount, "void", self.key, txn)

    def take_back(self, ts: int, prizes: list[Prize]) -> None:
        """Take prizes out of the wallets again."""
        for prize in prizes:
            self.house.debit(self.p, ts, prize.wallet, prize.amount, "void", self.key, prize.txn)

    def contribute(self, ts: int, amount: int, pot_id: str, scope: str = "local", owner: str = "") -> None:
        """Feed a pot."""
        self.floor.contribute(self.p, ts, self.launch, self.round_id, amount, pot_id, scope, owner)
        self.played.contributions.append((None, amount))

    def book(self) -> None:
        """Apply the rules to what was sent."""
        if not self.p.is_test:
            self.house.books.any_round(self.p, self.played)

    def _bet(self) -> str:
        return f',"betId":"{self.said_id}"' if self.said_id else ""
