"""MetricFlow's own engine in this process, its answers from a home's warehouse, and the marts' answers to the same questions.

`mf query` costs seconds for every question, most of them for starting; the engine behind it writes the SQL of one in milliseconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from conftest import query
from dbt_metricflow.cli.dbt_connectors.adapter_backed_client import AdapterBackedSqlClient
from metricflow.engine.metricflow_engine import MetricFlowEngine, MetricFlowQueryRequest, OutputColumnOrderMode
from metricflow_semantics.model.dbt_manifest_parser import parse_manifest_from_dbt_generated_manifest
from metricflow_semantics.model.semantic_manifest_lookup import SemanticManifestLookup
from pitboss.home import Home


@dataclass(frozen=True)
class Question:
    """Metrics, what they are grouped by, and a SELECT of the same keys and values from a mart."""

    metrics: tuple[str, ...]
    by: tuple[str, ...]
    mart: str
    where: str | None = None
    is_trailing: bool = False
    """Whether metrics have days after the mart's last one: a window goes on after the data until it is empty, or in some places it is tomorrow."""


class Dialect:
    """What MetricFlow asks of a dbt adapter before it writes SQL. The SQL runs on a connection of ours, which cannot write."""

    def type(self) -> str:
        return "duckdb"


def known(column: str) -> str:
    """SQL of a sum that is null as soon as one amount is unknown."""
    return f"case when count(*) = count({column}) then sum({column}) end"


DAY, MONTH, WEEK = "metric_time__day", "metric_time__month", "metric_time__week"
QUESTIONS = {
    "revenue at the full grain": Question(
        ("handle_in_currency", "payout_in_currency", "ggr_in_currency", "open_stakes_in_currency", "bets", "rounds", "active_players"),
        (DAY, "brand", "jurisdiction", "currency"),
        "select gaming_day, brand, jurisdiction, currency, handle, payout, ggr, open_stakes, bets, rounds, active_players from marts.ggr_ngr_daily",
    ),
    "hold": Question(
        ("hold",),
        (DAY, "brand", "jurisdiction", "currency"),
        "select gaming_day, brand, jurisdiction, currency, hold from marts.ggr_ngr_daily where currency = 'EUR'",
        where="{{ Entity('currency') }} = 'EUR'",
    ),
    "revenue in the reporting currency": Question(
        ("bets", "handle", "ggr"),
        (MONTH, "jurisdiction"),
        f"select date_trunc('month', gaming_day), jurisdiction, sum(bets), {known('handle_base')}, {known('ggr_base')} from marts.ggr_ngr_daily group by 1, 2",
    ),
    "net revenue": Question(("ngr",), (DAY, "brand"), f"select gaming_day, brand, {known('ngr_base')} from marts.ggr_ngr_daily group by 1, 2"),
    "revenue so far in the month": Question(
        ("ggr_month_to_date",),
        (MONTH,),
        f"select date_trunc('month', gaming_day), {known('ggr_base')} from marts.ggr_ngr_daily group by 1",
    ),
    "revenue by game": Question(
        ("handle_in_currency", "payout_in_currency", "ggr_in_currency", "bets"),
        (DAY, "game", "currency"),
        "select gaming_day, game_id, currency, handle, payout, ggr, bets from marts.ggr_by_game_daily",
    ),
    "first depositors by channel": Question(
        ("first_depositors",),
        (MONTH, "player__acquisition_channel"),
        "select month, channel, ftds from marts.channel_roi",
    ),
    "first depositors by day": Question(
        ("first_depositors",),
        (DAY,),
        "select conversion_day, sum(conversions) from marts.attribution where model = 'first' group by 1",
    ),
    "spend": Question(("ad_spend",), (MONTH, "ad_spend_row__channel"), "select month, channel, spend from marts.channel_roi"),
    "newcomers": Question(("registrations",), (), "select coalesce(sum(players), 0) from marts.acquisition_funnel where step = 'registration'"),
    "active players": Question(("players_seen",), (DAY,), "select day, dau from marts.stickiness_daily", is_trailing=True),
    "stickiness": Question(
        ("dau", "wau", "mau", "dau_mau", "wau_mau"),
        (DAY,),
        "select day, nullif(dau, 0), wau, mau, case when dau > 0 then dau_mau end, wau_mau from marts.stickiness_daily",
        is_trailing=True,
    ),
    "newcomers by day": Question(
        ("registrations",),
        (DAY,),
        "select cohort_day, cohort_size from marts.retention_cohorts where start_basis = 'registration' and activity_basis = 'any_event' and day_n = 0",
    ),
    "from registration to first deposit": Question(
        ("registration_to_deposit_rate",),
        (MONTH,),
        "select date_trunc('month', registered_at), avg(case when first_deposit_at >= registered_at "
        "and first_deposit_at < registered_at + interval 7 day then 1 else 0 end) from semantic.dim_players where registered_at is not null group by 1",
    ),
    "from deposit to bet": Question(
        ("deposit_to_bet_rate",),
        (MONTH,),
        "select date_trunc('month', deposited), count(distinct case when has_bet then player end) / count(distinct player) from ("
        "select d.brand || d.player_id as player, date_trunc('second', succeeded_at) as deposited, exists (select 1 from semantic.fct_bets as b "
        "where is_counted and b.brand = d.brand and b.player_id = d.player_id and date_trunc('second', b.placed_at) >= deposited "
        "and date_trunc('second', b.placed_at) < deposited + interval 24 hour) as has_bet "
        "from semantic.fct_deposits as d where succeeded_at is not null and not is_conflict) group by 1",
    ),
    "lobby": Question(
        ("tiles_shown", "tiles_clicked", "launches", "launches_with_bet", "tile_click_rate", "seconds_from_launch_to_bet"),
        (DAY, "lobby_event__lobby_id", "lobby_event__category", "game"),
        "select gaming_day, lobby_id, category, game_id, impressions, clicks, launches, first_bets, ctr, median_seconds_to_bet from marts.lobby_performance",
    ),
    "players whom a responsible-gambling event named": Question(
        ("players_with_rg_event",),
        (MONTH, "jurisdiction"),
        "select date_trunc('month', gaming_day), jurisdiction, count(distinct brand || '/' || player_id) from semantic.fct_rg_events group by 1, 2",
    ),
    "hours of play": Question(
        ("sessions",),
        ("session__local_hour", "jurisdiction"),
        "select extract(hour from timezone(coalesce(time_zone, 'UTC'), timezone('UTC', started_at))), jurisdiction, count(*) "
        "from semantic.fct_sessions left join seeds.jurisdictions using (jurisdiction) group by 1, 2",
    ),
    "deposits at the full grain": Question(
        ("deposits", "deposits_declined", "deposit_amount_in_currency", "acceptance_rate", "chargeback_rate"),
        (DAY, "deposit__method", "deposit__psp_id", "deposit__channel", "currency"),
        "select gaming_day, method, psp_id, channel, currency, deposits, declined, deposit_amount, acceptance_rate, chargeback_rate from marts.payments_daily",
    ),
    "money besides bets": Question(
        ("net_deposits", "deposit_refunds", "cash_prizes", "tips", "jackpot_paid_by_network"),
        (DAY, "brand"),
        f"select gaming_day, brand, {known('deposit_base')} - {known('refund_base')} - {known('withdrawal_base')}, {known('refund_base')}, "
        f"{known('prize_base')}, {known('tip_base')}, {known('jackpot_paid_by_network_base')} from semantic.fct_player_days group by 1, 2",
    ),
    "withdrawals": Question(
        ("withdrawals",),
        (DAY, "withdrawal__method", "currency"),
        "select gaming_day, method, currency, sum(withdrawals) from marts.payments_daily group by 1, 2, 3",
    ),
    "money withdrawn and come back": Question(
        ("withdrawal_amount_in_currency",),
        (DAY, "withdrawal__method", "currency"),
        "select gaming_day, method, currency, sum(withdrawal_amount) from marts.payments_daily group by 1, 2, 3",
    ),
}


