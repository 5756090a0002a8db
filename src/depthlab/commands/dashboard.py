"""Open MLflow's dashboard on a run, a sweep, or all that was computed"""

import os
import signal
import sys
import webbrowser
from types import FrameType

from depthlab.command_line import key_values, whole_number
from depthlab.invocation import called, report

LAST_PORT = 65535
OPTIONS = {
    "run": "open on this run: MLflow's id, or its folder's name",
    "sweep": "open on this sweep's charts: its folder's name, or MLflow's id of its run",
    "view": "depth, cost, curves, axes, sweeps or a question; of a sweep its first view [depth]",
    "folder": "the folder of all runs [mlruns/runs]",
    "tracking.uri": "the MLflow store [that of the run or sweep, else $MLFLOW_TRACKING_URI, else mlruns/mlflow.db]",
    "tracking.experiment": "the MLflow experiment to open on [depthlab, or the only one that there is]",
    "port": "where the pages are served on this machine [5000, or the next one that is free]",
    "open": "false: print the link and open no browser [true]",
}


def main() -> None:
    """Serve the store's pages until Ctrl-C, print the link, and open a browser where there is one.

    Nothing is started where the store is a server, or where its pages are served on the port already.
    """
    typed = key_values(called()[2:], required={}, optional=OPTIONS, about=__doc__ or "")
    port, opens = whole_number("port", typed.get("port", "5000"), example=5000), _truth(typed)
    if port > LAST_PORT:
        raise ValueError(f"port={port}: there are ports up to {LAST_PORT}; type one such as port=5000, or leave it out")

    from depthlab.tracking.dashboard.place import find_place
    from depthlab.tracking.dashboard.server import Server, already_served
    from depthlab.tracking.ways import is_server

    place = find_place(typed)
    if is_server(place.uri):
        _open(place.link(place.uri), opens)
        return
    known = already_served(place, port)
    if known is not None:
        _open(place.link(known), opens)
        return
    signal.signal(signal.SIGTERM, _stop)
    with Server(place.uri, port) as server:
        try:
            server.wait_until_it_answers()
            _open(place.link(server.address), opens)
            print("Ctrl-C ends it", flush=True)
            server.wait()
        except KeyboardInterrupt:
            print("ended", flush=True)


def _truth(typed: dict[str, str]) -> bool:
    text = typed.get("open", "true").lower()
    if text not in ("true", "false"):
        raise ValueError(f"open={typed['open']}: type open=true or open=false")
    return text == "true"


def _open(link: str, opens: bool) -> None:
    print(link, flush=True)
    report(details={"link": link})
    # A browser of the terminal would take the terminal.
    screen = sys.platform in ("darwin", "win32") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if opens and screen:
        webbrowser.open(link)


def _stop(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + signum)
