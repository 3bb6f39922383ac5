"""How far everybody came on the road from an advertisement to a first bet, walked unit by unit and start by start."""

import csv
from collections import Counter, defaultdict
from functools import cache
from typing import Any

from pitboss.simulate.clock import DAY, SEEDS
from pitboss.simulate.journal import Journal, Page, Touch

Json = dict[str, Any]

WINDOW = 30 * DAY
_TOUCHES = ("campaign_view", "campaign_click")


@cache
def _orders() -> dict[str, list[tuple[int, str]]]:
    """Jurisdiction, or ``*`` for those that the seed does not name, -> steps with their index, in order."""
    orders: dict[str, list[tuple[int, str]]] = defaultdict(list)
    with (SEEDS / "funnel_steps.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            orders[row["jurisdiction"]].append((int(row["step_index"]), row["step"]))
    return {jurisdiction: sorted(steps) for jurisdiction, steps in orders.items()}


def acquisition(journal: Journal) -> list[Json]:
    """Players and visitors by channel and step: how many came at least so far. Organic players enter at their registration."""
    reached: Counter[tuple[str, int, str]] = Counter()
    players = {page.player.anonymous_id: page for page in journal.pages.values()}
    for anonymous_id, page in players.items():
        touches = [touch for touch in journal.touches.get(anonymous_id, []) if 0 <= page.registered_at - touch.ts <= WINDOW and touch.campaign != "organic"]
        order = _orders().get(page.player.jurisdiction, _orders()["*"])
        level = _level(_steps(page, touches, [step for _, step in order]))
        channel = touches[0].channel if touches else "organic"
        reached.update((channel, *step) for step in order[:level] if touches or step[1] not in _TOUCHES)
    for anonymous_id, given in journal.touches.items():
        owner = players.get(anonymous_id)
        # Nobody is named after the registration: what the browser sees then is a stranger's.
        touches = [touch for touch in given if owner is None or touch.ts > owner.registered_at]
        if touches:
            level = _level([_views(touches), _clicks(touches)])
            reached.update((touches[0].channel, *step) for step in list(enumerate(_TOUCHES, start=1))[:level])
    return [{"channel": channel, "step_index": index, "step": step, "players": n} for (channel, index, step), n in sorted(reached.items())]


def _steps(page: Page, touches: list[Touch], order: list[str]) -> list[list[int]]:
    """When a player took each step, in the order of the licence. What was there before its turn counts from the step before it on."""
    paid = min(page.deposited_at, default=None)
    happened = {
        "campaign_view": _views(touches) if touches else [page.registered_at],
        "campaign_click": _clicks(touches) if touches else [page.registered_at],
        "registration": [page.registered_at],
        "kyc_verified": page.verified_at[:1],
        "first_deposit": [] if paid is None else [paid],
        "first_bet": [] if page.first_bet_at is None else [page.first_bet_at],
    }
    steps: list[list[int]] = []
    latest = 0
    for step in order:
        times = happened[step]
        if step not in _TOUCHES and times:
            latest = max(latest, times[0])
            times = [latest]
        steps.append(times)
    return steps


def _clicks(touches: list[Touch]) -> list[int]:
    return [touch.ts for touch in touches if touch.kind != "view"]


def _views(touches: list[Touch]) -> list[int]:
    """Views, and the clicks before which there was none: nobody clicks what he has not seen."""
    views = [touch.ts for touch in touches if touch.kind == "view"]
    return views + [click for click in _clicks(touches) if not any(0 <= click - view <= WINDOW for view in views)]


def _level(steps: list[list[int]]) -> int:
    """How many steps the best chain takes: from each start on, the earliest possible next step, until the window ends."""
    best = 0
    for start in steps[0]:
        at, level = start, 1
        for times in steps[1:]:
            later = [ts for ts in times if at <= ts <= start + WINDOW]
            if not later:
                break
            at, level = min(later), level + 1
        best = max(best, level)
    return best
