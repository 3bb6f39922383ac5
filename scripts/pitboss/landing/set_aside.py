"""`pitboss set-aside`: events that a person takes out, or back in. Every copy of such an id is left out, also one that lands later."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pyarrow as pa

from pitboss.contract.sql import literal, read_parts
from pitboss.errors import LedgerError
from pitboss.landing.context import Load
from pitboss.landing.ledger import Entry, EventId
from pitboss.landing.replay import spool
from pitboss.landing.session import Errand, Session
from pitboss.landing.sorter import Sorter


def find(turn: Session, event_ids: Sequence[str], event: str | None = None, day: date | None = None) -> list[EventId]:
    """The landed events with these ids.

    Raises:
        LedgerError: one has not landed, or under more than one event or day.
    """
    found: dict[str, list[EventId]] = {event_id: [] for event_id in event_ids}
    names = ", ".join(map(literal, found))
    for name in sorted({part.event for part in turn.ledger.all_parts("parts") if event in (None, part.event)}):
        paths = [turn.home.root / part.path for part in turn.ledger.all_parts("parts") if part.event == name and day in (None, part.event_day)]
        if paths:
            read = read_parts({"event_id": "varchar", "ts": "timestamp"}, paths)
            query = f"select distinct cast(ts as date) as day, event_id from {read} where event_id in ({names}) order by all"
            for at, event_id in turn.connection.execute(query).fetchall():
                found[event_id].append(EventId(name, at, event_id))
    for event_id, keys in found.items():
        if not keys:
            raise LedgerError("no event with this id has landed; nothing was changed", event_id, "Check its spelling, and --event and --day.")
        if len(keys) > 1:
            places = ", ".join(f"{key.event} of {key.event_day}" for key in keys)
            raise LedgerError(f"is the id of more than one event: {places}; nothing was changed", event_id, "Name one with --event and --day.")
    return [key for [key] in found.values()]


def set_aside(turn: Session, keys: Iterable[EventId], reason: str, is_undone: bool = False) -> Entry:
    """Leave events out of everything, or take that back.

    Raises:
        LedgerError: one is set aside already, or is not.
    """
    keys = list(dict.fromkeys(keys))
    for key in keys:
        if (key in turn.ledger.set_aside) is not is_undone:
            raise LedgerError(f"is {'not ' if is_undone else ''}set aside{'' if is_undone else ' already'}; nothing was changed", key.event_id)

    def work(load: Load, sorter: Sorter) -> dict[str, Any]:
        for event in sorted({key.event for key in keys} & load.contracts.events.keys()):
            own = [key for key in keys if key.event == event]
            asked = pa.table({"event_day": pa.array([key.event_day for key in own], pa.date32()), "event_id": [key.event_id for key in own]})
            load.connection.register("asked_ids", asked)
            rows = [(key.event_day, key.event_id, seq) for key, seq, _ in sorter.lane(event).standing("asked_ids") if load.ledger.counts(key, seq)]
            if rows:
                names = ("event_day", "event_id", "load_seq")
                load.connection.register("recounted_rows", pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))))
                sorter.lane(event).recount("recounted_rows", 1 if is_undone else -1)
        months = {f"{key.event_day:%Y-%m}" for key in keys} - {f"{turn.landed_at:%Y-%m}"}
        return {"set_aside": keys, "is_undone": is_undone, "reason": reason, "closed_months": sorted(months)}

    with spool(turn, [], "", "") as source:
        entry = turn.bring(source, errand=Errand("set_aside", work=work))
    assert entry
    return entry
