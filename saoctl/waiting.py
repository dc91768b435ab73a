"""How threads of torch wait for work: spinning, as they do by default, or asleep. Nothing here loads torch.

OpenMP's threads spin while they wait, which saves them some microseconds when work comes. Where more threads run than
there are cores, they keep those that have work from their cores: two processes at once are many times slower than one.
Sleeping costs what each awakening takes. On two virtual cores with the demo's model, a conversion alone takes 1.3 times
as long, and two at once take a fifth of the time and less. But verify alone, which streams in many short blocks, takes
twice as long, so commands like it go on spinning (`Step.sleeps`).
"""

import os

POLICY = "OMP_WAIT_POLICY"  # of OpenMP: https://www.openmp.org/spec-html/5.2/openmpse96.html
# With these a user chooses: GNU's runtime and Intel's and LLVM's have names of their own.
CHOICES = (POLICY, "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")


def wait_asleep() -> None:
    """Let the threads of this process, and of those it starts, sleep while they wait, unless the user chose.

    It has an effect before torch is loaded.
    """
    if not any(name in os.environ for name in CHOICES):
        os.environ[POLICY] = "PASSIVE"
