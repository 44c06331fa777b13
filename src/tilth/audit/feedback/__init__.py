"""How sparse explicit negatives are, and how far implicit feedback can be trusted."""

from tilth.audit.feedback.finish import feedback_part, finish
from tilth.audit.feedback.partial import FeedbackPartial, FeedbackReducer, feedback_of

__all__ = ["FeedbackPartial", "FeedbackReducer", "feedback_of", "feedback_part", "finish"]
