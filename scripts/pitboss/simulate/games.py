"""The catalogue of games: discrete prize tables with exact rational probabilities.

A prize table says, per unit of stake, which multiplier is paid back (0 for a loss) with which probability.
Its expected value is the game's return to player (RTP), exactly; ``moments`` derives every figure of the
``games`` seed from it, so what the seed states and what the simulator pays cannot part.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import accumulate
from math import lcm

# Prizes from here on are counted, not averaged: with them in it, the mean of a slot says little before a million rounds.
TAIL_CAP = 20
PROVIDERS = ("novaplay", "redfern", "arcstone", "quickburst", "liveloft")

# Slots: multiplier in hundredths -> chances in ten million. The weight of 1x is what brings the table to its RTP.
_SLOT_CHANCES = 10_000_000
_LOW = {
    20: 1_000_000, 50: 1_000_000, 150: 600_000, 200: 500_000, 300: 300_000, 500: 250_000, 1_000: 120_000,
    2_000: 50_000, 5_000: 15_000, 10_000: 3_000,
}  # fmt: skip
_MEDIUM = {
    20: 800_000, 50: 700_000, 150: 300_000, 200: 300_000, 300: 200_000, 500: 160_000, 800: 90_000, 1_000: 70_000,
    1_500: 50_000, 2_000: 35_000, 3_000: 22_000, 5_000: 12_000, 10_000: 5_000, 20_000: 1_500, 50_000: 400,
    100_000: 100,
}  # fmt: skip
_HIGH = {
    20: 600_000, 50: 500_000, 200: 200_000, 500: 120_000, 1_000: 60_000, 2_000: 40_000, 5_000: 18_000, 10_000: 9_000,
    20_000: 4_000, 50_000: 1_600, 100_000: 600, 200_000: 200, 500_000: 80, 1_000_000: 10,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrizeTable:
    """Multipliers in hundredths of the stake, ascending, with whole-number weights."""

    multipliers: tuple[int, ...]
    weights: tuple[int, ...]
    limits: tuple[int, ...]
    total: int

    def draw(self, uniform: float) -> int:
        """The multiplier (hundredths) at a uniform number of [0, 1)."""
        return self.multipliers[bisect_right(self.limits, int(uniform * self.total))]

    def probabilities(self) -> dict[Fraction, Fraction]:
        """Multiplier -> probability, both exact."""
        pairs = zip(self.multipliers, self.weights, strict=True)
        return {Fraction(multiplier, 100): Fraction(weight, self.total) for multiplier, weight in pairs}


@dataclass(frozen=True, slots=True)
class Game:
    game_id: str
    name: str
    provider_id: str
    kind: str
    rtp: Fraction
    table: PrizeTable
    popularity: int
    is_live: bool = False
    table_ids: tuple[str, ...] = ()
    has_jackpot: bool = False
    category: str = "slots"


@dataclass(frozen=True, slots=True)
class Moments:
    """Per unit of stake. The body is the return with every prize of ``tail_cap`` or more counted as nothing; its third
    moment is the central one."""

    rtp: Fraction
    variance: Fraction
    body_rtp: Fraction
    body_variance: Fraction
    body_third_moment: Fraction
    tail_probability: Fraction
    tail_cap: int | None
    max_multiplier: Fraction


def prize_table(chances: Mapping[Fraction, Fraction]) -> PrizeTable:
    """A table from multiplier -> probability; what is missing to 1 is a loss."""
    missing = 1 - sum(chances.values())
    if missing < 0:
        raise ValueError(f"probabilities exceed 1 by {-missing}")
    full = {**chances, Fraction(0): chances.get(Fraction(0), Fraction(0)) + missing}
    total = lcm(*(probability.denominator for probability in full.values()))
    pairs = sorted((int(multiplier * 100), int(probability * total)) for multiplier, probability in full.items())
    weights = tuple(weight for _, weight in pairs)
    return PrizeTable(tuple(multiplier for multiplier, _ in pairs), weights, tuple(accumulate(weights)), total)


def moments(table: PrizeTable, cap: int | None = TAIL_CAP) -> Moments:
    """RTP, variance and the split into body and tail at the cap (all is body where no prize reaches it)."""
    chances = table.probabilities()
    tail = {m: p for m, p in chances.items() if cap is not None and m >= cap}
    body = {m: p for m, p in chances.items() if m not in tail}
    rtp = sum((m * p for m, p in chances.items()), Fraction(0))
    body_rtp = sum((m * p for m, p in body.items()), Fraction(0))
    return Moments(
        rtp=rtp,
        variance=sum((m * m * p for m, p in chances.items()), Fraction(0)) - rtp**2,
        body_rtp=body_rtp,
        body_variance=sum((m * m * p for m, p in body.items()), Fraction(0)) - body_rtp**2,
        body_third_moment=sum(((m - body_rtp) ** 3 * p for m, p in body.items()), -(body_rtp**3) * (1 - sum(body.values()))),
        tail_probability=sum(tail.values(), Fraction(0)),
        tail_cap=cap if tail else None,
        max_multiplier=max(chances),
    )


def _slot(rtp: Fraction, profile: Mapping[int, int]) -> PrizeTable:
    spent = sum(Fraction(multiplier, 100) * Fraction(chance, _SLOT_CHANCES) for multiplier, chance in profile.items())
    chances = {Fraction(m, 100): Fraction(chance, _SLOT_CHANCES) for m, chance in profile.items()}
    return prize_table({**chances, Fraction(1): rtp - spent})


def _crash(rtp: Fraction) -> PrizeTable:
    """A quarter of the stakes aims at each of four exits; an exit at m is reached with probability RTP / m."""
    exits = (Fraction(3, 2), Fraction(2), Fraction(5), Fraction(20))
    return prize_table({m: rtp / m / len(exits) for m in exits})


def _roulette() -> PrizeTable:
    """One zero; half of the stakes on even money, a quarter on a dozen, a quarter straight up: 36/37 throughout."""
    half, quarter = Fraction(1, 2), Fraction(1, 4)
    return prize_table(
        {
            Fraction(2): half * Fraction(18, 37),
            Fraction(3): quarter * Fraction(12, 37),
            Fraction(36): quarter * Fraction(1, 37),
        }
    )


def _card_table(rtp: Fraction, push: Fraction, special: Mapping[Fraction, Fraction]) -> PrizeTable:
    """Even-money wins fill up to the RTP; pushes give the stake back; ``special`` prizes come on top."""
    spent = push + sum(m * p for m, p in special.items())
    return prize_table({**special, Fraction(1): push, Fraction(2): (rtp - spent) / 2})


def _build() -> tuple[Game, ...]:
    slots = (
        ("sl_wild_lagoon", "Wild Lagoon", 0, "0.9650", _MEDIUM, 14, False),
        ("sl_ember_crown", "Ember Crown", 0, "0.9607", _HIGH, 11, False),
        ("sl_fruit_parade", "Fruit Parade", 0, "0.9700", _LOW, 12, False),
        ("sl_frost_giants", "Frost Giants", 0, "0.9620", _HIGH, 6, False),
        ("sl_seven_lanterns", "Seven Lanterns", 1, "0.9600", _MEDIUM, 9, False),
        ("sl_pixel_bandits", "Pixel Bandits", 1, "0.9550", _MEDIUM, 5, False),
        ("sl_honey_hollow", "Honey Hollow", 1, "0.9680", _LOW, 8, False),
        ("sl_grand_vault", "Grand Vault", 1, "0.9200", _MEDIUM, 7, True),
        ("sl_thunder_mesa", "Thunder Mesa", 2, "0.9640", _HIGH, 6, False),
        ("sl_copper_canyon", "Copper Canyon", 2, "0.9580", _MEDIUM, 5, False),
        ("sl_star_orchard", "Star Orchard", 2, "0.9720", _LOW, 5, False),
        ("sl_deep_fathom", "Deep Fathom", 2, "0.9660", _HIGH, 4, False),
        ("sl_mint_royale", "Mint Royale", 3, "0.9400", _LOW, 3, False),
        ("sl_night_ferry", "Night Ferry", 3, "0.9610", _MEDIUM, 3, False),
    )
    games = [
        Game(game_id, name, PROVIDERS[maker], "slot", Fraction(rtp), _slot(Fraction(rtp), profile), weight,
             has_jackpot=jackpot)
        for game_id, name, maker, rtp, profile, weight, jackpot in slots
    ]  # fmt: skip
    blackjack = _card_table(Fraction("0.995"), Fraction("0.085"), {Fraction("2.5"): Fraction("0.045")})
    baccarat = _card_table(Fraction("0.9894"), Fraction("0.0951"), {Fraction("1.95"): Fraction("0.3")})
    wheel = prize_table(
        {Fraction(m): Fraction(965, 1000) * share / m
         for m, share in ((2, Fraction(1, 2)), (6, Fraction(1, 4)), (11, Fraction(3, 20)), (41, Fraction(1, 10)))}
    )  # fmt: skip
    even = prize_table({Fraction(2): Fraction("0.4865")})
    live = PROVIDERS[4]
    roulette = Fraction(36, 37)
    games += [
        Game("tb_coin_duel", "Coin Duel", PROVIDERS[2], "table", Fraction("0.973"), even, 40, category="table"),
        Game("tb_euro_roulette", "European Roulette", PROVIDERS[2], "table", roulette, _roulette(), 7,
             category="table"),
        Game("tb_blackjack_classic", "Blackjack Classic", PROVIDERS[1], "table", Fraction("0.995"), blackjack, 6,
             category="table"),
        Game("tb_baccarat_express", "Baccarat Express", PROVIDERS[1], "table", Fraction("0.9894"), baccarat, 2,
             category="table"),
        Game("cr_rocket_rush", "Rocket Rush", PROVIDERS[3], "crash", Fraction("0.97"), _crash(Fraction("0.97")), 10,
             category="crash"),
        Game("cr_balloon", "Balloon", PROVIDERS[3], "crash", Fraction("0.96"), _crash(Fraction("0.96")), 4,
             category="crash"),
        Game("lv_roulette", "Live Roulette", live, "live", roulette, _roulette(), 9, True,
             ("liveloft_roulette_1", "liveloft_roulette_2", "liveloft_roulette_7"), category="live"),
        Game("lv_blackjack", "Live Blackjack", live, "live", Fraction("0.995"), blackjack, 7, True,
             ("liveloft_blackjack_21", "liveloft_blackjack_23"), category="live"),
        Game("lv_baccarat", "Live Baccarat", live, "live", Fraction("0.9894"), baccarat, 3, True,
             ("liveloft_baccarat_4",), category="live"),
        Game("lv_fortune_wheel", "Fortune Wheel", live, "live", Fraction("0.965"), wheel, 4, True,
             ("liveloft_wheel_1",), category="live"),
    ]  # fmt: skip
    return tuple(games)


GAMES = _build()

# The planted defect: from a day on, this game pays even money with 0.36 instead of 0.4865, and still states 0.973.
DEFECTIVE_GAME = "tb_coin_duel"
DEFECTIVE_TABLE = prize_table({Fraction(2): Fraction("0.36")})


def _decimal(value: Fraction) -> str:
    with localcontext() as context:
        context.prec = 60
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        return f"{exact:.10f}"


def _root(value: Fraction) -> str:
    with localcontext() as context:
        context.prec = 60
        return f"{(Decimal(value.numerator) / Decimal(value.denominator)).sqrt():.10f}"


def _skewness(m: Moments) -> str:
    """Third central moment of the body over its standard deviation cubed."""
    with localcontext() as context:
        context.prec = 60
        variance, third = (Decimal(value.numerator) / Decimal(value.denominator) for value in (m.body_variance, m.body_third_moment))
        return f"{third / variance.sqrt() ** 3:.10f}"


SEED_COLUMNS = (
    "game_id", "name", "provider_id", "kind", "rtp", "sigma", "body_rtp", "body_sigma", "body_skewness",
    "tail_probability", "tail_cap", "max_multiplier", "is_live", "valid_from",
)  # fmt: skip


def seed_rows() -> list[tuple[str, ...]]:
    """The rows of ``seeds/games.csv``, in the order of ``SEED_COLUMNS``."""
    rows: list[tuple[str, ...]] = []
    for game in GAMES:
        # At a live table the bets of a player are settled together: nobody can say which of them won the large prize.
        m = moments(game.table, None if game.is_live else TAIL_CAP)
        rows.append(
            (game.game_id, game.name, game.provider_id, game.kind, _decimal(game.rtp), _root(m.variance),
             _decimal(m.body_rtp), _root(m.body_variance), _skewness(m), _decimal(m.tail_probability),
             "" if m.tail_cap is None else str(m.tail_cap), str(float(m.max_multiplier)),
             "true" if game.is_live else "false", "2024-01-01")
        )  # fmt: skip
    return rows
