"""Hazards of files: odd sizes, odd names, links, what is no file at all, and what changes while it is read."""

import gzip
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard
from click.testing import CliRunner
from conftest import quarantined, query, rows
from hazards import LOGIN, channel, entries, errors, good, line, run
from pitboss.cli import main
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.ledger import Ledger


def zeros(gigabytes: float) -> bytes:
    """A gzip file of many members that unpacks to a thousand times its size."""
    return gzip.compress(bytes(1 << 24)) * int(gigabytes * 64)


def test_bombs_and_long_lines_stay_within_memory(home: Home) -> None:
    web = channel(home)
    (web / "bomb.jsonl.zst").write_bytes(zstandard.compress(bytes(1 << 26)) * 17)
    (web / "line.jsonl.gz").write_bytes(gzip.compress(good("before")) + zeros(0.2) + gzip.compress(b"\n" + good("after")))
    (web / "blank.jsonl.gz").write_bytes(gzip.compress(b"\n" * 1_000_000))
    ten = line()[:-1].replace(b'"ID"', b'"ten"') + b',"zz":"' + b"x" * 10_000_000 + b'"}\n'
    bad = b'{"zz":"' + b"x" * 10_000_000 + b'"\n'
    most = line('"ID"', '"most"')[:-1] + b',"zz":"' + b"x" * ((16 << 20) - len(line('"ID"', '"most"')) - 8) + b'"}'
    assert len(most) == 16 << 20
    long = most.replace(b"x", b"xx", 1) + b"\n"
    (web / "lines.jsonl").write_bytes(good("g1") + ten + good("g2") + bad + good("g3") + long + good("g4") + most + b"\n" + long + good("g5"))
    # Of this program alone: what getrusage says begins with the size of the process that started it.
    peak = "next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM'))"
    program = f"from pitboss.cli import main\ntry: main()\nfinally: print({peak})"
    done = subprocess.run([sys.executable, "-c", program, "--home", str(home.root), "land", str(web)], capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert int(done.stdout.splitlines()[-1]) < 1_000_000, "kilobytes"
    said = [text for text in done.stderr.splitlines() if "1 GiB and 200 times" in text]
    assert [text.split("/")[-1].split(":")[0] for text in said] == ["bomb.jsonl.zst"]
    assert entries(home) == {"line.jsonl.gz": (3, 2, 1, 0), "blank.jsonl.gz": (0, 0, 0, 0), "lines.jsonl": (10, 7, 3, 0)}
    assert {entry.file: entry.blank_lines for entry in Ledger(home).entries}["blank.jsonl.gz"] == 1_000_000
    g, ten_end = len(good("g1")), 2 * len(good("g1")) + len(ten)
    assert quarantined(home, "file, line, byte_offset, reason, octet_length(raw)") == [
        ("line.jsonl.gz", 2, len(good("before")), "line_too_long", 1 << 16),
        ("lines.jsonl", 4, ten_end, "malformed_json", len(bad) - 1),
        ("lines.jsonl", 6, ten_end + len(bad) + g, "line_too_long", 1 << 16),
        ("lines.jsonl", 9, ten_end + len(bad) + 2 * g + 2 * len(long) - 1, "line_too_long", 1 << 16),
    ]
    [kept] = [value for event_id, value in rows(home, "restricted/unknown/*.parquet", "event_id, octet_length(value)") if event_id == "ten"]
    assert kept == 10_000_002


EMPTY = {
    "nothing.jsonl": (b"", 0, 0),
    "nothing.jsonl.gz": (gzip.compress(b""), 0, 0),
    "nothing.jsonl.zst": (zstandard.compress(b""), 0, 0),
    "line end.jsonl": (b"\n", 0, 1),
    "space.jsonl": (b"  \t ", 0, 1),
    "spaces.jsonl": (b" \n\t\n\r\n\r", 0, 4),
    "mark.jsonl": (b"\xef\xbb\xbf", 0, 0),
    "mark and line end.jsonl": (b"\xef\xbb\xbf\r\n", 0, 1),
    "two marks.jsonl": (b"\xef\xbb\xbf\xef\xbb\xbf\n", 1, 0),
    "NULs.jsonl": (bytes(1000), 1, 0),
    "form feed.jsonl": (b"\x0c\n", 1, 0),
}
"""Files without an event: the bytes, how many lines, how many blank ones."""


def test_files_without_an_event(home: Home) -> None:
    web = channel(home)
    for name, (data, _, _) in EMPTY.items():
        (web / name).write_bytes(data)
    result = run(home, web)
    assert result.exit_code == 0, result.output
    found = {entry.file: (entry.lines, entry.blank_lines) for entry in Ledger(home).entries}
    wanted = {name: (lines, blank) for name, (_, lines, blank) in EMPTY.items() if not name.startswith("nothing.jsonl.")}
    assert found == wanted
    assert "nothing.jsonl.gz: landed before" in result.output and "nothing.jsonl.zst: landed before" in result.output


def test_line_ends_and_marks(home: Home) -> None:
    web = channel(home)
    mark, one = b"\xef\xbb\xbf", good("1")
    (web / "crlf.jsonl").write_bytes(mark + good("a").replace(b"\n", b"\r\n") + b"\r\n" + b"x\r\n" + good("b").replace(b"\n", b"\r\n"))
    (web / "no end.jsonl").write_bytes(good("c") + good("d").rstrip(b"\n"))
    (web / "returns.jsonl").write_bytes(good("e").replace(b"\n", b"\r") + good("f").replace(b"\n", b"\r"))
    (web / "marks.jsonl").write_bytes(mark + mark + one + mark + one + good("h"))
    assert run(home, web).exit_code == 0
    assert entries(home) == {"crlf.jsonl": (3, 2, 1, 0), "no end.jsonl": (2, 2, 0, 0), "returns.jsonl": (1, 0, 1, 0), "marks.jsonl": (3, 1, 2, 0)}
    assert quarantined(home, "file, line, byte_offset, raw")[0] == ("crlf.jsonl", 3, 3 + len(good("a")) + 1 + 2, b"x\r")
    assert quarantined(home, "file, line, byte_offset, raw")[1:3] == [
        ("marks.jsonl", 1, 3, mark + one[:-1]),
        ("marks.jsonl", 2, 3 + 3 + len(one), mark + one[:-1]),
    ]


# ------------------------------------------------------------ names and places

NAMES = (
    "with space.jsonl",
    " .jsonl",
    "-rf.jsonl",
    "--json.jsonl",
    "it's.jsonl",
    'say "x".jsonl',
    "ünïcode 日本 \U0001f3b0.jsonl",
    "line\nend.jsonl",
    "tab\tand\x1b[31mcolour.jsonl",
    "100%s {x} $HOME `x`.jsonl",
    "*.jsonl",
    "what?.jsonl",
    "[a-z].jsonl",
    "back\\slash.jsonl",
    "a;b&c|d.jsonl",
    "x" * 249 + ".jsonl",
    ".hidden.jsonl",
    "UPPER.JSONL",
)


def test_names_of_files_mean_nothing(home: Home) -> None:
    web = channel(home)
    for number, name in enumerate(NAMES):
        (web / name).write_bytes(good(f"e{number}") + b"x" * (number + 1))
    result = run(home, web)
    assert result.exit_code == 0, result.output
    assert entries(home) == dict.fromkeys(NAMES, (2, 1, 1, 0))
    found = dict(quarantined(home, "file, octet_length(raw)"))
    assert found == {name: number + 1 for number, name in enumerate(NAMES)}
    (web / "cut\nshort.jsonl.gz").write_bytes(b"x")
    [said] = errors(run(home, web))
    assert "cut\\x0ashort.jsonl.gz: is a damaged or cut archive" in said


def test_names_given_by_hand(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    web = channel(home)
    (web / "-rf.jsonl").write_bytes(good("e1"))
    (web / "data").write_bytes(good("e2"))
    monkeypatch.chdir(web)
    result = CliRunner().invoke(main, ["--home", str(home.root), "land", "--", "-rf.jsonl", "data", "../web/../web/-rf.jsonl"])
    assert result.exit_code == 0, result.output
    assert entries(home) == {"-rf.jsonl": (1, 1, 0, 0), "data": (1, 1, 0, 0)}
    assert {entry.channel for entry in Ledger(home).entries} == {"web"}


def test_names_that_are_no_utf8(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"ch\xff")
    folder.mkdir()
    (folder / os.fsdecode(b"bad\xfe.jsonl")).write_bytes(good("e1") + b"nonsense\n")
    result = run(home, folder)
    assert result.exit_code == 0, result.output
    [entry] = Ledger(home).entries
    assert (entry.file, entry.channel, entry.landed, entry.quarantined) == (r"bad\xfe.jsonl", r"ch\xff", 1, 1)


def test_links_are_followed_and_each_content_lands_once(home: Home, tmp_path: Path) -> None:
    web = channel(home)
    away = tmp_path / "away"
    (away / "psp").mkdir(parents=True)
    (away / "one.bin").write_bytes(good("e1"))
    (away / "psp" / "two.jsonl").write_bytes(good("e2"))
    (web / "one.jsonl").symlink_to(away / "one.bin")
    (web / "again.jsonl").symlink_to(web / "one.jsonl")
    (web.parent / "psp").symlink_to(away / "psp")
    (web.parent / "round").symlink_to(web.parent)
    (web / "folder.jsonl").mkdir()
    (web / "folder.jsonl" / "three.jsonl").write_bytes(good("e3"))
    result = run(home, web.parent)
    assert result.exit_code == 0, result.output
    found = sorted((entry.file, entry.channel, entry.landed) for entry in Ledger(home).entries)
    assert found == [("again.jsonl", "web", 1), ("three.jsonl", "folder.jsonl", 1), ("two.jsonl", "psp", 1)]
    assert "one.jsonl: landed before, as load " in result.output


@pytest.mark.parametrize("is_loop", [True, False])
def test_a_link_to_nothing_is_said_and_its_neighbours_land(is_loop: bool, home: Home) -> None:
    web = channel(home)
    (web / "good.jsonl").write_bytes(good("e1"))
    (web / "lost.jsonl").symlink_to(web / ("lost.jsonl" if is_loop else "gone.jsonl"))
    for path in (web, web / "lost.jsonl"):
        result = run(home, path)
        assert result.exit_code == 1 and "lost.jsonl: is a link to nothing; nothing" in result.output
    assert [entry.file for entry in Ledger(home).entries] == ["good.jsonl"]


@pytest.fixture
def no_file(home: Home) -> Iterator[dict[str, Path]]:
    """A pipe and a socket in a channel, and a device."""
    web = channel(home)
    os.mkfifo(web / "pipe.jsonl")
    os.mkfifo(web / "pipe.jsonl.gz")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(web)  # a socket's path may have a hundred letters
        try:
            listener.bind("socket.jsonl")
        finally:
            os.chdir(here)
        yield {"pipe": web / "pipe.jsonl", "archive": web / "pipe.jsonl.gz", "socket": web / "socket.jsonl", "device": Path("/dev/zero")}


def test_what_is_no_file_is_refused_and_waits_for_nobody(no_file: dict[str, Path], home: Home) -> None:
    web = channel(home)
    (web / "good.jsonl").write_bytes(good("e1"))
    program = [sys.executable, "-m", "pitboss.cli", "--home", str(home.root), "land", str(web), str(no_file["device"])]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    for path in no_file.values():
        assert f"{path}: is a pipe, a device or a socket; nothing of it was landed" in done.stderr
    assert entries(home) == {"good.jsonl": (1, 1, 0, 0)}


def test_a_file_that_may_not_be_read(home: Home) -> None:
    web = channel(home)
    if not os.geteuid():
        pytest.skip("root may read everything")
    (web / "secret.jsonl").write_bytes(good("e1"))
    (web / "secret.jsonl").chmod(0)
    result = run(home, web)
    assert result.exit_code == 1 and "cannot be read (Permission denied); nothing of it was landed" in result.output


def test_a_file_that_grows_while_it_is_read_lands_when_it_is_closed(home: Home) -> None:
    web = channel(home)
    file = web / "growing.jsonl"
    file.write_bytes(b"".join(good(f"e{n}") for n in range(20_000)))
    with subprocess.Popen(["sh", "-c", 'while :; do echo >> "$0"; done', str(file)]) as producer:
        try:
            size = file.stat().st_size
            while file.stat().st_size == size:
                pass
            result = run(home, file)
        finally:
            producer.kill()
    assert result.exit_code == 1 and "growing.jsonl: changed while it was" in result.output
    assert entries(home) == {} and not list(home.landing.rglob("*.parquet"))
    assert run(home, file).exit_code == 0
    assert entries(home) == {"growing.jsonl": (20_000, 20_000, 0, 0)}


def test_a_file_that_changes_after_it_was_examined_lands_nothing(home: Home) -> None:
    web = channel(home)
    file = web / "changing.jsonl"
    file.write_bytes(b"".join(good(f"e{n}") for n in range(30_000)))
    home.create()

    def change() -> None:
        while not any(home.incoming.iterdir()):  # a load has its folder there once its file is examined
            time.sleep(0.001)
        with file.open("ab") as out:
            out.write(good("late"))

    with ThreadPoolExecutor(1) as pool:
        changed = pool.submit(change)
        result = run(home, file)
        changed.result()
    assert result.exit_code == 1 and "changing.jsonl: changed while it was landed; nothing of it was landed" in result.output
    assert entries(home) == {} and not list(home.landing.rglob("*.parquet")) and not list(home.incoming.iterdir())


@pytest.mark.parametrize("moment", ["first", "last"])
def test_a_file_that_is_written_over_under_its_old_size_and_time_lands_nothing(moment: str, home: Home) -> None:
    """While its lines are read, and before the bytes of those that are quarantined are fetched."""
    file = channel(home) / "written_over.jsonl"
    content = b"".join(good(f"e{n}") for n in range(5000)) + line('"2.00"', '"1e2"') + b"\n"
    other = content.replace(b"1e2", b"1e3").replace(b'"e4999"', b'"f4999"')
    file.write_bytes(content)
    before = file.stat()
    calls = read = 0

    def write_over(path: Path, size: int) -> None:
        """Called behind the first block, and in the end when all of it has been read."""
        nonlocal calls, read
        calls, read = calls + 1, read + size
        if calls == 1 if moment == "first" else read == len(content):
            with path.open("r+b") as out:
                out.write(other)
            os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    [landed] = land(home, [(file, "web")], write_over)
    after = file.stat()
    assert file.read_bytes() == other and (after.st_ino, after.st_size, after.st_mtime_ns) == (before.st_ino, before.st_size, before.st_mtime_ns)
    assert str(landed.error) == f"{file}: changed while it was landed; nothing of it was landed. Land it when its producer has closed it."
    assert entries(home) == {} and not list(home.landing.rglob("*.parquet")) and not list(home.incoming.iterdir())
    [landed] = land(home, [(file, "web")])
    assert landed.entry and (landed.entry.lines, landed.entry.landed) == (5001, 5000)


def test_a_home_and_a_channel_of_any_name(tmp_path: Path) -> None:
    home = Home(tmp_path / 'o\'brien "h" [x]* ü' / "%s {a} $X --")
    inbox = home.root / "inbox" / 'we\'b [1] "*"'
    inbox.mkdir(parents=True)
    known = line('"ID"', '"known"', LOGIN) + b"\n"
    (inbox / "a'\"[*].jsonl").write_bytes(good("e1") + known + good("e2") + b"x\n")
    (inbox / "b.jsonl").write_bytes(good("e2") + known + good("e3") + good("e1").replace(b"2.00", b"3.00"))
    result = run(home, inbox.parent)
    assert result.exit_code == 0, result.output
    assert entries(home) == {"a'\"[*].jsonl": (4, 3, 1, 0), "b.jsonl": (4, 1, 1, 2)}
    assert {entry.channel for entry in Ledger(home).entries} == {inbox.name}
    shutil.rmtree(home.ids)
    (inbox / "c.jsonl").write_bytes(known + good("e3") + good("e4"))
    assert run(home, inbox.parent).exit_code == 0
    assert entries(home)["c.jsonl"] == (3, 1, 0, 2)
    build = [sys.executable, "-m", "pitboss.cli", "--home", str(home.root), "build", "--quiet", "--indirect-selection", "empty", "--select"]
    done = subprocess.run([*build, "stg_landing__loads", "stg_gameplay__bets"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert query(home, "select count(*), min(channel) from staging.stg_landing__loads") == [(3, inbox.name)]
    assert query(home, "select event_id from staging.stg_gameplay__bets order by 1") == [("e2",), ("e3",), ("e4",)]
