"""How many examples the generated suites try: few and always the same, or as many as somebody asks for."""

import os
from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings

EXAMPLES = "ORRERY_TEST_EXAMPLES"
"""The environment variable that asks for a long run: that many examples of each, and other ones each time."""


def tries(few: int) -> Callable[[Any], Any]:
    """The settings of a generated test that tries `few` examples where nobody asks for more."""
    asked = int(os.environ.get(EXAMPLES, "0"))
    return settings(
        max_examples=asked or few,
        derandomize=not asked,
        print_blob=bool(asked),
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink] if asked else [Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
