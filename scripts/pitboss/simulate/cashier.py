"""Deposits with their 3DS steps, refunds and disputes, withdrawals with their holds, bonuses with their wagering."""

from typing import NamedTuple

from pitboss.simulate import money
from pitboss.simulate.clock import DAY, HOUR, MINUTE, SECOND, stamp
from pitboss.simulate.players import BRAND_WITHOUT_PAID, SCALE, Bonus, Player
from pitboss.simulate.wallet import House

# method -> (weight, payment providers)
METHODS = {
    "card": (58, ("psp_cardline", "psp_unigate")),
    "bank": (20, ("psp_nordpay",)),
    "wallet": (15, ("psp_nordpay", "psp_unigate")),
    "voucher": (4, ("psp_unigate",)),
    "crypto": (3, ("psp_chainway",)),
}
_DECLINES = (
    ("insufficient_funds", "issuer", 40), ("do_not_honor", "issuer", 22), ("suspected_fraud", "psp", 10),
    ("technical", "psp", 8), ("limit_exceeded", "operator", 8), ("cancelled_by_player", "player", 12),
)  # fmt: skip
# The planted spike: cards of this provider are declined by issuers more than half of the time.
DECLINING_PSP = "psp_unigate"
STARTING_WAGER = 3
# How disputes go, dealt round: stages with the per cent of the deposit that they take, give back (below zero) or leave alone.
_DISPUTES = (
    (("first", 100), ("representment", -100)),
    (("retrieval", 0), ("first", 100)),
    (("first", 100), ("funds_reinstated", -50)),
    (("first", 100), ("representment", -100), ("second", 100)),
)
# Of every sixty deposits one is paid twice by the provider, and the second time refunded, and one is refunded by half.
_PAID_TWICE, _REFUNDED_BY_HALF, _TURN = 7, 27, 60


class Dispute(NamedTuple):
    """A deposit that is disputed, and the stages that are to come."""

    deposit_id: str
    amount: int
    stages: tuple[tuple[str, int], ...]


