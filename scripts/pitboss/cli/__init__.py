"""The command line: thin, every command one function of the package."""

import contextlib
from pathlib import Path
from typing import Any

import click

from pitboss import __version__
from pitboss.cli import contracts, producers, quarantine, road, take_back, upkeep
from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.serve.audiences import guard
from pitboss.terminal import shown


class _Commands(click.Group):
    """Shows an error of ours as one line, with the traceback only where --debug asks for it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            said = None if ctx.params.get("debug") else _in_one_line(error, ctx.params["root"])
            if said is None:
                raise
            click.echo(f"error: {said}", err=True)
            ctx.exit(1)


def _in_one_line(error: Exception, home: Path) -> str | None:
    """What to tell of an error that somebody can mend; None for one of click's own and for a defect of ours."""
    if isinstance(error, PitbossError):
        return str(error)
    if isinstance(error, UnicodeError):
        return f"a path, an option or an argument is no UTF-8 ({shown(error)}). Give it another name."
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):  # `| head` has seen enough
        where, why = shown(error.filename or home), shown(error.strerror or error)
        return f"{where}: cannot be used ({why}). Check the path, its permissions and the free space."
    if type(error).__module__ in ("duckdb", "_duckdb"):
        why = shown(str(error).splitlines()[0])
        return f"{shown(home)}: a file cannot be read or written ({why}). Restore it from a backup, or run `pitboss land` again if it is new."
    return None


@click.group(cls=_Commands, context_settings={"max_content_width": 110})
@click.version_option(__version__)
@click.option("--home", "root", envvar="PITBOSS_HOME", default="var", show_default=True, type=click.Path(path_type=Path), help="Where data live.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, root: Path, debug: bool) -> None:
    """Pitboss: from an online casino's raw telemetry to numbers that can be trusted."""
    ctx.obj = Home(root)
    with contextlib.suppress(OSError):  # who only reads a home of others can change nothing there
        ctx.obj.tighten()
        guard(ctx.obj)


for command in (
    road.simulate,
    road.land,
    road.build,
    road.publish,
    road.rollback,
    road.run_road,
    road.acceptance,
    contracts.contracts,
    producers.producers,
    quarantine.quarantine,
    take_back.retract,
    take_back.set_aside,
    upkeep.compact,
    upkeep.verify,
):
    main.add_command(command)
