"""How useful suggestions and instant results are, learned from what people clicked."""

from tilth.suggest.blend.fit import FittedUsefulness, fit_usefulness
from tilth.suggest.blend.replay import Replayed, replay
from tilth.suggest.blend.sample import Clicked, sample_clicked

__all__ = ["Clicked", "FittedUsefulness", "Replayed", "fit_usefulness", "replay", "sample_clicked"]
