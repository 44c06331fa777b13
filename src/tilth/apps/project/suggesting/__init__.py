"""`tilth suggest` on a project."""
