"""Seeds are read as what they declare to be, or the run stops before anything is changed and says which cell does not fit."""

import csv
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml
from pitboss.build import build
from pitboss.errors import BuildError
from pitboss.home import PROJECT, Home
from pitboss.serve.headline import is_current

SEEDS = sorted(path.stem for path in (PROJECT / "seeds").glob("*.csv"))
OF_SEEDS_ONLY = (
    "marketing/a_step_index_is_one_step",
    "marketing/every_order_of_steps_begins_alike",
    "product/an_experiment_gives_its_players_a_variant",
    "finance/revenue_bases_begin_with_a_month",
)


def project_at(root: Path, seeds: Path | None = None) -> Path:
    """The project without its models, so that dbt starts in a second: its macros, hooks of seeds, and seeds or those of a test."""
    for name in ("macros", "profiles", "tests/generic"):
        shutil.copytree(PROJECT / name, root / name)
    shutil.copytree(seeds or PROJECT / "seeds", root / "seeds")
    (root / "models").mkdir()
    for name in ("models/columns.md", "models/groups.yml"):
        shutil.copy(PROJECT / name, root / name)
    for name in OF_SEEDS_ONLY if seeds is None else ():
        shutil.copy(PROJECT / "tests" / "singular" / f"{name}.sql", root / "tests")
    said = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())
    said |= {"on-run-start": said["on-run-start"][:1], "on-run-end": [], "models": {}}
    (root / "dbt_project.yml").write_text(yaml.safe_dump(said))
    return root


def dbt(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("dbt")), "--no-use-colors", *arguments, "--profiles-dir", str(PROJECT / "profiles")]
    environment = {**os.environ, "PITBOSS_HOME": str(project), "DBT_LOG_PATH": str(project / "logs")}
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def change(project: Path, seed: str, *changes: tuple[str, str]) -> None:
    path = project / "seeds" / f"{seed}.csv"
    text = path.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text)


