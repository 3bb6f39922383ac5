"""SQL of the project's metric macros, rendered by dbt itself, without the project's models: a small project around the same macros."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from pitboss.errors import BuildError
from pitboss.home import PROJECT


def render(templates: Mapping[str, str]) -> dict[str, str]:
    """Each template (SQL with calls of macros, by a name that fits a file) as the SQL that dbt makes of it for DuckDB, all in one dbt process.

    Raises:
        BuildError: dbt could not render one of them; it has said which.
    """
    with tempfile.TemporaryDirectory(prefix="pitboss-render-") as temporary:
        root = Path(temporary)
        (root / "models").mkdir()
        for name, template in templates.items():
            (root / "models" / f"{name}.sql").write_text(template)
        folders = [str(PROJECT / "macros" / part) for part in ("cross_db", "metrics")]
        project = {"name": "pitboss", "version": "1.0.0", "profile": "pitboss", "macro-paths": folders, "flags": {"send_anonymous_usage_stats": False}}
        profile = {"pitboss": {"target": "memory", "outputs": {"memory": {"type": "duckdb", "path": ":memory:"}}}}
        (root / "dbt_project.yml").write_text(json.dumps(project))
        (root / "profiles.yml").write_text(json.dumps(profile))
        command = [str(Path(sys.executable).with_name("dbt")), "compile", "--quiet", "--no-introspect", "--no-populate-cache"]
        done = subprocess.run([*command, "--project-dir", temporary, "--profiles-dir", temporary], cwd=root, capture_output=True, text=True, check=False)
        if done.returncode:
            why = [line.strip() for line in done.stdout.splitlines() if line.strip()]
            raise BuildError(f"the macros cannot be rendered ({' '.join(why)[:500]})", str(PROJECT / "macros"), "The text in brackets is dbt's.")
        compiled = root / "target" / "compiled" / "pitboss" / "models"
        return {name: (compiled / f"{name}.sql").read_text() for name in templates}
