"""What comes from others runs nothing, and shows nothing that a terminal, a page or a spreadsheet would obey."""

import csv
import pickle
import shutil
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import torch

from depthlab.data import find_pictures, read_pictures
from depthlab.recipe import compose
from depthlab.records import csv_cell, printable
from depthlab.run import check_network, load
from depthlab.run.images import build_images, instantiate_node
from depthlab.run.prediction import Prediction, prediction_lines, write_csv
from depthlab.run.targets import find_target
from depthlab.tracking import find_or_fetch
from tests.run.conftest import TINY, Trained, tracked

__all__ = ["tracked"]  # a fixture


@pytest.mark.parametrize(
    "target",
    [
        *(
            "os.system",
            "subprocess.run",
            "shutil.rmtree",
            "builtins.exec",
            "torch.load",
            "torch.hub.load",
            "numpy.save",
        ),
        *("depthlab.tracking.write_atomically", "subprocess.Popen", "pathlib.Path", "mlflow.start_run"),
    ],
)
@pytest.mark.parametrize("group", ["model", "data", "optimizer", "schedule"])
def test_only_what_makes_the_thing_asked_for_is_called(group: str, target: str) -> None:
    with pytest.raises(ValueError, match=rf"{group}\._target_={target} is not called") as refused:
        find_target(group, target)
    assert "\n" not in str(refused.value) and len(str(refused.value)) < 300


@pytest.mark.parametrize(
    ("group", "target"),
    [
        *(("model", name) for name in ("depthlab.models.resnet", "depthlab.models.mlp", "torch.nn.Linear")),
        *(
            ("data", f"depthlab.data.{name}")
            for name in ("digits", "cifar10", "huggingface", "imagefolder", "synthetic")
        ),
        *(("optimizer", f"torch.optim.{name}") for name in ("SGD", "AdamW")),
        *(("schedule", f"depthlab.training.schedules.{name}") for name in ("constant", "snapshots", "steps")),
    ],
)
def test_what_makes_it_is_found(group: str, target: str) -> None:
    assert callable(find_target(group, target))


def test_a_dry_look_at_a_network_calls_nothing_either(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is not called"):
        check_network(compose([*TINY, "model._target_=os.system", f"+model.command=touch {tmp_path / 'x'}"]))
    assert not (tmp_path / "x").exists()


def test_targets_inside_of_arguments_are_no_targets(tmp_path: Path) -> None:
    inner = {"_target_": "os.mkdir", "path": str(tmp_path / "made")}
    with pytest.raises((ValueError, TypeError)):
        instantiate_node("data", {"_target_": "depthlab.data.synthetic", "image_size": inner})
    recipe = compose([*TINY])
    recipe.config["data"]["_target_"] = "os.getcwd"
    with pytest.raises(ValueError, match="is not called"):
        build_images(recipe)
    assert not (tmp_path / "made").exists()


@pytest.mark.slow
def test_code_that_a_manifest_from_elsewhere_names_is_told_and_allowed_by_a_word(
    tracked: Trained, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Path(shutil.copytree(tracked.folder.path, tmp_path / "downloads" / "run"))
    manifest = elsewhere / "manifest.json"
    text = manifest.read_text().replace("depthlab.models.resnet", "their_networks.Net").rpartition(',\n  "crc32"')[0]
    manifest.write_text(text + "}")
    (tmp_path / "their_networks.py").write_text("raise SystemExit('it ran')")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"model\._target_=their_networks\.Net: look at it, then type trust=true"):
        load(str(elsewhere), root=tracked.root)
    assert find_or_fetch(tracked.root, str(elsewhere), trust=True).name == "run"


class _Runs:
    def __reduce__(self) -> tuple[Any, ...]:
        return print, ("it ran",)


@pytest.mark.slow
def test_a_pickle_in_the_place_of_weights_is_refused_in_one_line(
    tracked: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(tracked.root, tmp_path / "runs")) / tracked.record.folder
    for content in (pickle.dumps(_Runs()), None):
        if content is None:
            torch.save({"state_dict": _Runs()}, folder / "checkpoints" / "final.ckpt")
        else:
            (folder / "checkpoints" / "final.ckpt").write_bytes(content)
        with pytest.raises(ValueError, match=r"final\.ckpt is damaged") as refused:
            load(folder.name, root=tmp_path / "runs")
        assert "\n" not in str(refused.value)
    assert "it ran" not in capsys.readouterr().out


def test_control_characters_and_formulas_are_harmless(tmp_path: Path) -> None:
    assert printable("a\x1b[31mb\nc\x9bd é 图") == "a\\x1b[31mb\\nc\\x9bd é 图"
    assert [csv_cell(value) for value in ("=1+1", "@x", "-0.5", "+1e-3", "-", "plain", 3, None)] == [
        *("'=1+1", "'@x", "-0.5", "+1e-3", "-", "plain", 3, None)
    ]
    one = Prediction(tmp_path / "=cmd\x1b]0;x\x07.png", "=HYPERLINK(1)", 0.9, "b\x1b[2J", 0.1, None)
    assert all(line.isprintable() for line in prediction_lines([one], tmp_path))
    write_csv([one], tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as stream:
        assert next(csv.DictReader(stream))["class"] == "'=HYPERLINK(1)"


def test_a_picture_that_decodes_to_gigabytes_is_named_and_skipped(tmp_path: Path) -> None:
    side = 11_000  # 121 million pixels, which Pillow alone would decode with a warning
    rows = zlib.compressobj(9)
    data = b"".join(rows.compress(bytes(1 + side // 8)) for _ in range(side)) + rows.flush()
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)), (b"IDAT", data), (b"IEND", b"")]
    png = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    (tmp_path / "bomb.png").write_bytes(png)
    told: list[str] = []
    assert list(read_pictures(find_pictures(tmp_path), size=8, channels=3, broken=told.append)) == []
    assert len(told) == 1 and "bomb.png has more pixels than fit in memory" in told[0]
