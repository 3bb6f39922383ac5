"""Who plays: brands, markets, habits, and the few whose behaviour is planted."""

from dataclasses import dataclass, field
from random import Random

from pitboss.simulate.clock import DAY, HOUR, offset

# Brand -> jurisdiction -> (share of its players, currency). Harbor sends no withdrawal_paid.
BRANDS: dict[str, dict[str, tuple[int, str]]] = {
    "aurora": {
        "DE": (34, "EUR"), "SE": (16, "SEK"), "NL": (14, "EUR"), "MT": (4, "EUR"), "FI": (6, "EUR"), "XX": (2, "EUR"),
    },
    "kingsway": {"GB": (30, "GBP"), "IE": (5, "EUR"), "DK": (5, "DKK")},
    "harbor": {"US-NJ": (14, "USD"), "US-PA": (8, "USD"), "CA-ON": (6, "CAD"), "BR": (7, "BRL")},
}  # fmt: skip
BRAND_WITHOUT_PAID = "harbor"

# Local units that feel like one euro: what players think in when they choose a stake.
SCALE = {"EUR": 1, "GBP": 1, "USD": 1, "CAD": 1, "SEK": 10, "DKK": 10, "BRL": 5}
# Fixed at the source; BRL has no row in the fx seed, so its events always carry one.
FX_AT_SOURCE = {"BRL": "0.171500"}

# (channel, campaign or none, weight, utm medium)
CHANNELS = (
    ("google", "c_search_brand", 22, "cpc"), ("meta", "c_social_spin", 18, "paid_social"),
    ("affiliate", "c_partner_top10", 20, "affiliate"), ("programmatic", "c_display_retarget", 8, "display"),
    ("apple_search", "c_asa_casino", 6, "cpc"), ("organic", None, 26, "organic"),
)  # fmt: skip
CREATIVES = ("cr_wheel", "cr_jackpot", "cr_live")
PHONES = {"DE": "+49155", "GB": "+4474", "SE": "+4670", "US-NJ": "+1201555", "US-PA": "+1215555", "BR": "+55119"}
FIRST = (
    "Ada", "Ben", "Cleo", "Dario", "Elin", "Farid", "Greta", "Hugo", "Iris", "Jonas", "Klara", "Leo", "Mara", "Nils",
    "Olga", "Pavel", "Rosa", "Sven", "Tilda", "Uwe",
)  # fmt: skip
LAST = (
    "Albers", "Brandt", "Cole", "Duarte", "Ekman", "Falk", "Grimm", "Holm", "Ivers", "Jensen", "Kemp", "Lund",
    "Moreno", "Nyberg", "Oduya", "Pratt", "Quist",
)  # fmt: skip
AGENTS = {
    "iOS": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X)",
    "Android": "Mozilla/5.0 (Linux; Android 15; Pixel 8)",
    "Windows": "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    "macOS": "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6)",
}

# Share of sessions that begin in each local hour: quiet mornings, a peak at nine in the evening.
_HOURS = (14, 9, 6, 4, 3, 3, 5, 8, 11, 14, 16, 18, 22, 22, 22, 24, 28, 34, 42, 52, 60, 62, 48, 28)
_NIGHT = (40, 50, 50, 40, 30, 15, 2, 2, 2, 2, 2, 2, 4, 4, 4, 4, 4, 4, 8, 10, 14, 20, 30, 40)
# Monday to Sunday.
WEEKDAYS = (0.84, 0.82, 0.86, 0.94, 1.12, 1.28, 1.18)


@dataclass(slots=True)
class Bonus:
    """One grant with its wagering; amounts in ten-thousandths."""

    bonus_id: str
    kind: str
    required: int
    issued_at: int
    expires_at: int
    contributed: int = 0


