"""The one family of errors. A message says what happened, where, and what to do, in one line."""


class PitbossError(Exception):
    """Something the user can mend. Shown as one line, exit code 1."""

    def __init__(self, what: str, where: str = "", remedy: str = "") -> None:
        self.what = what
        self.where = where
        self.remedy = remedy
        super().__init__(". ".join(part for part in (f"{where}: {what}" if where else what, remedy) if part))


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
