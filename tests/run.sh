#!/bin/sh
# What `make test` runs once the environment is there. The first failure ends it; pytest comes last, so its closing line is the last.
set -eu
home=$(mktemp -d)
mkdir "$home/empty"
trap 'rm -rf "$home"' EXIT

echo "ruff";     ruff check scripts tests && ruff format --check scripts tests
echo "mypy";     mypy && MYPYPATH=scripts mypy --explicit-package-bases tests/faults
echo "dbt build in a fresh home"
PITBOSS_HOME="$home/empty" DBT_LOG_PATH="$home/logs" dbt --quiet build --profiles-dir profiles --target-path "$home/target" --no-use-colors
echo "sqlfluff"; PITBOSS_HOME="$home/empty" sqlfluff lint models tests/singular analyses --processes 2 --disable-progress-bar
echo "contracts"
if git rev-parse --quiet --verify HEAD~1 > /dev/null 2>&1; then
    pitboss contracts check --against HEAD~1
else
    echo "not checked: there is no earlier commit here to compare with"
fi
echo "pytest";   pytest --numprocesses 2 --dist loadfile --no-loadscope-reorder
