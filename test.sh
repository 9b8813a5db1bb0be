#!/usr/bin/env bash
# Installs what the tests need, builds with warnings as errors, runs every test, and ends with "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

# What cannot be installed is no failure here: the tests that need it skip with the reason.
ensure() {
    local command=$1 package=$2
    command -v "$command" >/dev/null && return
    command -v apt-get >/dev/null || { echo "test.sh: $command is missing and there is no apt-get to install it." >&2; return; }
    local as_root=
    [ "$(id -u)" -eq 0 ] || as_root="sudo -n"
    echo "test.sh: installing $package" >&2
    { [ -n "${updated:-}" ] || $as_root apt-get update -qq; } && updated=1
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$package" >/dev/null \
        || echo "test.sh: $package could not be installed." >&2
}
ensure chromium-headless-shell chromium-headless-shell
# For the scripts of the pages: the build takes them from npm's registry.
ensure npm npm

dotnet build ConnectorPlatform.sln --verbosity quiet || { echo "test.sh: the build failed." >&2; exit 1; }

results=artifacts/test-results
mkdir -p "$results"
artifacts/bin/ConnectorPlatform.Tests/debug/ConnectorPlatform.Tests -noColor -noLogo "$@" 2>&1 | tee "$results/tests.log"
status=${PIPESTATUS[0]}

summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$results/tests.log" | tail -n 1)
[ -n "$summary" ] || { echo "test.sh: the tests ended without a summary (exit code $status)." >&2; exit 1; }
number() { sed -E "s/.*$1: ([0-9]+).*/\1/" <<<"$summary"; }
total=$(number Total) failed=$(($(number Failed) + $(number Errors))) skipped=$(number Skipped)
echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$status" -eq 0 ]
