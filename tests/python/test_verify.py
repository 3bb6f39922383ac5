"""Data at rest: every flipped bit, missing file and edited entry is named, and none of it is built or published."""

import random
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner
from conftest import Lander
from pitboss.cli import main
from pitboss.errors import BuildError, LedgerError, PitbossError
from pitboss.home import Home
from pitboss.landing.ledger import Ledger, encoded
from pitboss.landing.verify import check_before_build, files, verify
from pitboss.serve.publish import publish
from pitboss.serve.registry import publishes
from test_landing import bet
from test_publish import double

FLIPS = 1000


@pytest.fixture
def landed(home: Home, land_lines: Lander) -> Home:
    """Two loads with everything that a load can leave: parts, a vault, hashes of ids, refusals, a quarantine, unknown fields, masks, a conflict."""
    lines = [bet("a", geo={"ip": "203.0.113.7"}), bet("b", zz=1), "nonsense", bet("c", playerId="bob@example.com")]
    land_lines(*lines, name="one.jsonl")
    land_lines(bet("a", roundId="other"), bet("d"), name="two.jsonl")
    return home


def flip(path: Path, bit: int) -> None:
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def told(home: Home) -> tuple[int, str]:
    """How `pitboss verify` ends, and what it says."""
    run = CliRunner().invoke(main, ["--home", str(home.root), "verify"])
    return run.exit_code, run.output


def test_every_file_of_a_load_is_known(landed: Home) -> None:
    kept = set(files(landed, Ledger(landed)))
    there = {path for path in landed.root.rglob("*") if path.is_file() and path.suffix in (".parquet", ".ids")}
    assert kept == there and len(there) > 10
    assert {path.relative_to(landed.restricted).parts[0] for path in there if landed.restricted in path.parents} == {
        "vault", "quarantine", "unknown", "conflicts", "masked"
    }  # fmt: skip
    assert not list(verify(files(landed, Ledger(landed))))


def test_every_flipped_bit_is_named(landed: Home) -> None:
    """In each kind of file and in each entry of the ledger, the last too, which no later one knows."""
    known = files(landed, Ledger(landed))
    draw = random.Random(7)
    for _ in range(FLIPS):
        path = draw.choice(sorted(known))
        bit = draw.randrange(8 * path.stat().st_size)
        flip(path, bit)
        assert [damage.path for damage in verify(known)] == [path]
        flip(path, bit)
    for entry in sorted(landed.ledger.iterdir()):
        size = 8 * entry.stat().st_size
        # the end with every bit: there stands the seal, and what is called otherwise must not be no seal
        for bit in {*draw.sample(range(size), FLIPS), *range(size - 8 * 64, size)}:
            flip(entry, bit)
            with pytest.raises(LedgerError):
                Ledger(landed)
            flip(entry, bit)
    assert len(Ledger(landed).entries) == 2


def test_an_edit_of_the_last_entry_is_named_before_anything_is_built_of_it(landed: Home) -> None:
    last = landed.ledger / "0000000002.json"
    entry = Ledger(landed).entries[-1]
    edits = [msgspec.structs.replace(entry, landed=entry.landed + 1), msgspec.structs.replace(entry, retired=[entry.parts[0].path])]
    for edited in edits:
        last.write_bytes(encoded(edited))
        code, output = told(landed)
        assert code == 1 and f"{last}: is not what was written" in output
    last.write_bytes(encoded(entry))
    assert told(landed)[0] == 0


def test_entries_from_before_there_were_seals_are_read_and_followed(landed: Home, land_lines: Lander) -> None:
    last = landed.ledger / "0000000002.json"
    last.write_bytes(last.read_bytes().partition(b',"seal"')[0] + b"}\n")
    land_lines(bet("e"), name="three.jsonl")
    assert len(Ledger(landed).entries) == 3
    assert told(landed)[0] == 0


def test_every_flipped_bit_of_what_is_published_is_named(built_home: Home) -> None:
    publish(built_home)
    publish(built_home)
    draw = random.Random(11)
    files = sorted(built_home.published.glob("*.duckdb"))
    assert len(files) == 4
    for path in files:
        size = 8 * path.stat().st_size
        for bit in (0, 7, size - 8, size - 1, *draw.sample(range(size), 12)):
            flip(path, bit)
            code, output = told(built_home)
            assert code == 1 and [line for line in output.splitlines() if line.startswith(f"{path} ")], bit
            assert "1 damaged" in output
            flip(path, bit)
    assert told(built_home)[0] == 0


