"""Wait until a Ray cluster has all of its nodes: python docker/await_nodes.py HOST:PORT NODES [SECONDS]."""

import logging
import sys
import time

import ray


def main(address: str, nodes: str, seconds: str = "300") -> None:
    """Return when NODES of them live; exit with 1 if they don't within SECONDS."""
    deadline = time.monotonic() + float(seconds)
    alive = 0
    while time.monotonic() < deadline:
        try:
            if not ray.is_initialized():
                ray.init(address=address, log_to_driver=False, logging_level=logging.ERROR)
            alive = sum(node["Alive"] for node in ray.nodes())
            if alive >= int(nodes):
                return
        except (ConnectionError, OSError, RuntimeError, ValueError):  # the head itself is not there yet
            ray.shutdown()
        time.sleep(0.5)
    sys.exit(f"error: {alive} of {nodes} nodes are at {address} after {seconds} s")


if __name__ == "__main__":
    main(*sys.argv[1:])
