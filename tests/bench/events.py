"""The files that are landed: events of simulated casinos, and the same with something done to them. Lines are bytes with their line end."""

import itertools
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from pitboss.simulate import simulate

_EVENT = re.compile(rb'("event":"\w+")')
_ARRIVAL = re.compile(rb'"receivedTs":"(\d{4}-\d\d-\d\d)')
_DAY = re.compile(rb'("(?:ts|receivedTs)":")\d{4}-\d\d-\d\dT')


def make_file(to: Path, megabytes: int) -> int:
    """One JSONL file of about so many MB: a week of each of several casinos, all channels one after the other, dirt left out. Its lines."""
    lines, room, folder = 0, megabytes * 1_000_000, to.with_suffix(".simulated")
    with to.open("wb") as out:
        for seed in itertools.count(1):
            simulate(folder, players=6000, days=7, seed=seed, dirt=0.0)
            for line in _lines(sorted(folder.glob("*/*.jsonl"))):
                if len(line) > room:
                    shutil.rmtree(folder)
                    return lines
                out.write(line)
                lines, room = lines + 1, room - len(line)
            shutil.rmtree(folder)
    raise AssertionError("not reached")


def sample(file: Path, to: Path, megabytes: float) -> int:
    """About so many MB of the file's lines, taken evenly. How many."""
    every = max(1, round(file.stat().st_size / (megabytes * 1e6)))
    return _write(to, itertools.islice(_lines([file]), 0, None, every))


def halves(file: Path, first: Path, second: Path) -> None:
    """The file in two, at the end of a line."""
    half = file.stat().st_size // 2
    with file.open("rb") as lines, first.open("wb") as one, second.open("wb") as two:
        while lines.tell() < half:
            one.write(lines.readline())
        shutil.copyfileobj(lines, two, 1 << 20)


def first_lines(file: Path, to: Path, count: int) -> int:
    """The first lines of the file. How many."""
    return _write(to, itertools.islice(_lines([file]), count))


def with_blank(file: Path, to: Path) -> int:
    """The same lines and an empty one, which makes another content of it."""
    return _write(to, itertools.chain(_lines([file]), [b"\n"]))


def shuffled(file: Path, to: Path) -> int:
    """The same lines in another order."""
    lines = list(_lines([file]))
    random.Random(1).shuffle(lines)
    return _write(to, lines)


def one_day(file: Path, to: Path, count: int) -> int:
    """So many events of the file's commonest kind, all on one day, each with an id of its own."""
    kinds = Counter(found[1] for line in _lines([file]) if (found := _EVENT.search(line)))
    wanted = kinds.most_common(1)[0][0]
    lines = [_DAY.sub(rb"\g<1>2025-09-02T", line) for line in _lines([file]) if wanted in line]
    return _write(to, (line.replace(b'"eventId":"', b'"eventId":"%d-' % (at // len(lines)), 1) for at, line in zip(range(count), itertools.cycle(lines))))


def days(folder: Path, players: int, start: date, count: int, seed: int, dirt: float) -> list[Path]:
    """A casino's days, a file each with what arrived on it, all channels in one. `count` files, in order."""
    folder.mkdir()
    simulated = folder / "simulated"
    simulate(simulated, players=players, days=count, seed=seed, start=start, dirt=dirt)
    wanted = {str(start + timedelta(days=number)).encode(): folder / f"{start + timedelta(days=number)}.jsonl" for number in range(count)}
    held: dict[bytes, list[bytes]] = {day: [] for day in wanted}
    day = next(iter(wanted))
    for line in _lines(sorted(simulated.glob("*/*.jsonl"))):
        found = _ARRIVAL.search(line)
        day = found[1] if found and found[1] in wanted else day
        held[day].append(line)
    for day, path in wanted.items():
        _write(path, held[day])
    shutil.rmtree(simulated)
    return list(wanted.values())


def casino(folder: Path, count: int, days: int) -> None:
    """About so many events of one casino, by channel and week as they are simulated; what arrived on the last day stands apart, in day.jsonl."""
    pilot, start = folder.with_name("pilot"), date(2025, 7, 1)
    lines = simulate(pilot, players=4000, days=days, seed=1, start=start, dirt=0.0).lines
    shutil.rmtree(pilot)
    simulate(folder, players=max(1, round(4000 * count / lines)), days=days, seed=1, start=start, dirt=0.0)
    last = str(start + timedelta(days=days - 1)).encode()
    with (folder / "day.jsonl").open("wb") as day:
        for path in sorted(folder.glob("*/*.jsonl")):
            with path.open("r+b") as file:
                kept = 0
                for line in file:
                    found = _ARRIVAL.search(line)
                    if found and found[1] >= last:
                        break
                    kept += len(line)
                file.seek(kept)
                shutil.copyfileobj(file, day, 1 << 20)
                file.truncate(kept)


def break_lines(file: Path, kind: str, valid: Path, broken: Path, megabytes: float) -> int:
    """The file's lines to which something can be done, evenly taken, as they are and with it done. How many."""
    spoil, room, lines = KINDS[kind], megabytes * 1e6, 0
    able = sum(len(line) for line in _lines([file]) if spoil(line) != line)
    every = max(1, int(able / room))
    with valid.open("wb") as good, broken.open("wb") as bad:
        for line in itertools.islice(((line, new) for line in _lines([file]) if (new := spoil(line)) != line), 0, None, every):
            good.write(line[0])
            bad.write(line[1])
            lines += 1
    return lines


def _spoil(pattern: bytes, replacement: bytes) -> Callable[[bytes], bytes]:
    search = re.compile(pattern)
    return lambda line: search.sub(replacement, line, count=1)


KINDS: dict[str, Callable[[bytes], bytes]] = {
    "cut off": lambda line: line[: 3 * len(line) // 4] + b"\n",
    "unknown event": _spoil(rb'"event":"', rb'"event":"un'),
    "required field missing": _spoil(rb'("event":"(?:bet_|round_|wallet_|session_)\w+".*?)"playerId":"[^"]*",', rb"\1"),
    "time without zone": _spoil(rb'("ts":"[^"Z]*)Z', rb"\1"),
    "money as a number": _spoil(rb'"amount":"(\d+\.\d+)"', rb'"amount":\1'),
    "money with nine decimals": _spoil(rb'"amount":"(\d+\.\d\d)"', rb'"amount":"\g<1>0000001"'),
    "currency in small letters": _spoil(rb'"currency":"[A-Z]+"', rb'"currency":"eur"'),
    "key twice": _spoil(rb'("brand":"[^"]*")', rb"\1,\1"),
    "broken UTF-8": _spoil(rb'"traceId":"', b'"traceId":"\xff'),
    "a field nobody knows (lands)": _spoil(rb'"traceId":"', rb'"build":"4711","traceId":"'),
}
"""What can be wrong with a line, by name."""


def _lines(files: list[Path]) -> Iterator[bytes]:
    for file in files:
        with file.open("rb") as lines:
            yield from lines


def _write(to: Path, lines: "Iterator[bytes] | itertools.chain[bytes] | list[bytes]") -> int:
    count = 0
    with to.open("wb") as out:
        for line in lines:
            out.write(line)
            count += 1
    return count
