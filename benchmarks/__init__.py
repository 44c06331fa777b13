"""What Tilth promises, measured. `python -m benchmarks` runs all of it; each script runs alone, too."""
