"""The ledger of publishes: what each published file was, byte for byte, and of which landing. Beside the files, so that it travels with them."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import duckdb
import msgspec

from pitboss.errors import PitbossError
from pitboss.home import Home
from pitboss.landing.ledger import Ledger, bytes_hash, file_hash
from pitboss.landing.verify import Damage
from pitboss.serve.audiences import AUDIENCES, previous
from pitboss.warehouse import warehouse


class Publish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One publish: the hash of each file, and the last entry of the ledger that is in it."""

    seq: int
    files: dict[str, str]
    ledger_seq: int
    ledger_head: str
    seal: str = ""
    """Hash of the line without it and of the seal before, so that no line is changed, or goes from between others, unnoticed. Empty in lines
    from before there were seals; the next publish seals them too."""


def publishes(home: Home) -> list[Publish]:
    """All publishes, the oldest first.

    Raises:
        PitbossError: the ledger of publishes is damaged.
    """
    path = _path(home)
    if not path.exists():
        return []
    data = path.read_bytes()
    remedy = "Restore it, or remove it and publish again."
    try:
        known = msgspec.json.Decoder(Publish).decode_lines(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PitbossError(f"is no ledger of publishes ({error})", str(path), remedy) from error
    if any(one.seal for one in known) and _sealed(known) != data:
        raise PitbossError("is not what was written", str(path), remedy)
    return known


def record(home: Home, files: Mapping[str, Path], ledger_seq: int, ledger_head: str) -> None:
    """Note what is about to be put in place. Each file is given under the name that it will have."""
    known = publishes(home)
    now = Publish(len(known) + 1, {name: file_hash(path) for name, path in files.items()}, ledger_seq, ledger_head)
    path = _path(home)
    aside = path.with_name(path.name + ".new")
    home.disk.write(aside, _sealed([*known, now]), 0o640)
    home.disk.sync(aside)
    home.disk.rename(aside, path)
    home.disk.sync(path.parent)


def verify_published(home: Home, ledger: Ledger) -> Iterator[Damage]:
    """Published files that are not what was published, and a ledger that is not the one that was built or published."""
    try:
        known, audiences = publishes(home), [*AUDIENCES.values()]
    except PitbossError:
        known, audiences = [], []
        yield Damage(_path(home), "is not what was written, so nobody can tell what was published; remove it, and `pitboss publish` makes all anew")
    for audience in audiences:
        hashes = {one.files.get(audience.file) for one in known}
        for path in (home.published / audience.file, previous(home.published / audience.file)):
            if path.exists() and file_hash(path) not in hashes:
                yield Damage(path, "is not what was published; `pitboss publish` makes it anew")
    heads = {(one.ledger_seq, one.ledger_head) for one in known[-1:]} | _built(home)
    for seq, head in sorted(heads):
        if ledger.seq_of(head) != seq:
            yield Damage(home.ledger / f"{seq:010d}.json", "is not the entry that was built or published")


def _built(home: Home) -> set[tuple[int, str]]:
    """The last entry that the warehouse has read; none where there is no warehouse, or it is in use."""
    if not home.warehouse.exists():
        return set()
    try:
        with warehouse(home) as connection:
            return set(connection.execute("select seq, head from warehouse.landing.heads order by seq desc limit 1").fetchall())
    except (PitbossError, duckdb.CatalogException):
        return set()


def _sealed(publishes: list[Publish]) -> bytes:
    """The bytes of the file, with each seal as it must be."""
    data, seal = b"", ""
    for seq, one in enumerate(publishes, start=1):
        bare = msgspec.structs.replace(one, seq=seq, seal="")
        seal = bytes_hash(seal.encode() + msgspec.json.encode(bare))
        data += msgspec.json.encode(msgspec.structs.replace(bare, seal=seal)) + b"\n"
    return data


def _path(home: Home) -> Path:
    return home.published / "ledger.jsonl"
