"""The command line: thin, every command one function of the package."""

from pathlib import Path
from typing import Any

import click

from pitboss import __version__
from pitboss.cli import contracts, producers, quarantine, road, upkeep
from pitboss.errors import PitbossError
from pitboss.home import Home


class _Commands(click.Group):
    """Shows an error of ours as one line, with the traceback only where --debug asks for it."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PitbossError as error:
            if ctx.params.get("debug"):
                raise
            click.echo(f"error: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            raise  # `| head` has seen enough
        except OSError as error:
            if ctx.params.get("debug"):
                raise
            place = error.filename or ctx.params["root"]
            click.echo(f"error: {place}: cannot be used ({error.strerror or error}). Check the path, its permissions and the free space.", err=True)
            ctx.exit(1)


@click.group(cls=_Commands, context_settings={"max_content_width": 110})
@click.version_option(__version__)
@click.option("--home", "root", envvar="PITBOSS_HOME", default="var", show_default=True, type=click.Path(path_type=Path), help="Where data live.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.pass_context
def main(ctx: click.Context, root: Path, debug: bool) -> None:
    """Pitboss: from an online casino's raw telemetry to numbers that can be trusted."""
    ctx.obj = Home(root)


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
    upkeep.compact,
):
    main.add_command(command)
