"""No feed stops the house: whatever a contract accepts is landed, built with every test, and published. More of it by `make hostile`."""

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from hostile import busy_player, crowded_round, long_life, mixture, text
from pitboss.contract.read import read_contracts
from pitboss.home import Home
from pitboss.landing.land import land
from pitboss.landing.source import find
from test_masking import TRACES, canary_lines

SEED = 11
MIXTURES = 100


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A hundred hostile brands, a player with 20,000 events, a round of 3,000 bets, an event a day for ten years, and personal data in every text."""
    folder = tmp_path_factory.mktemp("hostile")
    contracts = read_contracts()
    inbox = folder / "inbox" / "server"
    inbox.mkdir(parents=True)
    for number in range(MIXTURES):
        (inbox / f"mix{number}.jsonl").write_text(text(mixture(contracts, SEED + number)))
    (inbox / "busy.jsonl").write_text(text(busy_player(SEED, 20_000)))
    (inbox / "crowd.jsonl").write_text(text(crowded_round(SEED, 3_000)))
    (inbox / "long.jsonl").write_text(text(long_life(SEED, 3_650)))
    (inbox / "canary@example.com.jsonl").write_text("".join(json.dumps(line) + "\n" for line in canary_lines(contracts)))
    home = Home(folder / "home")
    for landed in land(home, find([inbox])):
        assert landed.entry is not None, landed.error
        assert landed.entry.quarantined == 0, landed.path
    return home


def test_every_contract_is_drawn() -> None:
    contracts = read_contracts()
    drawn = {line["event"] for number in range(MIXTURES) for line in mixture(contracts, SEED + number)}
    assert drawn == set(contracts.events)


def test_hostile_events_are_built_tested_and_published(house: Home) -> None:
    command = [str(Path(sys.executable).with_name("pitboss")), "--home", str(house.root)]
    built = subprocess.run([*command, "build", "--quiet", "--exclude-resource-type", "unit_test"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, "\n".join(line for line in built.stdout.splitlines() if not line.startswith("warning"))
    published = subprocess.run([*command, "publish"], capture_output=True, text=True, check=False)
    assert published.returncode == 0, published.stderr
    for file in house.published.glob("*.duckdb"):
        with duckdb.connect(str(file), read_only=True) as marts:
            for schema, table in marts.execute("select schema_name, table_name from duckdb_tables()").fetchall():
                found = [row for row in marts.execute(f'select * from "{schema}"."{table}"').fetchall() if any(trace in str(row) for trace in TRACES)]
                assert not found, table
