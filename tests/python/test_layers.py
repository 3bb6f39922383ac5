"""The layers: who may read whom, and what every model must have beside it."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from pitboss.home import PROJECT

MODELS = PROJECT / "models"


def parse(project: Path) -> subprocess.CompletedProcess[str]:
    command = [
        str(Path(sys.executable).with_name("dbt")),
        "--no-use-colors",
        "parse",
        "--project-dir",
        str(project),
        "--profiles-dir",
        str(project / "profiles"),
    ]
    environment = {**os.environ, "PITBOSS_HOME": str(project), "DBT_LOG_PATH": str(project / "target")}
    return subprocess.run([*command, "--target-path", str(project / "target")], env=environment, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the dbt project, parsed once."""
    project = tmp_path_factory.mktemp("project")
    for name in ("models", "macros", "seeds", "profiles", "tests/generic", "tests/singular"):
        shutil.copytree(PROJECT / name, project / name)
    shutil.copy(PROJECT / "dbt_project.yml", project)
    run = parse(project)
    assert run.returncode == 0, run.stdout
    return project


def test_a_mart_that_reads_staging_does_not_parse(copy: Path) -> None:
    wrong = copy / "models" / "marts" / "finance" / "wrong.sql"
    wrong.write_text("select * from {{ ref('stg_gameplay__bets') }}\n")
    try:
        run = parse(copy)
    finally:
        wrong.unlink()
    assert run.returncode != 0
    assert "attempted to reference node model.pitboss.stg_gameplay__bets" in " ".join(run.stdout.split())
    assert "private" in run.stdout


def test_every_mart_has_an_enforced_contract_and_is_public(copy: Path) -> None:
    nodes = json.loads((copy / "target" / "manifest.json").read_bytes())["nodes"].values()
    marts = {node["name"]: node for node in nodes if node["resource_type"] == "model" and node["fqn"][1] == "marts"}
    assert set(marts) == {path.stem for path in (MODELS / "marts").rglob("*.sql")}
    assert [name for name, node in marts.items() if not node["config"]["contract"]["enforced"]] == []
    assert [name for name, node in marts.items() if (node["access"], node["config"]["group"]) != ("public", "marts")] == []
    assert [(name, column) for name, node in marts.items() for column, said in node["columns"].items() if not said["data_type"]] == []


@pytest.mark.parametrize("path", sorted(MODELS.rglob("*.sql")), ids=lambda path: path.stem)
def test_a_model_says_what_its_row_is_and_keeps_to_its_layer(path: Path) -> None:
    model = described(path)
    assert model["description"].startswith("One row per ")
    sql = path.read_text()
    assert "target.type" not in sql
    if path.relative_to(MODELS).parts[0] != "staging":
        assert not re.search(r"\bsource\s*\(", sql)


def described(path: Path) -> dict[str, Any]:
    """The entry of a model in the YAML beside it."""
    models: list[dict[str, Any]] = yaml.safe_load(path.with_suffix(".yml").read_text())["models"]
    [model] = [model for model in models if model["name"] == path.stem]
    return model


def test_each_docs_block_is_used_and_each_reference_has_one() -> None:
    """A block that nothing refers to describes a column that is gone, and goes on doing so."""
    defined = re.findall(r"{% docs (\w+) %}", "".join(path.read_text() for path in MODELS.rglob("*.md")))
    described = [path for folder in (MODELS, PROJECT / "seeds") for path in folder.rglob("*.yml")]
    used = {name for path in described for name in re.findall(r"\bdoc\(\s*['\"](\w+)['\"]", path.read_text())}
    assert len(defined) == len(set(defined))
    assert sorted(defined) == sorted(used)
