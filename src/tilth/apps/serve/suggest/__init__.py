"""Suggestions behind HTTP.

config      [serve.suggest]
artifact    the suggester and the search index that a worker has loaded
answer      what was typed -> suggestions, instant results, and what is to be written down
items | blend | explore | tastes    instant results | order of both | a chance for cold categories | a context's own
history     the caller's past queries
route       GET /v1/suggest
decisions   the log
demo        GET /demo, a search page
"""
