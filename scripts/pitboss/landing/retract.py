"""`pitboss retract`: a load counts as if it had never come, or stands again. Its files stay, and nothing of another load goes with it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyarrow as pa

from pitboss.errors import LedgerError, QuarantineError
from pitboss.home import Home
from pitboss.landing.content import content_hash
from pitboss.landing.ledger import Entry, EventId
from pitboss.landing.replay import origin, spool
from pitboss.landing.retraction import ID, Place, Retraction
from pitboss.landing.session import Errand, Leaving, Session
from pitboss.landing.waiting import Line, batch, quarantine


def retract(turn: Session, load_id: str, reason: str = "", is_forced: bool = False) -> list[Entry]:
    """Take a load back: what only it brought counts no more, and what stood aside for it counts. The entries that say so, of which the
    first is the retraction. Of a load that is retracted already, what was left over where that was cut short is done.

    Raises:
        LedgerError: another load may hold events of this one as duplicates that nobody named; it goes on where `is_forced`. Or the load
            has events of which no contract is left.
    """
    unnamed = [entry for entry in turn.ledger.standing if entry.repeated is None and entry.duplicates > 0]
    unnamed = [entry for entry in unnamed if turn.ledger.root(entry.load_id) != load_id]
    if unnamed and not is_forced:
        files = ", ".join(f"{entry.channel}/{entry.file}" for entry in unnamed[:10]) + (", ..." if len(unnamed) > 10 else "")
        what = f"may hold events that {len(unnamed):,} files brought again before duplicates were named ({files}); nothing was changed"
        raise LedgerError(what, load_id, "With --force they go with it: then retract these files too, and land them again.")
    change = [] if load_id in turn.ledger.retracted else [Retraction(turn, load_id, reason, is_undone=False).run()]
    return [*change, *settle(turn)]


def reinstate(turn: Session, load_id: str, reason: str = "") -> list[Entry]:
    """Take a retraction back. What has landed since in the place of its rows goes on counting, and another content is a conflict.

    Raises:
        LedgerError: the file has landed again since, or the load has events of which no contract is left.
    """
    again = [other for other in turn.ledger.same_file(load_id) if other != load_id and turn.ledger.stands(other)]
    if again:
        raise LedgerError("its file has landed again since; nothing was changed", load_id, f"Retract load {again[0]} first.")
    return [Retraction(turn, load_id, reason, is_undone=True).run(), *settle(turn)]


def settle(turn: Session) -> Iterator[Entry]:
    """Land what waits in the quarantine for a conflict of which nothing else is left: the first line of each id, the others as its
    duplicates, an entry or more for each load. What the gate refuses by now stays as it is, and is tried again the next time."""
    alone = _alone(turn)
    by_load: dict[str, dict[int, EventId]] = defaultdict(dict)
    for key, ((load_id, line), *_) in alone.items():
        by_load[load_id][line] = key
    for load_id, keys in by_load.items():
        for some in _waiting(turn, load_id, keys):
            yield from _land_alone(turn, load_id, {line: keys[line.line] for line in some}, alone)


def _alone(turn: Session) -> dict[EventId, list[Place]]:
    """Ids in open conflict of which one content is left, and that one only in the quarantine: its lines, in the order in which they came."""
    found: dict[EventId, dict[str, list[Place | None]]] = {}
    key_of_home = turn.home.key()
    with quarantine(turn.home, turn.ledger, turn.connection) as connection:
        rows = connection.execute(
            f"select {ID}, content, load_seq, load_id, line from contents semi join open_ids using ({ID}) "
            "left join evidence using (load_id, line) where load_seq is not null or evidence.raw is not null"
        ).fetchall()
    for *key, content, load_seq, load_id, line in sorted(rows, key=lambda row: (turn.ledger.seq(row[5]), row[6] or 0)):
        place = None if load_seq else (load_id, line)
        found.setdefault(EventId(*key), {}).setdefault(content_hash(content, key_of_home), []).append(place)
    alone = {key: places for key, contents in found.items() if len(contents) == 1 for places in contents.values()}
    return {key: [place for place in places if place] for key, places in alone.items() if None not in places}


def _land_alone(turn: Session, load_id: str, lines: dict[Line, EventId], alone: dict[EventId, list[Place]]) -> Iterator[Entry]:
    """Land lines of one load, or as many of them as the gate takes."""
    others: dict[str, dict[int, EventId]] = defaultdict(dict)
    for key in lines.values():
        for other, number in alone[key][1:]:
            others[other][number] = key
    repeated = [(line, keys[line.line]) for other, keys in others.items() for some in _waiting(turn, other, keys) for line in some]
    leaving = [Leaving(line.load_id, origin(line), line.raw, key) for line, key in repeated]
    first = next(iter(lines))
    errand = Errand("resolution", load_id, origins=[origin(line) for line in lines], leaving=leaving, settled=list(lines.values()))
    try:
        with spool(turn, [line.raw for line in lines], first.channel, first.file) as source:
            entry = turn.bring(source, judge=_must_all_land, errand=errand)
    except QuarantineError:
        half = len(lines) // 2
        for some in (list(lines)[:half], list(lines)[half:]) if half else ():
            yield from _land_alone(turn, load_id, {line: lines[line] for line in some}, alone)
        return
    assert entry
    yield entry


def _must_all_land(home: Home, entry: Entry, *_: object) -> None:
    if entry.landed < len(entry.settled):
        raise QuarantineError("the gate refuses this content now; nothing was changed", str(home.root))


def _waiting(turn: Session, load_id: str, lines: Iterable[int]) -> Iterator[list[Line]]:
    """Lines of a load's quarantine, as many at a time as fit into memory."""
    wanted, after = pa.table({"line": pa.array(lines, pa.int64())}), 0
    while True:
        with quarantine(turn.home, turn.ledger, turn.connection, load_id) as connection:
            connection.register("asked_lines", wanted)
            some = batch(connection, "line in (select line from asked_lines)", after, "evidence")
        if not some:
            return
        yield some
        after = some[-1].line
