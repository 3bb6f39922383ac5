"""The cases that detectors must find: who, what and when, decided before the first event."""

from dataclasses import asdict, dataclass
from random import Random
from typing import Any

from pitboss.simulate import money
from pitboss.simulate.arrivals import EXPERIMENT, SRM_EXPERIMENT
from pitboss.simulate.cashier import DECLINING_PSP, Cashier
from pitboss.simulate.clock import DAY, HOUR, MINUTE, iso_day, stamp
from pitboss.simulate.games import DEFECTIVE_GAME, DEFECTIVE_TABLE, GAMES, PROVIDERS, moments
from pitboss.simulate.journal import Journal
from pitboss.simulate.money import UNIT
from pitboss.simulate.players import SCALE, Player
from pitboss.simulate.sessions import BadStream

DEPOSIT_LIFT = 0.14
PAYING_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Schedule:
    """When each planted trouble holds, in ms; windows are half open."""

    defect_from: int
    bad_stream: BadStream
    incident: tuple[int, int]
    decline_spike: tuple[int, int]

    @classmethod
    def over(cls, begins: int, days: int) -> "Schedule":
        """Spread the troubles over the days there are."""
        day = begins + DAY * (days * 2 // 3)
        third = begins + DAY * (days // 3)
        tables = ("liveloft_blackjack_21", "liveloft_roulette_1", "liveloft_roulette_7", "liveloft_wheel_1")
        stream = BadStream("SE", tables, third, third + max(2, days // 5) * DAY)
        return cls(
            defect_from=begins + DAY * (days // 2),
            bad_stream=stream,
            incident=(day + 18 * HOUR, day + 21 * HOUR),
            decline_spike=(third + 2 * DAY, third + 4 * DAY),
        )


def _early(p: Player, begins: int, random: Random) -> None:
    """Planted players come in the first days, so that there is time to find them."""
    p.joins_at = begins + random.randrange(2 * DAY) + 10 * HOUR
    p.leaves_at = p.joins_at + 300 * DAY
    p.pays = True


def cast(players: list[Player], begins: int, random: Random) -> None:
    """Say who will ever pay in, and give the planted roles to some; the others keep the habits they were drawn with."""
    for p in players:
        p.pays = random.random() < PAYING_SHARE + (DEPOSIT_LIFT if p.variant == "B" else 0)
    parts = iter(players[3:])
    count = len(players)
    ring = [p for p, _ in zip(parts, range(min(5, count // 8)), strict=False)]
    for p in ring:
        lead = ring[0]
        p.kind, p.brand, p.jurisdiction, p.currency = "ring", "aurora", "DE", "EUR"
        p.device, p.card, p.payout_address = lead.device, lead.card, lead.payout_address
        _early(p, begins, random)
        p.joins_at = lead.joins_at + (p.person - lead.person) * 37 * MINUTE
        p.base_stake, p.sessions_a_day, p.rounds_a_session = UNIT, 1.5, 20
        p.leaves_at, p.taste = p.joins_at + 8 * DAY, "table"
    for p in (p for p, _ in zip(parts, range(min(3, count // 12)), strict=False)):
        _early(p, begins, random)
        p.kind = "carousel"
    for p in (p for p, _ in zip(parts, range(min(12, 1 + count // 250)), strict=False)):
        _early(p, begins, random)
        p.kind = "chaser"
        p.base_stake, p.sessions_a_day, p.rounds_a_session = 2 * UNIT * SCALE[p.currency], 0.5, 60
    # Regulars of the live tables in the market whose streams will fail, or nobody would be there to notice.
    for p in (p for p, _ in zip(parts, range(1 + count // 60), strict=False)):
        _early(p, begins, random)
        p.kind, p.brand, p.jurisdiction, p.currency, p.taste = "regular", "aurora", "SE", "SEK", "live"
        p.leaves_at = p.joins_at + 35 * DAY
        p.base_stake, p.sessions_a_day, p.rounds_a_session = UNIT * SCALE["SEK"] // 2, 0.3, 8
    # Friends of the game that will go wrong, at one stake, or a small casino would not have the play to tell.
    for p in (p for p, _ in zip(parts, range(min(8, 1 + count // 60)), strict=False)):
        _early(p, begins, random)
        p.kind, p.taste = "duellist", "table"
        p.base_stake, p.sessions_a_day, p.rounds_a_session = 5 * UNIT * SCALE[p.currency], 0.8, 35


def carousel(p: Player, ts: int, cashier: Cashier) -> None:
    """Money in, next to no play, money out again: deposits that are only passed through."""
    house = cashier.house
    p.enter(house.next_id("s"))
    p.trace = house.emitter.trace()
    amount = house.random.randrange(70, 99) * 10 * UNIT * SCALE[p.currency]
    house.emitter.emit("login", ts, p, f',"method":"password","deviceId":"{p.device}"', p.app)
    house.emitter.emit("session_start", ts + 300, p, f',"device":{{"os":"{p.os}","app":"{p.app}"}}', p.app)
    ts, paid = cashier.deposit(p, ts + MINUTE, amount, 0.02)
    if paid and p.held == 0:
        ts = cashier.request_withdrawal(p, ts + 12 * MINUTE, p.available * 19 // 20 // UNIT * UNIT, 0.0)
    house.emitter.emit("session_end", ts + MINUTE, p, ',"endReason":"logout"', p.app)
    p.busy_until = ts + 2 * MINUTE


def _play_since(journal: Journal, day: int) -> dict[str, Any]:
    """Settled bets on the defective game on whole gaming days since the defect: what a test has to find it by."""
    plays = [play for played_on, play in journal.defective_play.items() if played_on >= day]
    handle, squares = (sum(getattr(play, name) for play in plays) for name in ("handle", "squares"))
    return {
        "bets_since": sum(play.bets for play in plays),
        "handle_since": money.text(handle),
        "payout_since": money.text(sum(play.payout for play in plays)),
        "n_eff_since": handle * handle // squares if squares else 0,
    }


def _true_effect(players: list[Player], journal: Journal) -> dict[str, str]:
    """What the treatment does to the share of players with a deposit: it makes more of the usual players willing, and of the willing
    a share pays in that has nothing to do with the variant. Planted players pay in whatever they see."""
    real = [p for p in players if p.player_id in journal.pages]
    usual = [p for p in real if p.kind == "usual"]
    willing = [p for p in usual if p.pays]
    paid = {player for player, page in journal.pages.items() if page.deposited_at}
    converts = sum(p.player_id in paid for p in willing) / max(1, len(willing))
    difference = DEPOSIT_LIFT * converts * len(usual) / len(real)
    planted = sum(p.player_id in paid for p in real if p.kind != "usual")
    control = PAYING_SHARE * converts * len(usual) / len(real) + planted / len(real)
    return {"difference": f"{difference:.6f}", "lift": f"{difference / control:.6f}" if control else "0"}


def _window(window: tuple[int, int]) -> dict[str, str]:
    return {"from": stamp(window[0]), "to": stamp(window[1])}


def describe(players: list[Player], schedule: Schedule, contaminated: list[str], journal: Journal) -> dict[str, Any]:
    """All planted cases for ``truth.json``."""

    def of(kind: str) -> list[str]:
        return [p.player_id for p in players if p.kind == kind]

    stated = next(game.rtp for game in GAMES if game.game_id == DEFECTIVE_GAME)
    real = moments(DEFECTIVE_TABLE).rtp
    stream = asdict(schedule.bad_stream)
    return {
        "fraud_ring": of("ring"),
        "carousel": of("carousel"),
        "chasing": of("chaser"),
        "test_players": [p.player_id for p in players if p.is_test],
        "defective_game": {
            "game_id": DEFECTIVE_GAME,
            "from": stamp(schedule.defect_from),
            "from_day": iso_day(schedule.defect_from // DAY),
            "stated_rtp": f"{float(stated):.4f}",
            "real_rtp": f"{float(real):.4f}",
            "defect": f"{float(real - stated):.4f}",
            **_play_since(journal, schedule.defect_from // DAY + 1),
        },
        "bad_stream": {
            "region": stream["region"],
            "tables": list(stream["tables"]),
            **_window((stream["begins"], stream["ends"])),
        },
        "experiment": {
            "experiment": EXPERIMENT,
            "control": "control",
            "treatment": "B",
            "metric": "deposit_rate",
            "effect": f"share of players willing to pay in raised by {DEPOSIT_LIFT:.2f} from {PAYING_SHARE:.2f}",
            "players_with_two_variants": contaminated,
            **_true_effect(players, journal),
        },
        "sample_ratio_mismatch": {"experiment": SRM_EXPERIMENT, "configured": "0.5", "real_share_gold": "0.62"},
        "service_incident": {
            "endpoint": "bet.place",
            "provider_id": PROVIDERS[0],
            **_window(schedule.incident),
        },
        "issuer_declines": {"psp_id": DECLINING_PSP, "method": "card", **_window(schedule.decline_spike)},
    }