@dataclass(slots=True, eq=False)
class Player:
    player_id: str
    anonymous_id: str
    brand: str
    jurisdiction: str
    currency: str
    app: str
    os: str
    device: str
    card: str
    joins_at: int
    leaves_at: int
    sessions_a_day: float
    rounds_a_session: float
    base_stake: int
    taste: str
    channel: int
    kind: str = "usual"
    is_test: bool = False
    variant: str = "control"
    pays: bool = True
    birth_year: int = 1990
    person: int = 0
    payout_address: str = ""
    # State that changes as the player plays.
    envelope: str = ""
    trace: str = ""
    has_session: bool = False
    session_id: str = ""
    cash: int = 0
    held: int = 0
    bonus_cash: int = 0
    bonus: Bonus | None = None
    bonuses: int = 0
    deposits: int = 0
    withdrawals: int = 0
    verified: bool = False
    marketing: bool = True
    blocked_until: int = 0
    busy_until: int = 0
    stake_limit: int = 0
    loss_limit: int = 0
    limit_raises: int = 0
    rounds: int = 0
    losing_streak: int = 0
    due: list[tuple[int, str, object]] = field(default_factory=list)

    @property
    def country(self) -> str:
        return self.jurisdiction[:2]

    @property
    def available(self) -> int:
        """Cash that is not held for a withdrawal."""
        return self.cash - self.held

    def enter(self, session_id: str | None) -> None:
        """Set the part of the envelope that stays the same from now on."""
        self.has_session = session_id is not None
        session = f',"sessionId":"{session_id}"' if session_id else ""
        self.session_id = session_id or ""
        test = ',"isTest":true' if self.is_test else ""
        self.envelope = f'"playerId":"{self.player_id}"{session},"brand":"{self.brand}","jurisdiction":"{self.jurisdiction}"{test}'

    def later(self, ts: int, what: str, about: object = None) -> None:
        """Remember something that is due at an instant."""
        self.due.append((ts, what, about))
        self.due.sort(key=_due_at)

    def fx(self) -> str:
        """The rate that was fixed at the source, for currencies that nobody else knows a rate of."""
        rate = FX_AT_SOURCE.get(self.currency)
        return f',"fxRate":{{"rate":"{rate}","base":"EUR","source":"treasury"}}' if rate else ""

    def email(self) -> str:
        return f"{FIRST[self.person % 20].lower()}.{LAST[self.person % 17].lower()}{self.person}@example.com"

    def full_name(self) -> str:
        return f"{FIRST[self.person % 20]} {LAST[self.person % 17]}"

    def address(self) -> str:
        house = 4_000_000 if self.kind == "ring" else self.person
        return f"{house % 190 + 1} Linden Street, {house % 8_999 + 1_000} Newtown"

    def phone(self) -> str:
        return f"{PHONES.get(self.jurisdiction, '+35699')}{self.person % 10**6:06d}"


def _due_at(due: tuple[int, str, object]) -> int:
    return due[0]


class Casting:
    """Draws players: most play little and leave soon, a few play a lot, stakes have a heavy tail."""

    def __init__(self, seed: str, begins: int, days: int) -> None:
        self.random = Random(f"{seed}/players")
        self._begins = begins
        self._days = days
        self._markets = [(brand, place, currency, share) for brand, markets in BRANDS.items() for place, (share, currency) in markets.items()]
        self._shares = [share for *_, share in self._markets]

    def player(self, number: int) -> Player:
        """The player with a number; call in ascending order."""
        r = self.random
        brand, jurisdiction, currency, _ = r.choices(self._markets, self._shares)[0]
        app = r.choices(("web", "android", "ios"), (45, 32, 23))[0]
        os = {"web": r.choice(("Windows", "macOS")), "android": "Android", "ios": "iOS"}[app]
        joins = self._joins(jurisdiction)
        stays = r.expovariate(1 / r.choices((1.5, 9, 90), (62, 27, 11))[0])
        stake = min(60.0, r.lognormvariate(-0.35, 1.0))
        scale = SCALE[currency]
        return Player(
            player_id=f"p_{number:06d}",
            anonymous_id=f"a_{r.getrandbits(40):010x}",
            brand=brand,
            jurisdiction=jurisdiction,
            currency=currency,
            app=app,
            os=os,
            device=f"dev_{r.getrandbits(48):012x}",
            card=f"fp_{r.getrandbits(48):012x}",
            joins_at=joins,
            leaves_at=joins + int(stays * DAY),
            sessions_a_day=min(2.2, r.lognormvariate(-0.95, 0.6)),
            rounds_a_session=min(70.0, r.lognormvariate(1.55, 0.85)),
            base_stake=max(1, round(stake * 5)) * 2_000 * scale,
            taste=r.choices(("slots", "live", "table", "crash"), (56, 14, 20, 10))[0],
            channel=r.choices(range(len(CHANNELS)), [weight for *_, weight, _ in CHANNELS])[0],
            variant="B" if r.random() < 0.5 else "control",
            birth_year=r.randrange(1950, 2006),
            person=1_000 + number,
            payout_address=f"bc1_{r.getrandbits(60):015x}",
            marketing=r.random() < 0.72,
        )

    def _joins(self, jurisdiction: str) -> int:
        """A third came in the opening days, the others spread over all but the last two days."""
        r = self.random
        span = max(1, self._days - 2)
        day = int(r.random() * min(4, span)) if r.random() < 0.33 else int(r.random() * span)
        return local_instant(r, self._begins + day * DAY, jurisdiction, _HOURS)


def local_instant(random: Random, midnight: int, jurisdiction: str, hours: tuple[int, ...] = _HOURS) -> int:
    """An instant of the local day that follows a UTC midnight, by the rhythm of the hours."""
    hour = random.choices(range(24), hours)[0]
    return midnight + hour * HOUR + int(random.random() * HOUR) - offset(midnight, jurisdiction)


def night_instant(random: Random, midnight: int, jurisdiction: str) -> int:
    """The same for those who play through the night."""
    return local_instant(random, midnight, jurisdiction, _NIGHT)
