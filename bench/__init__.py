"""Benchmarks, in one run with the peers that they are measured against: `python -m bench`."""
