"""What a person can get wrong: one line each that says what was given, what is allowed and what to type."""

import pytest

from depthlab.models import plain, resnet


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"depth": 57},
            "resnet with basic units can't have depth=57: depth must be 6n+2 (8, 14, 20, ...); "
            "the nearest are depth=56 and depth=62",
        ),
        ({"depth": 61}, "the nearest are depth=56 and depth=62"),
        ({"depth": 1}, "the nearest are depth=8 and depth=14"),
        ({"depth": 0}, "the nearest are depth=8 and depth=14"),
        ({"depth": -20}, "the nearest are depth=8 and depth=14"),
        (
            {"depth": 21, "unit": "bottleneck"},
            "resnet with bottleneck units can't have depth=21: depth must be 9n+2 (11, 20, 29, ...); "
            "the nearest are depth=20 and depth=29",
        ),
        ({"depth": "56"}, "depth must be a whole number, such as depth=20, or a list of units per stage"),
        ({"depth": 56.0}, "depth must be a whole number"),
        ({"depth": True}, "depth must be a whole number"),
        ({"depth": None}, "depth must be a whole number"),
        ({"depth": []}, "depth as a list must hold units per stage, such as depth=[3,3,3], each 1 or more"),
        ({"depth": [3, 0, 3]}, "not depth=[3, 0, 3]"),
        ({"depth": [3, True]}, "not depth=[3, True]"),
        ({"depth": [3, 2.5]}, "not depth=[3, 2.5]"),
        ({"width": 0}, "width must be a positive factor, such as width=1 or width=0.5"),
        ({"width": -1}, "not -1"),
        ({"width": 0.01}, "not 0.01"),
        ({"width": float("nan")}, "not nan"),
        ({"width": float("inf")}, "not inf"),
        ({"width": True}, "not True"),
        ({"width": "2"}, "not '2'"),
        ({"width": None}, "not None"),
        ({"width": [16, 32]}, "width=[16,32] must have one entry for each of the 3 stages"),
        ({"width": [16, 32, 0]}, "width as a list must hold channels per stage, such as width=[16,32,64]"),
        ({"width": [64, 32, 16]}, "let width not fall from stage to stage, or type model.shortcut=B"),
        ({"num_classes": 0}, "num_classes must be a whole number of 1 or more, such as num_classes=10, not 0"),
        ({"in_channels": 1.5}, "in_channels must be a whole number of 1 or more, such as in_channels=3, not 1.5"),
        ({"in_channels": True}, "in_channels must be a whole number"),
        ({"unit": "wide"}, "unit must be basic or bottleneck, not 'wide'; type model.unit=basic"),
        ({"unit": ["basic"]}, "unit must be basic or bottleneck, not ['basic']"),
        ({"shortcut": "D"}, "shortcut must be A, B or C, not 'D'; type model.shortcut=A"),
        ({"shortcut": "a"}, "shortcut must be A, B or C, not 'a'"),
        ({"shortcut_padding": "start"}, "must be both or end, not 'start'; type model.shortcut_padding=both"),
        ({"form": "mnist"}, "form must be cifar or imagenet, not 'mnist'; type model.form=cifar"),
        ({"form": None}, "form must be cifar or imagenet, not None"),
        (
            {"form": "imagenet", "depth": 20},
            "resnet can't have depth=20: the paper's are 18, 34, 50, 101, 152, the nearest is depth=18; "
            "any other takes units per stage, such as depth=[2,2,2,2]",
        ),
        (
            {"form": "imagenet", "depth": 18, "unit": "bottleneck"},
            "resnet with bottleneck units can't have depth=18: the paper's are 50, 101, 152, the nearest is depth=50",
        ),
        ({"form": "imagenet", "depth": [3, 3, 3]}, "resnet has 4 stages: depth=[3,3,3] must have one entry for each"),
        (
            {"stride_at": "5x5", "unit": "bottleneck", "depth": 11},
            "stride_at must be 1x1 or 3x3, not '5x5'; type model.stride_at=1x1",
        ),
        ({"stride_at": "3x3"}, "stride_at=3x3 is for bottleneck units, and these are basic: leave it out"),
        ({"dropout": 1.5}, "dropout must be a number from 0 (off) to below 1, such as dropout=0.2, not 1.5"),
        ({"dropout": 1}, "not 1"),
        ({"dropout": -0.1}, "not -0.1"),
        ({"dropout": "0.2"}, "not '0.2'"),
        ({"dropout": False}, "not False"),
        ({"drop_path": float("nan")}, "drop_path must be a number from 0 (off) to below 1"),
    ],
)
def test_resnet_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        resnet(**{"depth": 8, **arguments})  # type: ignore[arg-type]
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"depth": 57}, "plain with basic units can't have depth=57"),
        ({"unit": "wide"}, "unit must be basic or bottleneck"),
        ({"form": "imagenet", "depth": 20}, "plain can't have depth=20: the paper's are 18, 34, 50, 101, 152"),
        ({"stride_at": "1x1"}, "stride_at=1x1 is for bottleneck units"),
        ({"dropout": 1.0}, "dropout must be a number from 0 (off) to below 1"),
    ],
)
def test_plain_says_in_one_line_what_is_wrong(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError) as caught:
        plain(**{"depth": 8, **arguments})  # type: ignore[arg-type]
    assert message in str(caught.value)


def test_arguments_go_by_name_only() -> None:
    with pytest.raises(TypeError, match="positional"):
        resnet(20)  # type: ignore[call-arg, misc]
