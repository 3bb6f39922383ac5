"""The days of the casino, one after the other, and the folder that they leave behind."""

import json
import os
import shutil
from collections.abc import Callable
from dataclasses import fields
from datetime import date
from math import exp
from pathlib import Path
from random import Random
from typing import Any

from pitboss.errors import PitbossError
from pitboss.simulate.arrivals import Arrivals
from pitboss.simulate.cashier import Cashier, Dispute
from pitboss.simulate.clock import DAY, FIRST_MONDAY, HOUR, MINUTE, WEEK, millis
from pitboss.simulate.cohorts import cohorts, daily_active, experiments, lifetime_values, retention
from pitboss.simulate.dirt import Dirt
from pitboss.simulate.emit import Emitter
from pitboss.simulate.funnel import acquisition
from pitboss.simulate.journal import Journal
from pitboss.simulate.odd import LateVoid, OddRounds
from pitboss.simulate.planted import Schedule, carousel, cast, describe
from pitboss.simulate.play import Floor
from pitboss.simulate.players import WEEKDAYS, Casting, Player, local_instant, night_instant
from pitboss.simulate.relations import Relations
from pitboss.simulate.services import Services
from pitboss.simulate.sessions import Sessions
from pitboss.simulate.truth import Books, Truth
from pitboss.simulate.wallet import House
from pitboss.simulate.write import Spool

VERSION = 3


class SimulationError(PitbossError):
    """The simulation cannot be made as asked."""


_VISITORS_A_PLAYER = 0.9


