"""`pitboss contracts check`: what the rules say of a change and what sampled events show of it, held against each other."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pitboss.contract.evolution.change import ENVELOPE, Change, Kind, touches
from pitboss.contract.evolution.compare import compare, lacking
from pitboss.contract.evolution.trial import Trial, tried
from pitboss.contract.model import Column, Contracts

_Places = dict[str, dict[str, str]]
"""JSON pointer of each column of an event."""


@dataclass(frozen=True)
class Witness:
    """An event that shows a change, and what became of it before and after."""

    line: str
    before: str
    after: str


@dataclass(frozen=True)
class Finding:
    """A change, the event that shows it, and the version bump that it lacks (empty where it has it or needs none)."""

    change: Change
    file: str
    witness: Witness | None
    lacks: str
    is_predicted: bool = True

    @property
    def is_failed(self) -> bool:
        return bool(self.lacks) or not self.is_predicted


@dataclass(frozen=True)
class _Difference:
    """Something that one trial shows: `kind` says whom it breaks, `pointer` and `column` where it is."""

    trial: Trial
    kind: Kind
    pointer: str
    column: str
    what: str


def check(old: Contracts, new: Contracts) -> list[Finding]:
    """Every change between two states of the contracts, and every difference in what becomes of sampled events that no change explains.

    Raises:
        ContractError: a version is not major.minor, or nothing can be landed under one of the states.
    """
    changes = compare(old, new)
    trials = tried(old, new, changes)
    names = {trial.before.event for trial in trials if trial.before.is_landed}
    places = {name: {column.name: column.pointer for state in (new, old) if name in state.events for column in state.columns(name)} for name in names}
    differences = [difference for trial in trials for difference in _differences(trial, places)]
    findings = []
    for change in changes:
        family = new.events.get(change.event, old.events.get(change.event))
        file = f"models/staging/{family.family}/contracts/{change.event}.yml" if family else "models/staging/envelope.yml"
        is_everywhere = change.event == ENVELOPE
        mine = [difference for difference in differences if is_everywhere or difference.trial.sample.event == change.event]
        witness = _witness(change, mine, [trial for trial in trials if is_everywhere or trial.sample.event == change.event], old)
        findings.append(Finding(change, file, witness, lacking(change, old, new)))
    return findings + list(_unexplained(differences, changes, new))


# ------------------------------------------------------------ what they show


def _differences(trial: Trial, places: _Places) -> Iterator[_Difference]:
    before, after = trial.before, trial.after
    if "conflict" in (before.reason, after.reason):
        return  # two samples with one id: no matter of the contract
    if before.is_landed and not after.is_landed:
        # what no contract knew had no rule that it could keep
        if not any(touches(after.pointer, pointer) for pointer in before.unknown):
            yield _Difference(trial, "producers", after.pointer, "", f"was valid, is refused now ({after.reason} at {after.pointer or 'the top'})")
    elif after.is_landed and not before.is_landed:
        yield _Difference(trial, "compatible", before.pointer, "", f"was refused ({before.reason} at {before.pointer or 'the top'}), is valid now")
    elif before.is_landed and after.is_landed:
        yield from _otherwise(trial, places[before.event])


def _otherwise(trial: Trial, places: dict[str, str]) -> Iterator[_Difference]:
    before, after = trial.before, trial.after
    if before.event != after.event:
        yield _Difference(trial, "both", "/event", "", f"landed in {before.event}, lands in {after.event}")
        return
    for column in sorted(before.values.keys() & after.values.keys() - {"schema_ver", "event_id"}):
        if before.values[column] != after.values[column]:
            name = column.removeprefix("vault ")
            yield _Difference(trial, "consumers", places[name], name, f"{name} was {before.values[column]!r}, is {after.values[column]!r}")
    for pointer in sorted(before.unknown ^ after.unknown):
        said = "has a column now" if pointer in before.unknown else "has no column any more"
        yield _Difference(trial, "compatible" if pointer in before.unknown else "consumers", pointer, "", f"{pointer} {said}")
    for reason in sorted(before.recorded ^ after.recorded):
        name = reason.removeprefix("missing_")
        said = "is not recorded any more" if reason in before.recorded else "is recorded now"
        yield _Difference(trial, "compatible", places.get(name, ""), name, f"{reason} {said}")


def _explains(change: Change, difference: _Difference) -> bool:
    """Whether a change says that such a difference must be. A refusal needs a change that breaks producers."""
    if change.kind == "neutral" or change.event not in (ENVELOPE, difference.trial.sample.event):
        return False
    if difference.kind == "producers" and not change.breaks_producers:
        return False
    if difference.column == "unknown_value":
        return change.rule in ("enum", "added column of listed values")
    if difference.column and difference.column in change.columns:
        return True
    return any(touches(difference.pointer, pointer) for pointer in change.pointers)


def _witness(change: Change, differences: Sequence[_Difference], trials: Sequence[Trial], old: Contracts) -> Witness | None:
    """The event that shows a change best: one that a contract gives as an example, else the shortest. A breaking change always has one."""
    explained = [difference for difference in differences if _explains(change, difference)]
    wanted = "producers" if change.breaks_producers else "consumers"
    shown = [difference.trial for difference in explained if difference.kind == wanted]
    if not shown and change.rule != "removed column":  # under another name the value is still there: no outcome shows that the old one is not
        shown = [difference.trial for difference in explained]
    if not shown and not change.is_breaking:
        return None
    if not shown:
        mine = [trial for trial in trials if trial.before.is_landed]
        shown = [trial for trial in mine if _carries(trial, change)] or mine
    if not shown:
        line = next(iter(old.events[change.event].good), "") if change.event in old.events else ""
        return Witness(line, "lands", "is read otherwise")
    best = min(shown, key=lambda trial: (not trial.sample.is_example, len(trial.line)))
    after = str(best.after) if not best.after.is_landed or not best.before.is_landed else f"lands, and is read otherwise: {change.what}"
    seen = [d.what for d in differences if d.trial is best and best.before.is_landed and best.after.is_landed and _explains(change, d)]
    return Witness(best.line, str(best.before), f"lands, but {seen[0]}" if seen else after)


def _carries(trial: Trial, change: Change) -> bool:
    """Whether an event shows a change that no outcome shows: it has the field, or for a default it has not."""
    held = [trial.before.values.get(name, trial.before.values.get(f"vault {name}")) for name in change.columns]
    is_there = any(value is not None for value in held)
    return not is_there if change.rule == "default" else is_there


def _unexplained(differences: Sequence[_Difference], changes: Sequence[Change], new: Contracts) -> Iterator[Finding]:
    seen = set()
    by_event = defaultdict(list)
    for change in changes:
        by_event[change.event].append(change)
    for difference in differences:
        event = difference.trial.sample.event
        key = (event, difference.kind, difference.pointer, difference.column)
        if key in seen or any(_explains(change, difference) for change in (*by_event[event], *by_event[ENVELOPE])):
            continue
        seen.add(key)
        columns = (difference.column,) if difference.column else _columns_at(difference.pointer, new.columns(event) if event in new.events else ())
        change = Change(event, "sampled", difference.kind, f"no rule foresaw it: {difference.what}", columns, (difference.pointer,), _REPORT)
        trial = difference.trial
        file = f"models/staging/{new.events[event].family}/contracts/{event}.yml" if event in new.events else ""
        yield Finding(change, file, Witness(trial.line, str(trial.before), str(trial.after)), "", is_predicted=False)


_REPORT = "The rules of the comparison miss something: please report it with the two contracts."


def _columns_at(pointer: str, columns: Sequence[Column]) -> tuple[str, ...]:
    return tuple(column.name for column in columns if column.path and touches(column.pointer, pointer))[:1]
