#!/usr/bin/env bash
# The head of a Ray cluster: keeps the books, takes jobs, and computes only if it is given cores.
#
#   RAY_AUTH_TOKEN       the cluster's secret
#   RAY_PORT             for the other nodes (default: 6379)
#   RAY_DASHBOARD_PORT   for `ray job submit` and for looking (default: 8265)
#   RAY_DASHBOARD        false does without these two, which need the packages of `make setup EXTRAS=cluster`
#   HEAD_CPUS            cores for trials (default: 0, so that a busy machine can't take the cluster down)
#
# Further arguments go to `ray start`.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/ray-token.sh

exec ray start --head --block --disable-usage-stats --port "${RAY_PORT:-6379}" --num-cpus "${HEAD_CPUS:-0}" \
    --include-dashboard "${RAY_DASHBOARD:-true}" --dashboard-host "${RAY_DASHBOARD_HOST:-0.0.0.0}" \
    --dashboard-port "${RAY_DASHBOARD_PORT:-8265}" "$@"
