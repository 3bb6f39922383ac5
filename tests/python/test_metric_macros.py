"""RFM scores, CUPED and sums of doubles: expressions that no case of a funnel or of retention reaches."""

import random
from fractions import Fraction
from math import floor, fsum
from statistics import mean, pvariance

import duckdb
import pytest
from pitboss.serve.render import render


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return render(
        {
            "rfm": "select id, {{ rfm_score('v') }} as high, {{ rfm_score('v', best='low') }} as low, {{ rfm_score('v', within='g') }} as inside from t",
            "theta": "select m, {{ cuped_theta('y', 'x', 'ys', 'xs') }} as theta from "
            "(select *, {{ scale_of('y', 'm') }} as ys, {{ scale_of('x', 'm') }} as xs from t) as scaled group by m order by m",
            "sum": "select g, {{ order_free_sum('v', 's') }} as total from (select *, {{ scale_of('v', 'g') }} as s from t) as scaled group by g order by g",
            "rest": "select {{ difference_beyond_rounding('a', 'b') }} as rest from t",
            "stickiness": "select day, dau, wau, mau from ({{ stickiness('t', unit='id', day='ts') }}) order by day",
        }
    )


def test_equal_values_score_equally_and_the_best_fifth_scores_five(rendered: dict[str, str]) -> None:
    # Of six, 5 x mid-rank is 5 (2 x worse + equal) / 12. 10 10 20 30 40 50: 10/12, 10/12, 25/12, 35/12, 45/12, 55/12. From the other end
    # 50 is 5/12, 40 is 15/12, 30 is 25/12, 20 is 35/12 and both 10s 50/12.
    with duckdb.connect() as connection:
        connection.execute("create table t (id int, v int, g varchar)")
        connection.execute("insert into t values (1, 10, 'a'), (2, 10, 'b'), (3, 20, 'a'), (4, 30, 'a'), (5, 40, 'a'), (6, 50, 'a'), (7, null, 'a')")
        found = {row[0]: row[1:] for row in connection.execute(rendered["rfm"]).fetchall()}
    assert [found[number][0] for number in range(1, 8)] == [1, 1, 3, 3, 4, 5, None]
    assert [found[number][1] for number in range(1, 8)] == [5, 5, 3, 3, 2, 1, None]
    # Alone in its group a row is neither good nor bad: 5/2. The others are five: 5/10, 15/10, 25/10, 35/10, 45/10.
    assert [found[number][2] for number in range(1, 8)] == [1, 3, 2, 3, 4, 5, None]


def test_scores_are_those_of_exact_shares(rendered: dict[str, str]) -> None:
    """Groups of all sizes with many ties, where 5 x mid-rank often is a whole number and a float beside it would decide."""
    dice = random.Random(8)
    edges = 0
    with duckdb.connect() as connection:
        for size in (*range(1, 41), 50, 60, 80, 100, 120):
            values = [dice.randrange(1 + size // 3) for _ in range(size)]
            connection.execute("create or replace table t as select unnest($1) as id, unnest($2) as v, 'a' as g", [list(range(size)), values])
            found = dict(connection.execute(f"select id, high from ({rendered['rfm']})").fetchall())
            for number, value in enumerate(values):
                rank = Fraction(sum(other < value for other in values), size) + Fraction(values.count(value), 2 * size)
                edges += (5 * rank).denominator == 1
                assert found[number] == min(5, 1 + floor(5 * rank)), (values, value)
    assert edges > 30, "too few shares that are a fifth"


def test_all_alike_are_in_the_middle(rendered: dict[str, str]) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t as select unnest(range(18)) as id, 7 as v, 'a' as g")
        assert connection.execute(f"select distinct high, low, inside from ({rendered['rfm']})").fetchall() == [(3, 3, 3)]


def test_stickiness_takes_timestamps_for_their_days(rendered: dict[str, str]) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t as select * from (values (1, timestamp '2025-03-03 08:00:00'), (1, timestamp '2025-03-03 09:00:00')) as v (id, ts)")
        connection.execute("insert into t values (2, timestamp '2025-03-04 23:00:00')")
        found = connection.execute(rendered["stickiness"]).fetchall()
    assert [row[1:] for row in found] == [(1, 1, 1), (1, 2, 2)]


def test_theta_is_that_of_the_definition_whatever_the_order(rendered: dict[str, str]) -> None:
    dice = random.Random(3)
    xs = [dice.gauss(10, 3) for _ in range(500)]
    ys = [2 * x + dice.gauss(0, 4) + 5 for x in xs]
    theta = mean([(x - mean(xs)) * (y - mean(ys)) for x, y in zip(xs, ys, strict=True)]) / pvariance(xs)
    found = set()
    with duckdb.connect() as connection:
        for _ in range(5):
            pairs = list(zip(xs, ys, strict=True))
            dice.shuffle(pairs)
            connection.execute("create or replace table t as select unnest($1) as x, unnest($2) as y, 'm' as m", list(zip(*pairs, strict=True)))
            found |= set(connection.execute(rendered["theta"]).fetchall())
        [(_, value)] = found
        # A metric that nobody had before says nothing, and neither does a row of which one side is not known.
        connection.execute(
            "create or replace table t as select * from (values (0, 3, 'n'), (0, 5, 'n'), (1, 1, 'o'), (2, 3, 'o'), (null, 7, 'o')) as v (x, y, m)"
        )
        assert connection.execute(rendered["theta"]).fetchall() == [("n", 0.0), ("o", 2.0)]
    assert value == pytest.approx(theta, rel=1e-12)


def test_a_sum_of_doubles_is_the_same_in_any_order(rendered: dict[str, str]) -> None:
    dice = random.Random(5)
    values = [dice.uniform(-1, 1) * 10 ** dice.randrange(-9, 9) for _ in range(3000)]
    found = set()
    with duckdb.connect() as connection:
        for _ in range(5):
            dice.shuffle(values)
            connection.execute("create or replace table t as select 'g' as g, unnest($1) as v", [values])
            found |= set(connection.execute(rendered["sum"]).fetchall())
        [(_, total)] = found
        connection.execute("create or replace table t as select * from (values ('a', 0e0), ('b', null), ('c', 3e0), ('c', 0.25e0)) as v (g, v)")
        assert connection.execute(rendered["sum"]).fetchall() == [("a", 0.0), ("b", None), ("c", 3.25)]
    assert total == pytest.approx(fsum(values), rel=1e-12)


def test_what_a_division_left_over_is_no_difference(rendered: dict[str, str]) -> None:
    with duckdb.connect() as connection:
        connection.execute("create table t as select * from (values (0.3e0, 0.1e0 * 3), (1e0, 1.001e0), (0e0, 0e0), (0e0, 1e-20), (null, 1e0)) as v (a, b)")
        found = [rest for (rest,) in connection.execute(rendered["rest"]).fetchall()]
    assert found == [0.0, pytest.approx(-0.001), 0.0, -1e-20, None]
