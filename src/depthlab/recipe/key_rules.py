"""What each key may hold, with an example to type. A key that is not listed keeps the kind of its default."""

from dataclasses import replace

from depthlab.recipe.rules import (
    SWITCH,
    Rule,
    either,
    list_of,
    name_or_null,
    off_is_null,
    one_of,
    or_null,
    or_off,
    real,
    text,
    whole,
)

_SHARE = real(low=0, high=1)
_FACTOR = real(above=0, high=1)
_RATE = or_off(real(low=0, below=1))
_COUNT = whole(low=1)
_WHOLE = whole(low=0)
_SEED = whole(low=0, high=2**32 - 1)  # what every library's generator takes
_DEPTH = replace(either(_COUNT, list_of(_COUNT)), allowed="a whole number of layers, or a list of units per stage")
_WIDTH = replace(
    either(or_off(either(_COUNT, real(above=0)), off=1), list_of(_COUNT)),
    allowed="a factor above 0 (1 is off), or a list of channels per stage",
)
_PART = replace(either(_COUNT, real(above=0, below=1)), allowed="a number of images, or a share above 0 and below 1")
_GPU = replace(either(one_of("auto"), real(low=0)), allowed="auto, or a number of 0 or more")

_ACTIVATIONS = (
    "relu relu6 leaky_relu prelu rrelu elu celu selu gelu silu mish hardswish softplus softsign tanh hardtanh sigmoid "
    "hardsigmoid"
)

# what fills the units, as `depthlab.nn.Parts` has it; a test holds the two together
SLOTS: dict[str, tuple[Rule, str]] = {
    "convolution": (name_or_null("standard", "grouped", "shuffled", "separable", "dilated", "asymmetric"), "separable"),
    "groups": (or_null(whole(low=2)), "4"),
    "dilation": (or_null(whole(low=2)), "2"),
    "excitation": (off_is_null(_COUNT), "16"),
    "pool": (name_or_null("max", "average", "strided", "none"), "average"),
    "activation": (name_or_null(*_ACTIVATIONS.split()), "gelu"),
    "normalization": (name_or_null("batch", "group", "layer", "lrn", "none"), "group"),
    "initialization": (name_or_null("he", "xavier", "orthogonal", "bad"), "orthogonal"),
    "dropout": (name_or_null("unit", "spatial", "head"), "spatial"),
    "drop_path": (name_or_null("linear", "uniform"), "uniform"),
}

# what a model may have no use for, and the value at which it is off
OFF_VALUES = {"width": 1, "dropout": 0, "drop_path": 0}