class Casino:
    """One simulation: everything that lives while the days pass."""

    def __init__(self, folder: Path, players: int, days: int, seed: int, start: date, dirt: float) -> None:
        name = f"pitboss/{VERSION}/{players}/{days}/{seed}/{start}/{dirt!r}"
        self.begins, self.days = millis(start), days
        ends = self.begins + days * DAY
        self.schedule = Schedule.over(self.begins, days)
        self.spool = Spool(folder)
        self.dirt = Dirt(dirt, name)
        self.journal = Journal()
        self.emitter = Emitter(self.spool, self.dirt, name, self.journal)
        self.random = Random(f"{name}/play")
        house = House(self.emitter, Books(self.journal), self.random, 1.2 * dirt, self.begins, ends)
        self.house = house
        self.arrivals = Arrivals(house, name)
        self.cashier = Cashier(house, self.schedule.decline_spike)
        self.floor = Floor(house, self.schedule.defect_from)
        self.odd = OddRounds(self.floor)
        self.sessions = Sessions(house, self.arrivals, self.cashier, self.floor, self.odd, self.schedule.bad_stream, self.schedule.incident)
        self.relations = Relations(house, self.cashier)
        self.services = Services(house, name, self.schedule.incident)
        casting = Casting(name, self.begins, days)
        self.players = [casting.player(number) for number in range(1, players + 1)]
        self.visitors = [casting.player(10**6 + n) for n in range(int(players * _VISITORS_A_PLAYER))]
        cast(self.players, self.begins, casting.random)
        for number in range(max(1, round(players * dirt / 5)) if dirt else 0):
            tester = casting.player(900_001 + number)
            tester.player_id, tester.is_test = f"p_test_{number + 1}", True
            tester.leaves_at = tester.joins_at + 20 * DAY
            self.players.append(tester)
        self.conflicts_left = 2 if dirt else 0
        self.by_day: list[list[Player]] = [[] for _ in range(days)]
        for p in self.players:
            self.by_day[min(days - 1, max(0, (p.joins_at - self.begins) // DAY))].append(p)
        self.active: list[Player] = []

    def day(self, number: int) -> None:
        """Everything of one UTC day (sessions may run over its end)."""
        midnight = self.begins + number * DAY
        self.services.day(midnight)
        for visitor in self.visitors[number :: self.days]:
            self.arrivals.visitor(visitor, local_instant(self.random, midnight, visitor.jurisdiction))
        for p in self.by_day[number]:
            p.busy_until = self.arrivals.register(p)
            if p.kind != "carousel" and self.random.random() < 0.75:
                self.sessions.play(p, p.busy_until + MINUTE)
            self.active.append(p)
        for p in self.active:
            self._player_day(p, midnight)
        if self.relations.week_is_over(midnight):
            closing = self.relations.closing(midnight)
            self.relations.finish_tournament((midnight - FIRST_MONDAY) // WEEK, closing)
        self.active = [p for p in self.active if p.due or p.leaves_at > midnight]
        self.spool.spill()

    def _player_day(self, p: Player, midnight: int) -> None:
        r = self.random
        if midnight < p.leaves_at:
            rate = p.sessions_a_day * WEEKDAYS[(midnight // DAY + 3) % 7]
            choose = night_instant if p.kind == "chaser" else local_instant
            for ts in sorted(choose(r, midnight, p.jurisdiction) for _ in range(_poisson(r, rate))):
                self._run_due(p, ts)
                self._visit(p, max(ts, p.busy_until), midnight)
            if p.leaves_at < midnight + DAY and r.random() < 0.14:
                # Some come back after a while, for a while.
                gap = r.randrange(8, 25) * DAY
                p.blocked_until, p.leaves_at = max(p.blocked_until, midnight + gap), midnight + gap + 4 * DAY
        self._run_due(p, midnight + DAY)
        if r.random() < 0.035:
            at = max(local_instant(r, midnight, p.jurisdiction), p.busy_until)
            self.relations.touch(p, at)
            p.busy_until = at + 3 * MINUTE
        elif r.random() < 0.004:
            self.relations.flags(p, max(midnight + 12 * HOUR, p.busy_until))

    def _visit(self, p: Player, ts: int, midnight: int) -> None:
        r = self.random
        if ts < p.blocked_until or ts < p.joins_at:
            return
        if p.kind == "carousel":
            if r.random() < 0.5:
                carousel(p, ts, self.cashier)
            return
        self.sessions.play(p, ts)
        if r.random() < (0.25 if p.kind == "chaser" else 0.03):
            self.sessions.care(p, p.busy_until - MINUTE)
        if p.deposits and r.random() < 0.03:
            self.relations.enter_tournament(p, p.busy_until - 30_000, (midnight - FIRST_MONDAY) // WEEK)
        if self.conflicts_left and p.deposits and not p.is_test and midnight >= self.begins + self.days * DAY // 3:
            self.conflicts_left -= 1
            self._conflict(p, p.busy_until - 20_000)

    def _conflict(self, p: Player, ts: int) -> None:
        """One id, two contents: neither may count, so no wallet moves and nothing settles."""
        head = f',"roundId":"R-{self.house.next_id("conflict")}","gameId":"sl_wild_lagoon","providerId":"novaplay"'
        head += f',"txnId":"{self.house.next_id("tx")}"'
        stakes = [f'{head},"stake":{{"amount":"{amount}","currency":"{p.currency}"}},"wallet":{{"type":"cash"}}{p.fx()}' for amount in ("5.00", "7.00")]
        self.emitter.conflict("bet_place", ts, p, stakes[0], stakes[1])

    def _run_due(self, p: Player, until: int) -> None:
        """What was promised to happen by now; never before the player's last session is over."""
        while p.due and p.due[0][0] < until:
            ts, what, about = p.due.pop(0)
            ts = max(ts, p.busy_until)
            p.enter(None)
            p.trace = self.emitter.trace()
            match what, about:
                case "void", LateVoid():
                    self.odd.late_void(ts, about)
                case "chargeback", Dispute():
                    self.cashier.chargeback(p, ts, about)
                case "expire", str(bonus_id):
                    if p.bonus is not None and p.bonus.bonus_id == bonus_id:
                        self.cashier.end_bonus(p, ts, "bonus_expired")
                case _, (str(withdrawal_id), str(hold_id), int(amount)):
                    self.cashier.decide_withdrawal(p, ts, what, withdrawal_id, hold_id, amount)

    def truth(self, parameters: dict[str, Any], files: list[str]) -> Truth:
        """The books, closed."""
        dirt, books, journal = self.dirt, self.house.books, self.journal
        counts = dirt.counts
        quarantined = dirt.quarantined + self.emitter.quarantined
        return Truth(
            parameters=parameters,
            files=files,
            lines=self.spool.lines,
            blank_lines=self.spool.blank_lines,
            events_landed=dict(sorted((event, n) for event, n in self.emitter.landed.items() if n)),
            dirt={
                "duplicates": counts["duplicates"],
                "quarantined": dict(sorted(quarantined.items())),
                "unknown_fields": {
                    "events": counts["unknown_fields"], "by_path": dict(sorted(dirt.unknown_paths.items())),
                },
                "derived_ids": counts["no_event_id"],
                "missing_session": counts["no_session"] + sum(self.emitter.without_session.values()),
                "missing_session_by_nature": dict(sorted((e, n) for e, n in self.emitter.without_session.items() if n)),
                "missing_trace": counts["no_trace"],
                "missing_source": counts["no_source"],
                "missing_schema_ver": counts["no_schema_ver"],
                "truncated_timestamps": counts["fine_time"],
                "late": counts["late"],
                "tests": self.emitter.tests,
                "conflicts": self.emitter.quarantined["conflict"],
                "repeated_deposits": self.cashier.repeated_deposits,
                "negative_bonuses": self.cashier.corrections,
                "returned_withdrawals": self.cashier.returns,
                "odd_rounds": dict(sorted(self.odd.counts.items())),
            },
            money=books.by_day(),
            money_by_game=books.by_game(),
            deposits=books.payments("deposits"),
            refunds=books.payments("refunds"),
            withdrawals=books.payments("withdrawals"),
            cash=books.cash_identity(),
            cohorts=cohorts(journal),
            retention=retention(journal),
            daily_active=daily_active(journal),
            funnel=acquisition(journal),
            ltv=lifetime_values(journal),
            experiments=experiments(journal),
            planted=describe(self.players, self.schedule, self.arrivals.contaminated, journal),
        )  # fmt: skip


def _poisson(random: Random, rate: float) -> int:
    """A Poisson number by Knuth's product of uniforms, which is quick for the small rates there are."""
    floor, product, number = exp(-rate), random.random(), 0
    while product > floor:
        product *= random.random()
        number += 1
    return number


def read_truth(out: Path) -> Truth | None:
    """The truth of a finished simulation; None where there is none that can be read."""
    try:
        content = json.loads((out / "truth.json").read_text(encoding="utf-8"))
        return Truth(**{field.name: content[field.name] for field in fields(Truth)})
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _is_simulated(out: Path) -> bool:
    """Whether a simulation has made a folder, be it an older one whose truth said less."""
    try:
        return "parameters" in json.loads((out / "truth.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError):
        return False


def simulate(
    out: Path,
    players: int,
    days: int,
    seed: int,
    start: date = date(2025, 9, 1),
    dirt: float = 0.01,
    progress: Callable[[int, int], None] | None = None,
) -> Truth:
    """Write a casino's JSONL below ``out/<channel>/`` and ``out/truth.json``: the same bytes for the same arguments.

    A folder that already holds this very simulation is left alone. Anything else there that a simulation has made is
    replaced; a folder that none has made is refused with ``SimulationError``. ``progress`` gets (days done, days).
    """
    if players < 1 or days < 1 or not 0 <= dirt <= 0.5:
        raise SimulationError("players and days must be at least 1, dirt between 0 and 0.5")
    parameters = {
        "version": VERSION, "players": players, "days": days, "seed": seed, "start": str(start), "dirt": repr(dirt),
    }  # fmt: skip
    before = read_truth(out)
    if before is not None and before.parameters == parameters:
        return before
    if not _is_simulated(out) and out.exists() and any(out.iterdir()):
        raise SimulationError("holds files that no simulation has made", str(out), "Choose an empty folder.")
    aside = out.with_name(f".{out.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    try:
        casino = Casino(aside, players, days, seed, start, dirt)
        for number in range(days):
            casino.day(number)
            if progress is not None:
                progress(number + 1, days)
        truth = casino.truth(parameters, casino.spool.finish())
        truth.write(aside / "truth.json")
        shutil.rmtree(out, ignore_errors=True)
        aside.rename(out)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return truth
