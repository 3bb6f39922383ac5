"""The road of an event as commands: simulate, land, build, publish, run, and the outside cases."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import click

from pitboss.cli.progress import bytes_bar, stderr, steps_bar, waiting
from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.terminal import json_line, shown

if TYPE_CHECKING:
    from pitboss.landing.land import Landed
    from pitboss.landing.ledger import Entry
    from pitboss.watch.gate import Gate

_BUILDING = "build: dbt makes and tests every table, one to two minutes"


@click.command()
@click.option("--players", default=2000, show_default=True, type=click.IntRange(min=1))
@click.option("--days", default=60, show_default=True, type=click.IntRange(min=1))
@click.option("--seed", default=7, show_default=True, type=int, help="The same seed gives the same bytes.")
@click.option("--start", default="2025-09-01", show_default=True, type=click.DateTime(["%Y-%m-%d"]), help="First day.")
@click.option("--dirt", default=0.01, show_default=True, type=click.FloatRange(0, 0.5), help="Share of lines with something wrong.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the JSONL files.  [default: HOME/inbox]")
@click.pass_obj
def simulate(home: Home, players: int, days: int, seed: int, start: datetime, dirt: float, out: Path | None) -> None:
    """Write a casino's events as JSONL, one folder a channel, and what is true of them as truth.json."""
    from pitboss.simulate import simulate as run

    folder = out or home.root / "inbox"
    with steps_bar("simulate", days) as advance:
        run(folder, players=players, days=days, seed=seed, start=date(start.year, start.month, start.day), dirt=dirt, progress=advance)
    click.echo(f"{shown(folder)}: {players:,} players, {days} days, seed {seed}; truth.json says what must come out")


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--channel", help="Name of the inbox channel.  [default: the name of each file's folder]")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a file on stdout.")
@click.option("--jobs", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes that land files at once, up to 0.9 GB of memory each.")
@click.option("--gate", "mode", type=click.Choice(["warn", "block"]), help="Hold each file against earlier ones of its channel; block: land only what fits.")
@click.option(
    "--report", type=click.Path(dir_okay=False, path_type=Path), help="With --gate: the page of this run, also here.  [default: HOME/gate/latest.html]"
)
@click.pass_obj
def land(
    home: Home, paths: tuple[Path, ...], channel: str | None, as_json: bool, jobs: int, mode: Literal["warn", "block"] | None, report: Path | None
) -> None:
    """Land raw JSONL (.jsonl, .jsonl.gz, .jsonl.zst), files or folders, as typed Parquet under the ledger."""
    if report and not mode:
        raise click.UsageError("--report needs --gate warn or --gate block.")
    if mode:
        from pitboss.watch.gate import opened

        with opened(home, mode, lambda text: click.echo(shown(text, 2000), err=True), report) as gate:
            _land(home, paths, channel, as_json, jobs, gate)
    else:
        _land(home, paths, channel, as_json, jobs)
    refresh(home)


def refresh(home: Home) -> None:
    """Have the warehouse, where there is one, show what counts now. Not being able to is no failure: the next build does it."""
    if home.warehouse.exists():
        from pitboss.build import refresh_views

        try:
            refresh_views(home)
        except PitbossError as error:
            click.echo(f"note: what was done is in the ledger, but {error}", err=True)


def _land(home: Home, paths: tuple[Path, ...], channel: str | None, as_json: bool = False, jobs: int = 1, gate: "Gate | None" = None) -> None:
    from pitboss.landing.land import land as run
    from pitboss.landing.source import find

    files = [(path, shown(channel) if channel else folder) for path, folder in find(paths)]
    known: list[Landed] = []
    new: list[Entry] = []
    failed = 0
    with bytes_bar("land", sum(path.stat().st_size for path, _ in files if path.exists())) as advance:
        for landed in run(home, files, lambda path, size: advance(size), judge=gate.judge if gate else None, jobs=jobs):
            if gate and landed.is_known and landed.entry:
                landed = replace(landed, error=gate.seen_before(landed.path, landed.entry))
            failed += landed.error is not None
            if landed.error:
                click.echo(f"error: {landed.error}", err=True)
            elif as_json:
                click.echo(json_line({"file": click.format_filename(landed.path), "is_known": landed.is_known, **_summary(landed.entry)}))
            elif landed.is_known:
                known.append(landed)
            elif landed.entry:
                new.append(landed.entry)
                counts = _summary(landed.entry)
                click.echo(
                    f"{shown(landed.path)}: " + "{lines:,} lines = {landed:,} landed + {quarantined:,} quarantined + {duplicates:,} duplicates".format(**counts)
                )
    if not as_json:
        for note in _notes(home, new):
            click.echo(note)
    if len(known) > 5:
        click.echo(f"{len(known)} files were landed before; nothing to do for them")
    else:
        for landed in known:
            click.echo(f"{shown(landed.path)}: landed before, as load {landed.entry.seq if landed.entry else ''}; nothing to do")
    if not files:
        click.echo("nothing to land: no .jsonl, .jsonl.gz or .jsonl.zst below the paths given", err=True)
    if failed:
        raise PitbossError(f"{failed} of {len(files)} files landed nothing", remedy="The lines above say why; the others are landed.")


def _notes(home: Home, entries: list["Entry"]) -> Iterator[str]:
    """What a reader of the counts asks next: why, how much counts for nothing, and where to look."""
    reasons: Counter[str] = Counter()
    for violation in (violation for entry in entries for violation in entry.violations):
        if violation.is_quarantined or violation.reason == "unknown_field":
            reasons[violation.reason] += violation.events
    unknown, conflicts = reasons.pop("unknown_field", 0), reasons["conflict"]
    if reasons:
        counts = ", ".join(f"{reason} {count:,}" for reason, count in reasons.most_common())
        yield f"quarantined  {counts}; `pitboss quarantine list` says why"
    if conflicts:
        yield f"conflict     lines whose eventId is known with other content: {conflicts:,}; no copy counts before `pitboss quarantine resolve`"
    if unknown:
        yield f"unknown      events that landed without a field that no contract knows: {unknown:,}; the fields are in {shown(home.restricted / 'unknown')}"


def _summary(entry: Any) -> dict[str, Any]:
    fields = ("seq", "load_id", "lines", "blank_lines", "landed", "quarantined", "duplicates", "conflicts")
    return {name: getattr(entry, name) for name in fields}


@click.command(context_settings={"ignore_unknown_options": True})
@click.option("--verify", is_flag=True, help="Check every landed file before, and not only those that are new.")
@click.argument("dbt_arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def build(home: Home, verify: bool, dbt_arguments: tuple[str, ...]) -> None:
    """dbt build into HOME/warehouse.duckdb, with dbt's own selection flags."""
    from pitboss.build import build as run

    if stderr.is_terminal and {"--quiet", "-q"} & set(dbt_arguments):
        with waiting(_BUILDING):
            run(home, dbt_arguments, is_verified=verify)
    else:
        run(home, dbt_arguments, is_verified=verify)
    if not any(home.ledger.iterdir()):
        click.echo(f"note: nothing has landed in {shown(home.root)} yet, so every table is empty", err=True)


class _Mode(click.ParamType[int]):
    """Who may read a file, as chmod has it."""

    name = "octal"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        if isinstance(value, int):
            return value
        if not re.fullmatch(r"0?[0-7]{3}", value):
            self.fail(f"{shown(value, 20)!r} is no octal mode such as 0644.", param, ctx)
        mode = int(value, 8)
        if not mode & 0o400:
            self.fail(f"{value} keeps the file from its own owner. Give one that begins with 4 or 6, such as 0640.", param, ctx)
        if mode & ~0o644:
            self.fail(f"{value} lets others write to the file, or run it. Readers need 4 and no more, such as 0644.", param, ctx)
        return mode


_MODES = (
    click.option("--mode", default="0640", show_default=True, envvar="PITBOSS_MODE", type=_Mode(), help="Who may read pitboss.duckdb: 0644 is everybody."),
    click.option("--risk-mode", default="0600", show_default=True, envvar="PITBOSS_RISK_MODE", type=_Mode(), help="Who may read pitboss_risk.duckdb."),
)


def _with_modes(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_MODES):
        command = option(command)
    return command


@click.command()
@_with_modes
@click.pass_obj
def publish(home: Home, mode: int, risk_mode: int) -> None:
    """Put the tested marts in place as HOME/published/pitboss.duckdb and pitboss_risk.duckdb."""
    _publish(home, {"analyst": mode, "risk": risk_mode})


def _publish(home: Home, modes: dict[str, int]) -> None:
    from pitboss.serve.publish import publish as run

    for published in run(home, modes):
        click.echo(f"{shown(published.path)}: {len(published.tables)} tables, {sum(published.tables.values()):,} rows")


@click.command()
@click.pass_obj
def rollback(home: Home) -> None:
    """Put the previously published files back."""
    from pitboss.serve.publish import rollback as run

    for path in run(home):
        click.echo(f"{shown(path)}: back to the previous version")


@click.command(name="run")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@_with_modes
@click.pass_obj
def run_road(home: Home, paths: tuple[Path, ...], mode: int, risk_mode: int) -> None:
    """The whole road: land, build, publish, and the headline figures."""
    from pitboss.build import OF_DATA
    from pitboss.build import build as run_build
    from pitboss.serve.headline import headline, is_current
    from pitboss.serve.publish import set_modes

    modes = {"analyst": mode, "risk": risk_mode}
    _land(home, paths, None)
    if is_current(home):
        set_modes(home, modes)
        click.echo("nothing new since the last build that passed")
    else:
        with waiting(_BUILDING):
            run_build(home, OF_DATA)
        _publish(home, modes)
    click.echo(headline(home))


@click.command()
@click.argument("cases", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.pass_context
def acceptance(ctx: click.Context, cases: tuple[Path, ...]) -> None:
    """Outside cases: a line a check and a closing count.

    Each CASE is a folder with events and a checks.json, which goes down the whole road, or a JSON file of questions to the metric macros.
    """
    from pitboss.serve.acceptance import run_case
    from pitboss.serve.acceptance_cases import run_cases

    passed = failed = 0
    with TemporaryDirectory(prefix="pitboss-acceptance-") as temporary:
        home = Home(Path(temporary) / "home")
        for case in cases:
            for verdict in run_case(case, home, lambda text: click.echo(shown(text), err=True)) if case.is_dir() else run_cases(case):
                passed += verdict.is_passed
                failed += not verdict.is_passed
                told = f": {verdict.detail}" if verdict.detail else ""
                click.echo(shown(f"{'ok  ' if verdict.is_passed else 'FAIL'} {verdict.case}: {verdict.name}{told}", 2000))
    click.echo(f"{passed} passed, {failed} failed")
    ctx.exit(1 if failed else 0)
