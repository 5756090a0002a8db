"""Run a function in several processes that are joined to one group, and get its results by rank."""

import os
import pickle
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist

from tests.commands import Command

_MEMBER = "import sys; from tests.training.teams import take_part; take_part(*sys.argv[1:])"


def in_team(size: int, work: Callable[..., Any], folder: Path, *arguments: Any) -> list[Any]:
    """Return `work(*arguments)` of each of `size` processes; if one of them fails, the others are ended."""
    folder.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    (folder / "work.pickle").write_bytes(pickle.dumps((work, arguments)))
    members = [Command("-c", _MEMBER, rank, size, port, folder) for rank in range(size)]
    while any(member.poll() is None for member in members):
        if any(member.returncode for member in members):
            for member in members:
                member.kill()
        time.sleep(0.02)
    assert not any(member.returncode for member in members), [member.communicate() for member in members]
    return [torch.load(folder / f"{rank}.pt", weights_only=False) for rank in range(size)]


def take_part(rank: str, size: str, port: str, folder: str) -> None:
    """Do the work of one member."""
    work, arguments = pickle.loads((Path(folder) / "work.pickle").read_bytes())
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "GLOO_SOCKET_IFNAME": "lo"}
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=int(rank), world_size=int(size))
    torch.save(work(*arguments), Path(folder) / f"{rank}.pt")
    dist.destroy_process_group()
