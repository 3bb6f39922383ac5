"""Contracts over time: a corpus of changes that was labelled by hand, and the command that CI runs on a git checkout."""

import copy
import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from conftest import quarantined
from pitboss.cli import main
from pitboss.contract.evolution.check import Finding, check
from pitboss.contract.evolution.compare import compare, lacking
from pitboss.contract.evolution.language import UnknownPattern, members, only_in
from pitboss.contract.evolution.rules import IS_RELEASED
from pitboss.contract.model import Contracts
from pitboss.contract.read import read_contracts
from pitboss.home import PROJECT, Home
from pitboss.landing.land import land

FIXTURES = PROJECT / "tests" / "fixtures" / "contract_changes"
CASES: list[dict[str, Any]] = yaml.safe_load((FIXTURES / "changes.yml").read_text())
EVENTS = {f"side_bet_{number:03}": case for number, case in enumerate(CASES) if "edit" in case}
ENVELOPES = {case["change"]: case for case in CASES if "envelope" in case}
WORST = ("both", "producers", "consumers", "compatible", "neutral")
BUMPS = ("major", "minor", "none")


def edited(table: dict[str, Any], edits: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A table of a dbt source with the edits of the corpus carried out."""
    table = copy.deepcopy(table)
    for edit in edits:
        if "add" in edit:
            meta = {key: value for key, value in edit["add"].items() if key not in ("name", "data_type")}
            table["columns"].append({"name": edit["add"]["name"], "data_type": edit["add"]["data_type"], "description": "New.", "config": {"meta": meta}})
        elif "meta" in edit:
            table["config"]["meta"].update(edit["meta"])
        elif edit.get("remove"):
            table["columns"] = [column for column in table["columns"] if column["name"] != edit["column"]]
        elif "column" in edit:
            [column] = [column for column in table["columns"] if column["name"] == edit["column"]]
            for key, value in edit.get("set", {}).items():
                (column if key in ("name", "data_type", "description") else column["config"]["meta"])[key] = value
            for key in edit.get("drop", ()):
                del column["config"]["meta"][key]
    return table


class State:
    """A state of the contracts as files: envelope and events, written below a folder that is read like a project."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "models" / "staging"
        self.envelope = yaml.safe_load((PROJECT / "models/staging/envelope.yml").read_text())
        self._folder.mkdir(parents=True)

    def put(self, event: str, edits: Iterable[dict[str, Any]], family: str = "gameplay") -> None:
        source = yaml.safe_load((FIXTURES / "side_bet.yml").read_text().replace("side_bet", event).replace(f"{event}_id", "side_bet_id"))
        source["sources"][0]["name"] = family
        table = edited(source["sources"][0]["tables"][0], edits)
        text = yaml.safe_dump({**source, "sources": [{**source["sources"][0], "tables": [table]}]}, sort_keys=False)
        path = self._folder / family / "contracts" / f"{event}.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("other_NAME", f"other_{event}"))

    def read(self) -> Contracts:
        (self._folder / "envelope.yml").write_text(yaml.safe_dump(self.envelope, sort_keys=False))
        return read_contracts(self._folder.parents[1])


def raised(bump: str) -> list[dict[str, Any]]:
    return [{"meta": {"version": {"major": "2.0", "minor": "1.9", "none": "1.8"}[bump]}}]


def states(folder: Path, is_bumped: bool) -> tuple[Contracts, Contracts]:
    """Both states of every case that changes an event: each case is an event of its own."""
    old, new = State(folder / "old"), State(folder / "new")
    for event, case in EVENTS.items():
        given, edit = case.get("given", []), case["edit"]
        if is_bumped and {"event": "removed"} in edit:
            given = [*given, {"meta": {"deprecated": True}}]
        if {"event": "added"} not in edit:
            old.put(event, given)
        if {"event": "removed"} not in edit:
            bump = raised(case["bump"]) if is_bumped else []
            new.put(event, [*given, *edit, *bump], "cashier" if {"event": "moved"} in edit else "gameplay")
    return old.read(), new.read()


def envelope_states(folder: Path, case: dict[str, Any], bump: str = "none") -> tuple[Contracts, Contracts]:
    old, new = State(folder / "old"), State(folder / "new")
    for state, version in ((old, "none"), (new, bump)):
        state.put("side_bet", raised(version))
        state.put("side_bet_view", [*raised(version), {"meta": {"identity": "visitor", "actor": "system"}}])
    new.envelope["sources"][0]["tables"][0] = edited(new.envelope["sources"][0]["tables"][0], case["envelope"])
    return old.read(), new.read()


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Finding]]:
    """What the check says of every case that changes an event."""
    found: dict[str, list[Finding]] = {event: [] for event in EVENTS}
    for finding in check(*states(tmp_path_factory.mktemp("states"), is_bumped=False)):
        found[finding.change.event].append(finding)
    return found


