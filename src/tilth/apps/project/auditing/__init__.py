"""`tilth audit` on a project."""
