"""Two halves, each in its own environment: `ours` makes users and answers with the macro, `theirs` has ClickHouse compare. See the script."""

import sys
from pathlib import Path

USERS, STEPS, WINDOWS = 60_000, 5, (3, 10, 100)


def ours(work: Path) -> None:
    """Random users (up to 15 events of eight kinds in 30 seconds, so that most have ties) and the macro's level of each, per window."""
    import duckdb
    from pitboss.serve.render import render

    steps = [f"event = 'e{number}'" for number in range(1, STEPS + 1)]
    queries = render({f"w_{window}": f"{{{{ funnel('events', {steps!r}, {window}, unit='u') }}}}" for window in WINDOWS})
    with duckdb.connect() as connection:
        connection.execute(
            f"create table events as select hash(i) % {USERS} as u, make_timestamp(cast(hash(i * 3 + 1) % 30 as bigint) * 1000000) as ts,"
            f" 'e' || hash(i * 7 + 5) % 8 as event from range({USERS * 7}) as t (i)"
        )
        connection.execute(f"copy events to '{work}/events.parquet' (format parquet)")
        for name, query in queries.items():
            connection.execute(f"copy ({query}) to '{work}/{name}.parquet' (format parquet)")


def theirs(work: Path) -> None:
    """Users whose level differs, per window, and the users of each level; fails where there is one."""
    import chdb  # type: ignore[import-not-found]

    conditions = ", ".join(f"event = 'e{number}'" for number in range(1, STEPS + 1))
    differing = 0
    for window in WINDOWS:
        query = f"""
            select count(), countIf(theirs.level != ours.level), arrayStringConcat(arraySort(groupUniqArray(toString(theirs.level))), ' ')
            from (
                select u, windowFunnel({window})(toUInt64(toUnixTimestamp(assumeNotNull(ts))), {conditions}) as level
                from file('{work}/events.parquet', 'Parquet') group by u
            ) as theirs left join file('{work}/w_{window}.parquet', 'Parquet') as ours on theirs.u = ours.u
            settings join_use_nulls = 0
        """
        users, wrong, levels = str(chdb.query(query, "CSV")).strip().replace('"', "").split(",")
        print(f"window {window} s: {users} users of levels {levels}, {wrong} differ")
        differing += int(wrong)
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    {"ours": ours, "theirs": theirs}[sys.argv[1]](Path(sys.argv[2]))
