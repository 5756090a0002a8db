"""A trained network with its class names and normalization, ready to predict."""

from collections.abc import Sequence
from typing import cast, final

import torch
from torch import Tensor, nn

from depthlab.nn.modes import evaluating


@final
class Predictor(nn.Module):
    """A trained network that accepts raw images.

    Maps images (N, C, H, W) to logits (N, K): uint8 pixels are normalized, `(x / 255 - mean) / std` per channel;
    floating-point images count as normalized. `classes` names the K labels, `image_size` is the side in pixels of the
    images it was trained on, and `name` is the name of its run.

    Raises `ValueError` for images of another shape, number of channels or type.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        classes: Sequence[str],
        mean: Sequence[float],
        std: Sequence[float],
        image_size: int,
        name: str,
    ) -> None:
        super().__init__()
        assert len(mean) == len(std), "one mean and one standard deviation per channel"
        self.network = network
        self.classes = tuple(classes)
        self.image_size = image_size
        self.name = name
        self.mean: Tensor
        self.std: Tensor
        self.register_buffer("mean", torch.tensor(tuple(mean)).view(1, -1, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(tuple(std)).view(1, -1, 1, 1), persistent=False)
        self.eval()

    @property
    def channels(self) -> int:
        """Number of channels that the images must have."""
        return self.mean.shape[1]

    def forward(self, images: Tensor) -> Tensor:
        return cast(Tensor, self.network(self._normalize(images)))

    def predict(self, images: Tensor, *, batch_size: int = 256) -> tuple[Tensor, Tensor]:
        """Return labels (N,) and probabilities (N, K) of images (N, C, H, W), in batches of `batch_size`.

        Runs in evaluation mode and without gradients; the network's mode is restored.
        """
        self._check(images)
        with evaluating(self), torch.no_grad():
            probabilities = torch.cat([self(batch).float().softmax(dim=1) for batch in torch.split(images, batch_size)])
        return probabilities.argmax(dim=1), probabilities

    def _normalize(self, images: Tensor) -> Tensor:
        self._check(images)
        x = images.to(device=self.mean.device, dtype=self.mean.dtype)
        return x if images.is_floating_point() else (x / 255 - self.mean) / self.std

    def _check(self, images: Tensor) -> None:
        if not isinstance(images, Tensor):
            given = f"{type(images).__module__}.{type(images).__name__}"
            raise ValueError(f"{self.name} takes a torch.Tensor, not a {given}; torch.as_tensor(images) makes one")
        given = f"not {str(images.dtype).removeprefix('torch.')} {tuple(images.shape)}"
        if images.ndim != 4 or images.shape[1] != self.channels or 0 in images.shape:
            raise ValueError(f"{self.name} takes images of shape (N, {self.channels}, height, width), {given}")
        if not (images.dtype == torch.uint8 or images.is_floating_point()):
            raise ValueError(f"{self.name} takes uint8 pixels or normalized floating-point images, {given}")
