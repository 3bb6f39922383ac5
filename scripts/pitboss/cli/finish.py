"""What a command that was stopped left unfinished."""

from pitboss.home import Home


def finish(home: Home) -> None:
    """Have what is committed in its place before it is read. A loader that is at work does it itself; a home that is not there is not made."""
    if home.ledger.is_dir() and home.incoming.is_dir() and any(home.incoming.iterdir()):
        from pitboss.build import finish_landing

        finish_landing(home)
