"""How often the RTP test is wrong, and how often it finds a game that pays 5 points too little or too much; docs/rtp.md shows the figures.

    python tests/bench/rtp.py                                   12 casinos of 24 games for a month, then 3 months a game and defect: minutes
    python tests/bench/rtp.py --casinos 2 --repeats 1           a look

Rounds are drawn from the simulator's prize tables with lognormal stakes and put where the models look for bets. What judges them is the
SQL of int_games__return_days and rtp_windows as dbt compiles it, nothing else. Results go to stdout as Markdown, progress to stderr.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
from measure import goal, progress, say, table, title
from pitboss.home import PROJECT
from pitboss.simulate.games import GAMES, Game

DAYS = 30
STAKE_SPREAD = 1.2  # standard deviation of the logarithm of a stake
DEFECT = Fraction(5, 100)
MODELS = {"int_games__return_days": "semantic/intermediate", "rtp_windows": "marts/games"}

BETS = """
create or replace table warehouse.semantic.fct_bets as
select
    'default' as brand, 'p' as player_id, row_number() over () as round_id, game as game_id, null::varchar as provider_id, null::varchar as table_id,
    null::varchar as rtp_variant, date '2025-01-01' + day as gaming_day, true as is_settled, false as is_free_spin, false as has_currency_mismatch,
    (stake * 0.01)::decimal(38, 4) as handle_amount, (won * 0.0001)::decimal(38, 4) as payout_amount, 0::decimal(38, 4) as jackpot_payout_amount,
    1::decimal(38, 18) as fx_rate_to_base, handle_amount as handle_base, payout_amount as payout_base,
    stated::decimal(38, 18) as rtp_snapshot, rtp_snapshot as rtp_theoretical
