"""The one family of errors. A message says what happened, where, and what to do, in one line, fit for a terminal whatever stands in it."""

from collections.abc import Sequence

from pitboss.terminal import shown


class PitbossError(Exception):
    """Something the user can mend. Shown as one line, exit code 1; as several only where `what` is several."""

    def __init__(self, what: str | Sequence[str], where: str = "", remedy: str = "") -> None:
        self.what = "\n".join(shown(line, 2000) for line in ([what] if isinstance(what, str) else what))
        self.where = shown(where)
        self.remedy = shown(remedy)
        super().__init__(". ".join(part for part in (f"{self.where}: {self.what}" if where else self.what, self.remedy) if part))


class ContractError(PitbossError):
    """A contract file does not say what a contract must say."""


class SourceError(PitbossError):
    """An input file cannot be read to its end."""


class QuarantineError(PitbossError):
    """What was asked of the quarantine is not there, or cannot be done."""


class HomeError(PitbossError):
    """The folder cannot be a home."""


class LockedError(PitbossError):
    """Another process is writing to the same home."""


class LedgerError(PitbossError):
    """The ledger and the files of a home do not agree."""


class BuildError(PitbossError):
    """dbt did not finish with every node passed."""


class PublishError(PitbossError):
    """The warehouse is not in a state that may be published."""


class WarehouseError(PitbossError):
    """The warehouse file cannot be used."""
