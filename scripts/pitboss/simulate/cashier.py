"""Deposits with their 3DS steps, withdrawals with their holds, bonuses with their wagering."""

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


class Cashier:
    """All methods return the instant at which the player may go on."""

    def __init__(self, house: House, decline_spike: tuple[int, int]) -> None:
        self.house = house
        self.decline_spike = decline_spike
        self.accepted = 0
        self.asked = 0
        self.repeated_deposits = 0
        self.corrections = 0

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
        self._succeed(p, ts, deposit_id, amount, f'"method":"{method}","pspId":"{psp}"{card},"threeDs":"{three_ds}"')
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
        if p.kind != "usual" or p.is_test:
            return
        self.accepted += 1
        if self.accepted % 150 == 15:
            # Weeks later, or before the simulation ends.
            due = min(ts + r.randrange(3, 20) * DAY, self.house.ends - DAY)
            if due > ts + HOUR:
                p.later(due, "chargeback", (deposit_id, amount))

    def chargeback(self, p: Player, ts: int, deposit_id: str, amount: int) -> None:
        """The card scheme takes a deposit back from the house; the wallet does not move, the account is closed."""
        cash = money.member("amount", amount, p.currency)
        more = f',"depositId":"{deposit_id}"{cash},"schemeReason":"10.4","stage":"first"{p.fx()}'
        self.house.emitter.emit("deposit_chargeback", ts, p, more, "psp")
        p.blocked_until = self.house.ends + DAY

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
        """Approve, decline, cancel or pay; the hold ends with it."""
        house, r = self.house, self.house.random
        emit, head = house.emitter.emit, f',"withdrawalId":"{withdrawal_id}"'
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
            if not p.is_test:
                house.books.withdrawal(p, ts, amount)

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
