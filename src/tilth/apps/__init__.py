"""The edges: what a person or another program calls."""
