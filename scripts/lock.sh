#!/bin/sh
# Pin everything that the environment holds, with hashes, for every platform at once.
# The file names no package host: it works with whichever one is configured.
set -eu
uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-emit-index-url --no-header \
    --group dev pyproject.toml --output-file requirements.lock
