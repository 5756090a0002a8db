"""Run a function in several processes that are joined to one group, and get its results by rank."""

import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import multiprocessing


def in_team(size: int, work: Callable[..., Any], folder: Path, *arguments: Any) -> list[Any]:
    """Return `work(*arguments)` of each of `size` processes; what goes wrong in one of them is raised."""
    folder.mkdir(exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    multiprocessing.spawn(_member, (size, port, folder, work, arguments), nprocs=size)
    return [torch.load(folder / f"{rank}.pt", weights_only=False) for rank in range(size)]


def _member(
    rank: int, size: int, port: int, folder: Path, work: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "GLOO_SOCKET_IFNAME": "lo"}
    torch.set_num_threads(1)
    dist.init_process_group("gloo", rank=rank, world_size=size)
    torch.save(work(*arguments), folder / f"{rank}.pt")
    dist.destroy_process_group()
