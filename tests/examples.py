"""How many examples property tests try: few in each run, and `make test EXAMPLES=10` ten times as many."""

import os

from hypothesis import settings

FACTOR = int(os.environ.get("EXAMPLES", "1"))


def examples(number: int) -> settings:
    """Return the decorator of a property test that tries so many examples in a usual run."""
    return settings(max_examples=number * FACTOR)
