#!/bin/sh
# The funnel macro beside ClickHouse's windowFunnel (default mode, steps that exclude each other: there the definitions agree), on random
# users full of ties. ClickHouse comes as chdb in an environment of its own, because it is no dependency of ours. Needs a package index.
# The first argument is the environment to use or to make; a temporary one where left out.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
environment=${1:-$work/environment}

if [ ! -x "$environment/bin/python" ]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check "$(grep '^chdb==' tests/bench/peers.txt)"
fi
PYTHONPATH=scripts .venv/bin/python tests/clickhouse_funnel.py ours "$work"
"$environment/bin/python" tests/clickhouse_funnel.py theirs "$work"
