"""A new event begins with one command: its contract holds from the first line, and what exists is never overwritten."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import UNTESTED, quarantined, query
from pitboss.build import build
from pitboss.cli import main
from pitboss.contract.read import read_contracts
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the dbt project, to be added to."""
    copy = tmp_path / "project"
    for folder in ("models", "macros", "seeds", "profiles"):
        shutil.copytree(PROJECT / folder, copy / folder)
    shutil.copy(PROJECT / "dbt_project.yml", copy)
    return copy


def new(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["contracts", "new", *arguments, "--project", str(project)])


def test_a_new_event_lands_its_good_example_and_refuses_its_bad_one(project: Path, home: Home, tmp_path: Path) -> None:
    result = new(project, "side_bet", "--family", "gameplay", "--actor", "player")
    assert result.exit_code == 0, result.output
    assert result.stdout.splitlines()[:4] == [
        "models/staging/gameplay/contracts/side_bet.yml: made",
        "models/staging/gameplay/stg_gameplay__side_bets.sql: made",
        "models/staging/gameplay/stg_gameplay__side_bets.yml: made",
        "left to do by hand:",
    ]
    contracts = read_contracts(project)
    contract = contracts.events["side_bet"]
    assert (contract.family, contract.actor, contract.identity) == ("gameplay", "player", "player")
    [bad] = contract.bad
    path = tmp_path / "web" / "events.jsonl"
    path.parent.mkdir()
    path.write_text("".join(f"{line}\n" for line in (*contract.good, bad.line)))
    [landed] = land(home, [(path, "web")], contracts=contracts)
    assert landed.entry and (landed.entry.landed, landed.entry.quarantined) == (1, 1)
    assert [violation.reason for violation in landed.entry.violations] == [bad.reason], "the good example leaves nothing to record"
    assert quarantined(home) == [(bad.reason, bad.pointer)]
    build(home, [*UNTESTED, "--select", "stg_gameplay__side_bets"], project=project)
    assert query(home, "select side_bet_id, player_id, event_day::varchar from staging.stg_gameplay__side_bets") == [("s_1", "p_82917", "2025-10-17")]


def test_the_staging_model_is_in_house_form(project: Path) -> None:
    """But for names and payload it is the model of a neighbour."""
    assert new(project, "side_bet", "--family", "gameplay").exit_code == 0
    folder = project / "models" / "staging" / "gameplay"
    ours, theirs = ((folder / f"stg_gameplay__{name}.sql").read_text() for name in ("side_bets", "bet_accepts"))
    assert ours.split("---------- ids")[0] == theirs.split("---------- ids")[0].replace("bet_accept", "side_bet")
    assert ours.split("\n\n    from landed")[1] == theirs.split("\n\n    from landed")[1]
    ours, theirs = ((folder / f"stg_gameplay__{name}.yml").read_text() for name in ("side_bets", "bet_accepts"))
    envelope = slice(ours.index("    columns:"), ours.index("      - name: side_bet_id"))
    assert ours[envelope] == theirs[theirs.index("    columns:") : theirs.index("      - name: round_id")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bet_place", "--family", "gameplay"], "bet_place is taken by the contract of bet_place"),
        (["rg_limit_blocked_bet", "--family", "compliance"], "rg_limit_blocked_bet is taken by the contract of rg_blocked_bet"),
        (["SideBet", "--family", "gameplay"], "'SideBet' is no name"),
        (["side__bet", "--family", "gameplay"], "'side__bet' is no name"),
        (["../side_bet", "--family", "gameplay"], "'../side_bet' is no name"),
        (["side_bet", "--family", "poker"], "there is no family poker. Take one of account, cashier"),
        (["side_bet", "--family", "gameplay", "--plural", "bets"], "model stg_gameplay__bets exists"),
        (["player", "--family", "account"], "its key would be player_id, which every event has already"),
        (["loads", "--family", "quality"], "loads is a table of the landing's own"),
    ],
)
def test_what_exists_or_is_no_name_is_refused_and_nothing_is_written(arguments: list[str], said: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "models", project / "models")
    before = {path: path.read_bytes() for path in project.rglob("*.*") if path.is_file()}
    result = new(project, *arguments)
    assert result.exit_code == 1 and said in result.stderr
    assert {path: path.read_bytes() for path in project.rglob("*.*") if path.is_file()} == before
