"""`saoctl run`: four commands in sequence."""

from saoctl.cli.bench import Bench
from saoctl.cli.download import Download
from saoctl.cli.execute import execute
from saoctl.cli.export import Export
from saoctl.cli.options import Options, PathOption
from saoctl.cli.verify import Verify


def command(
    options: Options,
    path: PathOption = None,
) -> None:
    """Run download, export, verify and bench in sequence.

    It stops at the first that fails.

    Example: saoctl run -c demo
    """
    execute(options, [Download(path), Export(), Verify(), Bench()], nested=True)
