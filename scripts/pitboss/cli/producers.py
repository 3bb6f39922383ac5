"""What changed in what producers send."""

from datetime import date, datetime

import click

from pitboss.cli.finish import finish
from pitboss.cli.progress import waiting
from pitboss.home import Home
from pitboss.terminal import json_line, shown

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--since", type=_DAY, help="First UTC day.  [default: a week before the last]")
@click.option("--until", type=_DAY, help="Last UTC day, taken as over.  [default: the last that has data]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a finding on stdout.")
@click.pass_obj
def producers(home: Home, since: datetime | None, until: datetime | None, as_json: bool) -> None:
    """Feeds that are missing, empty, broken or silent, and fields that are new, changed or vanished, by producer and day."""
    from pitboss.contract.read import read_contracts
    from pitboss.watch.producers import report

    finish(home)
    with waiting("producers: counting what was sent"):
        found = report(home, read_contracts(), _date(since), _date(until))
    for each in found:
        if as_json:
            click.echo(json_line(each))
        else:
            what = " ".join(part for part in (each.event, each.field) if part)
            click.echo(shown(f"{each.day}  {each.producer:<10} {each.kind:<9} {what}{': ' if what else ''}{each.text}"))
    if not found and not as_json:
        click.echo("nothing changed" if any(home.ledger.glob("*.json")) else f"nothing has landed in {shown(home.root)} yet")


def _date(at: datetime | None) -> date | None:
    return at.date() if at else None
