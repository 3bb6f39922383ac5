"""Extreme but accepted events, landed and built with all tests: `python -m tests.hostile [--mixtures N] [--seed S] [--long]`.

Prints its seed, what did not pass, and a closing line; exit code 1 where something did not.
"""

import argparse
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from pitboss.contract.read import read_contracts

from tests.python.hostile import busy_player, crowded_round, long_life, mixture, text

YEARS = 100


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--mixtures", type=int, default=100, help="brands with events drawn at random, all in one home")
    parser.add_argument("--seed", type=int, default=None, help="the same seed draws the same events")
    parser.add_argument("--long", action="store_true", help=f"and one event a day for {YEARS} years, which takes minutes and 5 GB")
    options = parser.parse_args()
    seed = secrets.randbelow(1 << 31) if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="pitboss-hostile-") as work:
        inbox = Path(work) / "inbox" / "server"
        inbox.mkdir(parents=True)
        for number in range(options.mixtures):
            (inbox / f"mix{number}.jsonl").write_text(text(mixture(read_contracts(), seed + number)))
        (inbox / "busy.jsonl").write_text(text(busy_player(seed, 100_000)))
        (inbox / "crowd.jsonl").write_text(text(crowded_round(seed, 9_000)))
        if options.long:
            (inbox / "long.jsonl").write_text(text(long_life(seed, YEARS * 365)))
        command = [str(Path(sys.executable).with_name("pitboss")), "--home", str(Path(work) / "home"), "run", str(inbox)]
        run = subprocess.run(command, capture_output=True, text=True, check=False)
    told = [line for line in run.stdout.splitlines() if "FAIL" in line or "ERROR" in line or line.startswith("quarantined")]
    print(*told, run.stderr.strip()[-2000:], sep="\n")
    failed = run.returncode != 0 or any(line.startswith("quarantined") for line in told)
    print(f"{options.mixtures} mixtures: {'FAILED' if failed else 'built, tested and published'}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