def test_a_changed_or_missing_line_about_what_was_published_is_named(built_home: Home) -> None:
    for _ in range(3):
        double(built_home)  # no two are the same file
        publish(built_home)
    registry = built_home.published / "ledger.jsonl"
    lines = registry.read_bytes().splitlines(keepends=True)
    assert len(lines) == 3

    def named(*written: bytes) -> set[str]:
        registry.write_bytes(b"".join(written))
        code, output = told(built_home)
        assert code == 1
        return {line.split()[0].removeprefix(f"{built_home.published}/") for line in output.splitlines() if line.startswith(str(built_home.published))}

    size, draw = 8 * registry.stat().st_size, random.Random(13)
    for bit in {*draw.sample(range(size), FLIPS), *range(size - 8 * 48, size)}:
        flip(registry, bit)
        with pytest.raises(PitbossError):
            publishes(built_home)
        flip(registry, bit)
    assert told(built_home)[0] == 0
    edited = [line.replace(b'"ledger_seq":1', b'"ledger_seq":0') for line in lines]
    for at in range(3):
        assert named(*lines[:at], edited[at], *lines[at + 1 :]) == {"ledger.jsonl"}
    assert named(lines[0], lines[2]) == named(*lines[1:]) == named(lines[1], lines[0], lines[2]) == {"ledger.jsonl"}
    with pytest.raises(PitbossError, match="is not what was written"):
        publish(built_home)
    # what no line speaks of was not published
    assert named(*lines[:2]) == {"pitboss.duckdb"}  # the other file is empty, and as it was
    assert named(lines[0]) == {"pitboss.duckdb", "pitboss.previous.duckdb"}
    assert len(named()) == 4
    # and lines from before there were seals are taken, and sealed by the next publish
    registry.write_bytes(b"".join(line.partition(b',"seal"')[0] + b"}\n" for line in lines))
    assert told(built_home)[0] == 0
    publish(built_home)
    assert registry.read_bytes().splitlines(keepends=True)[:3] == lines


def test_what_is_gone_is_named_but_for_hashes_that_can_be_made_again(landed: Home) -> None:
    known = files(landed, Ledger(landed))
    for path in known:
        path.rename(landed.root / "aside")
        assert [damage.path for damage in verify(known)] == ([] if path.suffix == ".ids" else [path])
        (landed.root / "aside").rename(path)


def test_a_damaged_help_makes_no_event_new(landed: Home, land_lines: Lander) -> None:
    """A bit in the hash of an id would let its event land twice."""
    path = landed.ids / "bet_place" / f"{Ledger(landed).entries[0].load_id}.ids"
    flip(path, 8 * path.stat().st_size - 1)
    [again] = land_lines(bet("b", zz=1), "", name="three.jsonl")
    assert again.entry is not None and (again.entry.landed, again.entry.duplicates) == (0, 1)


def test_a_build_checks_what_is_new_and_once_a_week_all(landed: Home, land_lines: Lander) -> None:
    now = datetime(2026, 11, 28, tzinfo=UTC)
    ledger = Ledger(landed)
    old = next(path for path in files(landed, ledger) if path.suffix == ".parquet")
    check_before_build(landed, ledger, False, now)
    flip(old, 100)
    check_before_build(landed, ledger, False, now + timedelta(days=6, hours=23))
    for is_whole, moment in ((True, now), (False, now + timedelta(days=7))):
        with pytest.raises(BuildError, match=f"{old.name} is not what entry 1"):
            check_before_build(landed, ledger, is_whole, moment)
    flip(old, 100)
    land_lines(bet("e"), name="three.jsonl")
    ledger.read_on()
    new = next(path for path, (_, seq) in files(landed, ledger).items() if seq == 3 and path.suffix == ".parquet")
    flip(new, 100)
    with pytest.raises(BuildError, match=f"{new.name} is not what entry 3"):
        check_before_build(landed, ledger, False, now)


def test_another_ledger_is_checked_whole(landed: Home, land_lines: Lander) -> None:
    """A restored backup has the same numbers, and not the same files."""
    now = datetime(2026, 11, 28, tzinfo=UTC)
    backup = landed.root.parent / "backup"
    shutil.copytree(landed.root, backup)
    land_lines(bet("e"), name="three.jsonl")
    check_before_build(landed, Ledger(landed), False, now)
    restored = Home(backup)
    shutil.copytree(landed.target, restored.target)
    flip(next(path for path in files(restored, Ledger(restored)) if path.suffix == ".parquet"), 100)
    with pytest.raises(BuildError, match="is not what entry 1"):
        check_before_build(restored, Ledger(restored), False, now)


def test_the_command_names_each_and_fails(landed: Home) -> None:
    known = files(landed, Ledger(landed))
    assert told(landed) == (0, f"{len(known)} files of 2 entries checked, 0 damaged\n")
    wrong = sorted(known)[:2]
    flip(wrong[0], 9)
    flip(wrong[1], 9)
    code, output = told(landed)
    *lines, last, error = output.splitlines()
    assert (code, last) == (1, f"{len(known)} files of 2 entries checked, 2 damaged")
    assert len(lines) == 2 and all(str(path) in "".join(lines) for path in wrong)
    assert error.startswith("error: ")
