"""The metrics: said well, and the same figures as the marts. `test_truth` asks the same questions of whole casinos."""

import json
from decimal import Decimal
from typing import Any

import pytest
from conftest import Built
from dbt_semantic_interfaces.implementations.semantic_manifest import PydanticSemanticManifest
from dbt_semantic_interfaces.validations.semantic_manifest_validator import SemanticManifestValidator
from metricflow.engine.metricflow_engine import MetricFlowEngine
from metricflow_answers import ask, differences, engine


@pytest.fixture(scope="module")
def manifest(built: Built) -> dict[str, Any]:
    """The semantic manifest that the build left."""
    said: dict[str, Any] = json.loads((built.home.target / "semantic_manifest.json").read_bytes())
    return said


@pytest.fixture(scope="module")
def flow(built: Built) -> MetricFlowEngine:
    return engine(built.home)


def is_part(metric: dict[str, Any]) -> bool:
    """Whether a metric is only there for others to be made of: its description opens with what it is a part of."""
    return str(metric["description"]).startswith("Part of ")


def test_at_least_forty_metrics_of_every_kind_each_with_label_and_description(manifest: dict[str, Any]) -> None:
    metrics = [metric for metric in manifest["metrics"] if not is_part(metric)]
    assert len(metrics) >= 40
    assert {metric["type"] for metric in metrics} == {"simple", "ratio", "derived", "cumulative", "conversion"}
    assert [metric["name"] for metric in manifest["metrics"] if not metric["description"] or metric["label"] in (None, metric["name"])] == []


def test_the_manifest_is_valid(manifest: dict[str, Any]) -> None:
    """What `mf validate-configs --skip-dw` looks at."""
    results = SemanticManifestValidator[PydanticSemanticManifest]().validate_semantic_manifest(PydanticSemanticManifest.parse_obj(manifest))
    assert [issue.message for issue in results.errors] == []


def test_no_report_shows_a_part(manifest: dict[str, Any]) -> None:
    parts = {metric["name"] for metric in manifest["metrics"] if is_part(metric)}
    shown = {metric for saved in manifest["saved_queries"] for metric in saved["query_params"]["metrics"]}
    assert len(manifest["saved_queries"]) >= 5
    assert shown & parts == set()


def test_no_metric_averages_a_percentile(manifest: dict[str, Any]) -> None:
    """Percentiles are taken of rows; no other metric is made of one."""
    measures = {measure["name"]: measure["agg"] for model in manifest["semantic_models"] for measure in model["measures"]}
    percentiles = {name for name, agg in measures.items() if agg in ("median", "percentile")}
    assert len(percentiles) >= 4
    for metric in manifest["metrics"]:
        given = [metric["type_params"][key] for key in ("numerator", "denominator") if metric["type_params"][key]] + (metric["type_params"]["metrics"] or [])
        assert {inputs["name"] for inputs in given} & percentiles == set(), metric["name"]


def test_every_metric_and_every_report_has_an_answer(flow: MetricFlowEngine, built: Built, manifest: dict[str, Any]) -> None:
    """By month, which every metric knows. Parts are answered with what they are parts of."""
    names = [metric["name"] for metric in manifest["metrics"] if not is_part(metric)]
    for start in range(0, len(names), 8):
        ask(flow, built.home, names[start : start + 8], ["metric_time__month"])
    for saved in manifest["saved_queries"]:
        ask(flow, built.home, saved=saved["name"])


def test_metrics_and_marts_agree(built: Built) -> None:
    assert differences(built.home) == {}


def test_a_sum_with_an_unknown_rate_is_null_and_so_is_one_over_two_currencies(flow: MetricFlowEngine, built: Built) -> None:
    """Two bets of 2.00 EUR, eleven in BRL and one in FUN, neither of which has a rate on its day."""
    [(handle, bets, without_rate, mixed)] = ask(flow, built.home, ["handle", "bets", "bets_without_rate", "handle_in_currency"])
    assert (handle, bets, without_rate, mixed) == (None, 14, 12, None)
    by_currency = ask(flow, built.home, ["handle", "handle_in_currency"], ["currency"])
    assert sorted(by_currency) == [("BRL", None, Decimal(22)), ("EUR", Decimal(4), Decimal(4)), ("FUN", None, Decimal(2))]
    assert ask(flow, built.home, ["ngr", "hold"]) == [(None, None)]
    assert {ggr for _, ggr in ask(flow, built.home, ["ggr_month_to_date"], ["metric_time__day"])} == {None}
