"""The producers' report, through `pitboss producers`: twelve days of a channel and its quieter neighbour, and what happens on the thirteenth."""

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pitboss.cli import main
from pitboss.home import Home
from pitboss.landing.land import land

Event = dict[str, Any]
Found = list[tuple[str, str, str, str, str]]
_FIRST = date(2025, 9, 1)
_LAST = _FIRST + timedelta(days=12)


def _events(day: date, channel: str = "web") -> list[Event]:
    """Thirty players, each with a login and a launch."""
    return [
        {
            "event": event,
            "schemaVer": "1.8",
            "ts": f"{day}T{player % 24:02}:00:00.000Z",
            "eventId": f"{channel}-{event}-{day}-{player}",
            "playerId": f"p{player}",
            "sessionId": f"s{player}",
            "traceId": f"t{player}",
            "source": channel,
            **payload,
        }
        for player in range(30)
        for event, payload in (("login", {"method": "password"}), ("game_launch", {"gameId": "g1", "loadMs": 700, "mode": "real"}))
    ]


def _write(folder: Path, channel: str, day: date, events: list[Event] | None, text: str = "") -> tuple[Path, str]:
    path = folder / channel / f"{day}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text if events is None else "".join(f"{json.dumps(event)}\n" for event in events))
    return path, channel


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve days of `web` and of `crm`, and the thirteenth and fourteenth of `crm`, which go by as ever."""
    folder = tmp_path_factory.mktemp("known")
    home = Home(folder / "home")
    days = [_FIRST + timedelta(days=n) for n in range(12)]
    files = [_write(folder, "web", day, _events(day)) for day in days]
    files += [_write(folder, "crm", day, _events(day, "crm")) for day in [*days, _LAST, _LAST + timedelta(days=1)]]
    assert all(landed.error is None for landed in land(home, files))
    return home.root


@pytest.fixture
def found(known: Path, tmp_path: Path) -> Callable[..., Found]:
    """Land the thirteenth day of `web` and report that day."""
    home = Home(Path(shutil.copytree(known, tmp_path / "home")))

    def run(events: list[Event] | None, text: str = "", is_there: bool = True) -> Found:
        if is_there:
            assert all(landed.error is None for landed in land(home, [_write(tmp_path, "web", _LAST, events, text)]))
        result = CliRunner().invoke(main, ["--home", str(home.root), "producers", "--since", str(_LAST), "--json"])
        assert result.exit_code == 0, result.output
        lines = [json.loads(line) for line in result.stdout.splitlines()]
        return [(each["day"], each["producer"], each["kind"], each["event"], each["field"]) for each in lines]

    return run


def test_a_day_like_the_others_has_nothing_to_tell(found: Callable[..., Found]) -> None:
    assert found(_events(_LAST)) == []


def test_a_field_that_no_contract_knows_is_new_once(found: Callable[..., Found]) -> None:
    events = _events(_LAST)
    for event in events[:4]:
        event["buildHash"] = "c0ffee"
    assert found(events) == [("2025-09-13", "web", "new", "game_launch", "/buildHash"), ("2025-09-13", "web", "new", "login", "/buildHash")]


def test_names_that_may_be_data_are_masked(found: Callable[..., Found]) -> None:
    events = _events(_LAST)
    events[0] |= {"anna@example.com": 1}
    events[2] |= {"k4915550123456": 1}
    events[4] |= {"notes about Anna": 1}
    assert found(events) == [("2025-09-13", "web", "new", "login", "/*")]


def test_a_field_of_the_contract_begins(found: Callable[..., Found]) -> None:
    events = _events(_LAST)
    for event in events[1::2]:
        event["lobbyId"] = "main"
    assert found(events) == [("2025-09-13", "web", "new", "game_launch", "lobby_id")]


def test_a_field_that_always_came_vanishes(found: Callable[..., Found]) -> None:
    events = [{key: value for key, value in event.items() if key != "loadMs"} for event in _events(_LAST)]
    assert found(events) == [("2025-09-13", "web", "vanished", "game_launch", "load_ms")]


def test_a_field_that_is_refused_from_now_on_has_changed(found: Callable[..., Found]) -> None:
    events = _events(_LAST)
    for event in events[1:21:2]:
        event["loadMs"] = "fast"
    assert found(events) == [("2025-09-13", "web", "changed", "game_launch", "/loadMs")]


def test_a_producer_falls_silent_about_one_event(found: Callable[..., Found]) -> None:
    assert found([event for event in _events(_LAST) if event["event"] != "login"]) == [("2025-09-13", "web", "silent", "login", "")]


def test_four_kinds_of_nothing(found: Callable[..., Found]) -> None:
    assert found(None, is_there=False) == [("2025-09-13", "web", "missing", "", "")]


def test_an_empty_file_is_not_a_missing_one(found: Callable[..., Found]) -> None:
    kinds = [(producer, kind) for _, producer, kind, _, _ in found(None, text="\n\n")]
    assert ("web", "empty") in kinds and ("web", "missing") not in kinds


def test_a_file_of_refused_lines_is_broken(found: Callable[..., Found]) -> None:
    broken = [event | {"ts": f"{_LAST} 10:00"} for event in _events(_LAST)]
    kinds = {(producer, kind) for _, producer, kind, _, _ in found(broken)}
    assert ("web", "broken") in kinds and not kinds & {("web", "missing"), ("web", "empty"), ("web", "silent")}


def test_the_report_for_people(known: Path, home: Home) -> None:
    result = CliRunner().invoke(main, ["--home", str(known), "producers"])
    assert result.exit_code == 0
    assert result.stdout == "2025-09-13  web        missing   no file for this day; there always was one\n"
    nothing = CliRunner().invoke(main, ["--home", str(home.root), "producers"])
    assert nothing.exit_code == 0 and "nothing has landed" in nothing.stdout
