"""The landing gate, through `pitboss land --gate`: 16 days of a channel are known, and the 17th is as ever or has something planted."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pitboss.cli import main
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Ledger

Lines = list[str]
_FIRST = date(2025, 9, 1)
_DAYS = 16


def _line(event: str, at: datetime, player: int, number: int, **payload: Any) -> str:
    envelope = {
        "event": event,
        "schemaVer": "1.8",
        "ts": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
        "receivedTs": f"{at:%Y-%m-%dT%H:%M:%S}.250Z",
        "eventId": f"{event}-{at:%Y%m%d}-{player}-{number}",
        "playerId": f"player-{player}",
        "sessionId": f"session-{player}",
        "traceId": f"trace-{player}",
        "source": "web",
    }
    return json.dumps({**envelope, **payload}, separators=(",", ":"))


def _day(day: date) -> Lines:
    """A day of the channel: 300 players or a few more, one login and two stakes each; every third plays in SEK."""
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC)
    lines = []
    for player in range(300 + day.toordinal() % 5 * 4):
        at = noon + timedelta(minutes=4 * player % 1440)
        lines.append(_line("login", at, player, 0, method="password"))
        for number in (1, 2):
            stake = {"amount": f"{1 + player % 4}.00", "currency": "SEK" if player % 3 == 0 else "EUR"}
            lines.append(_line("bet_place", at + timedelta(seconds=number), player, number, roundId=f"r-{day}-{player}-{number}", gameId="g", stake=stake))
    return lines


def _write(folder: Path, day: date, lines: Lines) -> Path:
    path = folder / "web" / f"{day}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which 16 days of the channel landed without the gate."""
    folder = tmp_path_factory.mktemp("known")
    home = Home(folder / "home")
    files = [(_write(folder, day, _day(day)), "web") for day in (_FIRST + timedelta(days=n) for n in range(_DAYS))]
    assert all(landed.error is None for landed in land(home, files))
    return home.root


@pytest.fixture
def gated(known: Path, tmp_path: Path) -> Callable[..., tuple[Result, Home]]:
    """Land the 17th day into a copy of the known home, with the gate."""
    home = Home(Path(shutil.copytree(known, tmp_path / "home")))

    def run(lines: Lines, mode: str = "warn", *more: str) -> tuple[Result, Home]:
        path = _write(tmp_path, _FIRST + timedelta(days=_DAYS), lines)
        return CliRunner().invoke(main, ["--home", str(home.root), "land", str(path), "--gate", mode, *more]), home

    return run


def _today() -> Lines:
    return _day(_FIRST + timedelta(days=_DAYS))


def _verdict(home: Home) -> dict[str, Any]:
    newest = max((home.root / "gate").glob("*.json"), key=lambda path: path.stat().st_mtime_ns)
    verdict: dict[str, Any] = json.loads(newest.read_text())
    return verdict


def _failed(home: Home) -> set[str]:
    return {finding["name"] for finding in _verdict(home)["findings"] if not finding["is_met"]}


def _edited(old: str, new: str, every: int = 1) -> Lines:
    return [re.sub(old, new, line) if number % every == 0 else line for number, line in enumerate(_today())]


def test_a_day_like_the_others_passes(gated: Callable[..., tuple[Result, Home]]) -> None:
    result, home = gated(_today())
    assert result.exit_code == 0
    warnings = [line for line in result.stderr.splitlines() if line.startswith("gate: web/")]
    assert (warnings, _failed(home)) == ([], set())
    names = {finding["name"] for finding in _verdict(home)["findings"]}
    assert {"volume", "quarantine", "silent:web/login", "currency:all money:SEK", "missing:bet_place.trace_id", "lag:bet_place"} <= names
    assert len(Ledger(home).entries) == _DAYS + 1


