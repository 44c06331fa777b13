"""Query understanding behind HTTP.

config      [serve.understand]
artifact    the understanding and the speller that a worker has loaded
answer      a query -> its spelling, category, attributes and expansions
route       GET /v1/understand
"""
