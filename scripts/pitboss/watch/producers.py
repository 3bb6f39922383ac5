"""The producers' report: what changed in what arrives, by producer and day."""

from datetime import date, timedelta

from pitboss.contract.model import Contracts
from pitboss.home import Home
from pitboss.landing.ledger import Ledger
from pitboss.watch.feeds import alive, days_by_channel, feeds, silences
from pitboss.watch.fields import changes
from pitboss.watch.finding import Finding
from pitboss.watch.history import RECENT
from pitboss.watch.sent import count


def report(home: Home, contracts: Contracts, since: date | None = None, until: date | None = None) -> list[Finding]:
    """Findings from one UTC day to another, oldest first.

    Left out, `until` is the last day that has data: no clock is asked, so what is missing shows against what else arrived. That
    day may not be over, so on it nothing is called silent or missing. `since` is a week before.
    """
    ledger = Ledger(home)
    days = [day for found in days_by_channel(ledger).values() for day in alive(found)]
    if not days:
        return sorted(feeds(ledger, since or date.min, (until or date.max) - timedelta(days=1)))
    last = until or max(days)
    over = until or last - timedelta(days=1)
    first = since or last - timedelta(days=6)
    counts = count(home, ledger, contracts, first - RECENT, last)
    missing = list(feeds(ledger, first, over))
    known = {(finding.producer, finding.day) for finding in missing}
    silent = [finding for finding in silences(counts, first, over) if (finding.producer, finding.day) not in known]
    return sorted([*missing, *silent, *changes(counts, first, last)])
