"""The contracts as a git revision has them."""

import io
import os
import subprocess
import tarfile
import tempfile
from pathlib import Path

from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.errors import ContractError
from pitboss.home import PROJECT


class NoHistory(ContractError):
    """There is nothing to compare with: no git, no checkout, or a shallow clone that ends before the revision."""


def contracts_of(revision: str, project: Path = PROJECT) -> Contracts:
    """Read the contracts of a revision of the checkout that a dbt project stands in.

    Raises:
        NoHistory: this place has no history to read.
        ContractError: the revision is unknown, or its contracts cannot be read.
    """
    commit = _commit(revision, project)
    archive = _git(project, "archive", commit, "models/staging")
    if archive.returncode:
        raise ContractError(f"revision {revision} has no models/staging", str(project), "Compare with a revision that has contracts.")
    with tempfile.TemporaryDirectory(prefix="pitboss-contracts-") as folder:
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(folder, [file for file in files if file.isfile() and file.name.endswith(".yml")], filter="data")
        try:
            return read_contracts(Path(folder))
        except ContractError as error:
            where = error.where.removeprefix(folder).lstrip("/")
            raise ContractError(error.what, f"{revision}:{where}", "Compare with a revision whose contracts can be read.") from error


def _commit(revision: str, project: Path) -> str:
    inside = _git(project, "rev-parse", "--is-shallow-repository")
    said = inside.stderr.decode(errors="replace").strip()
    if inside.returncode and "not a git repository" in said:
        raise NoHistory("is not a git checkout", str(project), "Contracts are compared where their history is.")
    if inside.returncode:
        raise ContractError(f"git cannot read the checkout ({said.splitlines()[0] if said else 'no reason given'})", str(project), "Mend the checkout.")
    found = _git(project, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not found.returncode:
        return found.stdout.decode().strip()
    if inside.stdout.strip() == b"true":
        raise NoHistory(f"the clone is shallow and ends before {revision}", str(project), "Fetch the history: git fetch --unshallow.")
    raise ContractError(f"git knows no revision {revision}", str(project), "Name a commit, a branch or a tag; `git log` shows them.")


def _git(project: Path, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(["git", *arguments], cwd=project, capture_output=True, check=False, env={**os.environ, "LC_ALL": "C"})
    except FileNotFoundError as error:
        raise NoHistory("git is not installed", str(project), "Contracts are compared where their history is.") from error
