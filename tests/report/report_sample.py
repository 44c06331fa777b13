"""Content for the report's tests. Every number and text in it is made up; none was measured."""

import math
from typing import Any

from tilth.report import Content, CostLine, Example

FINDINGS = "made-up numbers for a test of the page's looks; nothing was measured"


def estimate(value: float, half: float = 0.02) -> dict[str, float | None]:
    return {"value": value, "low": max(0.0, value - half), "high": min(1.0, value + 0.8 * half)}


UNKNOWN: dict[str, float | None] = {"value": None, "low": None, "high": None}


def teacher(source: str, level: float, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "source": source,
        "asked": 923,
        "not_asked": 0,
        "outside_gold": 394,
        "n": 915,
        "coverage": 0.991,
        "precision": estimate(level),
        "recall": estimate(level - 0.04, 0.03),
        "f1": estimate(level - 0.02),
        "auroc": estimate(min(0.995, level + 0.03), 0.01),
        "kappa": estimate(2 * level - 1, 0.05),
        "qwk": estimate(2 * level - 1, 0.05),
        "cost_usd": 1.4,
        "cost_per_1000": 1.06,
        "prompt_tokens": 612_000,
        "completion_tokens": 41_000,
        "latency_p50_s": 0.84,
        "latency_p95_s": 2.9,
        "refused": False,
        "warnings": [],
    }
    return row | changes


def comparison(teachers: list[dict[str, Any]] | None = None, **changes: Any) -> dict[str, Any]:
    table = teachers or [
        teacher("model:frontier", 0.951, cost_per_1000=9.8, latency_p50_s=2.1, latency_p95_s=6.4),
        teacher("model:mid", 0.938),
        teacher("model:small", 0.842, cost_per_1000=0.11, coverage=0.934, latency_p50_s=0.31, latency_p95_s=0.72),
        teacher("model:tuned", 0.826, cost_per_1000=None, cost_usd=None),
        teacher(
            "weak:not-clicked",
            0.41,
            kappa={"value": -0.12, "low": -0.2, "high": -0.04},
            auroc=UNKNOWN,
            qwk=UNKNOWN,
            cost_per_1000=None,
            cost_usd=None,
            latency_p50_s=None,
            latency_p95_s=None,
            refused=True,
            warnings=["refused: it disagrees with gold (kappa interval below 0)"],
        ),
    ]
    best = table[0]["source"]
    differences = [
        {
            "metric": "precision",
            "first": best,
            "second": row["source"],
            "n_common": 911,
            "estimate": {"value": 0.013 * i, "low": 0.013 * i - 0.02, "high": 0.013 * i + 0.02},
            "settled": i > 1,
            "labels_to_settle": None if i > 1 else 2184,
        }
        for i, row in enumerate(table[1:], 1)
    ]
    content: dict[str, Any] = {
        "positive": "bad (grade >= 1)",
        "target_metric": "precision",
        "target": 0.9,
        "confidence": 0.95,
        "gold_sources": ["rule:facts"],
        "gold_is_human": False,
        "n_gold": 923,
        "n_positive": 498,
        "n_contexts": 84,
        "table": table,
        "differences": differences,
        "verdict": {
            "chosen": table[1]["source"] if len(table) > 1 else best,
            "lower_end_meets": True,
            "candidates": [row["source"] for row in table[:2]],
            "reason": "2 teachers have a precision of at least 0.9",
        },
        "notes": ["gold is not from people alone: rule:facts"],
    }
    return content | changes


def certificate(**changes: Any) -> dict[str, Any]:
    tried = [
        {
            "threshold": -3.0 + 0.35 * i,
            "flagged": 410 - 20 * i,
            "correct": round((410 - 20 * i) * (0.56 + 0.024 * i)),
            "precision": 0.56 + 0.024 * i,
            "recall": 1 - 0.028 * i,
            "flagged_share": (410 - 20 * i) / 412,
            "design_effect": 1.0 + 0.05 * i,
            "effective": 200.0,
            "lower_bound": 0.48 + 0.024 * i,
        }
        for i in range(20)
    ]
    found: dict[str, Any] = {
        "threshold": tried[18]["threshold"],
        "precision": 0.968,
        "lower_bound": 0.912,
        "flagged": 201,
        "flagged_share": 0.488,
        "recall": 0.912,
        "confidence": 0.95,
        "target": 0.9,
        "n_thresholds": 20,
        "design_effect": 1.34,
        "missing_labels": None,
        "table": tried,
    }
    return found | changes


def evaluation(name: str, auroc: float, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": name,
        "n": 418,
        "n_contexts": 38,
        "n_positive": 226,
        "auroc": estimate(auroc, 0.015),
        "average_precision": min(1.0, auroc + 0.004),
        "brier": 0.061,
        "ece": 0.034,
        "precision": estimate(0.958),
        "recall": estimate(0.894, 0.04),
        "flagged_share": estimate(0.505, 0.05),
    }
    return row | changes


