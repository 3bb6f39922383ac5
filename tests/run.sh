#!/bin/sh
# What `make test` runs once the environment is there. The first failure ends it; pytest comes last, so its closing line is the last.
set -eu
home=$(mktemp -d)
mkdir "$home/empty" "$home/lint"
build=
trap '[ -z "$build" ] || kill "$build" 2>/dev/null || true; rm -rf "$home"' EXIT

# A dbt build keeps one of two cores busy: what needs no warehouse runs beside it.
echo "dbt build in a fresh home, and beside it"
PITBOSS_HOME="$home/empty" DBT_LOG_PATH="$home/logs" dbt --quiet build --profiles-dir profiles --target-path "$home/target" --no-use-colors \
    > "$home/build.out" 2>&1 &
build=$!
echo "ruff";     ruff check scripts tests && ruff format --check scripts tests
echo "mypy";     mypy && MYPYPATH=scripts mypy --explicit-package-bases tests/faults
echo "sqlfluff"; PITBOSS_HOME="$home/lint" sqlfluff lint models tests/singular analyses --disable-progress-bar
echo "contracts"
if git rev-parse --quiet --verify HEAD~1 > /dev/null 2>&1; then
    pitboss contracts check --against HEAD~1
else
    echo "not checked: there is no earlier commit here to compare with"
fi
wait "$build" || { cat "$home/build.out"; exit 1; }
cat "$home/build.out"
echo "pytest";   pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder --durations 12 --durations-min 10