def table(home: Path, seed: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as warehouse:
        found: list[tuple[Any, ...]] = warehouse.sql(f"select * from seeds.{seed}").fetchall()
        return found


# ---------------------------------------------------------------- the form of cells, many faults in one run

NO_NUMBER = "is no number; write it like 1234.56"
NO_DATE = "is no date; write YYYY-MM-DD"
UNPRINTABLE = "holds a character that does not print"
OF_A_SPREADSHEET = "is an error of the spreadsheet"
BLANK = "begins or ends with a blank"
CELLS = {
    "day": {
        "2024-02-29": None,
        "": None,
        "1/1/2024": NO_DATE,
        "01.12.2024": NO_DATE,
        "12-01-2024": NO_DATE,
        "24-12-01": NO_DATE,
        "2024-1-1": NO_DATE,
        "2024/01/01": NO_DATE,
        "20240101": NO_DATE,
        "45292": NO_DATE,
        "Jan-24": NO_DATE,
        "2024-01-01 00:00:00": NO_DATE,
        "2024-01-01T00:00:00Z": NO_DATE,
        "2023-02-29": "is no day of the calendar",
        "2024-13-01": "is no day of the calendar",
        "########": OF_A_SPREADSHEET,
    },
    "flag": {"true": None, "FALSE": None, "True": None} | dict.fromkeys(("1", "0", "yes", "t", "WAHR", "#NAME?"), "is neither true nor false"),
    "whole": {
        "-12": None,
        "2147483647": None,
        "2147483648": "is too large for integer",
        "99999999999999999999999999999999999999999": "is too large for integer",
        "1.0": "is no whole number; write digits only",
        "1,000": "is no whole number; write digits only",
        "1 000": "is no whole number; write digits only",
        "+1": "is no whole number; write digits only",
        "1e3": "is no whole number; write digits only",
        "twelve": "is no whole number; write digits only",
    },
    "share": {
        "0.3": None,
        "-0.300000": None,
        "0.3000000000": None,
        "007": None,
        "999.999999": None,
        "0.1234567": "has more than 6 decimals and would be rounded",
        "1000": "is too large for decimal(9,6)",
        "0,92": NO_NUMBER,
        "1.000,50": NO_NUMBER,
        "1,000.50": NO_NUMBER,
        "1'000": NO_NUMBER,
        "1E-05": NO_NUMBER,
        ".5": NO_NUMBER,
        "30%": NO_NUMBER,
        "€ 30": NO_NUMBER,
        "(30)": NO_NUMBER,
        "30-": NO_NUMBER,
        "--": NO_NUMBER,
        "NaN": NO_NUMBER,
        "#N/A": OF_A_SPREADSHEET,
        "#DIV/0!": OF_A_SPREADSHEET,
        "Err:502": OF_A_SPREADSHEET,
    },
    "ratio": {"0.00001": None, "1E-05": None, "-12.5": None, "1e999": NO_NUMBER, "0,5": NO_NUMBER, "inf": NO_NUMBER},
    "code": {
        "EUR": None,
        "007": None,
        'says "twice", and more': None,
        "Größe – 東京": None,
        "#1 game": None,
        "none": None,
        "NULL": "is a word; leave the cell empty where there is nothing",
        " EUR": BLANK,
        "EUR ": BLANK,
        "\u00a0EUR": BLANK,
        " ": BLANK,
        "E\u200bUR": UNPRINTABLE,
        "two\nlines": UNPRINTABLE,
        "S\ufffdo": UNPRINTABLE,
        "#REF!": OF_A_SPREADSHEET,
        "#NV": OF_A_SPREADSHEET,
    },
    "upper": {"EUR": None, "*": None, "eur": "is looked up in upper case; write EUR"},
    "lower": {"(not set)": None, "Google": "is looked up in lower case; write google"},
    "word": {"deposit": None, "Deposit": "is none of deposit, withdrawal"},
    "parent": {"a": None, "b": None, "A": "is in no row of seeds/parents.csv", "c": "is in no row of seeds/parents.csv"},
    "filled": {"x": None, "": "is empty"},
}
CELLS["flag"]["#NAME?"] = OF_A_SPREADSHEET
TYPES = {"day": "date", "flag": "boolean", "whole": "integer", "share": "decimal(9,6)", "ratio": "double"}
COLUMNS: dict[str, dict[str, Any]] = {
    "upper": {"config": {"meta": {"case": "upper"}}},
    "lower": {"config": {"meta": {"case": "lower"}}},
    "word": {"data_tests": [{"accepted_values": {"arguments": {"values": ["deposit", "withdrawal"]}}}]},
    "parent": {"data_tests": [{"relationships": {"arguments": {"to": "ref('parents')", "field": "id"}}}]},
    "filled": {"data_tests": ["not_null"]},
}

HEADER = "id,day,rate"
ROW = "a,2024-01-01,1.5\n"
QUOTE = "has a quote out of place; a cell with a quote stands in quotes, and the quote in it twice"
COMMA_HINT = "a number has a point for decimals, and a text with a comma stands in quotes"
FILES: dict[str, tuple[bytes, str | None]] = {
    "plain": (f"{HEADER}\n{ROW}".encode(), None),
    "byte_order_mark": (f"{HEADER}\n{ROW}".encode("utf-8-sig"), None),
    "line_ends_of_windows": (f"{HEADER}\n{ROW}".replace("\n", "\r\n").encode(), None),
    "line_ends_of_old": (f"{HEADER}\n{ROW}".replace("\n", "\r").encode(), None),
    "no_last_line_end": (f"{HEADER}\n{ROW}".strip().encode(), None),
    "all_quoted": (b'"id","day","rate"\n"a","2024-01-01","1.5"\n', None),
    "another_order": (b"rate,id,day\n1.5,a,2024-01-01\n", None),
    "header_only": (f"{HEADER}\n".encode(), None),
    "nothing": (b"", f": the file is empty; its first row names the columns: {HEADER}"),
    "semicolons": (b"id;day;rate\na;2024-01-01;1,5\n", ": the cells are separated by semicolons; save the file as comma-separated"),
    "said_semicolons": (b"sep=;\nid;day;rate\n", ": the cells are separated by semicolons; save the file as comma-separated"),
    "tabs": (b"id\tday\trate\na\t2024-01-01\t1.5\n", ": the cells are separated by tabs; save the file as comma-separated"),
    "bars": (b"id|day|rate\n", ": the cells are separated by vertical bars; save the file as comma-separated"),
    "rows_in_quotes": (b'"id,day,rate"\n"a,2024-01-01,1.5"\n', ": each row is one cell in quotes; open the file as comma-separated and save it again"),
    "wide": (f"{HEADER}\n{ROW}".encode("utf-16-le"), ': the file is not in UTF-8 but in UTF-16; save it as "CSV UTF-8"'),
    "missing": (b"id,rate\na,1.5\n", f", row 1: day is missing; the columns are {HEADER}"),
    "renamed": (b"id,Day,rate\na,2024-01-01,1.5\n", f", row 1: 'Day' is no column, day is missing; the columns are {HEADER}"),
    "blank_in_name": (b"id,day ,rate\na,2024-01-01,1.5\n", f", row 1: 'day ' is no column, day is missing; the columns are {HEADER}"),
    "extra": (b"id,day,rate,note\na,2024-01-01,1.5,x\n", f", row 1: 'note' is no column; the columns are {HEADER}"),
    "twice": (b"id,day,rate,rate\na,2024-01-01,1.5,1.5\n", f", row 1: rate stands twice; the columns are {HEADER}"),
    "empty_columns": (b"id,day,rate,,\na,2024-01-01,1.5,,\n", f", row 1: column 4 has no name, column 5 has no name; the columns are {HEADER}"),
    "no_header": (ROW.encode(), f", row 1: 'a' is no column, '2024-01-01' is no column, '1.5' is no column, id is missing, day is missing, rate is missing; "
                  f"the columns are {HEADER}"),
    "empty_row": (f"{HEADER}\n{ROW},,\n".encode(), ", row 3 is empty; delete it"),
    "blank_line": (f"{HEADER}\n\n{ROW}".encode(), ", row 2 is empty; delete it"),
    "decimal_comma": (f"{HEADER}\na,2024-01-01,1,5\n".encode(), f", row 2 has 4 cells where row 1 has 3; {COMMA_HINT}"),
    "short_row": (f"{HEADER}\n{ROW}a,2024-01-01\n".encode(), f", row 3 has 2 cells where row 1 has 3; {COMMA_HINT}"),
    "torn_quote": (f'{HEADER}\n5" screen,2024-01-01,1.5\n'.encode(), f", row 2 {QUOTE}"),
    "open_quote": (f'{HEADER}\n{ROW}"b,2024-01-01,1.5\n'.encode(), f", row 3 {QUOTE}"),
    "no_types": (f"{HEADER}\n{ROW}".encode(), ": no column has a type; column_types in the YAML beside it names for each column "
                 "one of string, date, boolean, smallint, integer, bigint, decimal(p,s), double"),
    "strange_type": (f"{HEADER}\n{ROW}".encode(), ": column day has type timestamp_ns; column_types in the YAML beside it names for each column "
                     "one of string, date, boolean, smallint, integer, bigint, decimal(p,s), double"),
}  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What is said of every cell and every file above, all in one run."""
    root = tmp_path_factory.mktemp("forms")
    seeds = root / "given"
    seeds.mkdir()
    (seeds / "parents.csv").write_text("id\na\nb\n")
    declared: list[dict[str, Any]] = [{"name": "parents", "config": {"column_types": {"id": "string"}}}]
    for name, cells in CELLS.items():
        with (seeds / f"of_{name}.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["n", name], *([str(n), cell] for n, cell in enumerate(cells, start=2))])
        columns = [{"name": name, **COLUMNS.get(name, {})}]
        declared.append({"name": f"of_{name}", "config": {"column_types": {"n": "integer", name: TYPES.get(name, "string")}}, "columns": columns})
    for name, (written, _) in FILES.items():
        (seeds / f"{name}.csv").write_bytes(written)
        types = {"id": "string", "day": "timestamp_ns" if name == "strange_type" else "date", "rate": "decimal(9,6)"}
        declared.append({"name": name, "config": {} if name == "no_types" else {"column_types": types}})
    (seeds / "seeds.yml").write_text(yaml.safe_dump({"version": 2, "seeds": declared}, sort_keys=False))
    project = project_at(root / "project", seeds)
    (project / "macros" / "told.sql").write_text("{% macro told() %}{% do print(seed_faults(shown=1000)) %}{% endmacro %}")
    run = dbt(project, "--quiet", "run-operation", "told")
    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[0] == "Nothing was loaded, because seeds cannot be read as they are:"
    return run.stdout.splitlines()[1:]


@pytest.mark.parametrize("name", CELLS)
def test_a_cell_is_what_its_column_declares_or_is_named(told: list[str], name: str) -> None:
    expected = []
    for row, (cell, fault) in enumerate(CELLS[name].items(), start=2):
        shown = re.sub("[\n]", "?", cell[:40] + ("..." if len(cell) > 40 else ""))
        if fault:
            what = f"'{shown}'" if cell else "the cell"
            expected.append(f"seeds/of_{name}.csv, row {row}, column {name}: {what} {fault}")
    assert [line for line in told if line.startswith(f"seeds/of_{name}.csv")] == expected


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_comma_separated_with_the_columns_declared_or_says_what_it_is(told: list[str], name: str) -> None:
    fault = FILES[name][1]
    assert [line for line in told if line.startswith(f"seeds/{name}.csv")] == ([f"seeds/{name}.csv{fault}"] if fault else [])


# ---------------------------------------------------------------- the front door


def built(project: Path, *arguments: str) -> str:
    """What `pitboss build` says it failed with."""
    with pytest.raises(BuildError) as caught:
        build(Home(project), ["--quiet", *arguments], project)
    return str(caught.value)


def test_what_is_loaded_is_what_stands_in_the_files_and_a_seed_that_does_not_fit_changes_nothing(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    project = project_at(tmp_path / "project")
    change(project, "segment_actions", ("own starting value,true", '"own, ""starting"" value – ünd 1/12/2026",TRUE'))
    path = project / "seeds" / "segment_actions.csv"
    path.write_bytes(path.read_text().replace("\n", "\r\n").encode("utf-8-sig"))
    build(Home(project), ["--quiet", "--exclude-resource-type", "test"], project)
    for seed in SEEDS:
        with (project / "seeds" / f"{seed}.csv").open(newline="", encoding="utf-8-sig") as file:
            header, *written = csv.reader(file)
        types = yaml.safe_load((PROJECT / "seeds" / f"{seed}.yml").read_text())["seeds"][0]["config"]["column_types"]
        assert table(project, seed) == [tuple(value(cell, types[name]) for name, cell in zip(header, row, strict=True)) for row in written], seed

    warehouse = project / "warehouse.duckdb"
    before = warehouse.read_bytes()
    change(project, "fx_rates", *((f"2024-01-01,{code}", f"1/1/2024,{code}") for code in ("USD", "GBP", "SEK")))
    change(project, "platform_fees", *[(",", ";")] * 16)
    capfd.readouterr()
    assert built(project, "--select", "currencies").splitlines() == [
        "seeds/platform_fees.csv: the cells are separated by semicolons; save the file as comma-separated",
        f"seeds/fx_rates.csv, row 2, column rate_day: '1/1/2024' {NO_DATE}",
        f"seeds/fx_rates.csv, row 3, column rate_day: '1/1/2024' {NO_DATE}",
        f"seeds/fx_rates.csv, row 4, column rate_day: '1/1/2024' {NO_DATE}. Nothing was loaded.",
    ]
    assert capfd.readouterr().out == ""
    assert warehouse.read_bytes() == before

    # dbt by itself refuses too; its page holds the same lines, the first ten of many, and no macro of ours
    change(project, "fx_rates", *((f",{code},EUR", f",{code.lower()},EUR") for code in ("CAD", "CHF", "PLN", "RON", "NZD", "DKK", "NOK")))
    run = dbt(project, "--quiet", "seed", "--select", "currencies")
    assert run.returncode != 0
    page = [line.strip() for line in run.stdout.splitlines() if line.strip()]
    told = page[page.index("Nothing was loaded, because seeds cannot be read as they are:") + 1 :]
    assert len(told) == 11 and all(line.startswith("seeds/") for line in told[:10]) and told[10] == "... and 1 more"
    assert "seeds/fx_rates.csv, row 5, column currency: 'dkk' is in no row of seeds/currencies.csv" in told
    assert "in macro" not in run.stdout
    assert warehouse.read_bytes() == before


def test_what_two_rows_may_not_share_and_what_is_no_time_zone_is_named(tmp_path: Path) -> None:
    """A name by the letters in which it is looked up; a key of several columns only as a whole."""
    project = project_at(tmp_path / "project")
    rows = {
        "provider_aliases": ["Acme Games,acme,c", "acme  games,acme,c", "ACME GAMES,acme,c"],
        "free_rounds": ["b,unstaked,c", "B,unstaked,c", "b,staked,c"],
        "duty_rates": ["MT,2030-01-01,ggr,0.1,c,false", "MT,2030-01-02,ggr,0.1,c,false", "MT,2030-01-01,ggr,0.2,c,false"],
        "jurisdictions": ["ZZ,Nowhere,Asia/Tokio,0", "ZY,Nowhere,Asia/Tokyo,0", "ZX,Nowhere,Etc/UTC,0"],
    }
    first = {}
    for seed, lines in rows.items():
        path = project / "seeds" / f"{seed}.csv"
        first[seed] = len(path.read_text().splitlines()) + 1
        path.write_text(path.read_text().rstrip("\n") + "\n" + "\n".join(lines) + "\n")
    again = {
        seed: f"seeds/{seed}.csv, row {first[seed] + 2} has the {key} of row {first[seed]}; only one of them can hold"
        for seed, key in {"duty_rates": "jurisdiction, valid_from", "free_rounds": "brand", "provider_aliases": "alias"}.items()
    }
    zone = f"seeds/jurisdictions.csv, row {first['jurisdictions']}, column time_zone: 'Asia/Tokio' is no time zone of the IANA database, such as Europe/Berlin"
    assert built(project).splitlines() == [again["duty_rates"], again["free_rounds"], zone, again["provider_aliases"] + ". Nothing was loaded."]


def value(cell: str, type_of: str) -> Any:
    """A cell as DuckDB gives it back."""
    if cell == "":
        return None
    if type_of == "date":
        return date.fromisoformat(cell)
    if type_of == "boolean":
        return cell.lower() == "true"
    if type_of in ("integer", "bigint"):
        return int(cell)
    return Decimal(cell) if type_of.startswith("decimal") else float(cell) if type_of == "double" else cell


def test_a_seed_that_is_no_utf_8_is_named_before_dbt_meets_it(tmp_path: Path) -> None:
    project = project_at(tmp_path / "project")
    path = project / "seeds" / "jurisdictions.csv"
    for encoding, row in (("latin-1", 3), ("utf-16", 1)):
        path.write_bytes((PROJECT / "seeds" / "jurisdictions.csv").read_text().replace("Germany", "Österreich").encode(encoding))
        assert built(project) == f'seeds/jurisdictions.csv, row {row}: the file is not in UTF-8. Save it as "CSV UTF-8". Nothing was loaded.'


def test_a_project_that_has_this_one_as_a_package_is_told_the_same(tmp_path: Path) -> None:
    package = project_at(tmp_path / "pitboss")
    project = tmp_path / "consumer"
    (project / "seeds").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(yaml.safe_dump({"name": "consumer", "version": "1.0.0", "profile": "pitboss"}))
    (project / "packages.yml").write_text(yaml.safe_dump({"packages": [{"local": str(package)}]}))
    (project / "seeds" / "own.csv").write_text("day,share\n1/12/2026,0.5\n")
    assert dbt(project, "deps").returncode == 0
    change(package, "duty_rates", ("2026-01-01", "1/1/2026"))
    run = dbt(project, "--quiet", "seed", "--select", "duty_rates")
    assert run.returncode != 0
    assert f"dbt_packages/pitboss/seeds/duty_rates.csv, row 6, column valid_from: '1/1/2026' {NO_DATE}" in run.stdout
    assert "own.csv" not in run.stdout
    change(package, "duty_rates", ("1/1/2026", "2026-01-01"))
    run = dbt(project, "--quiet", "seed", "--select", "duty_rates")
    assert run.returncode == 0, run.stdout
    assert [str(row[1]) for row in table(project, "duty_rates")] == re.findall(r"\d{4}-\d\d-\d\d", (PROJECT / "seeds" / "duty_rates.csv").read_text())


def test_the_seeds_are_asked_first() -> None:
    first = yaml.safe_load((PROJECT / "dbt_project.yml").read_text())["on-run-start"][0]
    assert "raise_compiler_error(seed_faults())" in first


def test_a_run_with_nothing_new_but_a_changed_seed_is_not_current(home: Home) -> None:
    home.create()
    home.published.mkdir()
    (home.published / "pitboss.duckdb").touch()
    changed = max(path.stat().st_ctime for path in (PROJECT / "seeds").glob("*.csv"))
    os.utime(home.published / "pitboss.duckdb", (changed + 2, changed + 2))
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.sql("create schema landing")
        warehouse.sql("create table landing.build_state as select 0 as built_seq")
        warehouse.sql(f"create table landing.build_log as select 0 as failed, 1 as build_seq, make_timestamp({int((changed + 1) * 1e6)}) as finished_at")
    assert is_current(home)
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.sql("update landing.build_log set finished_at = finished_at - interval 2 second")
    assert not is_current(home)


# ---------------------------------------------------------------- rows that nothing can reach


def test_a_row_that_nothing_can_reach_fails(tmp_path: Path) -> None:
    project = project_at(tmp_path / "project")
    change(project, "affiliate_deals", ("cpa,2024-01-01,0.000000", "cpa,2024-01-01,0.300000"))
    change(project, "channel_rules", ("direct,*,direct", "*,*,direct"))
    change(project, "fx_rates", ("2024-01-01,USD", "2024-01-01,EUR"), ("2024-02-01,USD,EUR,0.924600", "2024-02-01,USD,EUR,0.000000"))
    change(project, "experiments", ("lobby-grid,control,0.5", "lobby-grid,control,0"), ("lobby-grid,B,0.5", "lobby-grid,B,0.0"))
    change(project, "funnel_steps", ("GB,3,registration", "GB,7,registration"))
    change(project, "revenue_bases", ("mt_ggr,MT", "it_ggr,IT"), ("de_turnover,DE", "de_turnover,DD"))
    change(project, "segment_actions", ("hibernating,comeback_free_spins,none,own starting value,true\n", ""))
    change(project, "ngr_policies", ("XX,2015-01-01", "FR,2015-01-01"))
    change(project, "games", ("0.9650000000,6.3", "96.5000000000,6.3"))
    change(project, "jurisdictions", ("America/New_York,360", "America/New_York,3600"))
    run = dbt(project, "--quiet", "build", "--exclude", "test_name:not_null")
    failed = set(re.findall(r"^.*Failure in test (\w+)", run.stdout, re.M))
    assert {re.sub("__.*|_[0-9a-f]{32}$", "", name) for name in failed} == {
        "reachable_affiliate_deals",
        "reachable_channel_rules",
        "reachable_fx_rates_currency_base",
        "between_fx_rates_rate",
        "an_experiment_gives_its_players_a_variant",
        "a_step_index_is_one_step",
        "every_order_of_steps_begins_alike",
        "a_taxed_basis_has_a_rate",
        "relationships_revenue_bases_jurisdiction",
        "has_each_segment_actions_segment",
        "has_each_ngr_policies_jurisdiction",
        "between_games_rtp",
        "between_jurisdictions_day_start_minutes",
    }, run.stdout


def test_the_segments_of_the_seed_are_those_that_a_player_can_be_in() -> None:
    model = (PROJECT / "models" / "semantic" / "intermediate" / "int_players__rfm.sql").read_text()
    segment = re.search(r"case(?:(?!\bcase\b).)*?end as segment", model, re.S)
    assert segment
    scores = " union all ".join(f"select {r} as r, round(({f} + {m}) / 2) as fm" for r, f, m in product(range(1, 6), repeat=3))
    reached = {row[0] for row in duckdb.sql(f"select distinct {segment.group()} from ({scores})").fetchall()}
    with (PROJECT / "seeds" / "segment_actions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sorted(row["segment"] for row in rows) == sorted(reached)
    [seed] = yaml.safe_load((PROJECT / "seeds" / "segment_actions.yml").read_text())["seeds"]
    asked = {name: test["arguments"]["values"] for test in seed["columns"][0]["data_tests"] if isinstance(test, Mapping) for name, test in test.items()}
    assert {name: set(values) for name, values in asked.items()} == {"accepted_values": reached, "has_each": reached}


# ---------------------------------------------------------------- what every seed declares


@pytest.mark.parametrize("name", SEEDS)
def test_a_seed_declares_every_column_and_its_grain(name: str) -> None:
    [seed] = yaml.safe_load((PROJECT / "seeds" / f"{name}.yml").read_text())["seeds"]
    header = (PROJECT / "seeds" / f"{name}.csv").read_text().splitlines()[0].split(",")
    assert seed["name"] == name
    assert list(seed["config"]["column_types"]) == [column["name"] for column in seed["columns"]] == header
    tests = [*seed.get("data_tests", []), *(test for column in seed["columns"] for test in column.get("data_tests", []))]
    assert {"unique", "unique_combination"} & {key for test in tests for key in ([test] if isinstance(test, str) else test)}
