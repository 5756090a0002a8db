"""Read the tensors of a file of weights that was made elsewhere, without running anything that it may hold."""

import json
import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

STATES = ("state_dict", "model_state_dict", "model_state", "model", "net", "network", "weights", "params")
COUNTER = "num_batches_tracked"  # of batch norm; nothing is computed from it
_WRAPPERS = ("module.", "_orig_mod.", "model.", "net.", "network.")  # DataParallel, torch.compile, Lightning and others
_TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}


def read_tensors(file: Path) -> dict[str, Tensor]:
    """Return the tensors of a state dict by name, in the file's order, without batch norm's counters.

    The file is what `torch.save` writes (.pt, .pth, .th), of a state dict or of a dictionary with one in it, or a
    .safetensors file. What wrappers put in front of every name, such as `module.`, is taken away.

    Raises:
        ValueError: there is no such file, it holds more than numbers, or no state dict.
    """
    if not file.is_file():
        raise ValueError(f"weights={file}: there is no such file")
    found = _read_safetensors(file) if file.suffix == ".safetensors" else _state_of(_load(file), file)
    tensors = {str(key): value for key, value in found.items() if str(key).rpartition(".")[2] != COUNTER}
    while wrapper := next((one for one in _WRAPPERS if all(key.startswith(one) for key in tensors)), None):
        tensors = {key.removeprefix(wrapper): value for key, value in tensors.items()}
    return tensors


def _load(file: Path) -> object:
    try:
        return torch.load(file, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise ValueError(
            f"weights={file} holds more than tensors, and code from elsewhere is not run, or it is damaged: save "
            "model.state_dict() by itself with torch.save, and type that file"
        ) from error
    except Exception as error:  # what reading damaged bytes runs into can be anything
        raise ValueError(
            f"weights={file} is not a file of weights as torch.save writes it, or it is damaged"
        ) from error


def _state_of(content: object, file: Path) -> Mapping[str, Tensor]:
    """Return the state dict: the content itself, or what it holds under one of the usual names."""
    if not isinstance(content, Mapping):
        raise ValueError(
            f"weights={file} holds a {type(content).__name__}, no state dict: save model.state_dict() with torch.save"
        )
    if _is_state(content):
        return content
    inner = {str(key): value for key, value in content.items() if isinstance(value, Mapping) and _is_state(value)}
    for name in (*STATES, *(inner if len(inner) == 1 else ())):
        if name in inner:
            return inner[name]
    raise ValueError(
        f"weights={file} holds {', '.join(map(str, list(content)[:5])) or 'nothing'}, and no state dict among "
        f"{', '.join(STATES)}: save model.state_dict() with torch.save"
    )


def _is_state(content: Mapping[object, object]) -> bool:
    return bool(content) and all(isinstance(value, Tensor) for value in content.values())


def _read_safetensors(file: Path) -> dict[str, Tensor]:
    """Return the tensors of a .safetensors file: eight bytes of length, a header in JSON, and the numbers."""
    try:
        data = bytearray(file.read_bytes())
        length = int.from_bytes(data[:8], "little")
        header = json.loads(data[8 : 8 + length].decode())
        tensors = {}
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            start, stop = (8 + length + offset for offset in entry["data_offsets"])
            numbers = torch.frombuffer(data[start:stop], dtype=_TYPES[entry["dtype"]])
            tensors[name] = numbers.clone().reshape(entry["shape"])
    except (ValueError, KeyError, TypeError, AttributeError, UnicodeDecodeError, RuntimeError) as error:
        raise ValueError(f"weights={file} is not a safetensors file of such numbers, or it is damaged") from error
    if not tensors:
        raise ValueError(f"weights={file} holds no tensors")
    return tensors