from drawn
"""


@dataclass(frozen=True)
class Verdict:
    """One row of rtp_windows, as far as it matters here."""

    game_id: str
    window_days: int
    z: float | None
    state: str


class Warehouse:
    """A database in memory with the relations that the two models read, under the names that dbt gives them."""

    def __init__(self) -> None:
        self.sql = _compile()
        self.db = duckdb.connect()
        self.db.execute("attach ':memory:' as warehouse")
        for schema in ("semantic", "seeds", "marts"):
            self.db.execute(f"create schema warehouse.{schema}")
        self.db.execute(f"create table warehouse.seeds.game_rules as from read_csv('{PROJECT / 'seeds/game_rules.csv'}')")
        exact = "{'rtp': 'decimal(12,10)', 'tail_cap': 'decimal(18,4)'}"
        self.db.execute(f"create table warehouse.semantic.dim_games as from read_csv('{PROJECT / 'seeds/games.csv'}', types = {exact})")
        self.end(0)

    def sums(self, bets: pa.Table, target: str = "int_games__return_days") -> None:
        """Bets (game, day, stake in hundredths, won in ten-thousandths, stated) to the sums by day, by the model."""
        self.db.register("drawn", bets)
        self.db.execute(BETS)
        self.db.execute(f"create or replace table warehouse.semantic.{target} as {self.sql['int_games__return_days']}")

    def replace(self, game: Game, other: str) -> None:
        """The sums of one game from another table in the place of its own."""
        self.db.execute(
            f"""create or replace table warehouse.semantic.int_games__return_days as
            from warehouse.semantic.honest where game_id <> '{game.game_id}' union all from warehouse.semantic.{other}"""
        )

    def end(self, days: int) -> None:
        """The data end after so many days: somebody whose play is not looked at is at home in a day that runs."""
        self.db.execute(
            f"""create or replace table warehouse.semantic.dim_players as
            select 'default' as brand, 'nobody' as player_id, null::date as first_day, date '2025-01-01' as first_event_day,
                date '2025-01-01' + {days} as latest_gaming_day"""
        )

    def judge(self, last_day: int) -> list[Verdict]:
        """What rtp_windows says when so many days are complete."""
        self.end(last_day)
        rows = self.db.execute(f"select game_id, window_days, z, state from ({self.sql['rtp_windows']})").fetchall()
        return [Verdict(*row) for row in rows]


def _compile() -> dict[str, str]:
    """The two models as dbt compiles them, in a home of their own."""
    with tempfile.TemporaryDirectory(prefix="pitboss-rtp-") as folder:
        dbt = str(Path(sys.executable).with_name("dbt"))
        places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles"), "--target-path", f"{folder}/target"]
        environment = {**os.environ, "PITBOSS_HOME": folder, "DBT_LOG_PATH": folder}
        subprocess.run([dbt, "--quiet", "compile", *places, "--select", *MODELS], env=environment, check=True, stdout=subprocess.DEVNULL)
        return {name: Path(folder, "target/compiled/pitboss/models", place, f"{name}.sql").read_text() for name, place in MODELS.items()}


def chances(game: Game, defect: str = "") -> tuple[np.ndarray, np.ndarray]:
    """Multipliers (hundredths) and probabilities of a game, or of one that pays 5 points less or more than it states."""
    share = 1 + (DEFECT if defect == "more wins" else -DEFECT) / game.rtp if defect else Fraction(1)
    found = game.table.probabilities()
    multipliers = np.array([float(m * 100 * (share if defect == "smaller prizes" else 1)) for m in found])
    odds = np.array([float(p * (share if defect.endswith(" wins") else 1)) for p in found.values()])
    odds[0] += 1 - odds.sum()
    return multipliers, odds


def draw(random: np.random.Generator, game: Game, rounds: int, defect: str = "") -> pa.Table:
    """A month of rounds of a game: days alike, stakes lognormal in whole hundredths, winnings cut to ten-thousandths."""
    multipliers, odds = chances(game, defect)
    stakes = np.maximum(1, np.round(100 * random.lognormal(0, STAKE_SPREAD, rounds))).astype(np.int64)
    won = stakes * multipliers[np.searchsorted(np.cumsum(odds), random.random(rounds)).clip(max=len(odds) - 1)]
    names = pa.DictionaryArray.from_arrays(pa.array(np.zeros(rounds, np.int8)), pa.array([game.game_id]))
    days = random.integers(0, DAYS, rounds).astype(np.int32)
    stated = pa.array(np.full(rounds, round(float(game.rtp), 4)))
    return pa.table({"game": names.dictionary_decode(), "day": days, "stake": stakes, "won": np.floor(won + 1e-6).astype(np.int64), "stated": stated})


def honest_months(warehouse: Warehouse, random: np.random.Generator, casinos: int) -> None:
    """False alarms: every game of a casino is honest, and every evening all of them are judged. One alarm on any evening counts."""
    title("False alarms")
    alarmed: dict[str, set[tuple[int, str]]] = {rule: set() for rule in ("alert", "watch or alert", "z beyond 3", "z beyond 3, last evening, 30 days")}
    rounds = 0
    for casino in range(casinos):
        volumes = np.exp(random.uniform(np.log(3_000), np.log(200_000), len(GAMES))).astype(int)
        warehouse.sums(pa.concat_tables([draw(random, game, int(volume)) for game, volume in zip(GAMES, volumes, strict=True)]))
        rounds += int(volumes.sum())
        for evening in range(1, DAYS + 1):
            for found in warehouse.judge(evening):
                naive = found.z is not None and abs(found.z) > 3
                for rule, holds in zip(
                    alarmed,
                    (found.state == "alert", found.state in ("alert", "watch"), naive, naive and evening == DAYS and found.window_days == DAYS),
                    strict=True,
                ):
                    if holds:
                        alarmed[rule].add((casino, found.game_id))
        progress(f"casino {casino + 1} of {casinos}: " + ", ".join(f"{rule}: {len(months)}" for rule, months in alarmed.items()))
    months = casinos * len(GAMES)
    say(f"\n{months} game-months of {len(GAMES)} honest games, 3,000 to 200,000 rounds each, {rounds:,} rounds in all:\n")
    table(("a month is alarmed when", "game-months", "share"), [(rule, str(len(found)), f"{len(found) / months:.2%}") for rule, found in alarmed.items()])
    say("")
    goal("share of honest game-months with an alert", len(alarmed["alert"]) / months, 0.01)


def defective_months(warehouse: Warehouse, random: np.random.Generator, repeats: int, rounds: int) -> None:
    """Power: one game of the casino at a time pays 5 points too little or too much, the others are honest."""
    title("Power")
    warehouse.sums(pa.concat_tables([draw(random, game, rounds) for game in GAMES]), "honest")
    defects = ("fewer wins", "more wins", "smaller prizes")
    found: dict[tuple[str, str], list[bool]] = {}
    naive: list[bool] = []
    for game in GAMES:
        for defect in defects:
            for _ in range(repeats):
                warehouse.sums(draw(random, game, rounds, defect), "defective")
                warehouse.replace(game, "defective")
                verdicts = [verdict for verdict in warehouse.judge(DAYS) if verdict.game_id == game.game_id]
                found.setdefault((game.game_id, defect), []).append(any(verdict.state == "alert" for verdict in verdicts))
                naive.append(any(verdict.z is not None and abs(verdict.z) > 3 for verdict in verdicts))
        progress(f"{game.game_id}: " + ", ".join(f"{defect} {_share(found[game.game_id, defect]):.2f}" for defect in defects))
    say(f"\n{repeats} months of {rounds:,} rounds a game and defect of 5 points; share in which the game is alerted at the end of the month:\n")
    rows = [(game.game_id, *(f"{_share(found[game.game_id, defect]):.2f}" for defect in defects)) for game in GAMES]
    table(("game", *defects), rows)
    everything = [hit for hits in found.values() for hit in hits]
    say(f"\nz beyond 3 in any window: {_share(naive):.2f}\n")
    goal("power over all games and defects", _share(everything), 0.95, is_ceiling=False)


def _share(hits: Iterable[bool]) -> float:
    return float(np.mean(list(hits)))


def main() -> int:
    """Both parts, each with random numbers of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--casinos", type=int, default=12, help="honest casinos, a month each")
    parser.add_argument("--repeats", type=int, default=3, help="months a game and defect")
    parser.add_argument("--rounds", type=int, default=100_000, help="rounds of a month with a defect")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=("false-alarms", "power"), help="one part")
    arguments = parser.parse_args()
    warehouse = Warehouse()
    if arguments.only != "power":
        honest_months(warehouse, np.random.default_rng([arguments.seed, 1]), arguments.casinos)
    if arguments.only != "false-alarms":
        defective_months(warehouse, np.random.default_rng([arguments.seed, 2]), arguments.repeats, arguments.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
