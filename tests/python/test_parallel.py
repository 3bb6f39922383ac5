"""Landing with several processes gives what landing file after file gives."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from conftest import quarantined, rows
from pitboss.errors import SourceError
from pitboss.home import Home
from pitboss.landing.land import Landed, land
from pitboss.landing.ledger import Entry, Ledger
from test_landing import bet


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Path, str]]:
    """Files that share ids, conflict, repeat a whole content, and one that is damaged. All of one channel, so that neighbours are staged at once."""
    folder = tmp_path_factory.mktemp("parallel")
    contents: Sequence[Sequence[str]] = [
        [bet(f"a{n}") for n in range(50)],
        [bet(f"a{n}") for n in range(40, 60)],
        [bet("a41", stake={"amount": "9.00", "currency": "EUR"}), bet("b1"), "nonsense"],
        [bet("a41", stake={"amount": "9.00", "currency": "EUR"}), bet("b2")],
        [bet(f"a{n}") for n in range(50)],
        [bet(f"c{n}", ts=f"2025-10-{1 + n:02}T12:00:00Z") for n in range(20)],
    ]
    made = []
    for number, lines in enumerate(contents):
        path = folder / f"{number}.jsonl"
        path.write_text("\n".join(lines) + "\n")
        made.append((path, "web"))
    (folder / "cut.jsonl.gz").write_bytes(b"\x1f\x8b\x08\x00")
    return [*made[:3], (folder / "cut.jsonl.gz", "web"), *made[3:]]


def outcome(found: list[Landed]) -> list[tuple[str, bool, bool]]:
    return [(landed.path.name, landed.is_known, landed.error is None) for landed in found]


def test_several_processes_land_what_one_lands(files: list[tuple[Path, str]], tmp_path: Path) -> None:
    alone, together = Home(tmp_path / "alone"), Home(tmp_path / "together")
    first = list(land(alone, files))
    second = list(land(together, files, jobs=3))
    assert outcome(second) == outcome(first)
    assert [landed.is_known for landed in second] == [False, False, False, False, False, True, False]

    def told(home: Home) -> list[object]:
        return [
            (e.seq, e.file, e.landed, e.quarantined, e.duplicates, e.violations, e.conflict_ids, [(p.path, p.rows) for p in e.parts])
            for e in Ledger(home).entries
        ]

    assert told(together) == told(alone)
    everything = "* exclude (load_seq), load_seq"
    assert sorted(map(str, rows(together, "landing/bet_place/*/*.parquet", everything))) == sorted(
        map(str, rows(alone, "landing/bet_place/*/*.parquet", everything))
    )
    assert quarantined(together, "file, line, reason, raw") == quarantined(alone, "file, line, reason, raw")
    assert not list(together.incoming.iterdir())


def test_a_process_that_is_gone_is_done_without(files: list[tuple[Path, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home")
    monkeypatch.setattr("pitboss.landing.parallel._begin", len)  # cannot take these arguments, so no process begins
    found = list(land(home, files[:2], jobs=2))
    assert [landed.entry.landed for landed in found if landed.entry] == [50, 10]


def test_a_load_that_is_judged_and_kept_out_is_in_nobodys_way(tmp_path: Path) -> None:
    same = [bet("e1"), "nonsense"]
    files = []
    for channel in ("first", "second", "third"):
        path = tmp_path / channel / "a.jsonl"
        path.parent.mkdir()
        path.write_text("\n".join(same) + "\n")
        files.append((path, channel))

    def judge(home: Home, entry: Entry, *_: object) -> None:
        if entry.channel == "first":
            raise SourceError("is not as expected", entry.file)

    for jobs in (1, 2):
        found = list(land(Home(tmp_path / f"home{jobs}"), files, judge=judge, jobs=jobs))
        assert [(str(landed.error), landed.is_known) for landed in found] == [("a.jsonl: is not as expected", False), ("None", False), ("None", True)]
