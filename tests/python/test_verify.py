"""Data at rest: every flipped bit, missing file and edited entry is named, and none of it is built or published."""

import random
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import Lander
from pitboss.cli import main
from pitboss.errors import BuildError, LedgerError
from pitboss.home import Home
from pitboss.landing.ledger import Ledger
from pitboss.landing.verify import check_before_build, files, verify
from test_landing import bet

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


def test_every_file_of_a_load_is_known(landed: Home) -> None:
    kept = set(files(landed, Ledger(landed)))
    there = {path for path in landed.root.rglob("*") if path.is_file() and path.suffix in (".parquet", ".ids")}
    assert kept == there and len(there) > 10
    assert {path.relative_to(landed.restricted).parts[0] for path in there if landed.restricted in path.parents} == {
        "vault", "quarantine", "unknown", "conflicts", "masked"
    }  # fmt: skip
    assert not list(verify(files(landed, Ledger(landed))))


def test_every_flipped_bit_is_named(landed: Home) -> None:
    """In each kind of file; of the last entry of the ledger what was built or published knows, of all others the next one."""
    known = files(landed, Ledger(landed))
    draw = random.Random(7)
    for _ in range(FLIPS):
        path = draw.choice(sorted(known))
        bit = draw.randrange(8 * path.stat().st_size)
        flip(path, bit)
        assert [damage.path for damage in verify(known)] == [path]
        flip(path, bit)
    first = landed.ledger / "0000000001.json"
    for _ in range(100):
        bit = draw.randrange(8 * first.stat().st_size)
        flip(first, bit)
        with pytest.raises(LedgerError):
            Ledger(landed)
        flip(first, bit)


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
    def told() -> Iterator[str]:
        run = CliRunner().invoke(main, ["--home", str(landed.root), "verify"])
        yield from (str(run.exit_code), *run.stdout.splitlines())

    known = files(landed, Ledger(landed))
    assert list(told()) == ["0", f"{len(known)} files of 2 entries checked, 0 damaged"]
    wrong = sorted(known)[:2]
    flip(wrong[0], 9)
    flip(wrong[1], 9)
    code, *lines, last = told()
    assert (code, last) == ("1", f"{len(known)} files of 2 entries checked, 2 damaged")
    assert len(lines) == 2 and all(str(path) in "".join(lines) for path in wrong)
