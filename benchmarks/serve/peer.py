"""What an engineer writes first: FastAPI, one row of features built in Python per candidate, then the model's predict.

    python peer.py DATA.json MODEL.txt PORT

The same trees on the same features as the server beside it; entities' values and sets are looked up ready-made.
"""

import json
import math
import sys
from pathlib import Path

import lightgbm as lgb
import numpy as np
import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

NAN = float("nan")


class Asked(BaseModel):
    context: str
    candidates: list[str]


class Decided(BaseModel):
    id: str
    keep: bool
    p: float


class Answer(BaseModel):
    decisions: list[Decided]


def compare(kind: str, left, right, width: int) -> list[float]:
    """The features of one comparison for one pair."""
    if kind == "similarity":
        shared = len(left & right)
        whole = math.sqrt(len(left) * len(right))
        return [shared / whole, shared / len(right)] if whole else [NAN, NAN]
    if kind in ("equal", "contains"):
        missing = left is None or right is None or (kind == "contains" and not right)
        return [NAN] if missing else [float(bool(left & right))]
    if kind == "overlap":
        if left is None or right is None:
            return [NAN, NAN]
        shared = len(left & right)
        return [shared / len(right) if right else NAN, shared / len(left) if left else NAN]
    if kind in ("difference", "ordinal"):
        return [left - right]
    if kind == "ratio":
        return [right / left if left > 0 else NAN]
    if kind == "cross":
        return [left * width + right if left >= 0 and right >= 0 else NAN]
    return [left if kind == "context" else right]


def build(data: dict, model: lgb.Booster) -> FastAPI:
    contexts, items, kinds = data["contexts"], data["items"], data["comparisons"]
    for side in (contexts, items):
        for entity in side.values():
            entity["topics"] = [np.array(one, dtype=np.float32) for one in entity["topics"]]
            entity["values"] = [set(one) if isinstance(one, list) else one for one in entity["values"]]
    app = FastAPI()

    def row(context: dict, item: dict) -> list[float]:
        features = [float(left @ right) for left in context["topics"] for right in item["topics"]]
        values = zip(kinds, context["values"], item["values"], strict=True)
        for (kind, width), left, right in values:
            features += compare(kind, left, right, width)
        return features

    @app.post("/filter")
    async def decide(asked: Asked) -> Answer:
        context = contexts[asked.context]
        rows = np.array([row(context, items[one]) for one in asked.candidates], dtype=np.float32)
        raw = model.predict(rows, raw_score=True, num_threads=1)
        p = 1 / (1 + np.exp(-(data["slope"] * raw + data["intercept"])))
        rows = zip(asked.candidates, p.tolist(), strict=True)
        return Answer(decisions=[Decided(id=one, keep=score < data["threshold"], p=score) for one, score in rows])

    @app.get("/ready")
    async def ready() -> dict[str, str]:
        return {"status": "ok"}

    return app


if __name__ == "__main__":
    given = json.loads(Path(sys.argv[1]).read_text())
    trees = lgb.Booster(model_file=sys.argv[2])
    uvicorn.run(build(given, trees), port=int(sys.argv[3]), log_level="warning", access_log=False)
