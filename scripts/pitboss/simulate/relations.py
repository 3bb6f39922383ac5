"""What the house does with its players between sessions: messages, gifts, tournaments, flags."""

from pitboss.simulate import money
from pitboss.simulate.cashier import Cashier
from pitboss.simulate.clock import DAY, HOUR, MINUTE, week_name
from pitboss.simulate.players import SCALE, Player
from pitboss.simulate.wallet import House

_CHANNELS = ("email", "push", "sms")
_GIFTS = (("free_spin", 10, 2), ("cashback", 8, 1), ("no_deposit", 5, 5), ("match", 20, 4))


class Relations:
    """Customer relations: everybody counts towards a turn, so that rare gifts occur in small casinos too."""

    def __init__(self, house: House, cashier: Cashier) -> None:
        self.house = house
        self.cashier = cashier
        self.entered: dict[str, list[Player]] = {}
        self.gifts = 0

    def touch(self, p: Player, ts: int) -> None:
        """One message to a player, or the reason why there is none; a gift comes with some of them."""
        r, house = self.house.random, self.house
        p.enter(None)
        p.trace = house.emitter.trace()
        channel = r.choice(_CHANNELS)
        head = f',"messageId":"{house.next_id("msg")}","channel":"{channel}","campaignId":"crm_weekly"'
        if not p.marketing or ts < p.blocked_until:
            reason = "no_consent" if not p.marketing else "self_excluded"
            house.emitter.emit("crm_message_suppressed", ts, p, f'{head},"reason":"{reason}"', "crm")
            return
        house.emitter.emit("crm_message_sent", ts, p, head, "crm")
        if p.deposits and p.bonus is None and p.kind == "usual" and r.random() < 0.3:
            kind, amount, multiple = _GIFTS[self.gifts % len(_GIFTS)]
            self.gifts += 1
            self.cashier.grant(p, ts + MINUTE, kind, amount * money.UNIT * SCALE[p.currency], multiple)

    def enter_tournament(self, p: Player, ts: int, week: int) -> None:
        """Join this week's tournament, once."""
        tournament = f"trn_{week_name(week).lower()}"
        players = self.entered.setdefault(tournament, [])
        if p not in players and not p.is_test:
            players.append(p)
            self.house.emitter.emit("tournament_joined", ts, p, f',"tournamentId":"{tournament}","gameId":"sl_wild_lagoon"', p.app)

    def finish_tournament(self, week: int, ts: int) -> None:
        """Rank everybody who joined; the first three get prizes."""
        tournament = f"trn_{week_name(week).lower()}"
        ranked = sorted(self.entered.pop(tournament, []), key=lambda p: (-p.rounds, p.player_id))
        for rank, p in enumerate(ranked, start=1):
            at = max(ts, p.busy_until)
            p.enter(None)
            p.trace = self.house.emitter.trace()
            prize = {1: 100, 2: 50, 3: 25}.get(rank, 0) * money.UNIT * SCALE[p.currency]
            self._finish(p, at, tournament, rank, prize)

    def _finish(self, p: Player, ts: int, tournament: str, rank: int, prize: int) -> None:
        """Tell the rank and pay the prize: as a bonus, but the second, and whoever has a bonus already, gets cash."""
        house, is_cash, txn = self.house, rank == 2 or p.bonus is not None, ""
        more = money.member("prize", prize, p.currency) if prize else ""
        if prize and is_cash:
            txn = house.next_id("prz")
            more += f',"paidAs":"cash","txnId":"{txn}"'
        elif prize:
            more += ',"paidAs":"bonus"'
        house.emitter.emit(
            "tournament_finished", ts, p,
            f',"tournamentId":"{tournament}","gameId":"sl_wild_lagoon","rank":{rank}{more}{p.fx()}',
        )  # fmt: skip
        if txn:
            house.credit(p, ts, "cash", prize, "prize", txn)
            house.books.prize(p, ts, prize)
        elif prize:
            self.cashier.grant(p, ts, "tournament", prize, 5)
        if prize:
            p.busy_until = ts + 2 * MINUTE

    def flags(self, p: Player, ts: int) -> None:
        """A rollout is taken back for a player."""
        p.enter(None)
        p.trace = self.house.emitter.trace()
        flag = self.house.random.choice(("feature_flag_on", "feature_flag_off"))
        self.house.emitter.emit(flag, ts, p, ',"flag":"quick-deposit","scope":"player","rule":"support"')

    def week_is_over(self, midnight: int) -> bool:
        """Whether a tournament week ends with the day that begins now: on Sundays, 23:00 UTC."""
        return (midnight // DAY + 3) % 7 == 6

    def closing(self, midnight: int) -> int:
        """When a Sunday's tournament closes."""
        return midnight + 23 * HOUR
