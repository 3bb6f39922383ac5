"""The README stays true: the figures it shows are those of the casino that `make demo` simulates, the tables it lists are those there are."""

import json
import re
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from pitboss.home import PROJECT
from pitboss.simulate import simulate

README = (PROJECT / "README.md").read_text()


def test_the_demo_figures_are_the_truth_of_the_demo(tmp_path: Path) -> None:
    simulate(tmp_path / "inbox", players=2000, days=60, seed=7)
    truth = json.loads((tmp_path / "inbox" / "truth.json").read_text())
    expected: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 4)
    for row in truth["money"]:
        figures = (row["handle"], row["payout"], row["ggr"], row["bets"])
        expected[row["currency"]] = [total + Decimal(figure) for total, figure in zip(expected[row["currency"]], figures, strict=True)]
    pattern = r"^([A-Z]{3}) +([\d,.]+) +([\d,.]+) +(-?[\d,.]+) +-?[\d,.]+ +-?[\d.]+% +([\d,]+)$"
    shown = {code: [Decimal(figure.replace(",", "")) for figure in figures] for code, *figures in re.findall(pattern, README, re.M)}
    assert shown == {code: [figure.quantize(Decimal("0.01")) for figure in figures] for code, figures in expected.items()}
    landed, quarantined = sum(truth["events_landed"].values()), sum(truth["dirt"]["quarantined"].values())
    assert (
        f"lines        {truth['lines']:,} in {len(truth['files'])} files = {landed:,} landed + {quarantined:,} quarantined "
        f"+ {truth['dirt']['duplicates']:,} duplicates" in README
    )


def test_the_tables_listed_are_the_marts_there_are() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", README, re.M)
    assert sorted(listed) == sorted(path.stem for path in PROJECT.glob("models/marts/*/*.sql"))


def test_every_path_of_the_tree_exists() -> None:
    for name in ("models/columns.md", "models/staging/envelope.yml", "models/staging/landing", "seeds", "macros/cross_db", "macros/metrics", "profiles"):
        assert (PROJECT / name).exists() and name.rsplit("/", maxsplit=1)[-1].removesuffix(".md") in README
