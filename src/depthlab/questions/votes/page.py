"""The page that answers whether dropout is a vote, and whether stochastic depth is one."""

from depthlab.questions.votes.blocks import (
    cost_picture,
    disagreement_picture,
    ensemble_picture,
    feature_picture,
    groups_of,
    sampled_picture,
)
from depthlab.questions.votes.record import DEPTH, DROPOUT, VotesRecord
from depthlab.questions.votes.tables import best_table, change_table, contrast_table, feature_table, way_table
from depthlab.questions.wording import told_once
from depthlab.report.blocks import Block, Folded, Notice, Page, Picture, Section
from depthlab.report.published_table import splits_text
from depthlab.report.question_runs import page_facts, run_section, seed_notices

_MASKS = {
    "network": "Each draw has one mask for all images, so that every image meets the same sampled network.",
    "image": "Each draw has a mask for each image, as training has.",
}


def page(record: VotesRecord) -> Page:
    """Return the page of a record; everything on it is computed from the record alone."""
    about = record.about
    names = " and ".join(groups_of(record)) or "nothing"
    data = about.held.get("data")
    sections = (
        _sampled(record),
        _ensembles(record),
        _costs(record),
        _features(record),
        _comparisons(record),
        _literature(),
        run_section(about),
    )
    return Page(
        title=f"Votes: {names}{f' on {data}' if data else ''}",
        lead="\n".join(about.verdict),
        sections=sections,
        facts=page_facts(about),
        answer=best_table(record),
    )


def _sampled(record: VotesRecord) -> Section:
    blocks: list[Block] = [
        f"Everything is measured on {record.images:,} test images with the final weights, of networks trained on "
        f"{splits_text(record.trained)} images; nothing was chosen on the test images. A network that was trained with "
        "dropout holds many: each mask leaves a thinned one. Weight scaling asks them all at once, in one pass with "
        f"every feature at its mean; here it stands beside averages of the {record.draws} networks that were sampled "
        "from each training. Modules that drop do so as in training, and divide what is "
        "kept by its probability; batch normalization keeps the statistics of training. "
        f"{_MASKS.get(record.masks, '')} An ensemble goes by the arithmetic mean of its members' probabilities.",
        "The calibration error says how far confidence is from the share that is right. On few images it is well "
        "above 0 even for a perfectly calibrated network, the more so the less confident it is; so what such a network "
        "of the same confidences has on average, with labels drawn from its own probabilities, is taken off. About 0 "
        "is perfect.",
        *_without_chance(record),
        *seed_notices(record.about.runs, named=not record.about.sweep),
        *(Notice(f"Not measured: {runs}: {note}.", "warning") for note, runs in _unmeasured(record).items()),
    ]
    pictures = [picture for method in (DROPOUT, DEPTH) if (picture := sampled_picture(record, method)) is not None]
    if not pictures:
        blocks.append(
            Notice("No network here drops anything: train one with `dropout=0.3` or `drop_path=0.5` to sample from.")
        )
    return Section("Sampled networks and the one pass that stands for them", (*blocks, *pictures))


def _without_chance(record: VotesRecord) -> tuple[Notice, ...]:
    if all(run.whole.chance is not None for run in record.measured):
        return ()
    return (Notice("This record is of a version that did not measure it: here nothing is taken off."),)


def _ensembles(record: VotesRecord) -> Section:
    blocks: list[Block] = [
        "Members that are sampled from one training share its weights. Networks of other seeds share nothing, and cost "
        "a training each; snapshots are the weights at the ends of the cycles of one training. What members gain "
        "together depends on how good they are and on how seldom they make the same mistake.",
    ]
    blocks += _there(ensemble_picture(record), disagreement_picture(record))
    if len(blocks) == 1:
        blocks.append(Notice("There are no two networks of one kind: type `seed=0,1,2` or more."))
    return Section("Independent networks and snapshots", tuple(blocks))


def _costs(record: VotesRecord) -> Section:
    return Section("What it costs", (*_there(cost_picture(record)), way_table(record)))


def _features(record: VotesRecord) -> Section:
    blocks: list[Block] = [
        "Units that rely on each other put out much the same, or only together what is of use. Dropout is meant to "
        "break that up (Hinton et al. 2012, arXiv 1207.0580), and was seen to make activations of hidden units sparse "
        "(Srivastava et al. 2014). A unit is a feature, or a channel by its mean over pixels. The classes alone make "
        "units go together, and few images more so, so that only the difference between networks on the same images "
        "tells something.",
        *_there(feature_picture(record)),
    ]
    if not record.features:
        blocks.append(Notice("There is no pair of networks that differ in dropout alone: type `dropout=0,0.3`."))
    else:
        blocks.append(change_table(record))
    return Section("Co-adaptation", (*blocks, Folded("Every layer, means over seeds", (feature_table(record),))))


def _comparisons(record: VotesRecord) -> Section:
    return Section(
        "The comparisons",
        (
            "A claim rests on a test over trainings, seed by seed: both sides are of the same trained networks, or of "
            "networks with the same initial weights. Ensembles of independent networks share members, which the "
            "jackknife accounts for. The variance of an error is never taken to be less than that of a count of "
            f"{record.images:,} images. One thing is asked of all networks at one size, the largest (of independent "
            "networks half of them), and those p-values are corrected together (Holm); all other intervals are told, "
            "each for itself, and nothing is claimed by them. That a difference is not shown does not say that there "
            f"is none. That two ways err alike, to within {record.margin:g} points (`margin=`), is claimed by two "
            "one-sided tests, from the largest ensemble down to the first that fails. All of it holds for these test "
            "images.",
            Folded("Every comparison", (contrast_table(record),)),
        ),
    )


def _literature() -> Section:
    return Section(
        "Beside the literature",
        (
            "Srivastava et al. 2014 (JMLR 15, sec. 7.5 and Fig. 11) sample networks for each test case of MNIST: "
            "about 50 of them are as good as weight scaling, and more are slightly better, well within one standard "
            "deviation. Weight scaling equals the normalized geometric mean exactly where one linear layer and a "
            "softmax are all there is (Goodfellow et al. 2016, Deep Learning, ch. 7); in deep networks it is an "
            "approximation (Baldi and Sadowski 2013). Huang et al. 2016 (arXiv 1603.09382) offer as one explanation of "
            "what stochastic depth gains that it trains an ensemble implicitly. Huang et al. 2017 (arXiv 1704.00109, "
            "abstract) find snapshots better than one network at no additional training cost, and to compare favorably "
            "with ensembles of independent networks; that as many independent networks of full training are better "
            "than snapshots is not verified.",
        ),
    )


def _there(*pictures: Picture | None) -> list[Block]:
    return [picture for picture in pictures if picture is not None]


def _unmeasured(record: VotesRecord) -> dict[str, str]:
    """Return why runs were not measured -> which ones."""
    pairs = (note.partition(": ") for note in record.notes)
    return told_once((name, reason) for name, _, reason in pairs)
