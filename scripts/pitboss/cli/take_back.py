"""Taking back what has landed, as commands: a whole load, or single events."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from pitboss.errors import LedgerError
from pitboss.home import Home
from pitboss.terminal import shown

if TYPE_CHECKING:
    from pitboss.landing.ledger import Entry, Ledger

_SHORTEST = 6
"""Characters of a load id that may stand for the whole."""


@click.command()
@click.argument("load", required=False)
@click.option("--undo", is_flag=True, help="The load stands again.")
@click.option("--reason", default="", help="Why; it stays in the ledger.")
@click.option("--force", is_flag=True, help="Go on although events that other files brought again may go with it.")
@click.pass_obj
def retract(home: Home, load: str | None, undo: bool, reason: str, force: bool) -> None:
    """Take back what a file brought, as if it had never landed. LOAD is its load id (or the beginning of it), or the file's name.

    What another file brought as well stays, and what waited in the quarantine only because of this file lands. The file can be landed
    again, or put back with --undo. Without LOAD: the loads that are retracted.
    """
    from pitboss.cli.road import refresh
    from pitboss.landing.masking import masked_words
    from pitboss.landing.retract import reinstate
    from pitboss.landing.retract import retract as run
    from pitboss.landing.session import session

    if load is None and (undo or force or reason):
        raise click.UsageError("LOAD is missing.")
    with session(home) as turn:
        if load is None:
            for load_id, entry in turn.ledger.retracted.items():
                if turn.ledger.root(load_id) == load_id:
                    click.echo(_listed(load_id, entry))
            return
        load_id = _load(turn.ledger, load, undo)
        entries = reinstate(turn, load_id, masked_words(reason)) if undo else run(turn, load_id, masked_words(reason), force)
    if not entries:
        raise LedgerError("is retracted already", load_id, "With --undo it stands again.")
    change = entries[0]
    if change.kind != "retraction":  # an earlier command was cut short
        click.echo(f"what was left to do has been done: {_counted(sum(entry.landed for entry in entries), 'line')} landed")
        refresh(home)
        return
    own = next(one for one in change.corrections if one.load_id == load_id)
    kept = sum(abs(one.landed) for one in change.corrections if one.load_id != load_id)
    rows = sum(part.rows for part in change.withdrawn)
    landed = sum(entry.landed for entry in entries[1:])
    what = f"{_counted(abs(own.lines), 'line')} {'put back' if undo else 'taken back'}; {_counted(rows, 'landed event')} of them"
    what += f" (and {kept:,} that other files brought too, which stay)" if kept and not undo else ""
    what += f"; ids in conflict no more: {len(change.settled) + landed:,}" if change.settled or landed else ""
    what += f", of which landed now: {landed:,}" if landed else ""
    what += f"; ids in conflict from now on: {len(change.conflict_ids):,}" if change.conflict_ids else ""
    click.echo(f"{shown(f'{change.channel}/{change.file}')}: {what}, as ledger entry {change.seq}")
    _say_months(change)
    refresh(home)


@click.command(name="set-aside")
@click.argument("event_ids", nargs=-1)
@click.option("--reason", default="", help="Why; it stays in the ledger. Needed unless --undo.")
@click.option("--undo", is_flag=True, help="The events count again.")
@click.option("--event", help="The event, where an id is that of several.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The UTC day, where an id is there on several.")
@click.pass_obj
def set_aside(home: Home, event_ids: tuple[str, ...], reason: str, undo: bool, event: str | None, day: datetime | None) -> None:
    """Leave landed events out of everything, by their ids. Without EVENT_IDS: the events that are set aside."""
    from pitboss.cli.road import refresh
    from pitboss.landing.masking import masked_words
    from pitboss.landing.session import session
    from pitboss.landing.set_aside import find
    from pitboss.landing.set_aside import set_aside as run

    if event_ids and not undo and not reason.strip():
        raise click.UsageError("--reason says why, for whoever asks later.")
    if not event_ids and (undo or reason or event or day):
        raise click.UsageError("EVENT_IDS are missing.")
    with session(home) as turn:
        if not event_ids:
            for key, entry in turn.ledger.set_aside.items():
                click.echo(_listed(f"{key.event} {key.event_day} {key.event_id}", entry))
            return
        entry = run(turn, find(turn, event_ids, event, day.date() if day else None), masked_words(reason), undo)
    click.echo(f"{'counts again' if undo else 'set aside'}: {_counted(len(entry.set_aside), 'event')}, as ledger entry {entry.seq}")
    _say_months(entry)
    refresh(home)


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _listed(what: str, entry: "Entry") -> str:
    return shown(f"{what} {entry.channel}/{entry.file}".removesuffix(" /") + f": by ledger entry {entry.seq}" + (f", {entry.reason}" if entry.reason else ""))


def _say_months(entry: "Entry") -> None:
    if entry.closed_months:
        click.echo(f"the figures of months that are over change: {', '.join(entry.closed_months)}")
    click.echo("`pitboss build` restates them")


def _load(ledger: "Ledger", said: str, is_retracted: bool) -> str:
    """The load that is meant.

    Raises:
        LedgerError: there is none, or more than one.
    """
    loads = [entry for entry in ledger.entries if entry.kind == "load"]
    found = [entry for entry in loads if entry.load_id == said]
    found = found or [
        entry for entry in loads if said in (entry.file, f"{entry.channel}/{entry.file}") or (len(said) >= _SHORTEST and entry.load_id.startswith(said))
    ]
    if not found:
        raise LedgerError("no load has this id, and no file that landed this name; nothing was changed", shown(said), "marts.ingest_health lists them.")
    fit = [entry for entry in found if ledger.stands(entry.load_id) is not is_retracted] or (found if not is_retracted else [])
    if not fit:
        raise LedgerError("is not retracted; nothing was changed", shown(said))
    if len(fit) > 1:
        ids = ", ".join(entry.load_id for entry in fit[:10])
        raise LedgerError(f"is the name of {len(fit):,} loads ({ids}); nothing was changed", shown(said), "Name one by its id.")
    return fit[0].load_id
