"""Data at rest: whether every file that counts is what was written. One flipped bit in a Parquet file is other money, and no reader notices."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec

from pitboss.errors import BuildError
from pitboss.home import Home
from pitboss.landing.compact import sidecars_in_use
from pitboss.landing.ledger import Ledger, file_hash

WEEKLY = timedelta(days=7)
_SHOWN = 10


class Damage(NamedTuple):
    """A file that is not what it was, and how."""

    path: Path
    what: str


class _Verified(msgspec.Struct):
    """Up to which entry the files were checked, and when all of them last were. Rebuilt from nothing where it is lost."""

    seq: int = 0
    head: str = ""
    all_at: datetime | None = None


def files(home: Home, ledger: Ledger, after: int = 0) -> dict[Path, tuple[str, int]]:
    """The files that count, with the hash of each and the entry that wrote it; of entries after `after` only."""
    retired = {path for entry in ledger.entries for path in entry.retired}
    in_use = sidecars_in_use(home, ledger)
    found = {}
    for entry in ledger.entries[after:]:
        for name, expected in entry.files.items():
            path = home.root / name
            if name not in retired and (path.suffix != ".ids" or path in in_use):
                found[path] = (expected, entry.seq)
    return found


def verify(known: Mapping[Path, tuple[str, int]], progress: Callable[[Path], None] = lambda path: None) -> Iterator[Damage]:
    """Of the files that `files` gives, those that are missing or not what was written."""
    for path, (expected, seq) in known.items():
        progress(path)
        try:
            if file_hash(path) != expected:
                yield Damage(path, f"is not what entry {seq} of the ledger wrote")
        except FileNotFoundError:
            if path.suffix == ".ids":  # a help only: the landed rows know
                continue
            yield Damage(path, f"is gone; entry {seq} of the ledger wrote it")
        except OSError as error:
            yield Damage(path, f"cannot be read ({error.strerror})")


def check_before_build(home: Home, ledger: Ledger, is_whole: bool, now: datetime | None = None) -> None:
    """Check the files that a build reads for the first time, and all of them where a week has passed or it is asked for.

    Raises:
        BuildError: a file is not what was written; nothing was built.
    """
    moment = now or datetime.now(UTC)
    state = home.target / "verified.json"
    try:
        known = msgspec.json.decode(state.read_bytes(), type=_Verified)
    except (OSError, msgspec.DecodeError):
        known = _Verified()
    is_ours = ledger.seq_of(known.head) == known.seq and known.all_at is not None and moment - known.all_at < WEEKLY
    is_whole = is_whole or not is_ours
    wrong = list(verify(files(home, ledger, 0 if is_whole else known.seq)))
    if wrong:
        told = [f"{path} {what}" for path, what in wrong[:_SHOWN]] + ([f"... and {len(wrong) - _SHOWN} more"] if len(wrong) > _SHOWN else [])
        raise BuildError("\n".join(told), remedy="Nothing was built. Restore them from a backup; `pitboss verify` names them all.")
    home.target.mkdir(parents=True, exist_ok=True)
    state.write_bytes(msgspec.json.encode(_Verified(len(ledger.entries), ledger.head, moment if is_whole else known.all_at)))
