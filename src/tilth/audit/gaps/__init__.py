"""From what an audit measured to the places worth filling: one file for each kind of gap."""

from tilth.audit.gaps.found import Found
from tilth.audit.gaps.ground import Ground
from tilth.audit.gaps.rank import Pricer, find_gaps, rank_gaps

__all__ = ["Found", "Ground", "Pricer", "find_gaps", "rank_gaps"]
