"""How useful suggestions and instant results are, learned from what people clicked."""

from tilth.suggest.blend.fit import FittedUsefulness, first_gain, fit_usefulness
from tilth.suggest.blend.replay import Replayed, replay
from tilth.suggest.blend.sample import Clicked, sample_clicked

__all__ = ["Clicked", "FittedUsefulness", "Replayed", "first_gain", "fit_usefulness", "replay", "sample_clicked"]
