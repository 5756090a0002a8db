r"""Evaluate ImageNet weights that torchvision published, in the network that is typed, on the data that is typed:

  evaluate.py weights=resnet50-0676ba61.pth model=resnet model.form=imagenet depth=50 \
      model.stride_at=3x3 data=imagefolder data.path=FOLDER data.image_size=224

FOLDER holds a folder for each class: in alphabetical order, they are the network's classes. Words for model and data
are those of train.py.
"""

from depthlab.command_line import key_values
from depthlab.invocation import called, report
from depthlab.recipe import Override, Recipe, compose

REQUIRED = {"weights": "a file of weights of a ResNet, ResNeXt, wide ResNet, DenseNet or VGG"}
OPTIONAL = {
    "normalization": "imagenet, as those weights were trained, or data: that of the data set [imagenet]",
    "split": "test, or all images of the data set [test]",
    "classes": "a file that names the network's classes, a line each, where the data set has only some of them",
}
USED = ("model", "data", "trainer", "depth", "width", "batch_size")
HARMLESS = ("tracking",)  # nothing is tracked


def main() -> None:
    """Read the command line, evaluate, print a table."""
    own = [word for word in called()[2:] if "=" not in word or Override.parse(word).key in REQUIRED | OPTIONAL]
    typed = key_values(own, required=REQUIRED, optional=OPTIONAL, about=__doc__ or "")
    recipe = compose([word for word in called()[2:] if word not in own])
    _check_used(recipe)

    from rich.console import Console

    from depthlab.run import evaluate_published, published_table

    found = evaluate_published(
        recipe,
        typed["weights"],
        normalization=typed.get("normalization", "imagenet"),
        split=typed.get("split", "test"),
        classes=typed.get("classes"),
    )
    report(
        metrics={"test/loss": found.evaluation.loss, "test/accuracy": found.evaluation.accuracy},
        details={"weights": found.weights, "data": found.data, "split": found.split, "images": found.images},
    )
    Console(soft_wrap=True, highlight=False, markup=False, emoji=False).print(published_table(found))


def _check_used(recipe: Recipe) -> None:
    for word in recipe.overrides:
        if Override.parse(word).group not in (*USED, *HARMLESS):
            raise ValueError(f"{word} does nothing where weights are evaluated, not trained: leave it out")
