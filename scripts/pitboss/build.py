"""Running dbt in the project that this package is installed in, against a home."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pitboss.errors import BuildError, LockedError
from pitboss.home import PROJECT, Home
from pitboss.landing.ledger import Ledger, recover
from pitboss.warehouse import warehouse

OF_DATA = ("--quiet", "--exclude-resource-type", "unit_test")
"""Flags of a build that is about data: unit tests ask the same of every home, so they belong to the project's own tests."""


def build(home: Home, arguments: Sequence[str] = (), project: Path = PROJECT) -> None:
    """`dbt build` with dbt's own selection flags.

    Raises:
        BuildError: a model, test or seed did not pass. dbt has said which.
        LedgerError: an entry is damaged. dbt would read past it.
        LockedError: another process has the warehouse open.
    """
    finish_landing(home)
    _check_free(home)
    if not _dbt(home, ["build", *arguments], project):
        raise BuildError("dbt build did not pass", str(home.root), "The lines above name each node that failed.")


def finish_landing(home: Home) -> None:
    """Read the ledger through, and move into place what a crash left committed but not moved. A loader that is at work does it itself."""
    try:
        with home.lock():
            recover(home, Ledger(home))
    except LockedError:
        Ledger(home)


def refresh_views(home: Home) -> None:
    """Point the landing views at what the ledger has committed now, for `dbt show` and `dbt compile`, which run no hooks.

    Raises:
        LockedError: the warehouse is open elsewhere; the next build does it.
        BuildError: dbt could not make them.
    """
    _check_free(home)
    if not _dbt(home, ["run-operation", "read_landing", "--quiet"], PROJECT):
        raise BuildError("the landing views could not be refreshed", str(home.warehouse), "What was landed is safe; the next `pitboss build` reads it.")


def _check_free(home: Home) -> None:
    # dbt says the same as a page of its own
    if home.warehouse.exists():
        with warehouse(home, read_only=False):
            pass


def _dbt(home: Home, arguments: Sequence[str], project: Path) -> bool:
    # a process of its own: dbt keeps the warehouse open for as long as it lives, and DuckDB lets one process write
    home.create()
    target = str(home.target.resolve())
    command = [str(Path(sys.executable).with_name("dbt")), *arguments, "--project-dir", str(project), "--profiles-dir", str(project / "profiles")]
    environment = {**os.environ, "PITBOSS_HOME": str(home.root.resolve()), "DBT_LOG_PATH": target}
    if not sys.stdout.isatty():
        environment["DBT_USE_COLORS"] = "false"
    return subprocess.run([*command, "--target-path", target], env=environment, check=False).returncode == 0
