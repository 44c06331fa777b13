"""The page of an evaluation of suggestions: what each source adds, and for which searches."""

from tilth.report.suggest.render import SuggestContent, render_suggest, write_suggest_report

__all__ = ["SuggestContent", "render_suggest", "write_suggest_report"]
