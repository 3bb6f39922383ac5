"""What every player did and what it was worth, noted as it lands: the ground of cohorts, retention, funnels, lifetime values."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from pitboss.simulate.clock import gaming_day
from pitboss.simulate.emit import Who
from pitboss.simulate.fx import to_base
from pitboss.simulate.games import DEFECTIVE_GAME
from pitboss.simulate.money import FINE
from pitboss.simulate.players import Player
from pitboss.simulate.rounds import Bet

# What the contracts call the act of a player. A campaign click is one too, but it is made before there is a player.
ACTS = frozenset(
    ("registration", "session_start", "login", "deposit_success", "deposit_initiated", "withdrawal_request",
     "kyc_started", "rg_limit_set", "game_launch", "lobby_impression", "bet_place", "tile_click", "paywall_view",
     "onboarding_step")
)  # fmt: skip


# Channels whose events bear the time of a device; all others are the house's own clock.
DEVICES = frozenset(("web", "ios", "android"))


@dataclass(slots=True)
class Play:
    """Settled bets on a game: how many, their stakes, the squares of these, and what they won, in ten-thousandths."""

    bets: int = 0
    handle: int = 0
    squares: int = 0
    payout: int = 0


class Touch(NamedTuple):
    """A landing of a campaign, of which at least one of its two events was kept."""

    ts: int
    kind: str
    channel: str
    campaign: str
    creative: str


@dataclass(slots=True)
class Page:
    """One player. Days are gaming days since 1970, instants in ms, money in ten-thousandths of the reporting currency.

    ``ngr`` takes off what needs no contract and no duty: bonuses, prizes, contributions to pots, chargebacks.
    """

    player: Player
    registered_at: int = 0
    verified_at: list[int] = field(default_factory=list)
    deposited_at: list[int] = field(default_factory=list)
    first_bet_at: int | None = None
    act_days: set[int] = field(default_factory=set)
    bet_days: set[int] = field(default_factory=set)
    deposit_days: set[int] = field(default_factory=set)
    ggr: dict[int, int | None] = field(default_factory=dict)
    bonus_cost: dict[int, int | None] = field(default_factory=dict)
    ngr: dict[int, int | None] = field(default_factory=dict)
    variants: dict[str, list[tuple[int, str]]] = field(default_factory=dict)

    def day(self, ts: int) -> int:
        """The gaming day of an instant where the player plays."""
        return gaming_day(ts, self.player.jurisdiction)


class Journal:
    """A page for everyone who is not test traffic, and the touches of everyone by anonymous id."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.touches: dict[str, list[Touch]] = defaultdict(list)
        self.visitors: dict[str, Player] = {}
        self.defective_play: dict[int, Play] = defaultdict(Play)
        self.now = 0

    def page(self, p: Player) -> Page | None:
        """The page of a player; none for test traffic."""
        if p.is_test:
            return None
        page = self.pages.get(p.player_id)
        if page is None:
            page = self.pages[p.player_id] = Page(p)
        return page

    def landed(self, event: str, ts: int, who: Who, channel: str) -> None:
        """An event of somebody has landed. The newest one of the house's clock says what time it is; none arrives before it happens."""
        if channel not in DEVICES and not who.is_test:
            self.now = max(self.now, ts)
        if event in ACTS and isinstance(who, Player) and (page := self.page(who)) is not None:
            page.act_days.add(page.day(ts))

    def touch(self, p: Player, touch: Touch) -> None:
        """A campaign was seen, clicked or led to an installation, before anybody knew who it was."""
        if not p.is_test:
            self.visitors[p.anonymous_id] = p
            self.touches[p.anonymous_id].append(touch)

    def registered(self, p: Player, ts: int) -> None:
        if (page := self.page(p)) is not None:
            page.registered_at = ts

    def verified(self, p: Player, ts: int) -> None:
        if (page := self.page(p)) is not None:
            page.verified_at.append(ts)

    def exposed(self, p: Player, ts: int, experiment: str, variant: str) -> None:
        if (page := self.page(p)) is not None:
            page.variants.setdefault(experiment, []).append((ts, variant))

    def deposited(self, p: Player, ts: int) -> None:
        if (page := self.page(p)) is not None:
            page.deposited_at.append(ts)
            page.deposit_days.add(page.day(ts))

    def bet(self, p: Player, game_id: str, bet: Bet) -> None:
        """A bet that counts. Each amount is converted by itself, as every bet is, at the rate of the moment at which it was placed."""
        if (page := self.page(p)) is None:
            return
        placed_at, currency = bet.placed_at, p.currency
        day = page.day(placed_at)
        page.bet_days.add(day)
        page.first_bet_at = placed_at if page.first_bet_at is None else min(placed_at, page.first_bet_at)
        if bet.contribution:
            self.cost(p, day, to_base(bet.contribution, currency, placed_at, FINE))
        if not bet.is_settled:
            return
        staked, won = to_base(bet.handle, currency, placed_at), to_base(bet.payout, currency, placed_at, FINE)
        if staked is None or won is None:
            page.ggr[day] = page.ngr[day] = None
            return
        _add(page.ggr, day, staked - won)
        _add(page.ngr, day, staked - won)
        if bet.network:
            _add(page.ngr, day, to_base(bet.network, currency, placed_at, FINE))
        if game_id == DEFECTIVE_GAME:
            play = self.defective_play[day]
            play.bets += 1
            play.handle += staked
            play.squares += staked * staked
            play.payout += won

    def bonus(self, p: Player, ts: int, cost: int) -> None:
        """Bonus money granted (positive) or taken back (negative)."""
        if (page := self.page(p)) is not None:
            day, worth = page.day(ts), to_base(cost, p.currency, ts)
            _add(page.bonus_cost, day, worth)
            self.cost(p, day, worth)

    def cost(self, p: Player, day: int, worth: int | None) -> None:
        """What net revenue loses on a day (or gets back, below zero) whatever a jurisdiction's policy; in the reporting currency."""
        if (page := self.page(p)) is not None:
            _add(page.ngr, day, None if worth is None else -worth)

    def today(self, page: Page) -> int:
        """The gaming day of now where a player is at home: it counts as incomplete, and of the days after it nothing is known yet."""
        return page.day(self.now)

    def today_everywhere(self) -> int:
        """The earliest of these among all who have done anything yet: a day is over only when it is over for everybody."""
        here = ((page, self.today(page)) for page in self.pages.values())
        return min((today for page, today in here if min(page.act_days, default=today + 1) <= today), default=0)


def _add(days: dict[int, int | None], day: int, amount: int | None) -> None:
    """Add to a day's sum; what is unknown stays unknown."""
    before = days.get(day, 0)
    days[day] = None if before is None or amount is None else before + amount
