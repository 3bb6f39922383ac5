"""Landing with several processes: each stages files of its own, and the one that holds the home commits them one after the other.

A load is staged against the ledger as it was then. Where an entry that came in between shares an id with it, or its place in the
ledger is another one, the committing process brings it in again itself, so the result is that of landing file after file.
"""

import itertools
import multiprocessing
import os
import shutil
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pitboss.contract.model import Contracts
from pitboss.errors import SourceError
from pitboss.home import Home
from pitboss.landing.dedupe import read_sidecar
from pitboss.landing.land import Landed, guarded
from pitboss.landing.ledger import Entry, Ledger, discarding, recover, staged_path
from pitboss.landing.memory import return_freed_memory
from pitboss.landing.session import Judge, Progress, Session, connected
from pitboss.landing.source import Source, examine

_POLL_S = 0.2


@dataclass(frozen=True)
class _Staged:
    """A load in a folder of its own, not under its load id: what a worker that lost its master does can be in nobody's way."""

    entry: Entry
    folder: Path
    known: int
    """Entries that the ledger had when the load was staged."""


@dataclass(frozen=True)
class _Pending:
    source: Source
    staged: "Future[_Staged]"


def land_parallel(turn: Session, files: Iterable[tuple[Path, str]], jobs: int, progress: Progress, judge: Judge | None) -> Iterator[Landed]:
    """Land files with so many processes that stage them."""
    context = multiprocessing.get_context("spawn")
    steps: Any = context.SimpleQueue()
    pending: deque[_Pending] = deque()

    def finish() -> Landed:
        first = pending.popleft()
        while not wait([first.staged], _POLL_S).done:
            _report(steps, progress)
        _report(steps, progress)
        return guarded(turn.home, first.source.path, lambda: Landed(first.source.path, _commit(turn, first, judge)))

    with ProcessPoolExecutor(jobs, context, _begin, (turn.home.root, turn.now, turn.contracts, steps)) as pool:
        for path, channel in _spread(files):
            try:
                source = turn.named(examine(path, channel))
            except SourceError as error:
                while pending:
                    yield finish()
                yield Landed(path, None, error=error)
                continue
            while pending and (len(pending) > jobs or source.load_id in {other.source.load_id for other in pending}):
                yield finish()
            known = turn.ledger.load(source.load_id)
            if known:
                while pending:
                    yield finish()
                progress(path, source.bytes)
                yield Landed(path, known, is_known=True)
            else:
                pending.append(_Pending(source, _submit(pool, source, turn.ledger.next_seq + len(pending))))
        while pending:
            yield finish()


def _spread(files: Iterable[tuple[Path, str]]) -> Iterator[tuple[Path, str]]:
    """The files with the channels in turn. What a producer sends twice lies in one file or in two that follow each other, and those two
    should not be staged at once."""
    by_channel: dict[str, list[tuple[Path, str]]] = {}
    for file in files:
        by_channel.setdefault(file[1], []).append(file)
    for round_ in itertools.zip_longest(*by_channel.values()):
        yield from (file for file in round_ if file)


def _submit(pool: ProcessPoolExecutor, source: Source, seq: int) -> "Future[_Staged]":
    try:
        return pool.submit(_stage, source, seq)
    except BrokenExecutor as error:  # a process was killed; the committing one goes on alone
        failed: Future[_Staged] = Future()
        failed.set_exception(error)
        return failed


def _commit(turn: Session, load: _Pending, judge: Judge | None) -> Entry | None:
    recover(turn.home, turn.ledger, discard=False)
    try:
        staged = load.staged.result()
    except SourceError:
        raise
    except Exception:  # whatever hindered the other process: what is wrong with the file shows again, what was not does not
        return turn.bring(load.source, judge=judge)
    if staged.entry.seq != turn.ledger.next_seq or _meets(turn, staged):
        turn.home.disk.remove_folder(staged.folder)
        return turn.bring(load.source, judge=judge)
    folder = turn.home.incoming / load.source.load_id
    with discarding(turn.home, turn.ledger, folder):
        turn.home.disk.rename(staged.folder, folder)
        return turn.commit(msgspec.structs.replace(staged.entry, previous=turn.ledger.head), folder, judge)


def _meets(turn: Session, staged: _Staged) -> bool:
    """Whether an entry that came in since shares an id with what is staged, or names the same conflict."""
    since = turn.ledger.entries[staged.known :]
    if any(set(entry.conflict_ids) & set(staged.entry.conflict_ids) for entry in since):
        return True
    for event in sorted({part.event for part in staged.entry.parts} | {named.event for named in staged.entry.conflict_ids}):
        near = [entry for entry in since if any(part.event == event for part in entry.parts)]
        mine = read_sidecar(turn.connection, staged_path(staged.folder, f"ids/{event}/{staged.entry.load_id}.ids")) if near else {}
        for entry in near:
            others = read_sidecar(turn.connection, turn.home.ids / event / f"{entry.load_id}.ids")
            if not mine or not others or any(len(np.intersect1d(mine[day], others[day], assume_unique=True)) for day in mine.keys() & others.keys()):
                return True
    return False


def _report(steps: Any, progress: Progress) -> None:
    while not steps.empty():
        path, size = steps.get()
        progress(Path(path), size)


# ------------------------------------------------------------ in the processes that stage

_turn: Session
_steps: Any


def _begin(root: Path, now: datetime, contracts: Contracts, steps: Any) -> None:
    global _turn, _steps
    master = multiprocessing.parent_process()
    assert master

    def die_with_master() -> None:
        master.join()
        os._exit(1)

    threading.Thread(target=die_with_master, daemon=True).start()
    return_freed_memory()
    home = Home(root)
    _steps = steps
    _turn = connected(home, Ledger(home), contracts, now)


def _stage(source: Source, seq: int) -> _Staged:
    _turn.ledger.read_on()
    known = len(_turn.ledger.entries)
    folder = _turn.home.incoming / f"staging-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    entry = _turn.stage(source, folder, seq=seq, progress=lambda path, size: _steps.put((str(path), size)))
    own = folder.with_name(f"staged-{os.getpid()}-{seq}")
    folder.rename(own)
    return _Staged(entry, own, known)
