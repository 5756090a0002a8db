"""What each key may hold, with an example to type. A key that is not listed keeps the kind of its default."""

from depthlab.recipe.compound_rules import Described, Either, ListOf, Name, OffIsNull, OrNull, OrOff
from depthlab.recipe.rules import SWITCH, OneOf, Real, Rule, Text, Whole

_SHARE = Real(low=0, high=1)
_FACTOR = Real(above=0, high=1)
_RATE = OrOff(Real(low=0, below=1))
_COUNT = Whole(low=1)
_WHOLE = Whole(low=0)
_SEED = Whole(low=0, high=2**32 - 1)  # what every library's generator takes
_DEPTH = Described(Either((_COUNT, ListOf(_COUNT))), "a whole number of layers, or a list of units per stage")
_WIDTH = Described(
    Either((OrOff(Either((_COUNT, Real(above=0))), off=1), ListOf(_COUNT))),
    "a factor above 0 (1 is off), or a list of channels per stage",
)
_PART = Described(Either((_COUNT, Real(above=0, below=1))), "a number of images, or a share above 0 and below 1")

_ACTIVATIONS = (
    "relu relu6 leaky_relu prelu rrelu elu celu selu gelu silu mish hardswish softplus softsign tanh hardtanh sigmoid "
    "hardsigmoid"
)

# what fills the units, as `depthlab.nn.Parts` has it; a test holds the two together
SLOTS: dict[str, tuple[Rule, str]] = {
    "convolution": (Name(("standard", "grouped", "shuffled", "separable", "dilated", "asymmetric")), "separable"),
    "groups": (OrNull(Whole(low=2)), "4"),
    "dilation": (OrNull(Whole(low=2)), "2"),
    "excitation": (OffIsNull(_COUNT), "16"),
    "pool": (Name(("max", "average", "strided", "none")), "average"),
    "activation": (Name(tuple(_ACTIVATIONS.split())), "gelu"),
    "normalization": (Name(("batch", "group", "layer", "lrn", "none")), "group"),
    "initialization": (Name(("he", "xavier", "orthogonal", "bad")), "orthogonal"),
    "dropout": (Name(("unit", "spatial", "head")), "spatial"),
    "drop_path": (Name(("linear", "uniform")), "uniform"),
}

# what a model may have no use for, and the value at which it is off
OFF_VALUES = {"width": 1, "dropout": 0, "drop_path": 0}

