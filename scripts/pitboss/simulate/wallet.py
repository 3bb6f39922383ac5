"""The wallet feed: every stake, prize, deposit, withdrawal and conversion moves a balance, and is said so."""

from dataclasses import dataclass
from random import Random

from pitboss.simulate import money
from pitboss.simulate.emit import Emitter
from pitboss.simulate.players import Player
from pitboss.simulate.truth import Books

# What a movement means in the cash identity; reversals are handled where they are made.
_CASH_LINES = {"bet": "stakes", "payout": "wins", "jackpot": "wins", "bonus": "converted"}


@dataclass(slots=True)
class House:
    """What all journeys share: the emitter, the books, and the dice of behaviour (never those of dirt)."""

    emitter: Emitter
    books: Books
    random: Random
    odd_rate: float
    begins: int
    ends: int
    serial: int = 0

    def next_id(self, prefix: str) -> str:
        """A short id, unique in the whole casino."""
        self.serial += 1
        return f"{prefix}_{self.serial:07x}"

    def debit(self, p: Player, ts: int, wallet: str, amount: int, ref_type: str, ref_id: str, reverses: str = "", txn: str = "") -> str:
        """Take money out of a wallet; returns the transaction's id, a new one unless it is given."""
        return self._move("wallet_debit", -1, p, ts, wallet, amount, ref_type, ref_id, reverses, txn or self.next_id("tx"))

    def credit(self, p: Player, ts: int, wallet: str, amount: int, ref_type: str, ref_id: str, reverses: str = "", txn: str = "") -> str:
        """Put money into a wallet; returns the transaction's id, a new one unless it is given."""
        return self._move("wallet_credit", 1, p, ts, wallet, amount, ref_type, ref_id, reverses, txn or self.next_id("tx"))

    def _move(
        self, event: str, sign: int, p: Player, ts: int, wallet: str, amount: int, ref_type: str, ref_id: str,
        reverses: str, txn: str,
    ) -> str:  # fmt: skip
        if wallet == "cash":
            p.cash += sign * amount
            after = p.cash
            if not p.is_test:
                self._count_cash(p.currency, sign, amount, ref_type)
        else:
            p.bonus_cash += sign * amount
            after = p.bonus_cash
        currency = p.currency
        # A correction may leave a player owing; the feed has no negative balances and then says none.
        balance = f',"balanceAfter":"{money.text(after)}"' if after >= 0 else ""
        reversal = f',"reversesTxnId":"{reverses}"' if reverses else ""
        rate = p.fx() if currency == "BRL" else ""
        self.emitter.emit(
            event, ts, p,
            f',"txnId":"{txn}","amount":{{"amount":"{money.text(amount)}","currency":"{currency}"}},'
            f'"walletType":"{wallet}"{balance},"refType":"{ref_type}","refId":"{ref_id}"{reversal}{rate}',
        )  # fmt: skip
        return txn

    def _count_cash(self, currency: str, sign: int, amount: int, ref_type: str) -> None:
        cash = self.books.cash
        cash(currency, "balance", sign * amount)
        if ref_type == "void":
            # A stake that comes back is no stake; a prize that is taken back is no prize.
            cash(currency, "stakes" if sign > 0 else "wins", -amount)
        elif ref_type in _CASH_LINES:
            cash(currency, _CASH_LINES[ref_type], amount)
