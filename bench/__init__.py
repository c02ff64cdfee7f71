"""Benchmarks of the engine, in one run with the peers it is measured against: `python -m bench`."""
