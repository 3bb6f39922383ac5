"""Running dbt in the project that this package is installed in, against a home."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from pitboss.errors import BuildError, LockedError
from pitboss.home import PROJECT, Home
from pitboss.landing.ledger import Ledger, recover
from pitboss.landing.verify import check_before_build
from pitboss.terminal import shown
from pitboss.warehouse import warehouse

OF_DATA = ("--quiet", "--exclude-resource-type", "unit_test")
"""Flags of a build that is about data: unit tests ask the same of every home, so they belong to the project's own tests."""

SEED_FAULTS = "Nothing was loaded, because seeds cannot be read as they are:"
"""What dbt says before the faults of seeds, a line each (macros/seeds/seed_faults.sql)."""


def build(home: Home, arguments: Sequence[str] = (), project: Path = PROJECT, is_verified: bool = False) -> None:
    """`dbt build` with dbt's own selection flags. Files that landed since the last build are held against the ledger before, and all files
    where `is_verified`, or a week has passed.

    Raises:
        BuildError: a model, test or seed did not pass, and dbt has said which; or a seed has cells that do not fit, or a file is not what
            was landed, and nothing was done.
        LedgerError: an entry is damaged. dbt would read past it.
        LockedError: another process has the warehouse open.
    """
    finish_landing(home)
    _check_free(home)
    check_before_build(home, Ledger(home), is_verified)
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


def _check_encoding(project: Path) -> None:
    # dbt reads seeds while it parses, before any rule of ours is asked, and ends in a traceback that names no file
    for path in sorted(project.glob("seeds/**/*.csv")):
        written = path.read_bytes()
        try:
            written.decode()
        except UnicodeDecodeError as error:
            row = written.count(b"\n", 0, error.start) + 1
            raise BuildError("the file is not in UTF-8", f"{path.relative_to(project)}, row {row}", 'Save it as "CSV UTF-8". Nothing was loaded.') from error


def _check_free(home: Home) -> None:
    # dbt says the same as a page of its own
    if home.warehouse.exists():
        with warehouse(home, read_only=False):
            pass


def _dbt(home: Home, arguments: Sequence[str], project: Path) -> bool:
    _check_encoding(project)
    # a process of its own: dbt keeps the warehouse open for as long as it lives, and DuckDB lets one process write
    home.create()
    target = str(home.target.resolve())
    command = [str(Path(sys.executable).with_name("dbt")), *arguments, "--project-dir", str(project), "--profiles-dir", str(project / "profiles")]
    environment = {**os.environ, "PITBOSS_HOME": str(home.root.resolve()), "DBT_LOG_PATH": target, "PYTHONUNBUFFERED": "1"}
    if sys.stdout.isatty():
        environment.setdefault("DBT_USE_COLORS", "true")
    else:
        environment["DBT_USE_COLORS"] = "false"
    last: list[str] = []
    with subprocess.Popen([*command, "--target-path", target], env=environment, stdout=subprocess.PIPE, text=True, errors="replace", umask=0o027) as run:
        for line in run.stdout or ():
            said = "".join(_said(line.rstrip("\n"), environment["DBT_USE_COLORS"] != "false")) + "\n"
            # what ends a run is held back until it is known whether it is said better here
            if last or "Encountered an error:" in said:
                last.append(said)
            else:
                sys.stdout.write(said)
                sys.stdout.flush()
    faults = _seed_faults(last)
    if faults:
        raise BuildError(faults, remedy="Nothing was loaded.")
    sys.stdout.write("".join(last))
    sys.stdout.flush()
    return run.returncode == 0


def _said(line: str, has_colors: bool) -> Iterator[str]:
    """A line of dbt's, fit for a terminal: DuckDB quotes data in its errors. Indents stay, and red, green and yellow where dbt writes in colour."""
    for at, text in enumerate(re.split(r"(\x1b\[(?:0|3[123])m|\t)" if has_colors else r"(\t)", line)):
        yield text if at % 2 else shown(text, 20_000)


def _seed_faults(lines: Sequence[str]) -> list[str]:
    told = [line.strip() for line in lines]
    return [line for line in told[told.index(SEED_FAULTS) + 1 :] if line] if SEED_FAULTS in told else []