PLANTED: dict[str, tuple[Callable[[], Lines], str]] = {
    "a silent producer": (lambda: [line for line in _today() if '"login"' not in line], "silent:web/login"),
    "a currency gone": (lambda: [line for line in _today() if '"SEK"' not in line], "currency:all money:SEK"),
    "a new currency": (lambda: _edited('"EUR"', '"USD"', every=10), "currency:all money:USD"),
    "a field left out": (lambda: _edited('"traceId":"[^"]*",', "", every=7), "missing:bet_place.trace_id"),
    "half the volume": (lambda: _today()[::2], "volume"),
    "refused lines": (lambda: _edited('"playerId"', '"playrId"', every=20), "quarantine:missing_required"),
    "cents for whole units": (lambda: _edited(r'"amount":"(\d)\.00"', r'"amount":"\g<1>00.00"'), "amount:bet_place.stake_amount:EUR"),
    "late arrival": (
        lambda: [line.replace(':00.250Z"', ':59.250Z"').replace('"receivedTs":"2025-09-17', '"receivedTs":"2025-09-18') for line in _today()],
        "lag:login",
    ),
    "a batch sent again": (lambda: _today() + _today()[:100], "duplicates"),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_found_and_lands(fault: str, gated: Callable[..., tuple[Result, Home]]) -> None:
    lines, name = PLANTED[fault]
    result, home = gated(lines())
    assert result.exit_code == 0, result.stderr
    assert name in _failed(home)
    warnings = [line for line in result.stderr.splitlines() if line.startswith("gate: web/")]
    assert len(warnings) == len(_failed(home))
    assert len(Ledger(home).entries) == _DAYS + 1


def test_block_lands_nothing_and_names_the_page(gated: Callable[..., tuple[Result, Home]]) -> None:
    result, home = gated(_today()[::2], "block")
    assert result.exit_code == 1
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ") and "not as expected" in line]
    page = home.root / "gate" / f"{_verdict(home)['load_id']}.html"
    assert len(errors) == 1 and str(page) in errors[0] and page.exists()
    assert len(Ledger(home).entries) == _DAYS
    assert not list(home.incoming.iterdir()) and not list(home.root.glob("landing/*/dt=2025-09-17/*"))
    again, _ = gated(_today()[::2], "warn")
    assert again.exit_code == 0 and len(Ledger(home).entries) == _DAYS + 1


def test_block_lands_what_is_as_expected(gated: Callable[..., tuple[Result, Home]]) -> None:
    result, home = gated(_today(), "block")
    assert result.exit_code == 0
    assert len(Ledger(home).entries) == _DAYS + 1


def test_empty_is_told_from_broken(gated: Callable[..., tuple[Result, Home]]) -> None:
    result, home = gated([])
    assert _verdict(home)["state"] == "empty" and {"volume", "silent:web/login"} <= _failed(home)
    assert "holds no line" in result.stderr
    again, _ = gated([], "block")  # one content, so it is known, and still it is a file without a line
    assert again.exit_code == 1 and "holds no line" in again.stderr
    broken, _ = gated([line[:-9] for line in _today()])
    assert broken.exit_code == 0
    assert _verdict(home)["state"] == "broken" and {"volume:landed", "quarantine", "silent:web/login"} <= _failed(home)


def test_without_history_nothing_is_made_up(home: Home, tmp_path: Path) -> None:
    path = _write(tmp_path, _FIRST, _today()[:30])
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", str(path), "--gate", "block"])
    assert result.exit_code == 0, result.stderr
    assert "not enough history, 0 of 7 loads" in (home.root / "gate" / "latest.html").read_text()
    assert _verdict(home)["findings"] == []


def test_the_page_stands_alone_and_trusts_no_name(gated: Callable[..., tuple[Result, Home]], tmp_path: Path) -> None:
    result, home = gated(_today()[::2], "warn", "--channel", "web", "--report", str(tmp_path / "report.html"))
    assert result.exit_code == 0
    page = (tmp_path / "report.html").read_text()
    assert page == (home.root / "gate" / "latest.html").read_text()
    assert not re.search(r"https?:|//|src=|@import|url\(|<script|<link", page)
    for words in ("not as expected", "lines", "What to do", "prefers-color-scheme"):
        assert words in page
    strange = _write(tmp_path / "<b>&", _FIRST, _today()[:3])
    CliRunner().invoke(main, ["--home", str(home.root), "land", str(strange), "--gate", "warn", "--channel", "<script>"])
    assert "&lt;script&gt;" in (home.root / "gate" / "latest.html").read_text()


def test_the_profile_is_counts_and_holds_nobody(home: Home, tmp_path: Path) -> None:
    lines = _day(_FIRST)[:30]  # ten players: 10 logins, 20 stakes, those of players 0, 3, 6 and 9 in SEK
    lines[1] = re.sub('"traceId":"[^"]*",', "", lines[1])
    lines[4] = lines[4].replace('"source":"web"', f'"source":"anna-{"a" * 40}"')  # a word as the contract wants it, and no name of a source
    lines.append("{}")
    path = _write(tmp_path, _FIRST, lines)
    assert CliRunner().invoke(main, ["--home", str(home.root), "land", str(path), "--gate", "warn"]).exit_code == 0
    text = next((home.root / "profiles").glob("*.json")).read_text()
    profile = json.loads(text)
    assert (profile["lines"], profile["landed"], profile["reasons"]) == (31, 30, {"unknown_event": 1})
    bets = profile["events"]["bet_place"]
    assert (bets["rows"], bets["sources"]) == (20, {"web": 19, "other": 1})
    assert bets["nulls"]["trace_id"] == 1
    assert bets["currencies"]["stake_amount"]["SEK"] == 8
    assert bets["lag_s"] == [0.25, 0.25]
    assert not re.search(r"player-|session-|trace-|anna|r-2025", text)


def test_land_without_the_gate_never_loads_great_expectations(tmp_path: Path) -> None:
    path = _write(tmp_path, _FIRST, _day(_FIRST)[:9])
    code = (
        "import sys\nfrom pitboss.cli import main\n"
        f"main(['--home', {str(tmp_path / 'home')!r}, 'land', {str(path)!r}], standalone_mode=False)\n"
        "print('great_expectations' in sys.modules, 'pitboss.watch' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "False False"


def test_the_gate_asks_nobody_over_the_network(known: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(known, tmp_path / "home"))
    path = _write(tmp_path, _FIRST + timedelta(days=_DAYS), _today())
    code = (
        "import sys\nasked = []\n"
        "sys.addaudithook(lambda name, of: asked.append(name) if name in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto') else None)\n"
        "from pitboss.cli import main\n"
        f"main(['--home', {str(home)!r}, 'land', {str(path)!r}, '--gate', 'warn'], standalone_mode=False)\n"
        "print('great_expectations' in sys.modules, asked)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "True []"


def test_a_file_without_one_readable_line_is_refused_without_any_history(home: Home, tmp_path: Path) -> None:
    path = tmp_path / "web" / "bad.jsonl"
    path.parent.mkdir()
    path.write_text("nonsense\n" * 3)
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", "--gate", "block", str(path)])
    assert result.exit_code == 1 and "lines that the contracts take 0" in result.stderr and "1 loads, 1 not as expected" in result.stderr
    assert not Ledger(home).entries
    path.write_text(_today()[0] + "\n")
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", "--gate", "block", str(path)])
    assert result.exit_code == 0 and len(Ledger(home).entries) == 1
