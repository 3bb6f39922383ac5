"""The contracts as commands: hold them against a revision, export them, begin a new one."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pitboss.cli.progress import waiting
from pitboss.home import PROJECT
from pitboss.terminal import json_line, shown

if TYPE_CHECKING:
    from pitboss.contract.evolution.check import Finding

_PROJECT = click.option(
    "--project", default=PROJECT, type=click.Path(exists=True, file_okay=False, path_type=Path), help="dbt project.  [default: this checkout]"
)


@click.group()
def contracts() -> None:
    """The event contracts: what changed and whom it breaks, exports for producers and consumers, a new event."""


@contracts.command()
@click.option("--against", "revision", required=True, metavar="REV", help="Git revision to compare with: a commit, a branch, HEAD~1.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a change on stdout.")
@_PROJECT
@click.pass_context
def check(ctx: click.Context, revision: str, as_json: bool, project: Path) -> None:
    """Compare the contracts with those of a git revision, by rule and by landing sampled events under both.

    Exit code 1 when a change lacks the version that it needs (breaking: a new major; compatible: a new minor), or when
    sampling shows a difference that no rule foresaw. Without git, outside a checkout and in a clone too shallow to hold the
    revision nothing is compared: a note says so, exit code 0.
    """
    from pitboss.contract.evolution.check import check as run
    from pitboss.contract.evolution.compare import MAJOR
    from pitboss.contract.evolution.revision import NoHistory, contracts_of
    from pitboss.contract.read import read_contracts

    new = read_contracts(project)
    try:
        old = contracts_of(revision, project)
    except NoHistory as reason:
        click.echo(f"not checked: {shown(reason)}", err=True)
        return
    with waiting("contracts: sampled events are landed under both states"):
        findings = run(old, new)
    for finding in findings:
        click.echo(json_line(_record(finding)) if as_json else _text(finding))
    failed = sum(finding.is_failed for finding in findings)
    if not as_json:
        if any(finding.lacks and finding.change.bump == "major" for finding in findings):
            click.echo(f"what a major costs: {MAJOR}")
        click.echo(_summary(findings, revision))
    if failed:
        ctx.exit(1)


def _record(finding: "Finding") -> dict[str, Any]:
    change, witness = finding.change, finding.witness
    return {
        "file": finding.file,
        "event": change.event,
        "columns": change.columns,
        "rule": change.rule,
        "class": change.kind,
        "what": change.what,
        "bump": change.bump,
        "lacks": finding.lacks,
        "is_predicted": finding.is_predicted,
        "shown_by": witness and {"line": witness.line, "before": witness.before, "after": witness.after},
        "advice": change.advice,
    }


def _text(finding: "Finding") -> str:
    from pitboss.contract.evolution.change import LABELS

    change, witness = finding.change, finding.witness
    need = (
        "needs to be deprecated before"
        if change.rule == "removed event"
        else {"major": "needs a new major", "minor": "needs a new minor", "none": "needs no new version"}[change.bump]
    )
    verdict = f"FAIL, lacks {finding.lacks}" if finding.lacks else "ok" if finding.is_predicted else "FAIL"
    place = f"{finding.file}{f' {change.columns[-1]}' if change.columns else ''}"
    lines = [f"{place}: {LABELS[change.kind]}: {change.what}; {need}: {verdict}"]
    if witness:
        lines.append(f"    event   {witness.line}")
        lines.append(f"    before  {witness.before}; after: {witness.after}")
    if change.advice:
        lines.append(f"    do      {change.advice}")
    return "\n".join(shown(line, 2000) for line in lines)


def _summary(findings: list["Finding"], revision: str) -> str:
    if not findings:
        return f"no contract differs from {shown(revision)}"
    classes = Counter("breaking" if finding.change.is_breaking else finding.change.kind for finding in findings)
    counts = ", ".join(f"{classes[name]} {name}" for name in ("breaking", "compatible", "neutral") if classes[name])
    failed = sum(finding.is_failed for finding in findings)
    plural = "" if len(findings) == 1 else "s"
    return f"{len(findings)} change{plural} since {shown(revision)}: {counts}; {f'{failed} must not pass' if failed else 'all have the version that they need'}"


@contracts.command()
@click.option("--format", "kind", required=True, type=click.Choice(["json-schema", "odcs"]))
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files, one an event.")
@_PROJECT
def export(kind: str, out: Path, project: Path) -> None:
    """Write every contract as JSON Schema 2020-12 (for producers) or as ODCS 3 (for readers of the landed tables)."""
    from pitboss.contract.export.json_schema import json_schemas
    from pitboss.contract.export.odcs import odcs_contracts
    from pitboss.contract.read import read_contracts

    read = read_contracts(project)
    files = json_schemas(read, project) if kind == "json-schema" else odcs_contracts(read, project)
    out.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (out / name).write_text(text, "utf-8")
    click.echo(f"{shown(out)}: {len(files)} files")


@contracts.command()
@click.argument("event")
@click.option("--family", required=True, help="One of the families that there are: gameplay, cashier, ...")
@click.option("--actor", default="system", show_default=True, type=click.Choice(["player", "system"]), help="Who acts: player only for what a player does.")
@click.option("--plural", help="Name of the staging model's rows.  [default: EVENT with an s]")
@_PROJECT
def new(event: str, family: str, actor: str, plural: str | None, project: Path) -> None:
    """Begin an event: its contract with a good and a bad example, its staging model, and a list of what is left to do."""
    from pitboss.contract.new import Names, scaffold

    made = scaffold(project, Names.of(event, family, plural), actor)
    for path in made.files:
        click.echo(f"{shown(path.relative_to(project))}: made")
    click.echo("left to do by hand:")
    for step in made.steps:
        click.echo(f"  - {shown(step, 2000)}")
