"""Ways in which disks and power cuts damage files."""

from collections.abc import Callable
from pathlib import Path
from random import Random

Damage = Callable[[Path, Random], None]


def flip(file: Path, random: Random) -> None:
    """One bit is another one."""
    content = bytearray(file.read_bytes())
    content[random.randrange(len(content))] ^= 1 << random.randrange(8)
    file.write_bytes(content)


def cut(file: Path, random: Random) -> None:
    """The end is lost."""
    content = file.read_bytes()
    file.write_bytes(content[: random.randrange(len(content))])


def blank(file: Path, random: Random) -> None:
    """A block was never written: it is zeros."""
    content = bytearray(file.read_bytes())
    start = random.randrange(len(content))
    size = min(len(content) - start, random.randrange(1, 4096))
    content[start : start + size] = bytes(size)
    file.write_bytes(content)


def remove(file: Path, random: Random) -> None:
    """The file is gone."""
    file.unlink()


DAMAGES: tuple[Damage, ...] = (flip, cut, blank, remove)
