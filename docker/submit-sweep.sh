#!/usr/bin/env bash
# Give a sweep to a running cluster as a job, and show what it says until it ends. The code of this folder goes along.
#
#   docker/submit-sweep.sh model=plain,resnet depth=20,32 seed=0,1,2
#
#   RAY_API_SERVER_ADDRESS   of the head (default: http://127.0.0.1:8265)
#   RAY_AUTH_TOKEN           the cluster's secret
#   MLFLOW_TRACKING_URI      the tracking server, as the nodes reach it
#   SWEEP_STORAGE            a folder that all nodes see, or a bucket
#   RUNS                     where the head keeps runs between jobs, an absolute path; sweeps are kept beside it
set -euo pipefail
cd "$(dirname "$0")/.."
. docker/ray-token.sh
: "${MLFLOW_TRACKING_URI:?set MLFLOW_TRACKING_URI to the tracking server, such as http://mlflow:5000}"
: "${SWEEP_STORAGE:?set SWEEP_STORAGE to a folder that all nodes see, or to a bucket, s3://BUCKET/FOLDER}"
: "${RUNS:?set RUNS to the absolute path of a folder where the head keeps runs between jobs}"

exec ray job submit --address "${RAY_API_SERVER_ADDRESS:-http://127.0.0.1:8265}" \
    --runtime-env-json "$(PYTHONPATH=src python -m depthlab.sweeps.workers.runtime_env)" -- \
    python train.py -m ray.address=auto "sweep.storage=$SWEEP_STORAGE" "tracking.folder=$RUNS" "$@"