def engine(home: Home) -> MetricFlowEngine:
    """The engine over the semantic manifest that the build of a home left behind."""
    manifest = parse_manifest_from_dbt_generated_manifest((home.target / "semantic_manifest.json").read_text())
    return MetricFlowEngine(SemanticManifestLookup(manifest), AdapterBackedSqlClient(Dialect()))


def ask(flow: MetricFlowEngine, home: Home, metrics: Sequence[str] = (), by: Sequence[str] = (), where: str | None = None, saved: str | None = None) -> Any:
    """Rows of a metric query: the keys in the order asked for, then the metrics. A saved query brings its own."""
    request = MetricFlowQueryRequest.create(
        saved_query_name=saved,
        metric_names=list(metrics) or None,
        group_by_names=list(by) or None,
        where_constraints=[where] if where else None,
        output_column_order_mode=OutputColumnOrderMode.INPUT_ORDER,
    )
    return query(home, flow.explain(request).sql_statement.without_descriptions.sql)


def differences(home: Home, questions: dict[str, Question] = QUESTIONS) -> dict[str, list[Any]]:
    """Questions to which metrics and marts give different answers, with the keys that differ; empty where all agree."""
    flow = engine(home)
    found = {}
    for name, question in questions.items():
        keys = len(question.by)
        metrics = _table(ask(flow, home, question.metrics, question.by, question.where), keys)
        mart = _table(query(home, question.mart), keys)
        if question.is_trailing:
            metrics = {key: values for key, values in metrics.items() if key <= max(mart)}
        different = [(key, metrics.get(key), mart.get(key)) for key in sorted(metrics.keys() | mart.keys()) if metrics.get(key) != mart.get(key)]
        if different:
            found[name] = different
    return found


def _table(rows: Sequence[tuple[Any, ...]], keys: int) -> dict[tuple[str, ...], tuple[Any, ...]]:
    """Values by key. Where nothing happened one side has no row and the other zeros; shares of nothing are null there."""
    table = {tuple(_key(value) for value in row[:keys]): tuple(_value(value) for value in row[keys:]) for row in rows}
    assert len(table) == len(rows), "two rows of one key"
    return {key: values for key, values in table.items() if any(value != 0 for value in values if value is not None) or (None in values and keys < 3)}


def _key(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 9)
    return value.normalize() if isinstance(value, Decimal) else value
