"""However the same lines reach a home, the same counts: in any files and order, more than once, late, refused first and replayed later.

The landing is tried on many small corpora, each landed plainly into one home and by a drawn plan into another. The tables are too
dear for that: test_incremental.py builds them after a few long plans.
"""

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
from corpus import corpora
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pitboss.contract.arrow import product_columns, vault_columns
from pitboss.contract.model import Contracts
from pitboss.contract.sql import read_parts
from pitboss.home import Home
from pitboss.landing.content import content_hash
from pitboss.landing.ledger import EventId, Ledger
from pitboss.landing.waiting import quarantine
from pitboss.landing.withdrawn import make_withdrawn
from plans import KEY, Loader, Plan, few, follow, plain, plans

Rows = Counter[tuple[Any, ...]]


@settings(max_examples=100, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_a_landing_depends_on_the_lines_alone(data: st.DataObject) -> None:
    corpus = data.draw(corpora())
    plan = data.draw(plans(corpus))
    assert state(plain(corpus, Loader("right", few()))) == state(plan)


def state(plan: Plan) -> dict[str, Rows]:
    """What a home that followed a plan counts, without what only tells of the way: files, ledger sequences, copies."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder) / "home")
        follow(home, plan, Path(folder) / "inbox")
        return counted(home)


def counted(home: Home) -> dict[str, Rows]:
    ledger = Ledger(home)
    entries = ledger.entries
    accounts = ledger.accounts().values()
    assert all(lines == landed + quarantined + duplicates and min(landed, quarantined, duplicates) >= 0 for lines, landed, quarantined, duplicates in accounts)
    in_conflict = set(ledger.open_conflicts)
    found: dict[str, Rows] = {"conflicts": Counter((key.event, key.event_day, key.event_id) for key in in_conflict)}
    violations: Rows = Counter()
    for violation in (violation for entry in entries for violation in entry.violations if not violation.is_quarantined):
        if violation.reason != "unknown_field":  # of a load; that of the home is among the refusals
            violations[violation.day, violation.event, violation.reason] += violation.events
    found["violations"] = Counter({key: count for key, count in violations.items() if count})
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("set timezone = 'UTC'")
        for area in ("parts", "vault"):
            found[area] = Counter(row for row in _rows(home, ledger, connection, area, few()) if EventId(*row[:3]) not in in_conflict)
        with quarantine(home, ledger, connection):
            waiting = connection.execute("select event, day, reason, pointer, channel, raw from waiting where reason <> 'conflict'").fetchall()
            found["waiting"] = Counter({(*row[:-1], row[-1].strip()) for row in waiting})
            contents = connection.execute("select event, event_day, event_id, content from contents").fetchall()
            found["contents"] = Counter({(*row[:-1], content_hash(row[-1], KEY)) for row in contents if EventId(*row[:3]) in in_conflict})
        found["refusals"] = Counter(row for row in _refusals(home, ledger, connection) if EventId(*row[:3]) not in in_conflict)
        unknown = [str(path) for path in home.restricted.glob("unknown/*.parquet") if ledger.stands(path.stem)]
        if unknown:
            extras = connection.execute("select event, event_id, pointer, value from read_parquet(?)", [unknown]).fetchall()
            found["unknown"] = Counter({(*row[:-1], json.dumps(json.loads(row[-1]), sort_keys=True)) for row in extras})
    return found


def _rows(home: Home, ledger: Ledger, connection: duckdb.DuckDBPyConnection, area: str, known: Contracts) -> list[tuple[Any, ...]]:
    """Rows of all events: event, day, id, and the columns in their order."""
    make_withdrawn(connection, home, ledger)
    rows: list[tuple[Any, ...]] = []
    for event in known.events:
        own = product_columns(known, event) if area == "parts" else vault_columns(known, event)
        columns = {"event_id": "varchar", **{column.name: column.data_type for column in own}}
        paths = [home.root / part.path for part in ledger.all_parts("parts" if area == "parts" else "vault") if part.event == event]
        if paths:
            read = read_parts({**columns, "ts": "timestamp", **({"inbox": "varchar"} if area == "parts" else {}), "load_seq": "bigint"}, paths)
            counting = (
                f"select cast(ts as date), event_id, * from {read} as landed where not exists (select 1 from withdrawn where withdrawn.event = '{event}' "
                "and withdrawn.event_day = cast(landed.ts as date) and withdrawn.event_id = landed.event_id and withdrawn.load_seq = landed.load_seq)"
            )
            rows.extend((event, *row[:-1]) for row in connection.execute(counting).fetchall() if ledger.counts(EventId(event, *row[:2]), row[-1]))
    return [tuple(str(value) if isinstance(value, (list, dict)) else value for value in row) for row in rows]


def _refusals(home: Home, ledger: Ledger, connection: duckdb.DuckDBPyConnection) -> set[tuple[Any, ...]]:
    """What is known of lines outside the restricted area: event, day, id (of an event with unknown fields), and why and what was refused."""
    columns = {"event": "varchar", "day": "date", "event_id": "varchar", "reason": "varchar", "pointer": "varchar", "fingerprint": "bigint"}
    paths = [home.root / part.path for part in ledger.all_parts("refusals")]
    if not paths:
        return set()
    read = read_parts({**columns, "weight": "integer", "load_id": "varchar"}, paths)
    gone = [*ledger.retracted, ""]
    query = f"select {', '.join(columns)} from {read} where reason <> 'conflict' and load_id not in ? group by all having sum(weight) > 0"
    return set(connection.execute(query, [gone]).fetchall())
