"""The project's own small set of questions to the metric macros, in the form of the outside ones, and what `acceptance` says of bad files."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from pitboss.cli import main
from pitboss.errors import PitbossError
from pitboss.serve.acceptance_cases import read_cases, run_cases

CASES = Path(__file__).parents[1] / "fixtures" / "product_analytics" / "cases.json"


def test_every_case_is_answered_as_expected() -> None:
    verdicts = list(run_cases(CASES))
    assert [(verdict.name, verdict.detail) for verdict in verdicts if not verdict.is_passed] == []
    assert len(verdicts) == len(read_cases(CASES)) > 20


def test_a_wrong_or_unknown_answer_fails_and_so_does_the_command(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.json"
    events = '[{"actor": "u", "event": "a", "ts": "2025-03-03T00:00:00Z"}]'
    rest = '"params": {"steps": [{"event": "a"}], "window_seconds": 1}, "expected"'
    wrong.write_text(
        f'{{"schema": "neutral-funnel-retention/1", "cases": ['
        f'{{"id": "count", "kind": "funnel", "events": {events}, {rest}: {{"step_counts": [2]}}}},'
        f'{{"id": "name", "kind": "funnel", "events": {events}, {rest}: {{"unheard_of": [1]}}}},'
        f'{{"id": "refused", "kind": "lifecycle", "events": {events}, "params": {{"grain": "decade", "date_from": "2025-03-03", "date_to": "2025-03-03"}},'
        f' "expected": {{}}}},'
        f'{{"id": "kind", "kind": "oracle", "events": {events}, {rest}: {{}}}}]}}'
    )
    done = CliRunner().invoke(main, ["acceptance", str(wrong)])
    assert done.exit_code == 1
    lines = done.output.splitlines()
    # What a macro refuses is one failure, not the end of the file.
    assert "grain is hour, day, week, week_sunday or month, not decade" in lines.pop(2)
    assert lines == [
        "FAIL wrong: count: step_counts is [1], expected [2]",
        "FAIL wrong: name: unheard_of is None, expected [1]",
        "FAIL wrong: kind: cannot be asked (KeyError: 'oracle')",
        "0 passed, 4 failed",
    ]


@pytest.mark.parametrize("text", ["", "[]", '{"schema": "other/1", "cases": []}', '{"schema": "neutral-funnel-retention/1", "cases": [{}]}'])
def test_what_is_no_file_of_cases_is_one_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cases.json"
    path.write_text(text)
    with pytest.raises(PitbossError):
        read_cases(path)
