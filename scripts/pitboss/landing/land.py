"""`pitboss land`: each file is one load, which lands whole or not at all."""

import errno
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa

from pitboss.contract.model import Contracts
from pitboss.errors import SourceError
from pitboss.home import Home
from pitboss.landing.ledger import Entry, recover
from pitboss.landing.session import Judge, Progress, Session, session
from pitboss.landing.source import examine


@dataclass(frozen=True)
class Landed:
    """What became of one file. Exactly one of `entry` and `error` is set; `is_known` where the content was landed before."""

    path: Path
    entry: Entry | None
    is_known: bool = False
    error: SourceError | None = None


def land(
    home: Home,
    files: Iterable[tuple[Path, str]],
    progress: Progress = lambda path, size: None,
    now: datetime | None = None,
    contracts: Contracts | None = None,
    judge: Judge | None = None,
    jobs: int = 1,
) -> Iterator[Landed]:
    """Land files, each with its channel, one after the other. A file that cannot be read lands nothing; the others land.

    `now` is the landing clock and `contracts` what to hold the lines against; left out, they are the time and the project's own.
    `judge` sees each load before it counts, and may keep it out. With several `jobs`, so many processes stage files at once, the
    channels in turn; the rows are the same, and only which of two copies is called the duplicate may differ.

    Raises:
        LockedError: another process is writing to the home.
    """
    with session(home, now, contracts) as turn:
        if jobs > 1:
            from pitboss.landing.parallel import land_parallel

            yield from land_parallel(turn, files, jobs, progress, judge)
            return
        for path, channel in files:
            yield guarded(home, path, lambda path=path, channel=channel: _land(turn, path, channel, progress, judge))  # type: ignore[misc]


def _land(turn: Session, path: Path, channel: str, progress: Progress, judge: Judge | None) -> Landed:
    recover(turn.home, turn.ledger)
    source = turn.named(examine(path, channel))
    known = turn.ledger.load(source.load_id)
    if known:
        progress(path, source.bytes)
        return Landed(path, known, is_known=True)
    return Landed(path, turn.bring(source, progress, judge))


def guarded(home: Home, path: Path, run: Callable[[], Landed]) -> Landed:
    """What became of a file, its failure too: the others go on."""
    try:
        return run()
    except SourceError as error:
        return Landed(path, None, error=error)
    except (OSError, duckdb.Error, pa.ArrowException) as error:
        return Landed(path, None, error=_failure(home, path, error))


def _failure(home: Home, path: Path, error: Exception) -> SourceError:
    text = str(error).splitlines()[0]
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return SourceError("could not be landed, the disk is full", str(path), f"Make room for {home.root} and run the command again.")
    return SourceError(f"could not be landed ({text})", str(path), "Run the command again; what was committed is kept, the rest starts anew.")
