"""The model card: what the student is, what it was measured on, and what it must not be used for."""

from tilth.distill.result import Evaluation, Summary
from tilth.stats import Estimate


def model_card(summary: Summary, name: str) -> str:
    """Markdown, after Mitchell et al. 2019, "Model Cards for Model Reporting"."""
    parts = [
        f"# Student of {name}",
        f"Scores (context, item) pairs: the probability that a pair is {summary.positive}.",
        "## Made from",
        f"- Labels: {summary.teacher}, {summary.counts['training']['pairs']:,} pairs of "
        f"{summary.counts['training']['contexts']:,} contexts. A model's labels are not people's.",
        f"- Gold: {_gold(summary)}",
        f"- Features: {summary.n_features}. Model: {_chosen(summary)}. Seed {summary.seed}.",
        f"- Probabilities calibrated on {summary.calibration}.",
        "## Measured",
        _measured(summary),
        "## Threshold",
        summary.certificate.explain() if summary.certificate else f"None is certified: {_uncertified(summary)}.",
        "## What moves the score most",
        "\n".join(f"- {row['feature']} ({row['group']}): {row['weight']:.3f}" for row in summary.importance[:10]),
        "## Limits",
        "- Holds for contexts and items like those above; measure again when the catalog or the recommender changes.\n"
        "- Learns the teacher's mistakes where gold does not correct them.\n"
        "- The certificate speaks of precision on average over contexts, not for each group of people: check the "
        "groups that matter before a person is shut out of something.\n"
        "- What is filtered is never shown, so later logs are censored: keep a random share unfiltered.",
    ]
    return "\n\n".join(parts) + "\n"


def _gold(summary: Summary) -> str:
    if not summary.gold_sources:
        return "none."
    whose = "people's labels" if summary.gold_is_human else "labels that are not human"
    sources = ", ".join(summary.gold_sources)
    return f"{whose} ({sources}), divided by context; no context of the calibration or test part was learnt from."


def _uncertified(summary: Summary) -> str:
    if not summary.gold_sources:
        return "there was no gold to do it on"
    return "the calibration part holds too little gold, or gold of one class only"


def _chosen(summary: Summary) -> str:
    return next((candidate.model for candidate in summary.candidates if candidate.chosen), "unknown")


def _measured(summary: Summary) -> str:
    if not summary.evaluations:
        lack = "the test part holds none of both classes" if summary.gold_sources else "there is no gold"
        return f"Nothing but agreement with the teacher: {lack}."
    head = "| | pairs | contexts | AUROC | precision | recall | ECE |\n|---|---|---|---|---|---|---|\n"
    return head + "\n".join(_row(evaluation) for evaluation in summary.evaluations)


def _row(evaluation: Evaluation) -> str:
    ece = "–" if evaluation.ece is None else f"{evaluation.ece:.3f}"
    cells = [
        evaluation.name,
        f"{evaluation.n:,}",
        f"{evaluation.n_contexts:,}",
        _cell(evaluation.auroc),
        _cell(evaluation.precision),
        _cell(evaluation.recall),
        ece,
    ]
    return "| " + " | ".join(cells) + " |"


def _cell(estimate: Estimate | None) -> str:
    if estimate is None or estimate.value != estimate.value:
        return "–"
    if estimate.low != estimate.low:
        return f"{estimate.value:.3f}"
    return f"{estimate.value:.3f} [{estimate.low:.3f}, {estimate.high:.3f}]"
