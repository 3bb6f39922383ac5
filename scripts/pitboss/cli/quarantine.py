"""The quarantine as commands: what waits, the lines themselves, trying them again, and deciding about conflicts."""

import base64
import itertools
from collections import Counter
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from pitboss.cli.finish import finish
from pitboss.cli.progress import bytes_bar
from pitboss.errors import QuarantineError
from pitboss.home import Home
from pitboss.terminal import json_line, shown

if TYPE_CHECKING:
    from pitboss.landing.waiting import Group, Line

_MANY = 20
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")


@click.group()
@click.pass_obj
def quarantine(home: Home) -> None:
    """Lines that did not land: counts and how to mend them, the lines, trying them again, conflicts."""
    finish(home)


@quarantine.command(name="list")
@click.option("--by", type=click.Choice(["reason", "event", "file"]), multiple=True, help="Count by this; can be repeated.  [default: all three]")
@_JSON
@click.pass_obj
def list_groups(home: Home, by: tuple[str, ...], as_json: bool) -> None:
    """What waits, counted by reason, event and file, each with the first line as an example and how to mend it."""
    from pitboss.landing.ledger import Ledger
    from pitboss.landing.quarantine import HINTS
    from pitboss.landing.waiting import groups
    from pitboss.landing.waiting import quarantine as opened

    with opened(home, Ledger(home)) as connection:
        found = {name: groups(connection, name) for name in by or ("reason", "event", "file")}
    if as_json:
        for group in itertools.chain.from_iterable(found.values()):
            fix = HINTS.get(group.example["reason"], "")
            click.echo(json_line({"by": group.by, "value": group.value, "lines": group.lines, "example": group.example, "fix": fix}))
        return
    if not any(found.values()):
        click.echo("the quarantine is empty")
        return
    for name, counted in found.items():
        click.echo(f"by {name}")
        for group in counted[:_MANY]:
            for text in _group(group, HINTS.get(group.example["reason"], "")):
                click.echo(text)
        if len(counted) > _MANY:
            click.echo(f"  ... {len(counted) - _MANY:,} more; --json has all")


def _group(group: "Group", fix: str) -> list[str]:
    first = group.example
    what = " at ".join(part for part in (first["reason"], first["pointer"]) if part) + ("" if first["detail"] == fix else f": {first['detail']}")
    example = "{channel}/{file} line {line}: ".format(**first) + what
    lines = [f"  {group.lines:>9,}  {shown(group.value)}", f"             first  {shown(example, 300)}"]
    return [*lines, f"             fix    {fix}"] if fix and group.by == "reason" else lines


@quarantine.command()
@click.option("--reason", help="Only lines with this reason.")
@click.option("--event", help="Only lines of this event; `unknown` where it cannot be read.")
@click.option("--file", help="Only lines of the file with this name or load id.")
@click.option("--line", type=int, help="Only the line with this number.")
@click.option("--limit", type=click.IntRange(min=1), help=f"At most so many lines.  [default: {_MANY}; all with --raw and --json]")
@click.option("--raw", "is_raw", is_flag=True, help="The exact bytes and nothing else, one a line: to be piped, mended and landed.")
@_JSON
@click.pass_obj
def show(home: Home, reason: str | None, event: str | None, file: str | None, line: int | None, limit: int | None, is_raw: bool, as_json: bool) -> None:
    """The lines: where each came from, why it is here, and what it says."""
    from pitboss.landing.ledger import Ledger
    from pitboss.landing.waiting import condition, lines

    if is_raw and as_json:
        raise click.UsageError("--raw and --json exclude each other.")
    most = limit or (None if is_raw or as_json else _MANY)
    out = click.get_binary_stream("stdout")
    seen, is_more = 0, False
    for found in lines(home, Ledger(home), condition(reason=reason, event=event, file=file, line=line)):
        is_more = seen == most
        if is_more:
            break
        seen += 1
        if is_raw:
            out.write(found.raw + b"\n")
        elif as_json:
            click.echo(json_line(_record(found)))
        else:
            click.echo("\n".join(_text(found)))
    out.flush()
    if is_more:
        click.echo(f"the first {most:,}; --limit shows more", err=True)
    if not seen:
        click.echo("no line in the quarantine fits", err=True)


def _text(line: "Line") -> list[str]:
    place = f"{line.channel}/{line.file} line {line.line} (byte {line.byte_offset}, load {line.load_id})"
    why = " ".join(part for part in (line.reason, line.event, str(line.day or ""), line.pointer) if part)
    return [shown(place), f"  {shown(why)}{f': {shown(line.detail)}' if line.detail else ''}", f"  {shown(line.raw, 2000)}"]


def _record(line: "Line") -> dict[str, Any]:
    """`raw` is text; where the bytes are no UTF-8 it is null, and `raw_base64` has them."""
    fields = line._asdict()
    try:
        return {**fields, "raw": line.raw.decode()}
    except UnicodeDecodeError:
        return {**fields, "raw": None, "raw_base64": base64.b64encode(line.raw).decode()}