KEY_RULES: dict[str, tuple[Rule, str]] = {
    "depth": (_DEPTH, "56 or 'depth=[3,3,3]'"),
    "width": (_WIDTH, "2 or 'width=[16,32,64]'"),
    "dropout": (_RATE, "0.1"),
    "drop_path": (_RATE, "0.2"),
    "active_units": (or_off(_WHOLE), "23"),
    "weight_decay": (or_off(real(low=0)), "5e-4"),
    "label_smoothing": (_RATE, "0.1"),
    "cutout": (or_off(whole(low=0)), "4"),
    "mixup": (or_off(real(low=0)), "0.2"),
    "cutmix": (or_off(real(low=0)), "1"),
    "seed": (_SEED, "0"),
    "epochs": (_COUNT, "20"),
    "batch_size": (_COUNT, "64"),
    "learning_rate": (real(above=0), "0.1"),
    **{f"parts.{slot}": rule for slot, rule in SLOTS.items()},
    "model._target_": (text(), "my_package.Net"),
    "data.validation": (_PART, "0.1"),
    "data.crop": (or_off(whole(low=0)), "4"),
    "data.flip": (SWITCH, "true"),
    "data.on_device": (SWITCH, "true"),
    "data.workers": (whole(low=0), "2"),
    "data.folder": (text(folder=True), "~/data"),
    "data.path": (or_null(text(folder=True)), "my_pictures"),
    "data.image_size": (or_null(_COUNT), "32"),
    "data.channels": (_COUNT, "3"),
    "data.num_classes": (whole(low=2), "10"),
    "data.train_size": (or_null(_COUNT), "1024"),
    "data.test_size": (_COUNT, "256"),
    "data.seed": (_SEED, "0"),
    "optimizer.momentum": (real(low=0, below=1), "0.9"),
    "optimizer.nesterov": (SWITCH, "true"),
    "optimizer.betas": (list_of(real(low=0, below=1), length=2), "[0.9,0.999]"),
    "optimizer.eps": (real(above=0), "1e-8"),
    "schedule.warmup": (_SHARE, "0.3"),
    "schedule.start": (_SHARE, "0.04"),
    "schedule.end": (_SHARE, "0"),
    "schedule.milestones": (list_of(real(above=0, below=1), rising=True), "[0.5,0.75]"),
    "schedule.factor": (_FACTOR, "0.1"),
    "schedule.warmup_steps": (whole(low=0), "400"),
    "schedule.warmup_factor": (_FACTOR, "0.1"),
    "schedule.warmup_from_depth": (whole(low=0), "110"),
    "schedule.cycles": (whole(low=1), "5"),
    "trainer.device": (one_of("auto", "cpu", "cuda", "mps"), "cpu"),
    "trainer.threads": (or_null(whole(low=1, high=1024)), "2"),
    "trainer.precision": (one_of("auto", "fp32", "bf16"), "fp32"),
    "trainer.channels_last": (one_of("auto", True, False), "false"),
    "trainer.max_steps": (or_null(_COUNT), "100"),
    "trainer.deterministic": (SWITCH, "true"),
    "trainer.checkpoint_minutes": (real(above=0), "1"),
    "trainer.gradient_clip": (or_null(real(above=0)), "1.0"),
    "trainer.compile": (SWITCH, "true"),
    "trainer.progress": (one_of("auto", True, False), "false"),
    "trainer.workers": (whole(low=1, high=1024), "2"),
    "trainer.microbatches": (_COUNT, "2"),
    "tracking.enabled": (SWITCH, "true"),
    "tracking.uri": (or_null(text()), "http://127.0.0.1:5000"),
    "tracking.experiment": (text(), "depthlab"),
    "tracking.folder": (or_null(text(folder=True)), "mlruns/runs"),
    "tracking.predictions": (one_of("auto", True, False), "true"),
    "tracking.patience": (or_null(real(low=0)), "60"),
    "tracking.system_metrics": (SWITCH, "false"),
    "fresh": (SWITCH, "true"),
    "sweep.storage": (or_null(text()), "/shared/runs"),
    "sweep.cpu": (real(above=0), "2"),
    "sweep.gpu": (_GPU, "0.5"),
    "sweep.concurrent": (or_null(_COUNT), "4"),
    "sweep.minutes": (or_null(real(above=0)), "60"),
    "sweep.trial_minutes": (or_null(real(above=0)), "30"),
    "sweep.attempts": (_COUNT, "3"),
    "sweep.impossible": (one_of("refuse", "skip"), "skip"),
    "sweep.dry_run": (SWITCH, "true"),
    "ray.address": (or_null(text()), "auto"),
}

# how a sweep chooses its trials; never the test, which no choice may look at
SEARCH_RULES: dict[str, tuple[Rule, str]] = {
    "hydra.sweeper.search": (one_of("grid", "random", "optuna"), "random"),
    "hydra.sweeper.scheduler": (one_of("none", "asha"), "asha"),
    "hydra.sweeper.samples": (or_null(_COUNT), "20"),
    "hydra.sweeper.metric": (one_of("val/accuracy", "val/loss", "train/accuracy", "train/loss"), "val/loss"),
    "hydra.sweeper.seed": (_SEED, "0"),
    "hydra.sweeper.grace_epochs": (_COUNT, "1"),
    "hydra.sweeper.reduction": (whole(low=2), "3"),
    "hydra.sweeper.name": (or_null(text()), "degradation"),
}
