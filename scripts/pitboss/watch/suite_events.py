"""What is expected of each event of a load: volume, values that are there, amounts, arrival."""

from collections.abc import Iterator

from pitboss.contract.model import Contracts
from pitboss.watch.bands import LEAST, Band, level_band, rare_band, volume_band
from pitboss.watch.figures import Expectation, basis_of, day_of, event_units, median_of, owner_of, seconds
from pitboss.watch.profile import EventProfile, Profile

_EVENTS = 50
"""Rows of an event from which on its own volume, lag and amounts are worth a band."""


def of_events(now: Profile, loads: list[Profile], contracts: Contracts) -> Iterator[Expectation]:
    """Of each event: volume, missing values, what landed with a violation, amounts, arrival."""
    for event in sorted({event for load in [now, *loads] for event in load.events}):
        seen = [(load, load.events[event]) for load in loads if event in load.events]
        if len(seen) < LEAST:
            continue
        owner, rows, units = f"Ask {owner_of(contracts, event)}.", [of.rows for _, of in seen], median_of([of for _, of in seen], event_units)
        profile = now.events.get(event)
        if len(seen) == len(loads) and min(rows) >= _EVENTS:
            band = volume_band([(day_of(load), of.rows) for load, of in seen], day_of(now, loads[-1]), units, least=0.12)
            yield Expectation(f"events:{event}", "volume", event, profile.rows if profile else 0, band, "events", basis_of(loads), owner)
        if profile:
            yield from _quality(event, profile, [of for _, of in seen], units, basis_of(loads), owner)


def _quality(event: str, now: EventProfile, seen: list[EventProfile], units: float, basis: str, owner: str) -> Iterator[Expectation]:
    for column in now.nulls:
        band = rare_band([(of.nulls.get(column, 0), of.rows) for of in seen], now.rows)
        if band:
            what = f"share of {event} without {column}"
            yield Expectation(f"missing:{event}.{column}", "missing values", what, now.nulls[column] / now.rows, band, "share", basis, owner)
    for reason in sorted({reason for of in [now, *seen] for reason in of.recorded if not reason.startswith("missing_")}):
        band = rare_band([(of.recorded.get(reason, 0), of.rows) for of in seen], now.rows)
        if band:
            what = f"share of {event} landed with {reason}"
            yield Expectation(f"recorded:{event}:{reason}", "violations", what, now.recorded.get(reason, 0) / now.rows, band, "share", basis, owner)
    for column, codes in now.amounts.items():
        for code, quantiles in codes.items():
            known = [of.amounts[column][code][1] for of in seen if of.currencies.get(column, {}).get(code, 0) >= _EVENTS and code in of.amounts.get(column, {})]
            if len(known) >= LEAST and now.currencies[column].get(code, 0) >= _EVENTS and min(known) > 0:
                band = level_band(known, units, least=0.4)
                advice = f"A unit may have changed (cents for whole ones?). {owner}"
                yield Expectation(f"amount:{event}.{column}:{code}", "amounts", f"median {column} of {event}", quantiles[1], band, code, basis, advice)
    if now.rows >= _EVENTS and len(now.lag_s) == 2:
        lags = [of.lag_s[1] for of in seen if of.rows >= _EVENTS and len(of.lag_s) == 2]
        if len(lags) >= LEAST:
            band = level_band([max(lag, 1) for lag in lags], units, least=0.25)
            late = Band(band.expected, None, max(band.high or 0, 60.0))
            yield Expectation(f"lag:{event}", "arrival", f"95 % of {event} arrive within", now.lag_s[1], late, "s", basis, owner)


def of_contracts(now: Profile, contracts: Contracts) -> Iterator[Expectation]:
    """Without history, the arrival that the contract promises."""
    for event, profile in now.events.items():
        limit = seconds(str(contracts.events[event].meta.get("freshness", "")))
        if limit and profile.rows >= _EVENTS and len(profile.lag_s) == 2:
            basis, advice = "the contract's freshness", f"Ask {owner_of(contracts, event)}."
            yield Expectation(f"lag:{event}", "arrival", f"95 % of {event} arrive within", profile.lag_s[1], Band(limit, None, limit), "s", basis, advice)
