"""The read-outs: each opens with its question, runs on the published file alone, returns the columns that it promises and the marts' figures."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from conftest import Built, query
from pitboss.home import PROJECT, Home
from pitboss.serve.publish import publish

READ_OUTS = sorted((PROJECT / "analyses").glob("*.sql"))
SAID = {said["name"]: said for said in yaml.safe_load((PROJECT / "analyses" / "analyses.yml").read_text())["analyses"]}
Answer = tuple[list[str], list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def answers(built: Built, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Columns and rows of every read-out, for somebody who has been given the published file and nothing else, as the README says."""
    folder = tmp_path_factory.mktemp("reader")
    [analyst, _] = publish(Home(shutil.copytree(built.home.root, folder / "home")))
    reader = Home(folder / "reader")
    reader.published.mkdir(parents=True)
    file = Path(shutil.copy(analyst.path, reader.published))
    shutil.rmtree(folder / "home")
    file.chmod(0o440)
    before = file.read_bytes()
    project = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles"), "--target-path", str(reader.target)]
    command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "compile", "--target", "published", "--select", "resource_type:analysis", *project]
    environment = {**os.environ, "PITBOSS_HOME": str(reader.root), "DBT_LOG_PATH": str(reader.target)}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    found = {}
    with duckdb.connect(str(file), read_only=True) as marts:
        for path in READ_OUTS:
            result = marts.execute((reader.target / "compiled/pitboss/analyses" / path.name).read_text())
            found[path.stem] = ([name for name, *_ in result.description], result.fetchall())
    assert file.read_bytes() == before
    assert {path.name for path in reader.root.iterdir()} == {"published", "target"}
    return found


def total(answer: Answer, column: str) -> Any:
    """Sum of a column."""
    columns, rows = answer
    return sum(row[columns.index(column)] for row in rows)


def test_each_opens_with_the_question_that_it_answers() -> None:
    assert len(READ_OUTS) >= 8
    for path in READ_OUTS:
        opening = path.read_text().split("\nwith\n")[0]
        assert opening.startswith("-- ") and "?" in opening.split(". ")[0], path.stem
        assert "One row per " in opening, path.stem


def test_each_returns_the_columns_that_it_promises(answers: dict[str, Answer]) -> None:
    assert {name: columns for name, (columns, _) in answers.items()} == {name: [column["name"] for column in said["columns"]] for name, said in SAID.items()}


def test_each_reads_marts_only() -> None:
    """What a mart is made of is not published."""
    marts = {path.stem for path in PROJECT.glob("models/marts/*/*.sql")}
    for path in READ_OUTS:
        sql = path.read_text()
        assert set(re.findall(r"ref\('(\w+)'\)", sql)) <= marts, path.stem
        assert "latest_gaming_day()" not in sql, path.stem


def test_those_about_what_is_there_answer_something(answers: dict[str, Answer]) -> None:
    """The home has bets that are not settled yet; the others are about settled play, payments, campaigns, or months that are over."""
    answered = {name for name, (_, rows) in answers.items() if rows}
    assert answered == {"bonus_cost", "cohort_triangle", "ltv_by_source", "ngr_waterfall", "reconcile_ggr_with_the_wallets"}


def test_revenue_and_bonus_are_those_of_the_marts(built: Built, answers: dict[str, Answer]) -> None:
    [(ggr, ngr, bonus)] = query(built.home, "select sum(ggr), sum(ngr), sum(bonus_cost) from marts.ggr_ngr_daily")
    waterfall = answers["ngr_waterfall"]
    assert (total(waterfall, "ggr"), total(waterfall, "ngr"), total(waterfall, "unexplained")) == (ggr, ngr, 0)
    assert (total(answers["bonus_cost"], "ggr"), total(answers["bonus_cost"], "bonus_cost")) == (ggr, bonus)


def test_nobody_is_lost_between_a_mart_and_its_read_out(built: Built, answers: dict[str, Answer]) -> None:
    [(segmented,)] = query(built.home, "select count(*) from marts.rfm_segments")
    [(cohort,)] = query(built.home, "select sum(players) from marts.ltv_cohorts where age_days = 0")
    [(windows,)] = query(built.home, "select count(*) from marts.rtp_windows where window_days = 30")
    columns, rows = answers["ltv_by_source"]
    assert total(answers["segments"], "players") == segmented
    assert sum(row[columns.index("players")] for row in rows if row[columns.index("age_days")] == 0) == cohort > 0
    assert len(answers["rtp_drill_down"][1]) == windows
