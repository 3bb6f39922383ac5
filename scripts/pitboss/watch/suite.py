"""What is expected of a load: one expectation a figure, from the contracts and from earlier loads like it. No judgement here."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from pitboss.contract.model import Contracts
from pitboss.watch.bands import LEAST, Band, is_regular, rare_band, share_band, volume_band
from pitboss.watch.figures import Expectation, all_money, basis_of, day_of, event_units, load_units, median_of, owner_of, sources
from pitboss.watch.profile import Profile
from pitboss.watch.suite_events import of_contracts, of_events


@dataclass(frozen=True)
class Suite:
    """What is expected of one load, and what could not be for want of history."""

    expectations: list[Expectation]
    lacking: list[str]


def suite(now: Profile, channel: str, loads: list[Profile], contracts: Contracts) -> Suite:
    """Expectations of a load. `loads` are the earlier ones that it can be compared with, oldest first."""
    if len(loads) < LEAST:
        kinds = "volume, quarantine, duplicates, silent producers, currencies, missing values, amounts and arrival by history"
        lacking = [f"{kinds}: not enough history, {len(loads)} of {LEAST} loads like this one"]
        return Suite([*_readable(now), *of_contracts(now, contracts)], lacking)
    found = [
        *_volume(now, channel, loads),
        *_rare(now, loads),
        *_silence(now, loads, contracts),
        *_currencies(now, loads, contracts),
        *of_events(now, loads, contracts),
    ]
    return Suite(found, [])


def _readable(now: Profile) -> Iterator[Expectation]:
    """A file of refused lines is not as expected, whatever came before."""
    if now.state == "broken":
        advice = "Look into the quarantine: one cause is likely behind all of them."
        band = Band(now.lines, 1, None)
        yield Expectation("readable", "readable", "lines that the contracts take", now.lines - now.quarantined, band, "lines", "the contracts", advice)


def _volume(now: Profile, channel: str, loads: list[Profile]) -> Iterator[Expectation]:
    advice = {
        "empty": f"The file holds no line. Ask who fills {channel} whether nothing happened or nothing was written.",
        "broken": "Not one line could be read. Look into the quarantine: one cause is likely behind all of them.",
        "filled": f"Compare with what {channel} counted itself; too little is often a part of a file, too much a repetition.",
    }[now.state]
    day, units = day_of(now, loads[-1]), median_of(loads, load_units)
    band = volume_band([(day_of(load), load.lines) for load in loads], day, units)
    yield Expectation("volume", "volume", "lines", now.lines, replace(band, low=max(band.low or 0, 1)), "lines", basis_of(loads), advice)
    # what landed says more than what came: a file of refused lines is as good as none
    band = volume_band([(day_of(load), load.landed) for load in loads], day, units)
    landed = replace(band, low=max(band.low or 0, 1), high=None)
    yield Expectation("volume:landed", "volume", "events landed", now.landed, landed, "events", basis_of(loads), advice)


def _rare(now: Profile, loads: list[Profile]) -> Iterator[Expectation]:
    """Shares of all lines that should stay small."""
    if not now.lines:
        return

    def share(name: str, what: str, count: Callable[[Profile], int], advice: str) -> Iterator[Expectation]:
        band = rare_band([(count(load), load.lines) for load in loads], now.lines)
        if band:
            yield Expectation(name, name.partition(":")[0], what, count(now) / now.lines, band, "share", basis_of(loads), advice)

    look = "Look at the lines and their reasons in the quarantine, and tell the producer."
    yield from share("quarantine", "share quarantined", lambda load: load.quarantined, look)
    for reason in sorted({reason for load in [now, *loads] for reason in load.reasons}):
        yield from share(f"quarantine:{reason}", f"share quarantined as {reason}", lambda load, reason=reason: load.reasons.get(reason, 0), look)  # type: ignore[misc]
    again = "Nothing is counted twice. Ask the producer whether a file or a batch was sent again."
    yield from share("duplicates", "share of duplicates", lambda load: load.duplicates, again)


def _silence(now: Profile, loads: list[Profile], contracts: Contracts) -> Iterator[Expectation]:
    """A source that sent an event every time should send it now."""
    for event in sorted({event for load in loads for event in load.events}):
        for source in sorted({source for load in loads for source in sources(load, event)}):
            counts = [sources(load, event).get(source, 0) for load in loads]
            people = [min(count, load.events[event].players or count) if count else 0 for count, load in zip(counts, loads, strict=True)]
            if is_regular(counts, people):
                band = Band(sorted(counts)[len(counts) // 2], 1, None)
                advice = f"Silent. Ask {owner_of(contracts, event)} whether {source} still sends {event}."
                what = f"{event} from {source}"
                yield Expectation(
                    f"silent:{source}/{event}", "silent producer", what, sources(now, event).get(source, 0), band, "events", basis_of(loads), advice
                )


@dataclass(frozen=True)
class _Money:
    """Some of a load's money: its rows by currency, and how many independent things are behind them."""

    what: str
    codes: Callable[[Profile], dict[str, int]]
    units: Callable[[Profile], float]
    advice: str


def _currencies(now: Profile, loads: list[Profile], contracts: Contracts) -> Iterator[Expectation]:
    """The mix of currencies: of all money of the load, and of each event with enough of it."""
    advice = "Ask the cashier and the game platform which markets were closed or opened."
    parts = [_Money("all money", all_money, load_units, advice)]
    for event, column in sorted({(event, column) for load in loads for event, of in load.events.items() for column in of.currencies}):

        def codes(load: Profile, event: str = event, column: str = column) -> dict[str, int]:
            return load.events[event].currencies.get(column, {}) if event in load.events else {}

        def units(load: Profile, event: str = event) -> float:
            return event_units(load.events[event]) if event in load.events else 0

        parts.append(_Money(f"{event}.{column}", codes, units, f"Ask {owner_of(contracts, event)}."))
    known = {code for load in loads for code in all_money(load)}
    for money in parts:
        yield from _mix(money, now, loads, known)


def _mix(money: _Money, now: Profile, loads: list[Profile], known: set[str]) -> Iterator[Expectation]:
    observed, total = money.codes(now), sum(money.codes(now).values())
    mixes = [mix for load in loads if (mix := money.codes(load))]
    if len(mixes) < LEAST or not total:
        return
    people = min(median_of(loads, money.units), money.units(now))
    for code in sorted({code for mix in mixes for code in mix} | (set(observed) - known)):
        history = [mix.get(code, 0) / sum(mix.values()) for mix in mixes]
        if code in known:
            band = share_band(history, people)
            if not band and is_regular([mix.get(code, 0) for mix in mixes], [share * people for share in history]):
                band = Band(sorted(history)[len(history) // 2], 1 / total, None)
        else:  # a few rows are a try, more are a market or a mistake
            band = rare_band([(0, sum(mix.values())) for mix in mixes], total)
        if band:
            name, what = f"currency:{money.what}:{code}", f"share of {code} in {money.what}"
            yield Expectation(name, "currency mix", what, observed.get(code, 0) / total, band, "share", basis_of(loads), money.advice)
