#!/bin/sh
# What `make test` runs once the environment is there. The first failure ends it; pytest comes last, so its closing line is the last.
set -eu
home=$(mktemp -d)
mkdir "$home/empty" "$home/lint" "$home/rest"
build=
rest=
trap 'kill $build $rest 2>/dev/null || true; rm -rf "$home"' EXIT

# A dbt build keeps one of two cores busy, and the linter is as slow: what needs no warehouse runs beside it, in two parts.
echo "dbt build in a fresh home, and beside it"
PITBOSS_HOME="$home/empty" DBT_LOG_PATH="$home/logs" dbt --quiet build --profiles-dir profiles --target-path "$home/target" --no-use-colors \
    > "$home/build.out" 2>&1 &
build=$!
PITBOSS_HOME="$home/rest" DBT_TARGET_PATH="$home/rest/target" sqlfluff lint models/marts models/staging tests/singular analyses --disable-progress-bar \
    > "$home/rest.out" 2>&1 &
rest=$!
echo "ruff";     ruff check scripts tests && ruff format --check scripts tests
echo "mypy";     mypy && MYPYPATH=scripts mypy --explicit-package-bases tests/faults tests/hostile.py
echo "sqlfluff"; PITBOSS_HOME="$home/lint" DBT_TARGET_PATH="$home/lint/target" sqlfluff lint models/semantic --disable-progress-bar
echo "contracts"
if git rev-parse --quiet --verify HEAD~1 > /dev/null 2>&1; then
    pitboss contracts check --against HEAD~1
else
    echo "not checked: there is no earlier commit here to compare with"
fi
wait "$rest" || { cat "$home/rest.out"; exit 1; }
wait "$build" || { cat "$home/build.out"; exit 1; }
cat "$home/build.out"
echo "pytest";   pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 12 --durations-min 10