@quarantine.command()
@click.option("--reason", help="Only lines with this reason.")
@click.option("--event", help="Only lines of this event.")
@click.option("--file", help="Only lines of the file with this name or load id.")
@_JSON
@click.pass_obj
def replay(home: Home, reason: str | None, event: str | None, file: str | None, as_json: bool) -> None:
    """Put lines through the gate again, after a contract or a clock was mended. A line leaves the quarantine exactly once."""
    from pitboss.cli.road import refresh
    from pitboss.landing.replay import AGAIN
    from pitboss.landing.replay import replay as again
    from pitboss.landing.retract import settle
    from pitboss.landing.session import session
    from pitboss.landing.waiting import condition
    from pitboss.landing.waiting import quarantine as opened

    where = condition(reason=reason, event=event, file=file)
    total: Counter[str] = Counter()
    with session(home) as turn:
        with opened(home, turn.ledger, turn.connection) as connection:
            [(size, left_out)] = connection.execute(
                f"select coalesce(sum(octet_length(raw)) filter (where {AGAIN}), 0), count(*) filter (where not ({AGAIN})) from waiting where {where}"
            ).fetchall()
        with bytes_bar("replay", int(size)) as advance:
            for tried in again(turn, where, lambda path, read: advance(read)):
                entry = tried.entry
                counts = {
                    "lines": tried.lines,
                    "landed": entry.landed if entry else 0,
                    "duplicates": entry.duplicates if entry else 0,
                    "other_reason": tried.moved,
                    "stayed": tried.stayed,
                }
                total.update(counts)
                if as_json:
                    click.echo(json_line({"seq": entry.seq if entry else None, "channel": tried.channel, "file": tried.file, **counts}))
                elif entry:
                    click.echo(f"{shown(f'{tried.channel}/{tried.file}')}: {_COUNTS.format(**counts)}")
        for entry in settle(turn):  # what a retraction left alone, and could not land when it was made
            click.echo(f"{shown(f'{entry.channel}/{entry.file}')}: in conflict no more, and landed: {entry.landed:,}", err=as_json)
    if not as_json:
        click.echo(f"replayed  {_COUNTS.format(**total)}" if total else "nothing to replay")
        if left_out:
            click.echo(f"left out  {left_out:,} lines: conflicts are decided (`pitboss quarantine conflicts`), and lines that are too long were not kept whole")
    if total["lines"] > total["stayed"]:
        refresh(home)


_COUNTS = "{lines:,} lines = {landed:,} landed + {duplicates:,} duplicates + {other_reason:,} for another reason + {stayed:,} stayed"


@quarantine.command()
@click.argument("event_id", required=False)
@click.option("--event", help="The event, where the id is in conflict under several.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The UTC day, where the id is in conflict on several.")
@click.option("--all", "is_all", is_flag=True, help="Also ids about which something is decided.")
@click.option("--limit", type=click.IntRange(min=1), default=_MANY, show_default=True, help="At most so many ids.")
@click.option("--personal", is_flag=True, help="Show fields of the vault too.")
@_JSON
@click.pass_obj
def conflicts(home: Home, event_id: str | None, event: str | None, day: datetime | None, is_all: bool, limit: int, personal: bool, as_json: bool) -> None:
    """Ids that came with several contents, side by side and numbered; fields that differ are marked."""
    from pitboss.cli.conflict import Shown
    from pitboss.contract.read import read_contracts
    from pitboss.landing.ledger import Ledger
    from pitboss.landing.waiting import in_conflict, named_ids
    from pitboss.landing.waiting import quarantine as opened

    ledger, contracts = Ledger(home), read_contracts()
    with opened(home, ledger) as connection:
        if event_id:
            chosen = [in_conflict(connection, home, ledger, event_id, event, _date(day))[0]]
        else:
            known = named_ids(connection, ledger) if is_all else ledger.open_conflicts
            chosen = [key for key in known if event in (None, key.event) and _date(day) in (None, key.event_day)]
        for key in chosen[:limit]:
            found = Shown(contracts, ledger, *in_conflict(connection, home, ledger, key.event_id, key.event, key.event_day), personal)
            if as_json:
                click.echo(json_line(found.record()))
            else:
                click.echo("\n".join(found.text()))
    if len(chosen) > limit:
        click.echo(f"{limit:,} of {len(chosen):,} ids; --limit shows more", err=True)
    if not chosen and not as_json:
        click.echo("no id is in conflict" + ("" if is_all else " that nothing is decided about"))


@quarantine.command()
@click.argument("event_id")
@click.option("--keep", required=True, metavar="N|none", help="Number of the content that counts, as `conflicts` shows it; none: no copy counts.")
@click.option("--event", help="The event, where the id is in conflict under several.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="The UTC day, where the id is in conflict on several.")
@click.pass_obj
def resolve(home: Home, event_id: str, keep: str, event: str | None, day: datetime | None) -> None:
    """Decide which content of an id counts. Another `resolve` takes it back; a further content that comes opens it again."""
    from pitboss.cli.road import refresh
    from pitboss.landing.replay import conflict, decide
    from pitboss.landing.session import session

    with session(home) as turn:
        key, contents = conflict(turn, event_id, event, _date(day))
        if keep != "none" and keep not in map(str, range(1, len(contents) + 1)):
            raise QuarantineError(f"--keep is none or a number from 1 to {len(contents)}", event_id, "`pitboss quarantine conflicts` shows which is which.")
        entry = decide(turn, key, contents, None if keep == "none" else contents[int(keep) - 1])
    what = "no copy counts" if keep == "none" else f"content {keep} of {len(contents)} counts"
    click.echo(f"{shown(f'{key.event} {key.event_day} {key.event_id}')}: {what}, as ledger entry {entry.seq}")
    refresh(home)


def _date(at: datetime | None) -> date | None:
    return at.date() if at else None