class Cashier:
    """All methods return the instant at which the player may go on."""

    def __init__(self, house: House, decline_spike: tuple[int, int]) -> None:
        self.house = house
        self.decline_spike = decline_spike
        self.accepted = 0
        self.disputed = 0
        self.asked = 0
        self.paid = 0
        self.repeated_deposits = 0
        self.corrections = 0
        self.returns = 0

    def deposit(self, p: Player, ts: int, amount: int, decline_rate: float = 0.12) -> tuple[int, bool]:
        """One attempt to pay in; true when the money arrived."""
        emit, r = self.house.emitter.emit, self.house.random
        p.trace = self.house.emitter.trace()
        deposit_id = self.house.next_id("dep")
        weights = [weight for weight, _ in METHODS.values()]
        method = r.choices(list(METHODS), weights)[0] if p.kind == "usual" else "card"
        psp = r.choice(METHODS[method][1])
        cash = money.member("amount", amount, p.currency)
        card = f',"instrument":{{"type":"{method}","fingerprint":"{p.card}","issuerCountry":"{p.country}"}}'
        head = f',"depositId":"{deposit_id}"'
        emit("deposit_initiated", ts, p,
             f'{head}{cash},"method":"{method}","channel":"{p.app}","pspId":"{psp}"{card}{p.fx()}', p.app)  # fmt: skip
        ts += r.randrange(4, 30) * SECOND
        three_ds = "none"
        if method == "card" and p.country != "US":
            ts, three_ds = self._three_ds(p, ts, head)
            if three_ds in ("failed", "abandoned"):
                by = ("authentication_failed", "issuer") if three_ds == "failed" else ("abandoned", "player")
                emit("deposit_declined", ts, p, f'{head},"code":"{by[0]}","declinedBy":"{by[1]}"{cash}{p.fx()}', "psp")
                return ts + 20 * SECOND, False
        in_spike = method == "card" and psp == DECLINING_PSP and self.decline_spike[0] <= ts < self.decline_spike[1]
        if r.random() < (0.6 if in_spike else decline_rate):
            code, by_whom, _ = r.choices(_DECLINES, [weight for *_, weight in _DECLINES])[0]
            if in_spike:
                code, by_whom = "do_not_honor", "issuer"
            emit("deposit_declined", ts, p, f'{head},"code":"{code}","declinedBy":"{by_whom}"{cash}{p.fx()}', "psp")
            return ts + 20 * SECOND, False
        means = f'"method":"{method}","pspId":"{psp}"{card}'
        self._succeed(p, ts, deposit_id, amount, f'{means},"threeDs":"{three_ds}"')
        if p.kind == "usual" and not p.is_test:
            ts = self._afterwards(p, ts, deposit_id, amount, means)
        return ts + 10 * SECOND, True

    def _three_ds(self, p: Player, ts: int, head: str) -> tuple[int, str]:
        emit, r = self.house.emitter.emit, self.house.random
        emit("deposit_3ds", ts, p, f'{head},"step":"requested"', "psp")
        if r.random() < 0.6:
            return ts + 2 * SECOND, "frictionless"
        emit("deposit_3ds", ts + 800, p, f'{head},"step":"challenged"', "psp")
        ts += r.randrange(8, 90) * SECOND
        step = r.choices(("completed", "failed", "abandoned"), (86, 6, 8))[0]
        emit("deposit_3ds", ts, p, f'{head},"step":"{step}","acsMs":{r.randrange(400, 4_000)}', "psp")
        return ts + SECOND, "challenged" if step == "completed" else step

    def _succeed(self, p: Player, ts: int, deposit_id: str, amount: int, details: str) -> None:
        emit, r = self.house.emitter.emit, self.house.random
        cash = money.member("amount", amount, p.currency)
        fee = money.member("fee", amount * 12 // 1_000, p.currency)
        said = f',"depositId":"{deposit_id}"{cash},{details}{fee}{p.fx()}'
        emit("deposit_success", ts, p, said, "psp")
        self.house.credit(p, ts, "cash", amount, "deposit", deposit_id)
        p.deposits += 1
        if r.random() < self.house.odd_rate:
            # The provider's webhook comes twice, each time under an event id of its own.
            emit("deposit_success", ts, p, said, "psp")
            self.repeated_deposits += 1
        if not p.is_test:
            self.house.books.deposit(p, ts, amount)

    def _afterwards(self, p: Player, ts: int, deposit_id: str, amount: int, means: str) -> int:
        """What becomes of some deposits: a dispute weeks later, or a refund at once."""
        house, r = self.house, self.house.random
        self.accepted += 1
        if self.accepted % 150 == 15:
            # Weeks later, or in time for what may follow before the simulation ends.
            due = ts + min(r.randrange(3, 20) * DAY, (house.ends - ts) // 2)
            if due > ts + HOUR:
                p.later(due, "chargeback", Dispute(deposit_id, amount, _DISPUTES[self.disputed % len(_DISPUTES)]))
                self.disputed += 1
        if self.accepted % _TURN == _REFUNDED_BY_HALF:
            self._refund(p, ts + 30 * SECOND, deposit_id, amount // 2, "overpaid")
            return ts + 40 * SECOND
        if self.accepted % _TURN == _PAID_TWICE:
            again, cash = house.next_id("dep"), money.member("amount", amount, p.currency)
            house.emitter.emit("deposit_initiated", ts + 2 * SECOND, p, f',"depositId":"{again}"{cash},"channel":"{p.app}",{means}{p.fx()}', p.app)
            self._succeed(p, ts + 6 * SECOND, again, amount, means)
            self._refund(p, ts + 50 * SECOND, again, amount, "duplicate_payment")
            return ts + 60 * SECOND
        return ts

    def _refund(self, p: Player, ts: int, deposit_id: str, amount: int, reason: str) -> None:
        """Give a deposit back, or part of it, while nothing of it has been played."""
        txn, cash = self.house.next_id("rf"), money.member("amount", amount, p.currency)
        self.house.emitter.emit("deposit_refunded", ts, p, f',"depositId":"{deposit_id}"{cash},"txnId":"{txn}","reason_code":"{reason}"{p.fx()}', "psp")
        self.house.debit(p, ts, "cash", amount, "refund", txn)
        self.house.books.refund(p, ts, amount)

    def chargeback(self, p: Player, ts: int, dispute: Dispute) -> None:
        """The next stage of a dispute, between the house and its bank: the wallet does not move, and the account is closed."""
        (stage, share), *rest = dispute.stages
        moved = dispute.amount * share // 100
        cash = money.member("amount", abs(moved) or dispute.amount, p.currency)
        more = f',"depositId":"{dispute.deposit_id}"{cash},"schemeReason":"10.4","stage":"{stage}"{p.fx()}'
        self.house.emitter.emit("deposit_chargeback", ts, p, more, "psp")
        if not p.is_test:
            self.house.books.chargeback(p, ts, dispute.deposit_id, dispute.amount, moved)
        p.blocked_until = self.house.ends + DAY
        if rest:
            due = ts + min(self.house.random.randrange(2, 6) * DAY, (self.house.ends - ts) // 2)
            p.later(due, "chargeback", dispute._replace(stages=tuple(rest)))

    def request_withdrawal(self, p: Player, ts: int, amount: int, cancel_rate: float = 0.07) -> int:
        """Ask for money; it is held until the house or the player decides."""
        house, r = self.house, self.house.random
        if p.bonus is not None:
            self.end_bonus(p, ts, "bonus_forfeited")
        p.trace = house.emitter.trace()
        withdrawal_id, hold_id = house.next_id("wd"), house.next_id("hold")
        self.asked += 1
        method = "crypto" if self.asked % 14 == 4 else "bank"
        fingerprint = p.card if r.random() < 0.9 else f"{p.card}_b"
        held = money.member("amount", amount, p.currency)
        house.emitter.emit(
            "withdrawal_request", ts, p,
            f',"withdrawalId":"{withdrawal_id}"{held},"method":"{method}","channel":"{p.app}",'
            f'"instrument":{{"type":"{method}","fingerprint":"{fingerprint}"}},'
            f'"payoutAddressHash":"{p.payout_address}","balanceBefore":"{money.text(max(0, p.cash))}"{p.fx()}',
            p.app,
        )  # fmt: skip
        house.emitter.emit("wallet_hold", ts, p, f',"holdId":"{hold_id}"{held}{p.fx()}')
        if method == "crypto":
            score = r.randrange(2, 99)
            house.emitter.emit(
                "kyt_address_risk_scored", ts + 5 * SECOND, p,
                f',"addressHash":"{p.payout_address}","chain":"bitcoin","asset":"BTC",'
                f'"score":0.{score:02d},"categories":["exchange"],"direction":"out"',
            )  # fmt: skip
        p.held += amount
        decided = ts + int(r.lognormvariate(1.2, 1.0) * HOUR)
        what = "cancel" if r.random() < cancel_rate else "decline" if self.asked % 30 == 9 else "approve"
        if what == "cancel":
            decided = ts + r.randrange(20, 240) * MINUTE
        if decided < house.ends:
            p.later(decided, what, (withdrawal_id, hold_id, amount))
        return ts + 40 * SECOND

    def decide_withdrawal(self, p: Player, ts: int, what: str, withdrawal_id: str, hold_id: str, amount: int) -> None:
        """Approve, decline, cancel or pay, and the hold ends with it; or take back what was paid, when there is none any more."""
        house, r = self.house, self.house.random
        emit, head = house.emitter.emit, f',"withdrawalId":"{withdrawal_id}"'
        if what == "return":
            emit("withdrawal_declined", ts, p, f'{head},"reason_code":"returned_by_bank"', "psp")
            house.credit(p, ts, "cash", amount, "withdrawal", withdrawal_id)
            house.books.returned(p, ts, amount)
            self.returns += 1
            return
        held = f',"holdId":"{hold_id}"{money.member("amount", amount, p.currency)}{p.fx()}'
        cash = money.member("amount", amount, p.currency) + p.fx()
        if what == "approve":
            approver, review = r.choice(("manual", "auto", "auto", "auto")), r.randrange(900, 9_000_000)
            emit("withdrawal_approved", ts, p, f'{head},"approver":"{approver}","reviewMs":{review}{cash}')
            if p.brand != BRAND_WITHOUT_PAID:
                paid = ts + r.randrange(10, 600) * MINUTE
                if paid < house.ends:
                    p.later(paid, "pay", (withdrawal_id, hold_id, amount))
                return
        elif what == "cancel":
            emit("withdrawal_cancelled", ts, p, f'{head},"actor":"player"', p.app)
        elif what == "decline":
            emit("withdrawal_declined", ts, p, f'{head},"reason_code":"documents_missing"')
        else:
            fee = money.member("fee", 5_000 * SCALE[p.currency], p.currency)
            emit("withdrawal_paid", ts, p, f'{head}{cash},"pspId":"psp_nordpay"{fee}', "psp")
        outcome = "captured" if what in ("approve", "pay") else "released"
        emit("wallet_hold_release", ts, p, f'{held},"outcome":"{outcome}"')
        p.held -= amount
        if outcome == "captured":
            p.withdrawals += 1
            house.debit(p, ts, "cash", amount, "withdrawal", withdrawal_id)
            if p.is_test:
                return
            house.books.withdrawal(p, ts, amount)
            self.paid += what == "pay"
            if what == "pay" and self.paid % 25 == 5:
                # The player's bank sends it back.
                p.later(ts + min(r.randrange(1, 4) * DAY, (house.ends - ts) // 2), "return", (withdrawal_id, hold_id, amount))

    def grant(self, p: Player, ts: int, kind: str, amount: int, multiple: int) -> None:
        """Give a bonus; what is left of the one before it is forfeited."""
        house = self.house
        if p.bonus is not None:
            self.end_bonus(p, ts, "bonus_forfeited")
        bonus_id = house.next_id("bn")
        p.bonus = Bonus(bonus_id, kind, amount * multiple, ts, ts + house.random.choice((5, 7, 14)) * DAY)
        p.bonuses += 1
        self._issue(p, ts, bonus_id, amount, (
            f',"type":"{kind}","templateId":"tpl_{kind}","wagerMultiple":{multiple},'
            f'"wagerRequired":"{money.text(amount * multiple)}","expiresTs":"{stamp(p.bonus.expires_at)}"'
        ))  # fmt: skip
        house.credit(p, ts, "bonus", amount, "bonus", bonus_id)
        p.later(p.bonus.expires_at, "expire", bonus_id)
        if house.random.random() < 2 * house.odd_rate:
            # Support granted too much and takes some of it back: a grant below zero.
            wrong = amount // 5 // money.CENT * money.CENT
            if wrong:
                self._issue(p, ts + MINUTE, f"{bonus_id}-c", -wrong, ',"templateId":"tpl_correction"')
                house.debit(p, ts + MINUTE, "bonus", wrong, "bonus", f"{bonus_id}-c")
                self.corrections += 1

    def _issue(self, p: Player, ts: int, bonus_id: str, amount: int, details: str) -> None:
        more = f',"bonusId":"{bonus_id}"{money.member("amount", amount, p.currency)}{details}{p.fx()}'
        self.house.emitter.emit("bonus_issued", ts, p, more)
        self._book(p, ts, amount)

    def _book(self, p: Player, ts: int, cost: int) -> None:
        if not p.is_test:
            self.house.books.bonus(p, ts, cost)

    def contribute(self, p: Player, ts: int, stake: int, bet_id: str) -> None:
        """Count a bonus stake towards the wagering; convert what is left once the requirement is met."""
        bonus = p.bonus
        if bonus is None:
            return
        before, bonus.contributed = bonus.contributed, min(bonus.required, bonus.contributed + stake)
        # Progress is told in steps of a fifth, not with every spin.
        if 5 * before // bonus.required != 5 * bonus.contributed // bonus.required:
            self.house.emitter.emit(
                "wager_progress", ts, p,
                f',"bonusId":"{bonus.bonus_id}","contributed":"{money.text(bonus.contributed)}",'
                f'"required":"{money.text(bonus.required)}","currency":"{p.currency}","betId":"{bet_id}"',
            )  # fmt: skip
        if bonus.contributed >= bonus.required:
            self._convert(p, ts + 50, bonus)

    def _convert(self, p: Player, ts: int, bonus: Bonus) -> None:
        house = self.house
        # Winnings above ten times the grant's wagering base stay with the house.
        cap = bonus.required
        converted = max(0, min(p.bonus_cash, cap))
        forfeited = max(0, p.bonus_cash - converted)
        more = money.member("converted", converted, p.currency)
        if forfeited:
            more += money.member("forfeited", forfeited, p.currency)
        more += f',"durationS":{(ts - bonus.issued_at) // SECOND}{p.fx()}'
        house.emitter.emit("wager_complete", ts, p, f',"bonusId":"{bonus.bonus_id}"{more}')
        if converted + forfeited:
            house.debit(p, ts, "bonus", converted + forfeited, "bonus", bonus.bonus_id)
        if converted:
            house.credit(p, ts, "cash", converted, "bonus", bonus.bonus_id)
        self._book(p, ts, -forfeited)
        p.bonus = None

    def end_bonus(self, p: Player, ts: int, event: str) -> None:
        """Expire or forfeit what is left of the active bonus."""
        if p.bonus is None:
            return
        bonus_id, left = p.bonus.bonus_id, max(0, p.bonus_cash)
        p.bonus = None
        more = f',"bonusId":"{bonus_id}"{money.member("amount", left, p.currency)}{p.fx()}'
        self.house.emitter.emit(event, ts, p, more)
        if left:
            self.house.debit(p, ts, "bonus", left, "bonus", bonus_id)
        self._book(p, ts, -left)
