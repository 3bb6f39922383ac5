"""The gate of the landing: profiles a load before it is committed, judges it against earlier ones, and reports. `block` refuses what fails."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import duckdb
import msgspec

from pitboss.contract.model import Contracts
from pitboss.errors import SourceError
from pitboss.home import Home
from pitboss.landing.ledger import Entry, Ledger, staged_path
from pitboss.watch.history import earlier_loads, like
from pitboss.watch.page import render
from pitboss.watch.profile import Profile, keep_profile, profile_load, replace
from pitboss.watch.suite import Suite, suite
from pitboss.watch.verdict import Finding, Verdict

Mode = Literal["warn", "block"]


@contextmanager
def opened(home: Home, mode: Mode, say: Callable[[str], None], report: Path | None = None) -> Iterator["Gate"]:
    """The gate of one run; at the end its page is written, whatever became of the files."""
    gate = Gate(home, mode, say, report)
    try:
        yield gate
    finally:
        gate.close()


class Gate:
    """The gate of one run of `pitboss land`. `judge` is what the landing calls for each load, `say` takes lines for the user.

    Results are HOME/gate/<load_id>.json and .html; latest.html shows all loads of the last run.
    """

    def __init__(self, home: Home, mode: Mode, say: Callable[[str], None], report: Path | None = None) -> None:
        self._home, self._mode, self._say, self._report = home, mode, say, report
        self._folder = home.root / "gate"
        self._judge: object | None = None
        self.verdicts: list[Verdict] = []

    def judge(self, home: Home, entry: Entry, staged: Path, ledger: Ledger, connection: duckdb.DuckDBPyConnection, contracts: Contracts) -> None:
        """Judge a load that is staged and not yet committed.

        Raises:
            SourceError: in mode `block`, something is not as expected; nothing of the file counts then.
        """
        profile = profile_load(entry, contracts, connection, lambda part: staged_path(staged, part.path))
        keep_profile(home, profile)
        loads = like(profile, earlier_loads(home, ledger.standing, entry, contracts, connection, self._say))
        expected = suite(profile, entry.channel, loads, contracts)
        verdict = _verdict(entry, profile, expected, self._failed(expected), self._mode)
        self.verdicts.append(verdict)
        page = self._folder / f"{entry.load_id}.html"
        replace(home, page.with_suffix(".json"), msgspec.json.format(msgspec.json.encode(verdict)) + b"\n")
        replace(home, page, render([verdict]))
        failed = verdict.failed
        if failed and self._mode == "block":
            first = f"{failed[0].sentence}{f', and {len(failed) - 1} more' if len(failed) > 1 else ''}"
            raise SourceError(f"is not as expected ({first}); nothing of it was landed", entry.file, f"Read {page}; to land it all the same: --gate warn.")
        for finding in failed:
            self._say(f"gate: {entry.channel}/{entry.file}: {finding.sentence}. {finding.advice}")

    def seen_before(self, path: Path, entry: Entry) -> SourceError | None:
        """Look at a file whose content is landed already: all empty files have one content, so this is how a second one shows.

        Returns what is wrong with it in mode `block`; in mode `warn` it says so.
        """
        if entry.lines:
            return None
        what, remedy = "holds no line, as another file before", "Ask who fills it whether nothing happened or nothing was written."
        if self._mode == "block":
            return SourceError(what, str(path), remedy)
        self._say(f"gate: {path}: {what}. {remedy}")
        return None

    def close(self) -> None:
        """Write the page of the whole run."""
        if not self.verdicts:
            return
        page = render(self.verdicts)
        replace(self._home, self._folder / "latest.html", page)
        failed, unjudged = (sum(map(bool, found)) for found in zip(*((each.failed, not each.findings) for each in self.verdicts), strict=True))
        self._say(f"gate: {len(self.verdicts)} loads, {failed} not as expected, {unjudged} not judged for want of history: {self._folder / 'latest.html'}")
        if self._report:
            self._report.write_bytes(page)

    def _failed(self, expected: Suite) -> set[str]:
        if not expected.expectations:
            return set()
        if self._judge is None:
            began = time.monotonic()
            self._say("gate: loading Great Expectations")
            from pitboss.watch.judge import Judge

            self._judge = Judge()
            if time.monotonic() - began > 2:
                self._say(f"gate: loaded in {time.monotonic() - began:.0f} s")
        return self._judge.failed(expected.expectations)  # type: ignore[attr-defined, no-any-return]


def _verdict(entry: Entry, profile: Profile, expected: Suite, failed: set[str], mode: str) -> Verdict:
    findings = [
        Finding(
            name=each.name,
            kind=each.kind,
            what=each.what,
            observed=each.observed,
            expected=each.band.expected,
            low=each.band.low,
            high=each.band.high,
            unit=each.unit,
            basis=each.basis,
            is_met=each.name not in failed,
            advice=each.advice,
        )
        for each in expected.expectations
    ]
    return Verdict(
        load_id=entry.load_id,
        seq=entry.seq,
        channel=entry.channel,
        file=entry.file,
        state=profile.state,
        mode=mode,
        lines=entry.lines,
        landed=entry.landed,
        quarantined=entry.quarantined,
        duplicates=entry.duplicates,
        began=profile.began,
        ended=profile.ended,
        findings=sorted(findings, key=lambda finding: finding.is_met),
        lacking=expected.lacking,
    )
