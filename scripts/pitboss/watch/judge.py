"""The judgement itself, by Great Expectations: a frame of one row with a column a figure, and a suite with an expectation a column.

Great Expectations takes two seconds to import, so nothing but this module names it, and only the gate imports this module.
"""

import os
from typing import Any

os.environ["GX_ANALYTICS_ENABLED"] = "False"  # before the import that reads it: the gate talks to nobody

import great_expectations as gx
import pandas as pd  # type: ignore[import-untyped]
from great_expectations.expectations.core import ExpectColumnValuesToBeBetween  # type: ignore[attr-defined]

from pitboss.watch.figures import Expectation


class Judge:
    """Great Expectations with everything in memory."""

    def __init__(self) -> None:
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = {"globally": False, "metric_calculations": False}  # type: ignore[assignment]
        asset = self._context.data_sources.add_pandas("profiles").add_dataframe_asset("load")
        self._batches = asset.add_batch_definition_whole_dataframe("figures")

    def failed(self, expectations: list[Expectation]) -> set[str]:
        """Names of the expectations that a load does not meet, or that could not be judged."""
        if not expectations:
            return set()
        frame = pd.DataFrame({each.name: [each.observed] for each in expectations}, dtype="float64")
        suite = gx.ExpectationSuite("load", expectations=[_expectation(each) for each in expectations])
        results: list[Any] = self._batches.get_batch({"dataframe": frame}).validate(suite, result_format="BOOLEAN_ONLY").results
        return {result.expectation_config.kwargs["column"] for result in results if not result.success}


def _expectation(each: Expectation) -> Any:
    meta = {"kind": each.kind, "what": each.what, "expected": each.band.expected, "basis": each.basis}
    return ExpectColumnValuesToBeBetween(column=each.name, min_value=each.band.low, max_value=each.band.high, meta=meta)
