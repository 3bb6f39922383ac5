"""What is done to a home while the disk fails, and what its user does afterwards: the same again, until it is done."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import duckdb
import msgspec
from pitboss.build import finish_landing
from pitboss.home import Home
from pitboss.landing.compact import compact
from pitboss.landing.land import land
from pitboss.landing.ledger import Ledger
from pitboss.landing.replay import conflict, decide, replay
from pitboss.landing.retract import reinstate, retract
from pitboss.landing.session import session
from pitboss.landing.set_aside import find, set_aside
from pitboss.serve.audiences import AUDIENCES
from pitboss.serve.publish import publish, rollback

from tests.faults import corpus, oracle
from tests.faults.oracle import Wrong

MARTS = {"analyst": "ingest_health", "risk": "trace_paths"}
Said = list[str]
"""What was reported as done, and so must outlast anything: load ids, or versions."""


@dataclass(frozen=True)
class Scenario:
    """`prepare` makes the home to begin with, `act` is what the fault falls into. `act` can be repeated until it has done all.

    `at_once` looks before anything is cleared up, `cleared` after a start has cleared up, `finished` when `act` was repeated.
    `kept` looks for what was reported as done.
    """

    name: str
    prepare: Callable[[Home], None]
    act: Callable[[Home, Said], None]
    clear_up: Callable[[Home], None]
    at_once: Callable[[Home], list[Wrong]]
    cleared: Callable[[Home], list[Wrong]]
    kept: Callable[[Home, Said], list[Wrong]]
    finished: Callable[[Home, Home], list[Wrong]]
    is_slow: bool = False
    """Too slow for a run an error; its crashes are looked at all the same."""
    is_published: bool = False
    """Begins with a home that was built."""


def _files(home: Home, *names: str) -> list[tuple[Path, str]]:
    paths = corpus.write(home.root.with_name("inbox-" + str(os.getpid())))
    return [(paths[name], "web") for name in names]


# ------------------------------------------------------------ landing


def _land(*names: str, jobs: int = 1) -> Callable[[Home, Said], None]:
    def act(home: Home, said: Said) -> None:
        failed = None
        for landed in land(home, _files(home, *names), now=corpus.NOW, contracts=corpus.contracts(), jobs=jobs):
            if landed.entry:
                said.append(landed.entry.load_id)
            failed = landed.error or failed
        if failed:
            raise failed

    return act


def _replay(home: Home, said: Said) -> None:
    with session(home, corpus.LATER, corpus.contracts()) as turn:
        said.extend(tried.entry.load_id for tried in replay(turn) if tried.entry)


def _decide(home: Home, said: Said) -> None:
    """Three decisions about e2, one after the other: a quarantined content, none, the landed one. Then the first about e3."""
    done = [entry.resolutions[0].event_id for entry in Ledger(home).entries if entry.kind == "resolution"]
    with session(home, corpus.NOW, corpus.contracts()) as turn:
        for event_id, choice in (("e2", 1), ("e2", None), ("e2", 0), ("e3", 1))[len(done) :]:
            key, contents = conflict(turn, event_id)
            contents = sorted(contents, key=lambda content: str(content.fields["stake_amount"]))
            said.append(decide(turn, key, contents, None if choice is None else contents[choice]).load_id)


def _take_back(home: Home, said: Said) -> None:
    """The first load is retracted, put back, and retracted again; then an event is set aside."""
    with session(home, corpus.NOW, corpus.contracts()) as turn:
        [first, *_] = [entry.load_id for entry in turn.ledger.entries if entry.kind == "load"]
        done = [entry.is_undone for entry in turn.ledger.entries if entry.kind == "retraction"]
        if done:
            said += [entry.load_id for entry in retract(turn, first)] if not done[-1] else []
        for is_undone in (False, True, False)[len(done) :]:
            said += [entry.load_id for entry in (reinstate if is_undone else retract)(turn, first)]
        if not turn.ledger.set_aside:
            said.append(set_aside(turn, find(turn, ["e4"]), "a trial").load_id)


def _compact(home: Home, said: Said) -> None:
    """Twice, because the second time sweeps away what the first has replaced."""
    for _ in range(2):
        said += [compacted.entry.load_id for compacted in compact(home, now=corpus.NOW)]


def _compacted_before(home: Home) -> None:
    _land("first", "second")(home, [])
    list(compact(home, now=corpus.NOW))
    _land("third", "fourth")(home, [])


def _landed_before(*names: str) -> Callable[[Home], None]:
    def prepare(home: Home) -> None:
        if names:
            _land(*names)(home, [])
        else:
            home.root.mkdir()

    return prepare


def _kept(home: Home, said: Said) -> list[Wrong]:
    known = {entry.load_id for entry in Ledger(home).entries}
    return [Wrong("lost", f"{load_id} was reported as landed") for load_id in said if load_id not in known]


def _same(home: Home, undisturbed: Home) -> list[Wrong]:
    return oracle.check(home) + oracle.compare(oracle.content(home), _content(undisturbed.root))


@cache
def _content(root: Path) -> oracle.Content:
    return oracle.content(Home(root))


def _landing(name: str, before: Iterable[str], act: Callable[[Home, Said], None]) -> Scenario:
    return Scenario(name, _landed_before(*before), act, finish_landing, lambda home: [], oracle.check, _kept, _same)


# ------------------------------------------------------------ publishing


def built(home: Home) -> None:
    """A home with a real build, of which two marts are to be published: one for analysts, one, for the sake of the test, for the risk desk."""
    _land("first")(home, [])
    command = [
        str(Path(sys.executable).with_name("pitboss")),
        "--home",
        str(home.root),
        "build",
        "--quiet",
        "--select",
        *(f"+{mart}" for mart in MARTS.values()),
    ]
    run = subprocess.run([*command, "--exclude-resource-type", "test", "--exclude-resource-type", "unit_test"], capture_output=True, text=True, check=False)
    if run.returncode:
        raise RuntimeError(run.stdout + run.stderr)
    manifest = home.target / "manifest.json"
    nodes = {key: node for key, node in msgspec.json.decode(manifest.read_bytes())["nodes"].items() if node["name"] in MARTS.values()}
    for node in nodes.values():
        node["config"]["meta"]["audience"] = "risk" if node["name"] == MARTS["risk"] else "analyst"
    manifest.write_bytes(msgspec.json.encode({"nodes": nodes}))


def _built_before(source: Home, versions: int) -> Callable[[Home], None]:
    """So many versions published, and one more in the warehouse. Version n has 2 to the power of n rows."""

    def prepare(home: Home) -> None:
        home.root.mkdir()
        (home.root / "target").mkdir()
        shutil.copy(source.target / "manifest.json", home.target)
        shutil.copy(source.warehouse, home.warehouse)
        shutil.copytree(source.ledger, home.ledger)
        home.create()
        for _ in range(versions):
            publish(home)
            with duckdb.connect(str(home.warehouse)) as warehouse:
                for mart in MARTS.values():
                    warehouse.execute(f"insert into marts.{mart} select * from marts.{mart}")

    return prepare


def _publish(home: Home, said: Said) -> None:
    publish(home)
    said.append("published")


def _rollback(home: Home, said: Said) -> None:
    rollback(home)
    said.append("rolled back")


def _versions(home: Home, audience: str) -> dict[str, int]:
    """The version under each name that is there, -1 where the file is not whole."""
    name = AUDIENCES[audience].file
    stem = name.removesuffix(".duckdb")
    found = {}
    for file in (name, f"{stem}.previous.duckdb", f"{name}.new-replaced"):
        path = home.published / file
        if path.exists():
            try:
                # under a name of its own: a schema that is called like its file would be ambiguous
                with duckdb.connect() as connection:
                    connection.execute(f"attach '{path}' as held (read_only)")
                    row = connection.execute(f"select count(*) from held.{AUDIENCES[audience].schema}.{MARTS[audience]}").fetchone()
                    found[file] = int(row[0]).bit_length() - 1 if row else -1
            except duckdb.Error:
                found[file] = -1
    return found


def _whole(may_be: set[int], must_be: set[int], needed: bool = True) -> Callable[[Home], list[Wrong]]:
    """At every moment the file that readers open is one of the versions it may be, and the versions that must be are there under some name."""

    def at_once(home: Home) -> list[Wrong]:
        wrong = []
        for audience, (name, _, _) in AUDIENCES.items():
            found = _versions(home, audience)
            if (needed or name in found) and found.get(name) not in may_be:
                wrong.append(Wrong("torn", f"{name} is none of {may_be}: {found}"))
            wrong += [Wrong("lost", f"version {version} of {name}: {found}") for version in must_be if version not in found.values()]
        return wrong

    return at_once


def _published(version: int) -> Callable[[Home, Said], list[Wrong]]:
    def kept(home: Home, said: Said) -> list[Wrong]:
        found = {name: _versions(home, audience).get(name) for audience, (name, _, _) in AUDIENCES.items()}
        return [Wrong("lost", f"{said[-1]} was reported: {found}")] if said and set(found.values()) != {version} else []

    return kept


def _tidied(is_both: bool) -> Callable[[Home, Home], list[Wrong]]:
    """Nothing is left over, and the newest version is there; after a rollback, which goes back and forth, both are."""

    def finished(home: Home, undisturbed: Home) -> list[Wrong]:
        files, expected = ({path.name for path in each.published.iterdir()} for each in (home, undisturbed))
        wrong = [Wrong("torn", f"{file} is left over") for file in files - expected if "previous" not in file]
        for audience, (name, _, _) in AUDIENCES.items():
            ours, theirs = _versions(home, audience), _versions(undisturbed, audience)
            if set(ours.values()) != set(theirs.values()) if is_both else ours.get(name) != theirs.get(name):
                wrong.append(Wrong("lost", f"{ours} instead of {theirs}"))
        return wrong

    return finished


def _publishing(name: str, prepare: Callable[[Home], None], act: Callable[[Home, Said], None], look: Callable[[Home], list[Wrong]], version: int) -> Scenario:
    return Scenario(name, prepare, act, lambda home: None, look, look, _published(version), _tidied(act is _rollback), is_published=True)


def scenarios(source: Home) -> list[Scenario]:
    """All of them. `source` is the home that was built."""
    return [
        _landing("first landing", [], _land("first", "second")),
        _landing("landing onto a history", ["first", "second"], _land("third", "first", "fourth")),
        _landing("replay", ["first", "ahead", "ahead2"], _replay),
        _landing("decisions", ["first", "second", "third"], _decide),
        _landing("what is taken back", ["first", "second", "third"], _take_back),
        replace(_landing("compaction", [], _compact), prepare=_compacted_before),
        replace(_landing("landing by two processes", ["first"], _land("second", "third", "fourth", jobs=2)), is_slow=True),
        _publishing("first publish", _built_before(source, 0), _publish, _whole({0}, set(), needed=False), 0),
        _publishing("publish", _built_before(source, 2), _publish, _whole({1, 2}, {1}), 2),
        _publishing("rollback", _built_before(source, 2), _rollback, _whole({0, 1}, {0, 1}), 0),
    ]
