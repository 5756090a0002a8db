"""A recipe: everything that decides a run, checked and resolved, before anything heavy is imported."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

from depthlab.recipe.arithmetic import ARITHMETIC, FORMER_SOURCES, LATER_KEYS
from depthlab.recipe.null_values import null_value
from depthlab.recipe.override import override_keys
from depthlab.recipe.source import target_hash

AXES = (
    "depth",
    "width",
    "dropout",
    "drop_path",
    "active_units",
    "weight_decay",
    "label_smoothing",
    "cutout",
    "mixup",
    "cutmix",
    "seed",
    "epochs",
    "batch_size",
    "learning_rate",
)
OWN_PACKAGE = "depthlab."  # targets elsewhere are a person's own
GROUPS = ("model", "data", "optimizer", "schedule", "trainer", "tracking", "regularization", "experiment", "sweep")
STEERING = ("fresh", "sweep", "ray")  # nodes that say how runs are carried out and kept: no run depends on them

# Where and how a run is computed and kept, not what it finds. Precision comes into the fingerprint as it was resolved.
NOT_SCIENCE = {
    "trainer": ("device", "threads", "precision", "progress", "checkpoint_minutes"),
    "data": ("folder", "workers", "on_device"),
}


@final
@dataclass(frozen=True)
class Recipe:
    """A checked configuration.

    `config` is resolved and plain (dictionaries, lists and numbers), `choices` maps a group to its option, and
    `overrides` is what was typed.
    """

    config: dict[str, Any]
    choices: dict[str, str]
    overrides: tuple[str, ...]

    @property
    def name(self) -> str:
        """Return the name that reads: `resnet-56 · digits · seed 0`, with units per stage `resnet-3-3-3 · ...`."""
        return f"{self._network} · {self.choices['data']} · seed {self.config['seed']}"

    def value(self, key: str) -> Any:
        """Return what a key such as `model.shortcut` is set to, or the option of a group; None where there is none."""
        if key in self.choices:
            return self.choices[key]
        value: Any = self.config
        for part in key.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        return value

    @property
    def foreign(self) -> bool:
        """Tell whether the model is a person's own `model._target_`, about which nothing is known here."""
        return not str(self.config["model"].get("_target_", "")).startswith(OWN_PACKAGE)

    @property
    def typed(self) -> frozenset[str]:
        """Return the keys that were typed."""
        return frozenset(override_keys(self.overrides))

    @property
    def axes(self) -> dict[str, Any]:
        """Return the axes of study by name: the choice in each group, then the numbers."""
        choices = {group: self.choices[group] for group in ("model", "data", "optimizer", "schedule")}
        if self.foreign:
            choices["model"] = self.config["model"]["_target_"]
        parts = {f"parts.{slot}": value for slot, value in self.parts.items()}
        return choices | self._own | {axis: self.config[axis] for axis in AXES} | parts

    @property
    def parts(self) -> dict[str, Any]:
        """Return what was chosen to fill the units, slot by slot, without the slots that are the family's own."""
        return {slot: value for slot, value in self.config.get("parts", {}).items() if value is not None}

    @property
    def science(self) -> dict[str, Any]:
        """Return the part of the configuration that decides the result."""
        science = {key: value for key, value in self.config.items() if key not in ("tracking", *STEERING)}
        for group, keys in NOT_SCIENCE.items():
            science[group] = {key: value for key, value in science[group].items() if key not in keys}
        science["model"] = {key: value for key, value in science["model"].items() if key != "parts"}
        science["parts"] = self.parts
        if not self.parts:  # as for runs from before there were any
            del science["parts"]
        for key, before in LATER_KEYS.items():
            group, name = key.split(".")
            if science[group].get(name) == before:
                science[group].pop(name, None)
        return science

    @property
    def settings(self) -> dict[str, Any]:
        """Return all that decides the result, also at its default, and what else was typed, by dotted key.

        Keys of the model have their short name beside the dotted one, as among the axes, and null is what it means.
        """
        later = {key: value for key, value in LATER_KEYS.items() if self.value(key) == value}
        found = later | dict(_flat(self.science | {"parts": self.config.get("parts", {})}))
        own = {key: null_value(self.config["model"], self.choices["model"], key) for key in self._own_keys}
        typed = {key: self.value(key) for key in sorted(self.typed)}
        return found | typed | own | {f"model.{key}": value for key, value in own.items()}

    def fingerprint(self, *, data_checksum: str, precision: str) -> str:
        """Return 16 hexadecimal digits that two runs share when their results must be the same.

        They are of settings, images and the number of the arithmetic; of a person's own model, of its source too.
        Machine and threads are left out: they stand in the manifest.
        """
        return self._digits(precision, data_checksum, ARITHMETIC)

    def former_fingerprints(self, *, data_checksum: str, precision: str) -> tuple[str, ...]:
        """Return what `fingerprint` was in versions without a number that computed the same.

        They took no notice of `trainer.microbatches`, which gives other weights: there is none where it isn't 1.
        """
        if self.config["trainer"]["microbatches"] != LATER_KEYS["trainer.microbatches"]:
            return ()
        return tuple(self._digits(precision, data_checksum, source) for source in FORMER_SOURCES)

    def _digits(self, precision: str, data_checksum: str, code: int | str) -> str:
        parts = [self.science, precision, data_checksum, code]
        if self.foreign:
            parts.append(target_hash(self.config["model"]["_target_"]))
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def _own(self) -> dict[str, Any]:
        """Return what the model alone has, such as `shortcut`; what follows from its form is left out."""
        model = self.config["model"]
        return {key: model[key] for key in self._own_keys if model[key] is not None}

    @property
    def _own_keys(self) -> list[str]:
        keys = [key for key in self.config["model"] if not key.startswith("_") and key not in (*AXES, "parts")]
        return [key for key in keys if not self.foreign or f"model.{key}" in self.typed]

    @property
    def _network(self) -> str:
        if self.foreign and "depth" not in self.typed:
            return str(self.config["model"]["_target_"]).rpartition(".")[2]
        family = self.config["model"]["_target_"].rpartition(".")[2] if self.foreign else self.choices["model"]
        depth = self.config["depth"]
        return f"{family}-{'-'.join(map(str, depth)) if isinstance(depth, list) else depth}"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield dotted key and value, without what names classes, and without the model's copies of axes."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        elif not key.startswith("_") and not (prefix == "model." and key in AXES):
            yield f"{prefix}{key}", value
