"""Keeping a home in order."""

from collections import defaultdict
from typing import TYPE_CHECKING

import click

from pitboss.cli.finish import finish
from pitboss.cli.progress import bytes_bar
from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.terminal import json_line, shown

if TYPE_CHECKING:
    from pitboss.landing.compact import Merged


@click.command()
@click.pass_obj
def verify(home: Home) -> None:
    """Check every file that counts: what is gone, and what is not, bit for bit, what was written or published."""
    from pitboss.landing.ledger import Ledger
    from pitboss.landing.verify import files
    from pitboss.landing.verify import verify as run
    from pitboss.serve.registry import verify_published

    if not home.ledger.is_dir():
        raise PitbossError("nothing has landed here", str(home.root), "Check --home.")
    finish(home)
    ledger = Ledger(home)
    known = files(home, ledger)
    wrong = 0
    with bytes_bar("verify", sum(path.stat().st_size for path in known if path.exists())) as advance:
        for damage in (*run(known, lambda path: advance(path.stat().st_size if path.exists() else 0)), *verify_published(home, ledger)):
            click.echo(f"{shown(damage.path)} {damage.what}")
            wrong += 1
    click.echo(f"{len(known):,} files of {len(ledger.entries):,} entries checked, {wrong:,} damaged")
    if wrong:
        raise PitbossError(f"{wrong:,} files are damaged", str(home.root), "Restore them from a backup; what is published, `pitboss publish` makes anew.")


@click.command()
@click.option("--event", help="Only files of this event.")
@click.option("--dry-run", is_flag=True, help="Say what would be merged, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object an event and kind of file on stdout.")
@click.pass_obj
def compact(home: Home, event: str | None, dry_run: bool, as_json: bool) -> None:
    """Merge the small files of each event and day into files of about 128 MB. Readers go on undisturbed.

    The files that were replaced stay on disk until the next `compact`, for readers that still have them open.
    """
    from pitboss.cli.road import refresh
    from pitboss.contract.read import read_contracts
    from pitboss.landing.compact import compact as run
    from pitboss.landing.compact import plan
    from pitboss.landing.ledger import Ledger

    if event is not None and event not in read_contracts().events:
        raise PitbossError("is no event of the contracts; nothing was changed", event, "Check its spelling.")
    finish(home)
    bundles = plan(home, Ledger(home), event)
    merged = [bundle.expected for bundle in bundles]
    if not dry_run:
        with bytes_bar("compact", sum(bundle.bytes for bundle in bundles)) as advance:
            done = list(run(home, event, progress=advance, note=lambda text: click.echo(f"note: {shown(text, 2000)}", err=True)))
        merged = [one for compacted in done for one in compacted.merged]
        if done:
            refresh(home)
    by_kind: dict[tuple[str, str], list[Merged]] = defaultdict(list)
    for one in merged:
        by_kind[one.event, one.area].append(one)
    for (name, area), some in sorted(by_kind.items()):
        counts = {
            "days": len(some),
            "files_before": sum(one.files_before for one in some),
            "files_after": sum(one.files_after for one in some),
            "rows": sum(one.rows for one in some),
        }
        if as_json:
            click.echo(json_line({"is_dry_run": dry_run, "event": name, "kind": area, **counts}))
        else:
            text = "{days:>5,} days {files_before:>8,} files -> {files_after:>6,} {rows:>14,} rows".format(**counts)
            click.echo(f"{shown(name):<28} {area:<9}{text}")
    if not merged and not as_json:
        click.echo("nothing to compact")