KEY_RULES: dict[str, tuple[Rule, str]] = {
    "depth": (_DEPTH, "56 or 'depth=[3,3,3]'"),
    "width": (_WIDTH, "2 or 'width=[16,32,64]'"),
    "dropout": (_RATE, "0.1"),
    "drop_path": (_RATE, "0.2"),
    "active_units": (OrOff(_WHOLE), "23"),
    "weight_decay": (OrOff(Real(low=0)), "5e-4"),
    "label_smoothing": (_RATE, "0.1"),
    "cutout": (OrOff(Whole(low=0)), "4"),
    "mixup": (OrOff(Real(low=0)), "0.2"),
    "cutmix": (OrOff(Real(low=0)), "1"),
    "seed": (_SEED, "0"),
    "epochs": (_COUNT, "20"),
    "batch_size": (_COUNT, "64"),
    "learning_rate": (Real(above=0), "0.1"),
    **{f"parts.{slot}": rule for slot, rule in SLOTS.items()},
    "model._target_": (Text(), "my_package.Net"),
    "data.validation": (_PART, "0.1"),
    "data.crop": (OrOff(Whole(low=0)), "4"),
    "data.flip": (SWITCH, "true"),
    "data.on_device": (SWITCH, "true"),
    "data.workers": (Whole(low=0), "2"),
    "data.folder": (Text(folder=True), "~/data"),
    "data.path": (OrNull(Text(folder=True)), "my_pictures"),
    "data.image_size": (OrNull(_COUNT), "32"),
    "data.channels": (_COUNT, "3"),
    "data.num_classes": (Whole(low=2), "10"),
    "data.train_size": (OrNull(_COUNT), "1024"),
    "data.test_size": (_COUNT, "256"),
    "data.seed": (_SEED, "0"),
    "optimizer.momentum": (Real(low=0, below=1), "0.9"),
    "optimizer.nesterov": (SWITCH, "true"),
    "optimizer.betas": (ListOf(Real(low=0, below=1), length=2), "[0.9,0.999]"),
    "optimizer.eps": (Real(above=0), "1e-8"),
    "schedule.warmup": (_SHARE, "0.3"),
    "schedule.start": (_SHARE, "0.04"),
    "schedule.end": (_SHARE, "0"),
    "schedule.milestones": (ListOf(Real(above=0, below=1), rising=True), "[0.5,0.75]"),
    "schedule.factor": (_FACTOR, "0.1"),
    "schedule.warmup_steps": (Whole(low=0), "400"),
    "schedule.warmup_factor": (_FACTOR, "0.1"),
    "schedule.warmup_from_depth": (Whole(low=0), "110"),
    "schedule.cycles": (Whole(low=1), "5"),
    "trainer.device": (OneOf(("auto", "cpu", "cuda", "mps")), "cpu"),
    "trainer.threads": (OrNull(Whole(low=1, high=1024)), "2"),
    "trainer.precision": (OneOf(("auto", "fp32", "bf16")), "fp32"),
    "trainer.channels_last": (OneOf(("auto", True, False)), "false"),
    "trainer.max_steps": (OrNull(_COUNT), "100"),
    "trainer.deterministic": (SWITCH, "true"),
    "trainer.checkpoint_minutes": (Real(above=0), "1"),
    "trainer.gradient_clip": (OrNull(Real(above=0)), "1.0"),
    "trainer.compile": (SWITCH, "true"),
    "trainer.progress": (OneOf(("auto", True, False)), "false"),
    "trainer.workers": (Whole(low=1, high=1024), "2"),
    "trainer.microbatches": (_COUNT, "2"),
    "tracking.enabled": (SWITCH, "true"),
    "tracking.uri": (OrNull(Text()), "http://127.0.0.1:5000"),
    "tracking.experiment": (Text(), "depthlab"),
    "tracking.folder": (OrNull(Text(folder=True)), "mlruns/runs"),
    "tracking.predictions": (OneOf(("auto", True, False)), "true"),
    "tracking.system_metrics": (SWITCH, "false"),
    "fresh": (SWITCH, "true"),
    "sweep.storage": (OrNull(Text()), "/shared/runs"),
    "sweep.cpu": (Real(above=0), "2"),
    "sweep.gpu": (Described(Either((OneOf(("auto",)), Real(low=0))), "auto, or a number of 0 or more"), "0.5"),
    "sweep.concurrent": (OrNull(_COUNT), "4"),
    "sweep.minutes": (OrNull(Real(above=0)), "60"),
    "sweep.trial_minutes": (OrNull(Real(above=0)), "30"),
    "sweep.attempts": (_COUNT, "3"),
    "sweep.impossible": (OneOf(("refuse", "skip")), "skip"),
    "sweep.dry_run": (SWITCH, "true"),
    "ray.address": (OrNull(Text()), "auto"),
}

# how a sweep chooses its trials; never the test, which no choice may look at
SEARCH_RULES: dict[str, tuple[Rule, str]] = {
    "hydra.sweeper.search": (OneOf(("grid", "random", "optuna")), "random"),
    "hydra.sweeper.scheduler": (OneOf(("none", "asha")), "asha"),
    "hydra.sweeper.samples": (OrNull(_COUNT), "20"),
    "hydra.sweeper.metric": (OneOf(("val/accuracy", "val/loss", "train/accuracy", "train/loss")), "val/loss"),
    "hydra.sweeper.seed": (_SEED, "0"),
    "hydra.sweeper.grace_epochs": (_COUNT, "1"),
    "hydra.sweeper.reduction": (Whole(low=2), "3"),
    "hydra.sweeper.name": (OrNull(Text()), "degradation"),
}
