"""Lightning's strategy for processes that were started and joined to a group elsewhere."""

from typing import Any, final

import torch
from pytorch_lightning.plugins.environments import ClusterEnvironment  # type: ignore[attr-defined]
from pytorch_lightning.strategies import DDPStrategy
from pytorch_lightning.utilities import rank_zero_only

from depthlab.training.team import Team


@final
class TeamEnvironment(ClusterEnvironment):
    """Tells Lightning its rank in a team; starts no process."""

    def __init__(self, team: Team) -> None:
        self.team = team

    @property
    def creates_processes_externally(self) -> bool:
        return True

    @property
    def main_address(self) -> str:
        raise AssertionError("the process group exists already")

    @property
    def main_port(self) -> int:
        raise AssertionError("the process group exists already")

    @staticmethod
    def detect() -> bool:
        return False  # never chosen by Lightning itself

    def world_size(self) -> int:
        return self.team.size

    def global_rank(self) -> int:
        return self.team.rank

    def local_rank(self) -> int:
        return 0  # each member has one device of its own

    def node_rank(self) -> int:
        return self.team.rank

    def set_world_size(self, size: int) -> None:
        assert size == self.team.size

    def set_global_rank(self, rank: int) -> None:
        assert rank == self.team.rank


@final
class TeamStrategy(DDPStrategy):
    """Distributed data parallel with one device per member, in the process group that the team has joined.

    Gradients are averaged during the backward pass. Buffers are not broadcast: `Classifier` keeps them equal.
    """

    def __init__(self, team: Team, device: torch.device, *, find_unused: bool) -> None:
        super().__init__(
            parallel_devices=[device],
            cluster_environment=TeamEnvironment(team),
            broadcast_buffers=False,
            find_unused_parameters=find_unused,
        )
        self.team = team
        self.num_nodes = team.size  # Lightning counts nodes times devices; each member is a node

    def setup_distributed(self) -> None:
        """Keep the existing process group, and the generators, which differ by rank."""
        self.set_world_ranks()

    def set_world_ranks(self) -> None:
        rank_zero_only.rank = self.team.rank  # type: ignore[attr-defined]

    def load_checkpoint(self, checkpoint_path: Any, weights_only: bool | None = None) -> dict[str, Any]:
        """Broadcast rank zero's checkpoint: the other members' disks need not have it."""
        is_rank_zero = self.team.is_rank_zero
        checkpoint = super().load_checkpoint(checkpoint_path, weights_only=weights_only) if is_rank_zero else {}
        return self.team.broadcast(checkpoint)
