"""Records of width against depth, made up."""

from depthlab.questions.width_vs_depth.published import published_networks
from depthlab.questions.width_vs_depth.record import WidthVsDepthRecord
from depthlab.questions.width_vs_depth.verdict import judge
from depthlab.records import MatchedNetwork, QuestionRecord
from tests.questions.width_vs_depth.networks import IMAGES, NETWORKS, SEVERAL, matched

__all__ = ["SEVERAL", "record_of"]


def record_of(
    errors: dict[str, list[float]],
    *,
    data: str = "digits",
    match: str = "parameters",
    networks: tuple[MatchedNetwork, ...] = NETWORKS,
) -> WidthVsDepthRecord:
    refs, runs = matched(errors)
    about = QuestionRecord(
        question="width_vs_depth",
        command=("python", "pipelines/width_vs_depth.py"),
        date="2026-11-23T12:00:00+00:00",
        sweep="0123456789abcdef",
        sweep_run=None,
        axes=("model", "depth", "width", "model.cardinality", "seed"),
        held={"data": data, "epochs": 20, "optimizer": "sgd"},
        hardware=("a processor, threads: 1, fp32",),
        commits=("c0ffee",),
        versions={"torch": "2.13.0"},
        runs=tuple(refs),
    )
    return judge(
        WidthVsDepthRecord(
            about=about,
            match=match,
            networks=networks,
            measured=tuple(runs),
            published=published_networks(),
            timed_on="a processor, threads: 1, fp32" if match == "time" else "",
            trained=IMAGES,
        )
    )
