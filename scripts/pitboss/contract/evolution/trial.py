"""Samples under two states of the contracts, side by side."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pitboss.contract.evolution.change import ENVELOPE, Change
from pitboss.contract.evolution.compare import version
from pitboss.contract.evolution.outcome import Outcome, outcomes
from pitboss.contract.evolution.sample import Sample, samples
from pitboss.contract.model import Contracts


@dataclass(frozen=True)
class Trial:
    """One sample, its line as the old state gets it, and what became of it."""

    sample: Sample
    line: str
    before: Outcome
    after: Outcome


def tried(old: Contracts, new: Contracts, changes: Sequence[Change]) -> list[Trial]:
    """Samples of every event that a change reaches, and what becomes of each under both states.

    Raises:
        ContractError: nothing can be landed under one of the states.
    """
    real = [change for change in changes if change.kind != "neutral"]
    events = {change.event for change in real} & new.events.keys() & old.events.keys()
    is_envelope = any(change.event == ENVELOPE for change in real)
    places = {tuple(pointer[1:].split("/")) for change in real if change.event == ENVELOPE for pointer in change.pointers}
    found: list[Sample] = []
    for event in sorted(old.events.keys() & new.events.keys()):
        if event in events:
            found += samples(old, new, event)
        elif is_envelope:
            found += samples(old, new, event, sorted(places))
    for change in real:
        if change.rule == "removed event":
            found += [Sample(change.event, _body(line), "/event", is_example=True) for line in old.events[change.event].good]
    if not found:
        return []
    names = {sample.event for sample in found}
    neighbour = next(iter(old.events.keys() & new.events.keys()), "")  # a gate with no event at all is none
    before = _some(old, {*names, neighbour})
    after = _some(new, {*names, neighbour, *(change.event for change in real if change.rule == "added event")})
    raised = {event: new.events[event].version for event in names & new.events.keys() if version(new.events[event])[0] != version(old.events[event])[0]}
    olds = [sample.line(number) for number, sample in enumerate(found)]
    news = [_raised(sample, raised).line(number) for number, sample in enumerate(found)]
    pairs = zip(
        found,
        olds,
        outcomes(before, list(before.events), olds, "the contracts of the revision"),
        outcomes(after, list(after.events), news, "the contracts of the working tree"),
        strict=True,
    )
    trials = [Trial(*pair) for pair in pairs]
    return trials + _as_they_are(raised, old, new)


def _as_they_are(raised: dict[str, str], old: Contracts, new: Contracts) -> list[Trial]:
    """Where a major rises: the old examples as producers go on sending them."""
    plain = [Sample(event, _body(line), "/schemaVer", is_example=True) for event in sorted(raised) for line in old.events[event].good]
    if not plain:
        return []
    lines = [sample.line(number) for number, sample in enumerate(plain)]
    before = outcomes(_some(old, set(raised)), sorted(raised), lines, "the contracts of the revision")
    after = outcomes(_some(new, set(raised)), sorted(raised), lines, "the contracts of the working tree")
    return [Trial(*pair) for pair in zip(plain, lines, before, after, strict=True)]


def _some(contracts: Contracts, events: set[str]) -> Contracts:
    return Contracts(contracts.envelope, {event: contract for event, contract in contracts.events.items() if event in events})


def _raised(sample: Sample, raised: dict[str, str]) -> Sample:
    """The sample as a producer sends it who follows the new major."""
    if sample.event not in raised or sample.pointer == "/schemaVer" or "schemaVer" not in sample.body:
        return sample
    return replace(sample, body={**sample.body, "schemaVer": raised[sample.event]})


def _body(line: str) -> dict[str, object]:
    body: dict[str, object] = json.loads(line)
    return body
