<<<<<<< HEAD
"""Benchmarks of the engine, in one run with the peers it is measured against: `python -m bench`."""
=======
"""Benchmarks: `python -m bench`."""
>>>>>>> 79d7b579cd67b703b7cbc6e2f26ffaa0d3c853b6
