"""Two states of the contracts, by rule: every difference, whom it breaks, and whether the version says so."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from pitboss.contract.evolution.change import ENVELOPE, Change, Kind, both
from pitboss.contract.evolution.rules import column_changes, presence
from pitboss.contract.model import Column, Contract, Contracts
from pitboss.errors import ContractError

_IDENTITY = {
    "player": "a player is required",
    "visitor": "a player or a visitor is required",
    "optional": "neither player nor visitor is required",
}
MAJOR = (
    "The gate takes one major only: from the day this is deployed every event with the old schemaVer is quarantined. Deploy producers and landing "
    "together and replay the quarantine, or avoid the major: a new field or a new event beside the old one needs a minor."
)
"""What a major version costs."""
_RETIRE = "Set `deprecated: true` in config.meta first (a minor), tell producers and readers, and remove the file in a later change."


def compare(old: Contracts, new: Contracts) -> list[Change]:
    """Every difference between two states of the contracts, events in the order of their names, the envelope first.

    Raises:
        ContractError: a version is not major.minor.
    """
    changes = list(_columns(ENVELOPE, old.envelope, new.envelope))
    for event in sorted({*old.events, *new.events}):
        if event not in new.events:
            changes.append(_removed(old.events[event]))
        elif event not in old.events:
            changes.extend(_added(old, new.events[event]))
        else:
            changes.extend(_event(old.events[event], new.events[event]))
    return changes


def version(contract: Contract) -> tuple[int, int]:
    """Major and minor.

    Raises:
        ContractError: the version is something else.
    """
    major, _, minor = contract.version.partition(".")
    if not (major.isascii() and major.isdigit() and minor.isascii() and minor.isdigit()):
        raise ContractError(f"version {contract.version!r} is not major.minor", contract.event, 'Write it as version: "1.8".')
    return int(major), int(minor)


def lacking(change: Change, old: Contracts, new: Contracts) -> str:
    """The version bump that a change needs and does not have, in words; empty where it has it or needs none."""
    if change.rule == "removed event":
        return "" if old.events[change.event].meta.get("deprecated") else "a version in which it was deprecated"
    if change.rule == "added event":
        return ""
    events = sorted(old.events.keys() & new.events.keys()) if change.event == ENVELOPE else [change.event]
    late = [event for event in events if not _is_bumped(change, version(old.events[event]), version(new.events[event]))]
    if not late:
        return ""
    if change.event == ENVELOPE:
        return f"a new {change.bump} in {len(late)} of {len(events)} contracts ({', '.join(late[:3])}{', ...' if len(late) > 3 else ''})"
    if change.rule == "version":
        return "a version that does not go back"
    major, minor = version(old.events[change.event])
    return f"version {major + 1}.0" if change.bump == "major" else f"version {major}.{minor + 1}"


def _is_bumped(change: Change, old: tuple[int, int], new: tuple[int, int]) -> bool:
    if change.rule == "version":
        return new > old
    if change.bump == "major":
        return new[0] > old[0]
    return new > old if change.bump == "minor" else True


def _removed(contract: Contract) -> Change:
    pointers = ("/event",)
    return Change(contract.event, "removed event", "both", "the event is gone: its lines are quarantined, its table vanishes", (), pointers, _RETIRE)


def _added(old: Contracts, contract: Contract) -> Iterator[Change]:
    taken = [event for event, other in old.events.items() if contract.event in other.aliases]
    yield Change(contract.event, "added event", "compatible", f"a new event, version {contract.version}", (), ("/event",), needs="none")
    if taken:
        what = f"was another name of {taken[0]}: its lines land in a table of their own now"
        yield Change(taken[0], "alias", "both", what, (), ("/event",), "Take a name that nobody sends yet.")


def _event(old: Contract, new: Contract) -> Iterator[Change]:
    before, after = version(old), version(new)
    if after[0] != before[0] or after < before:
        kind: Kind = "producers" if after[0] != before[0] else "compatible"
        yield Change(new.event, "version", kind, f"version {old.version} becomes {new.version}", ("schema_ver",), ("/schemaVer",), MAJOR)
    yield from _whole(old, new)
    yield from _columns(new.event, old.columns, new.columns)


def _whole(old: Contract, new: Contract) -> Iterator[Change]:
    """What is said of the event as a whole."""

    def change(rule: str, kind: Kind, what: str, advice: str = "", columns: tuple[str, ...] = (), pointers: tuple[str, ...] = ()) -> Change:
        return Change(new.event, rule, kind, what, columns, pointers, advice)

    if old.identity != new.identity:
        strict = {"optional": 0, "visitor": 1, "player": 2}
        is_stricter = strict[new.identity] > strict[old.identity]
        what = f"identity {old.identity} becomes {new.identity}: {_IDENTITY[new.identity]}"
        ids = ("player_id", "anonymous_id"), ("/playerId", "/anonymousId")
        advice = "Let producers send the id first." if is_stricter else "Readers must expect events without a player."
        yield change("identity", "producers" if is_stricter else "consumers", what, advice, *ids)
    for alias in sorted(set(old.aliases) - set(new.aliases)):
        advice = "Keep the name until nobody sends it."
        yield change("alias", "producers", f"the other name {alias} is not taken any more", advice, (), ("/event",))
    for alias in sorted(set(new.aliases) - set(old.aliases)):
        yield change("alias", "compatible", f"the other name {alias} is taken too", "", (), ("/event",))
    if old.actor != new.actor:
        advice = "Sessions and activity count what a player does: figures of past days change too."
        yield change("actor", "consumers", f"actor {old.actor} becomes {new.actor}", advice)
    if old.family != new.family:
        yield change("family", "consumers", f"family {old.family} becomes {new.family}: its dbt source moves", "Keep the family; a folder is no reason.")
    yield from _promises(old, new)


def _promises(old: Contract, new: Contract) -> Iterator[Change]:
    """What is promised of the event's rows: how long they stay, by what they count once, when they come."""

    def make(rule: str, kind: Kind, what: str, advice: str = "") -> Change:
        return Change(new.event, rule, kind, what, advice=advice)

    before, after = old.meta, new.meta
    gone = sorted(set(before.get("retention") or ()) - set(after.get("retention") or ()))
    come = sorted(set(after.get("retention") or ()) - set(before.get("retention") or ()))
    if gone or come:
        what = f"retention {', '.join(before.get('retention') or ()) or 'none'} becomes {', '.join(after.get('retention') or ()) or 'none'}"
        yield make("retention", "consumers" if gone else "compatible", what, "Rows may be erased earlier than readers were told." if gone else "")
    if list(before.get("dedupe_key") or ()) != list(after.get("dedupe_key") or ()):
        same = set(before.get("dedupe_key") or ()) == set(after.get("dedupe_key") or ())
        what = f"business key {', '.join(before.get('dedupe_key') or ())} becomes {', '.join(after.get('dedupe_key') or ())}"
        yield make("dedupe_key", "neutral" if same else "consumers", what, "" if same else "Facts that count once per key must change with it.")
    if before.get("freshness") != after.get("freshness"):
        yield make("freshness", "compatible", f"expected within {before.get('freshness')} becomes {after.get('freshness')}")
    if bool(before.get("deprecated")) != bool(after.get("deprecated")):
        yield make("deprecated", "compatible", "deprecated: it will go" if after.get("deprecated") else "not deprecated any more")
    for key in ("owner", "producer", "purpose", "examples"):
        if before.get(key) != after.get(key):
            yield make(key, "neutral", f"other {key}")
    if old.description != new.description:
        yield make("description", "neutral", "described in other words")


