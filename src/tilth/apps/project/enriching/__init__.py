"""`tilth enrich` on a project: attributes, rules, query understanding, spelling."""