@pytest.fixture(scope="module")
def verdicts(compared: dict[str, list[Finding]], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What becomes of each case's witness when it is landed under the one state and under the other."""
    folder = tmp_path_factory.mktemp("witnesses")
    lines = {event: line for event, findings in compared.items() if (line := shown(findings))}
    return dict(zip(lines, fates(folder, list(lines.values()), *states(folder, is_bumped=False)), strict=True))


def worst(findings: list[Finding]) -> Finding | None:
    """The finding that breaks most."""
    return min(findings, key=lambda finding: WORST.index(finding.change.kind), default=None)


def shown(findings: list[Finding]) -> str:
    found = worst(findings)
    return found.witness.line if found and found.witness else ""


def fates(folder: Path, lines: list[str], old: Contracts, new: Contracts) -> list[str]:
    """refused, accepted or read, for each line, by landing them for real."""
    path = folder / "witnesses.jsonl"
    path.write_text("".join(f"{line}\n" for line in lines))
    refused = []
    for name, contracts in (("before", old), ("after", new)):
        home = Home(folder / name)
        [landed] = land(home, [(path, "web")], contracts=contracts)
        assert landed.entry and landed.entry.landed + landed.entry.quarantined == len(lines), "a witness is landed once"
        refused.append({line for (line,) in quarantined(home, "line")})
    return [
        {(False, True): "refused", (True, False): "accepted", (False, False): "read"}.get((number in refused[0], number in refused[1]), "never valid")
        for number in range(1, len(lines) + 1)
    ]


def agrees(case: dict[str, Any], findings: list[Finding]) -> None:
    assert sorted(finding.change.kind for finding in findings) == sorted(case["classes"]), [f.change.what for f in findings]
    assert all(finding.is_predicted for finding in findings)
    assert min((finding.change.bump for finding in findings), key=BUMPS.index, default="none") == case["bump"]


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 40
    assert len({case["change"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("event", EVENTS, ids=[case["change"] for case in EVENTS.values()])
def test_a_change_of_an_event_is_classed_as_labelled(event: str, compared: dict[str, list[Finding]], verdicts: dict[str, str]) -> None:
    case = EVENTS[event]
    agrees(case, compared[event])
    assert verdicts.get(event, "none") == case["shows"]
    has_bump = {"meta": {"version": "2.0"}} in case["edit"]
    assert any(finding.is_failed for finding in compared[event]) == (case["bump"] != "none" and not has_bump)


@pytest.mark.parametrize("case", ENVELOPES.values(), ids=ENVELOPES)
def test_a_change_of_the_envelope_is_classed_as_labelled(case: dict[str, Any], tmp_path: Path) -> None:
    old, new = envelope_states(tmp_path, case)
    findings = check(old, new)
    agrees(case, findings)
    line = shown(findings)
    assert (fates(tmp_path, [line], old, new) if line else ["none"]) == [case["shows"]]
    late = [finding.lacks for finding in findings if finding.lacks]
    assert late == ([f"a new {case['bump']} in 2 of 2 contracts (side_bet, side_bet_view)"] if case["bump"] != "none" else [])


def test_with_its_version_every_change_passes(tmp_path: Path) -> None:
    old, new = states(tmp_path, is_bumped=True)
    changes = compare(old, new)
    assert {change.event for change in changes} == {event for event, case in EVENTS.items() if case["classes"]}
    assert [(EVENTS[change.event]["change"], change.what) for change in changes if lacking(change, old, new)] == []


def test_a_break_that_has_its_major_is_still_said_and_shown(tmp_path: Path) -> None:
    old, new = State(tmp_path / "old"), State(tmp_path / "new")
    old.put("side_bet", [])
    new.put("side_bet", [{"column": "seat", "set": {"max": 5}}, {"column": "side_bet_id", "drop": ["required"]}, *raised("major")])
    findings = check(old.read(), new.read())
    assert not any(finding.is_failed for finding in findings)
    assert {f.change.rule: f.witness and (f.witness.before, f.witness.after) for f in findings} == {
        "version": ("lands", "refused (unknown_schema_version at /schemaVer)"),
        "required": ("refused (missing_required at /sideBetId)", "lands"),
        "maximum": ("lands", "refused (bad_value at /seat)"),
    }


def test_once_released_no_decimal_widens_in_a_minor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Published files then have readers, and a wider type breaks them though it takes all that it took."""
    old, new = State(tmp_path / "old"), State(tmp_path / "new")
    old.put("side_bet", [])
    wide = [{"column": "stake_amount", "set": {"data_type": "decimal(28,8)"}}]
    new.put("side_bet", [*wide, {"column": "components", "set": {"data_type": "struct(wallet varchar, amount decimal(28,8))[]"}}])
    before, after = old.read(), new.read()
    assert [(change.kind, change.bump) for change in compare(before, after)] == [("compatible", "minor")] * 2
    monkeypatch.setattr("pitboss.contract.evolution.rules.IS_RELEASED", True)
    assert [(change.kind, change.bump) for change in compare(before, after)] == [("consumers", "major")] * 2


def test_the_rule_of_the_first_release_is_over_when_the_changelog_has_one() -> None:
    versions = re.findall(r"^## \[?\d.*", (PROJECT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert versions and versions[-1].startswith("## [0.1.0]")
    assert any(re.search(r"\d{4}-\d{2}-\d{2}", heading) for heading in versions) == IS_RELEASED
    assert all(heading.endswith(" - unreleased") or re.search(r" - \d{4}-\d{2}-\d{2}$", heading) for heading in versions)


def test_the_envelope_passes_when_every_event_has_the_version(tmp_path: Path) -> None:
    case = ENVELOPES["ids get shorter"]
    assert not any(finding.is_failed for finding in check(*envelope_states(tmp_path, case, "major")))


def test_a_difference_that_no_rule_foresees_is_reported(tmp_path: Path) -> None:
    """The gate refuses control characters in ids and knows an id by the name of its column: no contract says so, and no rule compares it."""
    old, new = State(tmp_path / "old"), State(tmp_path / "new")
    old.put("side_bet", [])
    new.put("side_bet", [{"column": "label", "set": {"name": "label_id"}}, *raised("major")])
    findings = check(old.read(), new.read())
    found = [finding for finding in findings if not finding.is_predicted]
    assert [(f.change.kind, f.change.pointers, f.witness and f.witness.after) for f in found] == [("producers", ("/label",), "refused (bad_value at /label)")]
    assert [finding.is_failed for finding in findings] == [not finding.is_predicted for finding in findings]


# ------------------------------------------------------------ patterns


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("[a-z]{1,8}", "[a-z]{1,16}", None),
        ("[a-z]{1,3}", "[a-z]{1,2}", "aaa"),
        ("(a|b)*c?", "[ab]*c?", None),
        ("[ab]*c?", "(a|b)*", "c"),
        (r"\d{1,2}\.\d", r"[0-9]{2}[.][0-9]", "0.0"),
        ("x?y+", "x?y*", None),
        ("x?y*", "x?y+", ""),
    ],
)
def test_patterns_are_compared_as_languages(one: str, other: str, expected: str | None) -> None:
    assert only_in(one, other) == expected


def test_members_of_a_pattern_match_it_and_reach_its_longest() -> None:
    found = members("[A-Z]{2,4}")
    assert {len(text) for text in found} == {2, 3, 4}
    with pytest.raises(UnknownPattern):
        only_in(r"(?=a)b", "b")


# ------------------------------------------------------------ the command, on a checkout


def git(folder: Path, *arguments: str) -> None:
    identity = {f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env={**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull})


def command(project: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["contracts", "check", "--project", str(project), *arguments])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git checkout of the project's own contracts, one commit."""
    project = tmp_path / "repository" / "warehouse"
    shutil.copytree(PROJECT / "models" / "staging", project / "models" / "staging")
    git(project.parent, "init", "--quiet")
    git(project.parent, "add", ".")
    git(project.parent, "commit", "--quiet", "--message", "first")
    return project


def contract(project: Path, family: str, event: str) -> Path:
    return project / "models" / "staging" / family / "contracts" / f"{event}.yml"


def test_the_command_names_a_break_with_an_event_and_the_version_it_needs(checkout: Path) -> None:
    path = contract(checkout, "gameplay", "bet_place")
    path.write_text(path.read_text().replace("meta: {json: tableId,", "meta: {json: tableId, required: error,"))
    result = command(checkout, "--against", "HEAD")
    assert result.exit_code == 1
    first, shown, outcome, advice, cost, last = result.stdout.splitlines()
    assert first == (
        "models/staging/gameplay/contracts/bet_place.yml table_id: breaking for producers: optional becomes required; "
        "needs a new major: FAIL, lacks version 2.0"
    )
    assert "tableId" not in json.loads(shown.removeprefix("    event   "))
    assert outcome == "    before  lands; after: refused (missing_required at /tableId)"
    assert advice.startswith("    do      Tell producers, keep the old rule")
    assert cost.startswith("what a major costs: The gate takes one major only")
    assert last == "1 change since HEAD: 1 breaking; 1 must not pass"
    path.write_text(path.read_text().replace('version: "1.9"', 'version: "2.0"'))
    again = command(checkout, "--against", "HEAD", "--json")
    records = [json.loads(line) for line in again.stdout.splitlines()]
    assert (again.exit_code, [(r["rule"], r["class"], r["lacks"]) for r in records]) == (0, [("version", "producers", ""), ("required", "producers", "")])


def test_nothing_changed(checkout: Path) -> None:
    result = command(checkout, "--against", "HEAD")
    assert (result.exit_code, result.stdout) == (0, "no contract differs from HEAD\n")


def test_a_revision_that_is_not_there_and_one_without_contracts(checkout: Path) -> None:
    result = command(checkout, "--against", "no-such-branch")
    assert result.exit_code == 1 and "git knows no revision no-such-branch" in result.stderr
    shutil.copytree(checkout / "models", checkout.parent / "aside")
    git(checkout.parent, "rm", "-r", "--quiet", "--cached", "warehouse")
    git(checkout.parent, "commit", "--quiet", "--message", "nothing")
    result = command(checkout, "--against", "HEAD")
    assert result.exit_code == 1 and "revision HEAD has no models/staging" in result.stderr


def test_without_history_nothing_is_compared_and_that_is_said(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside = tmp_path / "outside"
    shutil.copytree(checkout, outside)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    result = command(outside, "--against", "HEAD")
    assert (result.exit_code, result.stdout) == (0, "") and "not checked: " in result.stderr and "is not a git checkout" in result.stderr
    git(checkout.parent, "commit", "--quiet", "--allow-empty", "--message", "second")
    git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{checkout.parent}", "shallow")
    result = command(tmp_path / "shallow" / "warehouse", "--against", "HEAD~1")
    assert result.exit_code == 0 and "the clone is shallow and ends before HEAD~1" in result.stderr
    monkeypatch.setenv("PATH", "")
    result = command(checkout, "--against", "HEAD")
    assert result.exit_code == 0 and "git is not installed" in result.stderr
