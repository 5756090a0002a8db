"""Every `_target_` of conf/ exists and takes exactly what its file hands it: a key that does nothing fails here."""

import inspect
from dataclasses import fields

import pytest

from depthlab.data import LoadingOptions
from depthlab.recipe import CONF, compose, locate

FROM_RUNS = {  # what a run adds: the images' shape, the network's parameters
    "model": {"num_classes": 10, "in_channels": 3},
    "optimizer": {"params": []},
    "data": {},
    "schedule": {},
}
TARGETS = [(group, file.stem) for group in FROM_RUNS for file in sorted((CONF / group).glob("[!_]*.yaml"))]


@pytest.mark.slow
@pytest.mark.parametrize(("group", "option"), TARGETS)
def test_every_target_takes_its_keys(group: str, option: str) -> None:
    node = compose([f"{group}={option}"]).config[group]
    arguments = {key: value for key, value in node.items() if not key.startswith("_")}
    if group == "data":
        arguments = {key: arguments[key] for key in arguments.keys() - {field.name for field in fields(LoadingOptions)}}
    signature = inspect.signature(locate(node["_target_"]))
    if group == "model" and "image_size" in signature.parameters:
        arguments["image_size"] = 32
    signature.bind(**arguments, **FROM_RUNS[group])


@pytest.mark.parametrize("option", sorted(file.stem for file in (CONF / "data").glob("[!_]*.yaml")))
def test_every_data_set_says_how_it_is_loaded(option: str) -> None:
    assert {field.name for field in fields(LoadingOptions)} <= set(compose([f"data={option}"]).config["data"])
