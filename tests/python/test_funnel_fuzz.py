"""The funnel macro against every chain tried in plain Python, on users full of ties, repeated and overlapping steps and exclusions."""

import random

import duckdb
import pytest
from chains import Event, Funnel, answer
from pitboss.serve.render import render

SINGLE = ["event = 'a'", "event = 'b'", "event = 'c'"]
REPEATED = ["event = 'a'", "event = 'b'", "event = 'a'", "event = 'a'"]
OVERLAPPING = ["event in ('a', 'b')", "event in ('b', 'c')", "event = 'a' or event = 'c'", "event = 'b'"]
NESTED = ["event = 'a'", "event in ('a', 'b')", "event = 'a'"]
USERS = 300

ASKED = {
    f"{name}_{number}": (steps, funnel)
    for name, steps in {"single": SINGLE, "repeated": REPEATED, "overlapping": OVERLAPPING, "nested": NESTED}.items()
    for number, funnel in enumerate(
        [
            Funnel(len(steps), 4),
            Funnel(len(steps), 100),
            Funnel(len(steps), 4, "strict"),
            Funnel(len(steps), 4, "any_order"),
            Funnel(len(steps), 5, exclusions=[(0, 1)]),
            Funnel(len(steps), 5, exclusions=[(0, 1), (1, 2)]),
            Funnel(len(steps), 5, exclusions=[(0, len(steps) - 1)]),
            Funnel(len(steps), 5, exclusions=[(1, 2)], scope="actor"),
            Funnel(len(steps), 5, exclusions=[(0, len(steps) - 1)], scope="actor"),
            Funnel(len(steps), 5, "strict", exclusions=[(0, 2)], scope="actor"),
        ]
    )
}


def _template(steps: list[str], funnel: Funnel) -> str:
    exclusions = [{"condition": "event = 'x'", "after": after + 1, "before": before + 1} for after, before in funnel.exclusions]
    return (
        f"{{{{ funnel('events', {steps!r}, {funnel.window}, unit=['brand', 'player'], mode='{funnel.mode}',"
        f" exclusions={exclusions!r}, exclusion_scope='{funnel.scope}') }}}}"
    )


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return render({name: _template(*asked) for name, asked in ASKED.items()})


@pytest.mark.parametrize("name", ASKED)
def test_no_user_has_another_level_or_other_times(name: str, rendered: dict[str, str]) -> None:
    steps, funnel = ASKED[name]
    dice = random.Random(name)
    rows = [(f"b{user % 2}", user // 2, dice.randint(0, 9), dice.choice("aaabbbccxo")) for user in range(USERS) for _ in range(dice.randint(1, 8))]
    with duckdb.connect() as connection:
        connection.execute(
            "create table events as select unnest($1) as brand, unnest($2) as player, make_timestamp(1000000 * unnest($3)) as ts, unnest($4) as event",
            [list(column) for column in zip(*rows, strict=True)],
        )
        serves = {letter: _served(connection, steps, letter) for letter in "abcxo"}
        found = {}
        for brand, player, level, *times in connection.execute(rendered[name]).fetchall():
            assert (brand, player) not in found
            found[brand, player] = (level, tuple(time.second for time in times if time))
    users: dict[tuple[str, int], list[Event]] = {}
    for brand, player, ts, event in rows:
        users.setdefault((brand, player), []).append(Event(ts, serves[event], event == "x"))
    wanted = {user: reached for user, events in users.items() if (reached := answer(events, funnel))}
    assert len(users) == USERS
    assert found == wanted, next((user, users.get(user), found.get(user), wanted.get(user)) for user in users if found.get(user) != wanted.get(user))


def _served(connection: duckdb.DuckDBPyConnection, steps: list[str], event: str) -> frozenset[int]:
    row = connection.execute(f"select {', '.join(steps)} from (select '{event}' as event)").fetchone()
    assert row
    return frozenset(number for number, is_met in enumerate(row) if is_met)
