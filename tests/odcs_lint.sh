#!/bin/sh
# Every contract, exported in the Open Data Contract Standard, before the linter of datacontract-cli. The linter gets an environment
# of its own, because it is no dependency of ours and its pins would meddle with ours. Needs a package index; takes a minute or two.
# The first argument is the environment to use or to make; a temporary one where left out.
set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
environment=${1:-$work/environment}
export PATH="$PWD/.venv/bin:$PATH"

if [ ! -x "$environment/bin/datacontract" ]; then
    python3 -m venv "$environment"
    "$environment/bin/pip" install --quiet --disable-pip-version-check datacontract-cli==1.2.8
fi
echo "datacontract-cli $("$environment/bin/datacontract" --version)"
pitboss contracts export --format odcs --out "$work/odcs"
passed=0
failed=0
for file in "$work"/odcs/*.odcs.yaml; do
    if "$environment/bin/datacontract" lint "$file" > "$work/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "refused: $(basename "$file")"
        cat "$work/said"
    fi
done
echo "$passed accepted, $failed refused"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
