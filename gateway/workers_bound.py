"""How many processes a gateway may have: known before anything else is loaded, because `--help` tells it."""

MAX_WORKERS = 64
