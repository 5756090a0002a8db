# Sourced by the scripts that start a node of Ray or talk to one. Whoever reaches a cluster without a token can run
# anything on it: so there is one, RAY_AUTH_TOKEN, the same everywhere. RAY_AUTH_MODE=disabled does without.
export RAY_AUTH_MODE="${RAY_AUTH_MODE:-token}"
if [ "$RAY_AUTH_MODE" = token ] && [ -z "${RAY_AUTH_TOKEN:-}${RAY_AUTH_TOKEN_PATH:-}" ]; then
    echo "error: RAY_AUTH_TOKEN is not set: give all nodes and whoever submits a sweep the same secret" >&2
    exit 2
fi
