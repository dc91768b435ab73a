"""How torch's threads wait for work: spinning, the default, or asleep. Nothing here loads torch.

OpenMP's threads spin while they wait, which saves microseconds when work arrives. Where more threads run than there are
cores, waiting threads take the cores from working ones, and two processes at once are many times slower than one.
Waking a sleeping thread takes time. On two virtual cores with the demo's model, a conversion alone takes 1.3 times as
long with sleeping threads, and two at once take at most a fifth of the time. But verify alone, which streams in many
short blocks, takes twice as long, so commands like it keep spinning (`Command.sleeps`).
"""

import os

POLICY = "OMP_WAIT_POLICY"  # of OpenMP: https://www.openmp.org/spec-html/5.2/openmpse96.html
# Each runtime of OpenMP (GNU, Intel, LLVM) has its own variable.
CHOICES = (POLICY, "GOMP_SPINCOUNT", "KMP_BLOCKTIME", "KMP_LIBRARY")


def wait_asleep() -> None:
    """Let the threads of this process and of its children sleep while they wait, unless the user has set a variable.

    It has an effect only before torch is loaded.
    """
    if not any(name in os.environ for name in CHOICES):
        os.environ[POLICY] = "PASSIVE"
