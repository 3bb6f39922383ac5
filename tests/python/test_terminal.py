"""Nothing that others wrote reaches a terminal as it came: names of files, ids, names of fields, and what dbt quotes of data."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hazards import good, line
from pitboss.cli import main
from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.terminal import json_line, shown

EVIL = "e\x1b[2J\n\u202e\x9b\u2028\x7f\u2066\x07"
"""Clears a screen, begins a line, turns what follows, and rings."""
FIT = r"e\x1b[2J\x0a\u202e\x9b\u2028\x7f\u2066\x07"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose own path is as bad as what lands in it."""
    return Home(tmp_path / EVIL)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with files of such names: one that lands, one that cannot be read, one that is no UTF-8."""
    made = tmp_path / f"channel{EVIL}"
    made.mkdir()
    (made / f"{EVIL}.jsonl").write_bytes(good("1") + b"nonsense\n" + line('"zz":1', json.dumps({EVIL: 1})[1:-1], line().decode()[:-1] + ',"zz":1}') + b"\n")
    (made / f"{EVIL}.jsonl.gz").write_bytes(b"cut")
    (made / os.fsdecode(b"\xff.jsonl")).write_bytes(good("2"))
    return made


def pitboss(home: Home, *arguments: object) -> Result:
    """A command, whose output must be fit for a terminal whatever it is."""
    result = CliRunner().invoke(main, ["--home", str(home.root), *map(str, arguments)])
    assert not result.exception or isinstance(result.exception, SystemExit), result.exception
    assert result.output.replace("\n", "").isprintable(), result.output
    if "--json" in arguments:
        assert result.stdout.isascii() and all(json.loads(text) for text in result.stdout.splitlines())
    return result


def test_names_of_files_and_folders(home: Home, folder: Path) -> None:
    first = pitboss(home, "land", folder)
    assert f"channel{FIT}/{FIT}.jsonl.gz: is a damaged or cut archive" in first.stderr
    assert f"channel{FIT}/{FIT}.jsonl: 3 lines = 2 landed + 1 quarantined" in first.stdout and r"\xff.jsonl: 1 lines" in first.stdout
    assert f"{FIT}/restricted/unknown" in first.stdout
    again = pitboss(home, "land", folder)
    assert f"{FIT}.jsonl: landed before" in again.stdout and r"\xff.jsonl: landed before" in again.stdout
    assert {json.loads(text)["file"] for text in pitboss(home, "land", "--json", folder).stdout.splitlines()} == {
        str(folder / f"{EVIL}.jsonl"),
        str(folder / "\ufffd.jsonl"),
    }
    assert f"{FIT}: no such file" in pitboss(home, "land", folder / EVIL).stderr
    assert f"channel{FIT}/{FIT}.jsonl line 2" in pitboss(home, "quarantine", "list").stdout
    assert f"channel{FIT}/{FIT}.jsonl line 2" in pitboss(home, "quarantine", "show").stdout
    for command in ("list", "show", "replay"):
        assert json.loads(pitboss(home, "quarantine", command, "--json").stdout.splitlines()[-1])
    assert "nothing to replay" not in pitboss(home, "quarantine", "replay").stdout
    for command in ("publish", "rollback", "verify", "compact", "producers"):
        pitboss(home, command)
    for unknown in (["land", f"--{EVIL}"], ["acceptance", folder / EVIL], [EVIL]):  # click's own errors: names of files may begin like an option
        assert r"e\x1b[2J" in pitboss(home, *unknown).stderr
    assert FIT in pitboss(home, "acceptance", folder).stderr
    assert FIT in pitboss(home, "simulate", "--players", 1, "--days", 1).stdout
    assert FIT in pitboss(home, "contracts", "export", "--format", "odcs", "--out", folder / EVIL).stdout


def test_what_the_gate_of_the_landing_and_the_report_on_producers_say(home: Home, folder: Path) -> None:
    (folder / f"{EVIL}.jsonl").write_bytes(line('"2.00"', "2"))
    (folder / "empty.jsonl").write_bytes(b"")
    (folder / f"empty{EVIL}.jsonl").write_bytes(b"")
    said = pitboss(home, "land", "--gate", "warn", folder).stderr
    assert f"gate: channel{FIT}/{FIT}.jsonl: " in said and f"empty{FIT}.jsonl: holds no line" in said
    assert f"empty{FIT}.jsonl: holds no line" in pitboss(home, "land", "--gate", "block", folder).stderr
    assert f"channel{FIT} broken    {FIT}.jsonl: none of its 1 lines" in pitboss(home, "producers").stdout
    assert any(EVIL in json.loads(text)["text"] for text in pitboss(home, "producers", "--json").stdout.splitlines())


def test_ids_of_events(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    legal, fit = "e\x9b2J\u202e\u2028", r"e\x9b2J\u202e\u2028"  # without the controls of ASCII, with which no id lands
    one = line('"ID"', json.dumps(legal)) + b"\n"
    file.write_bytes(one + one.replace(b"2.00", b"3.00") + line('"ID"', json.dumps(EVIL)))
    assert "1 landed + 2 quarantined" in pitboss(home, "land", file).stdout
    assert f"eventId {fit} came with other content" in pitboss(home, "quarantine", "show").stdout
    assert f"{fit}: nothing is decided" in pitboss(home, "quarantine", "conflicts").stdout
    assert json.loads(pitboss(home, "quarantine", "conflicts", "--json").stdout)["event_id"] == legal
    assert f"{fit}: content 1 of 2 counts" in pitboss(home, "quarantine", "resolve", legal, "--keep", "1").stdout
    assert f"error: {FIT}x: is in no conflict." in pitboss(home, "quarantine", "resolve", f"{EVIL}x", "--keep", "1").stderr
    assert "x ... 500 more: is in no conflict." in pitboss(home, "quarantine", "resolve", "x" * 1000, "--keep", "1").stderr


def test_what_dbt_quotes_of_data(tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / "models").mkdir(parents=True)
    (project / "profiles").mkdir()
    (project / "models" / "broken.sql").write_text(
        "{{ config(materialized='table') }} select cast(chr(27) || '[2J' || chr(155) || chr(8238) || e'\\t' as integer) as number"
    )
    (project / "dbt_project.yml").write_text(json.dumps({"name": "small", "version": "1.0.0", "profile": "small"}))
    output = {"type": "duckdb", "path": "{{ env_var('PITBOSS_HOME') }}/warehouse.duckdb"}
    (project / "profiles" / "profiles.yml").write_text(json.dumps({"small": {"target": "here", "outputs": {"here": output}}}))
    program = "from pathlib import Path as P; from pitboss.build import build; from pitboss.home import Home; from sys import argv; "
    program += "build(Home(P(argv[1])), ['--quiet'], P(argv[2]))"
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path / "home"), str(project)], capture_output=True, text=True, check=False)
    assert r"Could not convert string '\x1b[2J\x9b\u202e" in done.stdout
    assert done.stdout.replace("\n", "").replace("\t", "").isprintable()


def test_a_text_is_shown_whole_in_any_script_and_cut_where_it_is_long() -> None:
    harmless = "a b \u00fc \u65e5\u672c \U0001f3b0 e\u0301 '\"\\\\ %s {x}"
    assert shown(harmless) == harmless
    assert shown(shown(EVIL)) == shown(EVIL) == FIT
    assert shown(b"\xff\x1b") == shown(os.fsdecode(b"\xff\x1b")) == r"\xff\x1b"
    assert shown("\U000e0041\ud800\u200b\u00a0") == r"\U000e0041\ud800\u200b\xa0"
    assert shown("x" * 501) == "x" * 500 + " ... 1 more"
    assert json.loads(json_line({"x": EVIL * 100})) == {"x": EVIL * 100}


def test_an_error_is_one_line_whatever_stands_in_it() -> None:
    assert str(PitbossError(EVIL, EVIL, EVIL)) == f"{FIT}: {FIT}. {FIT}"
    assert str(PitbossError(["one" + EVIL, "two"])) == f"one{FIT}\ntwo"
