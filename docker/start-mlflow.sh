#!/usr/bin/env bash
# An MLflow server that keeps runs in a database and hands out their files itself.
#
#   DATABASE       where runs are kept, such as postgresql+psycopg2://mlflow:PASSWORD@postgres:5432/mlflow
#   ARTIFACTS      where files are kept: a folder or a bucket (default: mlruns/artifacts)
#   MLFLOW_PORT    to listen on (default: 5000)
#   MLFLOW_NAMES   host names that clients type, with the port, separated by commas: the server refuses all others
#                  (default: localhost and this machine's name)
#
# Further arguments go to `mlflow server`.
set -euo pipefail
: "${DATABASE:?set DATABASE to the address of a database, such as postgresql+psycopg2://mlflow:PASSWORD@postgres:5432/mlflow}"
port="${MLFLOW_PORT:-5000}"
names="${MLFLOW_NAMES:-localhost:$port,127.0.0.1:$port,$(hostname):$port}"
export MLFLOW_DISABLE_TELEMETRY=true
export MLFLOW_SERVER_ENABLE_JOB_EXECUTION=false

# Clients hold no key to the files: they ask the server, which is why it needs no more than one address.
exec mlflow server --host "${MLFLOW_HOST:-0.0.0.0}" --port "$port" --allowed-hosts "$names" \
    --backend-store-uri "$DATABASE" --artifacts-destination "${ARTIFACTS:-mlruns/artifacts}" --serve-artifacts \
    --workers "${MLFLOW_WORKERS:-2}" "$@"
