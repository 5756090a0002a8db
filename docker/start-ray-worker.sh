#!/usr/bin/env bash
# A node that computes: all of its cores and GPUs unless told otherwise.
#
#   RAY_AUTH_TOKEN   the cluster's secret
#   RAY_HEAD         HOST:PORT of the head
#   PATIENCE         seconds to wait for the head (default: 120)
#
# Further arguments go to `ray start`: --num-cpus 4, --num-gpus 1.
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/ray-token.sh
: "${RAY_HEAD:?set RAY_HEAD to the HOST:PORT of the head, such as ray-head:6379}"

deadline=$((SECONDS + ${PATIENCE:-120}))
until (exec 3<>"/dev/tcp/${RAY_HEAD%:*}/${RAY_HEAD##*:}") 2>/dev/null; do
    if [ "$SECONDS" -ge "$deadline" ]; then
        echo "error: no head answers at RAY_HEAD=$RAY_HEAD" >&2
        exit 1
    fi
    sleep 1
done
exec ray start --block --disable-usage-stats --address "$RAY_HEAD" "$@"
