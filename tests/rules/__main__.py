"""`python -m tests.rules`: where the product breaks a rule that no other tool holds."""

import sys

from tests.rules.code import product
from tests.rules.doors import raw_reads
from tests.rules.edges import one_by_one
from tests.rules.events import appends
from tests.rules.ids import of_any_kind
from tests.rules.many import alone
from tests.rules.numbers import unnumbered


def main() -> int:
    """Name each place with what to do about it; 1 where there is any."""
    code = product()
    rules = (raw_reads, appends, alone, unnumbered, one_by_one, of_any_kind)
    told = [str(place) for rule in rules for place in rule(code)]
    for place in told:
        sys.stdout.write(place + "\n")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
