"""RFM scores and CUPED: expressions that no case of a funnel or of retention reaches."""

import random
from fractions import Fraction
from math import floor
from statistics import mean, pvariance

import duckdb
import pytest
from pitboss.serve.render import render


@pytest.fixture(scope="module")
def rendered() -> dict[str, str]:
    return render(
        {
            "rfm": "select id, {{ rfm_score('v') }} as high, {{ rfm_score('v', best='low') }} as low, {{ rfm_score('v', within='g') }} as inside from t",
            "cuped": "select id, {{ cuped('y', 'x', 'm') }} as adjusted from t order by id",
            "stickiness": "select day, dau, wau, mau from ({{ stickiness('t', unit='id', day='ts') }}) order by day",
            "ratio": "select {{ cuped_variance_ratio('y', 'x') }} as r from t",
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


def test_cuped_takes_out_what_was_known_before_and_keeps_the_mean(rendered: dict[str, str]) -> None:
    dice = random.Random(3)
    xs = [dice.gauss(10, 3) for _ in range(500)]
    ys = [2 * x + dice.gauss(0, 4) + 5 for x in xs]
    theta = mean([(x - mean(xs)) * (y - mean(ys)) for x, y in zip(xs, ys, strict=True)]) / pvariance(xs)
    wanted = [y - theta * (x - mean(xs)) for x, y in zip(xs, ys, strict=True)]
    with duckdb.connect() as connection:
        connection.execute("create table t as select unnest($1) as id, unnest($2) as x, unnest($3) as y, 'm' as m", [list(range(500)), xs, ys])
        adjusted = [row[1] for row in connection.execute(rendered["cuped"]).fetchall()]
        [(ratio,)] = connection.execute(rendered["ratio"]).fetchall()
        # A metric that nobody had before stays as it is, and so does a row of which nothing is known before.
        connection.execute("create or replace table t as select * from (values (1, 0, 3, 'n'), (2, 0, 5, 'n'), (3, null, 7, 'n')) as v (id, x, y, m)")
        assert connection.execute(rendered["cuped"]).fetchall() == [(1, 3.0), (2, 5.0), (3, 7.0)]
    assert adjusted == pytest.approx(wanted, rel=1e-9)
    assert mean(adjusted) == pytest.approx(mean(ys), rel=1e-9)
    assert ratio == pytest.approx(pvariance(wanted) / pvariance(ys), rel=1e-9)
    assert ratio < 0.5
