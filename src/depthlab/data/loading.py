"""How images reach the network, for any set."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class LoadingOptions:
    """How images reach the network, for any set: the keys that all `conf/data` files share."""

    validation: int | float = 0.1  # held out of the training images: a number of images, or a share
    crop: int = 4  # zeros padded on each side before a random crop, in pixels; 0 is off
    flip: bool = True  # mirror left to right at random
    on_device: bool = True  # keep all images in the memory of the training device
    workers: int = 2  # processes that decode images of sets too large for memory; 0 decodes in the main process

    def __post_init__(self) -> None:
        for name in ("crop", "workers"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise ValueError(f"{name}={value!r} must be a whole number of at least 0, such as data.{name}=0")
        for name in ("flip", "on_device"):
            if not isinstance(getattr(self, name), bool):
                raise ValueError(f"{name}={getattr(self, name)!r} must be true or false, such as data.{name}=false")
