"""A Ray cluster of this machine, held by a process of its own: python head.py [CORES]

It writes the cluster's address to standard output, and ends, with the cluster, when its standard input is closed: by
whom it is for, or by that one's death. So the cluster comes up beside the driver's imports, which take as long.
"""

import logging
import os
import shutil
import sys
import tempfile

_OBJECT_STORE = 80 * 2**20  # bytes; a sweep passes only small messages, and containers have little /dev/shm


def hold(cores: int | None) -> None:
    """Start a cluster, tell its address, and keep it until standard input ends."""
    import ray

    room = tempfile.mkdtemp(prefix=f"ray-{os.getpid()}-", dir=os.environ.get("RAY_TMPDIR"))
    try:
        ray.init(
            address="local",
            num_cpus=cores,
            include_dashboard=False,
            object_store_memory=_OBJECT_STORE,
            log_to_driver=False,
            logging_level=logging.ERROR,
            _temp_dir=room,
            # Tune gives processes of trials an environment, in which those that Ray has ready are of no use
            _system_config={"prestart_worker_first_driver": False},
        )
        print(ray.get_runtime_context().gcs_address, flush=True)
        sys.stdin.read()
    finally:
        ray.shutdown()
        shutil.rmtree(room, ignore_errors=True)


if __name__ == "__main__":
    hold(int(sys.argv[1]) if len(sys.argv) > 1 else None)
