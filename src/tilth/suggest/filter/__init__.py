"""What may be shown, and why the rest may not."""

from tilth.suggest.filter.run import Filtered, apply_filters
from tilth.suggest.filter.safety import SafetyList, load_safety

__all__ = ["Filtered", "SafetyList", "apply_filters", "load_safety"]
