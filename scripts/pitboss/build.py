"""Running dbt in the project that this package is installed in, against a home."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pitboss.errors import BuildError
from pitboss.home import PROJECT, Home


def build(home: Home, arguments: Sequence[str] = ()) -> None:
    """`dbt build` with dbt's own selection flags.

    Raises:
        BuildError: a model, test or seed did not pass. dbt has said which.
    """
    if not _dbt(home, ["build", *arguments]):
        raise BuildError("dbt build did not pass", str(home.root), "The lines above name each node that failed and its compiled SQL.")


def refresh_views(home: Home) -> None:
    """Point the landing views at what the ledger has committed now, for `dbt show` and `dbt compile`, which run no hooks.

    Raises:
        BuildError: the warehouse is open elsewhere; the next build does it.
    """
    if not _dbt(home, ["--quiet", "run-operation", "read_landing"]):
        raise BuildError("the landing views could not be refreshed", str(home.warehouse), "What was landed is safe; the next `pitboss build` reads it.")


def _dbt(home: Home, arguments: Sequence[str]) -> bool:
    from dbt.cli.main import dbtRunner  # two seconds of imports that other commands do not need

    home.create()
    options = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT / "profiles"), "--target-path", str(home.target.resolve())]
    with _environment(PITBOSS_HOME=str(home.root.resolve()), DBT_LOG_PATH=str(home.target.resolve())):
        return dbtRunner().invoke([*_split(arguments)[0], *_split(arguments)[1], *options]).success


def _split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Global flags stand before dbt's command, its own after it."""
    at = next(i for i, argument in enumerate(arguments) if not argument.startswith("-"))
    return list(arguments[:at]), list(arguments[at:])


@contextmanager
def _environment(**values: str) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