def distilled(**changes: Any) -> dict[str, Any]:
    raw = {"brier": None, "ece": None, "precision": None, "recall": None, "flagged_share": None}
    named = ("licence held", "wanted occupation", "distance", "pay asked", "remote", "schedule", "years", "level")
    content: dict[str, Any] = {
        "teacher": "model:frontier",
        "positive": "bad",
        "gold_sources": ["rule:facts"],
        "gold_is_human": False,
        "counts": {
            "training": {"contexts": 44, "pairs": 487, "positives": 262},
            "calibration": {"contexts": 38, "pairs": 412, "positives": 223},
            "test": {"contexts": 38, "pairs": 418, "positives": 226},
        },
        "n_features": 42,
        "features": list(named),
        "candidates": [
            {"model": "lightgbm", "log_loss": 0.214, "auroc": 0.961, "chosen": False},
            {"model": "linear", "log_loss": 0.231, "auroc": 0.957, "chosen": False},
            {"model": "average", "log_loss": 0.198, "auroc": 0.967, "chosen": True},
        ],
        "evaluations": [
            evaluation("student", 0.971),
            evaluation("student, texts only", 0.703, brier=0.21, ece=0.071),
            evaluation("teacher model:frontier", 0.994, **raw, average_precision=0.99),
        ],
        "effect": {
            "removed": estimate(0.505, 0.05),
            "bad_before": estimate(0.541, 0.04),
            "bad_after": estimate(0.116, 0.03),
            "good_lost": estimate(0.046, 0.02),
            "contexts_emptied": 0.026,
        },
        "certificate": certificate(),
        "calibration": "gold of 38 contexts that the student did not learn from",
        "reliability": [
            {"p": (i + 0.5) / 10, "rate": min(1.0, (i + 0.5) / 10 + 0.05 * math.sin(i * 2)), "count": 30 + 12 * (i % 4)}
            for i in range(10)
        ],
        "precision_recall": [
            {
                "threshold": 1 - i / 200,
                "precision": 0.99 - 0.44 * (i / 200) ** 22 - 0.002 * (i % 3),
                "recall": (i + 1) / 201,
                "flagged_share": 0.54 * (i + 1) / 201,
            }
            for i in range(201)
        ],
        "importance": [
            {"feature": name, "group": "attributes" if i < 6 else "lexical", "weight": 1.9 / (i + 1)}
            for i, name in enumerate(named)
        ],
        "curve": [
            {"n_labels": n, "n_contexts": n // 11, "repeats": 5, "auroc": estimate(0.98 - 1.6 / n**0.6, 2 / n**0.6)}
            for n in (30, 60, 120, 240, 487)
        ],
        "threshold_p": 0.812,
        "seed": 0,
        "seconds": 14.2,
    }
    return content | changes


def example(**changes: Any) -> Example:
    resume = (
        "Two years as a marketing manager at a small kitchenware brand: seasonal campaigns end to end, search engine "
        "optimisation for about 200 product pages. Remote only, $63,000 at least. "
    )
    fields: dict[str, Any] = {
        "context_title": "Early-career marketing manager, remote only",
        "context_text": resume * 3,
        "item_title": "Store Manager, Home Goods",
        "item_text": "On site in Tacoma, rotating shifts. Five years of running a shop floor asked for.",
        "p": 0.973,
        "dropped": True,
        "reasons": ("not_remote: wants remote work only, the job is on site", "occupation: neither wanted nor close"),
        "gold": "bad",
    }
    return Example(**(fields | changes))


def content(**changes: Any) -> Content:
    fields: dict[str, Any] = {
        "title": "Job board: which recommendations are bad",
        "created_at": "2025-01-31 12:00 UTC",
        "version": "0.1.0",
        "data": {"contexts": 120, "items": 330, "pairs": 1317, "gold labels": 923},
        "rejected": {"seekers.jsonl": 0, "jobs.jsonl": 3, "recommendations.csv": 12},
        "notes": (f"The numbers on this page are {FINDINGS}.", "The data are synthetic: nobody in them exists."),
        "comparison": comparison(),
        "distilled": distilled(),
        "filtered": {"n": 1317, "dropped": 648, "dropped_share": 0.492, "seconds": 0.041},
        "examples": (
            example(),
            example(item_title="Registered Nurse, Nights", p=0.991, reasons=("licence: none held",)),
            example(item_title="Content Writer (remote)", p=0.021, dropped=False, reasons=(), gold="acceptable"),
            example(item_title="Marketing Lead, Boulder", p=0.44, dropped=False, reasons=("location",), gold=None),
        ),
        "costs": (
            CostLine("judge: frontier", 1317, 0, 4, 1_580_000, 92_000, 12.41),
            CostLine("enrich: reader", 450, 210, 0, 301_000, 77_000, None),
        ),
    }
    return Content(**(fields | changes))
