"""A program that works until it is interrupted, and leaves as `tilth` does.

python interrupted.py RUNNER FOLDER
"""

import sys

from engine_jobs import Endless, numbers

from tilth.engine import EngineConfig, open_engine

if __name__ == "__main__":
    runner, folder = sys.argv[1:]
    engine = open_engine(EngineConfig(runner=runner, partition_rows=1, workers=2))
    try:
        with engine.map(Endless(folder), numbers(8)) as results:
            list(results)
    except KeyboardInterrupt:
        sys.exit(130)
