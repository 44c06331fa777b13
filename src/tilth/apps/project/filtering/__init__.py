"""`tilth judge`, `distill` and `filter` on a project."""
