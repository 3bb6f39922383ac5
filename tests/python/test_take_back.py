"""Taking back what has landed, as a user does: the commands, what they say, and the figures of the builds after them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import UNTESTED, Built, bet_line, query
from pitboss.build import build
from pitboss.cli import main
from pitboss.errors import BuildError, PublishError
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Ledger
from pitboss.serve.publish import publish

FIGURES = (
    "select (select count(*) from semantic.fct_bets), (select coalesce(sum(handle), 0)::varchar from marts.ggr_ngr_daily), "
    "(select coalesce(sum(amount), 0)::varchar from marts.revenue_by_basis where basis = 'contract_ggr')"
)
"""Bets, what was staked in all currencies together, and gross revenue as it was booked when months closed."""
MODELS = [*UNTESTED, "--select", "fct_bets", "+ggr_ngr_daily", "+revenue_by_basis"]


def run(home: Home, *arguments: str) -> str:
    found = CliRunner().invoke(main, ["--home", str(home.root), *arguments])
    assert found.exit_code == 0, found.output
    return found.output


def failed(home: Home, *arguments: str) -> str:
    found = CliRunner().invoke(main, ["--home", str(home.root), *arguments])
    assert found.exit_code != 0
    return found.output


def _settled(event_id: str, round_id: str, payout: str) -> str:
    fields = {**json.loads(bet_line(event_id, "2025-10-17", "sl_wild_lagoon", "DE", "EUR")), "event": "round_settle", "roundId": round_id}
    del fields["stake"]
    return json.dumps({**fields, "ts": "2025-10-17T12:05:00.000Z", "payout": {"amount": payout, "currency": "EUR"}})


def test_figures_follow_what_is_taken_back_and_put_back(built_home: Home, tmp_path: Path) -> None:
    known, second = (bet_line(event_id, "2025-10-17", "sl_wild_lagoon", "DE", "EUR") for event_id in ("known-1", "second"))
    later = bet_line("later", "2025-12-05", "sl_wild_lagoon", "DE", "EUR")  # by then October is over
    lines = [known, second, _settled("won-1", "round-known-1", "0.00"), _settled("won-2", "round-second", "1.25"), later]
    (tmp_path / "again.jsonl").write_text("\n".join(lines) + "\n")
    assert [landed.error for landed in land(built_home, [(tmp_path / "again.jsonl", "web")])] == [None]
    said = run(built_home, "retract", "events.jsonl", "--reason", "sent by ann@example.com by mistake")
    assert "14 lines taken back; 13 landed events of them (and 1 that other files brought too, which stay)" in said
    assert "months that are over change: 2025-10" in said
    assert Ledger(built_home).entries[-1].reason == "[masked]"
    with pytest.raises(PublishError, match=r"(?s)built before ledger entry 3.*pitboss build"):
        publish(built_home)
    build(built_home, MODELS)
    # three stakes of 2.00; of the two that are settled the house keeps 2.00 and 0.75
    assert query(built_home, FIGURES) == [(3, "6.00000000", "2.7500")]
    run(built_home, "retract", "events.jsonl", "--undo")
    run(built_home, "set-aside", "second", "won-2", "--reason", "it never was")
    assert "second" in run(built_home, "set-aside")
    build(built_home, MODELS)
    # the fourteen of before and the later one
    assert query(built_home, FIGURES) == [(15, "30.00000000", "2.0000")]
    assert "is set aside already" in failed(built_home, "set-aside", "second", "--reason", "twice")


def test_a_file_that_is_retracted_lands_again(built_home: Home, built: Built) -> None:
    built_file = built.home.root.parent / "web" / "events.jsonl"
    run(built_home, "retract", "web/events.jsonl")
    assert "is retracted already" in failed(built_home, "retract", "events.jsonl")
    assert "14 landed" in run(built_home, "land", str(built_file), "--channel", "web").replace(",", "")
    load_id = next(iter(Ledger(built_home).retracted))
    assert "has landed again" in failed(built_home, "retract", load_id, "--undo")
    assert "no load has this id" in failed(built_home, "retract", "nothing.jsonl")
    assert "no event with this id" in failed(built_home, "set-aside", "nobody", "--reason", "x")
    assert "--reason says why" in failed(built_home, "set-aside", "known-1")


def test_a_test_that_fails_names_the_events_and_the_command(built_home: Home, capfd: pytest.CaptureFixture[str]) -> None:
    from test_publish import change

    change(built_home, "create table semantic.changed as select * replace ('voided' as status) from semantic.fct_bets where round_id = 'round-known-1'")
    change(built_home, "drop view semantic.fct_bets")
    change(built_home, "alter table semantic.changed rename to fct_bets")
    with pytest.raises(BuildError):
        build(built_home, ["--select", "a_cancelled_bet_has_no_money"])
    said = capfd.readouterr().out
    assert "failed: a_cancelled_bet_has_no_money: event known-1 (bet_place of 2025-10-17) of load" in said
    assert "pitboss set-aside EVENT_ID --reason WHY" in said