def _columns(event: str, old: Sequence[Column], new: Sequence[Column]) -> Iterator[Change]:
    """Readers know a field by its column, producers by its place in the JSON: a rename is a removal and an addition for the one, nothing for the other."""
    old, new = _as_sent(old), _as_sent(new)
    names, now = {column.name: column for column in old}, {column.name: column for column in new}
    places, places_now = {column.path: column for column in old if column.path}, {column.path for column in new if column.path}
    for name, column in names.items():
        if name not in now:
            kept = " (its place in the JSON is another column's now)" if column.path in places_now else ""
            advice = "Leave the column; a field that nobody sends any more costs nothing."
            yield Change(event, "removed column", "consumers", f"column {name} vanishes{kept}", (name,), _pointers(column), advice)
            continue
        if column.path != now[name].path and column.path and now[name].path:
            what = f"read from {now[name].pointer} instead of {column.pointer}: what is sent there is not read any more"
            yield Change(event, "json", "producers", what, (name,), _pointers(column, now[name]), "Add the new place as a column of its own.")
        yield from column_changes(event, column, now[name])
    for name, column in now.items():
        if name not in names:
            yield from _new_column(event, column, old, places.get(column.path))


def _as_sent(columns: Sequence[Column]) -> list[Column]:
    """The columns with "required beside its object" said as plainly required where the object itself is required."""
    there = {column.path[:-1] for column in columns if presence(column) == "always"}
    return [replace(column, optional_parent=False) if presence(column) == "beside" and column.path[:-1] in there else column for column in columns]


def _new_column(event: str, column: Column, old: Sequence[Column], was: Column | None) -> Iterator[Change]:
    if was is not None and column.path:
        yield Change(event, "added column", "compatible", f"column {column.name} comes, from the place that was {was.name}", (column.name,), _pointers(column))
        for change in column_changes(event, was, column):
            if change.breaks_producers:  # readers of the new name had none before
                yield replace(change, kind="producers")
        return
    path = column.path
    is_in_the_way = [other for other in old if other.path and other.path != path and (path[: len(other.path)] == other.path or other.path[: len(path)] == path)]
    if path and is_in_the_way:
        what = f"column {column.name} at {column.pointer} stands where {is_in_the_way[0].name} ({is_in_the_way[0].pointer}) was"
        yield Change(event, "added column", "producers", what, (column.name,), _pointers(column, *is_in_the_way), "Take another place in the JSON.")
        return
    has_object = any(len(other.path) > 1 and other.path[: len(path) - 1] == path[:-1] for other in old) and len(path) > 1
    need = presence(column)
    is_breaking = need == "always" or (need == "beside" and has_object)
    said = {"always": "required ", "beside": "required (beside its object) "}.get(need, "")
    advice = "Add it as `required: warn`, and tighten when every producer sends it." if is_breaking else ""
    rule = "added column of listed values" if column.enum else "added column"
    yield Change(event, rule, both(is_breaking, False), f"{said}column {column.name} comes", (column.name,), _pointers(column), advice)


def _pointers(*columns: Column) -> tuple[str, ...]:
    return tuple(column.pointer for column in columns if column.path)
