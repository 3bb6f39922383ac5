"""What the journal says of players together: cohorts, who came back, what they were worth, what an experiment did to them.

Days of a player are gaming days. Now is one moment, and a gaming day where each player is at home: it counts as incomplete, so a cohort is
mature for an age only when its youngest player has lived through that age before it, and before the earliest such day among its players.
"""

from collections import Counter, defaultdict
from collections.abc import Callable
from typing import Any

from pitboss.simulate import money
from pitboss.simulate.clock import iso_day
from pitboss.simulate.journal import Journal, Page
from pitboss.simulate.players import CHANNELS

Json = dict[str, Any]

DAY_NUMBERS = (0, 1, 3, 7, 14, 30)

_STARTS: dict[str, Callable[[Page], int | None]] = {
    "first_event": lambda page: min(page.act_days, default=None),
    "registration": lambda page: page.day(page.registered_at),
    "first_deposit": lambda page: min(page.deposit_days, default=None),
    "first_bet": lambda page: min(page.bet_days, default=None),
    "exposure": lambda page: min((page.day(ts) for shown in page.variants.values() for ts, _ in shown), default=None),
}
_ACTIVITIES: dict[str, Callable[[Page], set[int]]] = {
    "any_event": lambda page: page.act_days,
    "bet": lambda page: page.bet_days,
    "deposit": lambda page: page.deposit_days,
}
_SUMS: dict[str, Callable[[Page], dict[int, int | None]]] = {
    "cum_ggr": lambda page: page.ggr,
    "cum_bonus_cost": lambda page: page.bonus_cost,
    "cum_ngr": lambda page: page.ngr,
}


def cohorts(journal: Journal) -> list[Json]:
    """Players by registration day, channel and country."""
    found = Counter((page.day(page.registered_at), *_origin(page)) for page in journal.pages.values())
    return [{"registration_day": iso_day(day), "channel": channel, "country": country, "players": n} for (day, channel, country), n in sorted(found.items())]


def retention(journal: Journal) -> Json:
    """By start basis and cohort day: how many players there are, and how many were active so many days later, a list as long as ``day_n``."""
    cells: dict[tuple[str, int], list[Page]] = defaultdict(list)
    for page in journal.pages.values():
        for basis, start in _STARTS.items():
            day = start(page)
            if day is not None and day <= journal.today(page):
                cells[basis, day].append(page)

    def came(page: Page, day: int, days: set[int]) -> bool:
        return day in days and day <= journal.today(page)

    return {
        "day_n": list(DAY_NUMBERS),
        "cohorts": [
            {"start_basis": basis, "cohort_day": iso_day(day), "players": len(pages), "today": iso_day(min(journal.today(page) for page in pages)),
             **{name: [sum(came(page, day + n, days(page)) for page in pages) for n in DAY_NUMBERS] for name, days in _ACTIVITIES.items()}}
            for (basis, day), pages in sorted(cells.items())
        ],
    }  # fmt: skip


def daily_active(journal: Journal) -> list[Json]:
    """By day, up to the one that is not over everywhere: how many players did anything on it, and within the 7 and 30 days that end with it."""
    by_day: dict[int, set[str]] = defaultdict(set)
    for player, page in journal.pages.items():
        for day in page.act_days:
            by_day[day].add(player)
    days = range(min(by_day, default=1), journal.today_everywhere() + 1)
    nobody: set[str] = set()
    return [
        {"day": iso_day(day), **{name: len(nobody.union(*(by_day.get(day - back, nobody) for back in range(length)))) for name, length in _WINDOWS}}
        for day in days
    ]


_WINDOWS = (("dau", 1), ("wau", 7), ("mau", 30))


def lifetime_values(journal: Journal) -> list[Json]:
    """What the players of a month, channel and country had brought by each mature age: ggr, what bonuses cost, and ngr by the lines that
    need no contract and no duty."""
    cells: dict[tuple[str, str, str], list[Page]] = defaultdict(list)
    for page in journal.pages.values():
        if page.day(page.registered_at) <= journal.today(page):
            cells[f"{iso_day(page.day(page.registered_at))[:7]}-01", *_origin(page)].append(page)
    rows = []
    for (month, channel, country), pages in sorted(cells.items()):
        youngest = max(page.day(page.registered_at) for page in pages)
        today = min(journal.today(page) for page in pages)
        for age in (age for age in DAY_NUMBERS if youngest + age < today):
            sums = {name: [_by_age(days(page), page.day(page.registered_at) + age) for page in pages] for name, days in _SUMS.items()}
            rows.append(
                {"cohort_month": month, "channel": channel, "country": country, "age_days": age, "players": len(pages),
                 **{name: _total(amounts) for name, amounts in sums.items()}}
            )  # fmt: skip
    return rows


def experiments(journal: Journal) -> Json:
    """By experiment: its arms without those who saw two variants, and how many of each arm paid in after they were exposed."""
    names = sorted({name for page in journal.pages.values() for name in page.variants})
    return {name: _experiment(journal, name) for name in names}


def _experiment(journal: Journal, name: str) -> Json:
    arms: dict[str, Json] = {}
    contaminated = 0
    for page in journal.pages.values():
        shown = page.variants.get(name, [])
        if len({variant for _, variant in shown}) > 1:
            contaminated += 1
        elif shown:
            arm = arms.setdefault(shown[0][1], {"players": 0, "depositors": 0})
            arm["players"] += 1
            arm["depositors"] += any(at >= shown[0][0] for at in page.deposited_at)
    return {"contaminated": contaminated, "arms": dict(sorted(arms.items()))}


def _origin(page: Page) -> tuple[str, str]:
    """Channel and country, as the registration says them."""
    return CHANNELS[page.player.channel][0], page.player.country


def _by_age(days: dict[int, int | None], until: int) -> list[int | None]:
    return [amount for day, amount in days.items() if day <= until]


def _total(players: list[list[int | None]]) -> str | None:
    """The sum as a decimal string; None where one amount is not known."""
    amounts = [amount for player in players for amount in player]
    known = [amount for amount in amounts if amount is not None]
    return money.text(sum(known)) if len(known) == len(amounts) else None
