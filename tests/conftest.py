"""What every test stands on: no network, no caches but its own, and a small model exported once.

And what the end of a run tells of the tests that were skipped.
"""

import collections
import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import yaml
from hypothesis import HealthCheck, settings

from saoctl import config
from saoctl.bench import paired, process, worker
from saoctl.config import Config
from saoctl.formats import export
from saoctl.models.oobleck.architecture import OobleckArchitecture
from saoctl.weights import download
from tests.architectures import DECODER, ENCODER, HELD, TINY
from tests.bench.rows import InProcess
from tests.examples import examples
from tests.formats.onnx_files import Files
from tests.hosts import HOSTS, KNOWN
from tests.parsed import load_once, parse_once
from tests.processes import folder_of_all

CI = bool(os.environ.get("CI"))

# Limits of time would tell of the machine, not of the code. In CI each run tries the same examples.
settings.register_profile(
    "saoctl", examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=CI
)
settings.load_profile("saoctl")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what needs an ONNX file, whose tracing takes half a minute, and begin with what is slowest.

    The last tests are short then, so that no process waits long for another.
    """
    for item in items:
        if "onnx_files" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.slow)
    items.sort(key=lambda item: not any(map(item.get_closest_marker, ("chromium", "ray"))))


def pytest_collection_finish() -> None:
    """Let the garbage collector come seldom, which took a tenth of the time, and leave alone what tests are made of."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test whose host is missing, before anything is made for it."""
    for name, lacks in HOSTS.items():
        if item.get_closest_marker(name) and (reason := lacks()):
            pytest.skip(f"{name}: {reason}")


def skips(config: pytest.Config) -> collections.Counter[str]:
    """Return how many tests were skipped for each reason."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    reports = reporter.stats.get("skipped", []) if reporter else []
    return collections.Counter(each.longrepr[2].removeprefix("Skipped: ") for each in reports)


def unknown_skips(config: pytest.Config) -> list[str]:
    """Return the reasons that a run in CI may not have."""
    return [reason for reason in skips(config) if CI and not reason.startswith(KNOWN)]


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail a run in CI that skipped what it should have tried."""
    if session.exitstatus == pytest.ExitCode.OK and unknown_skips(session.config):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Write a line for each reason of skipped tests."""
    failing = unknown_skips(config)
    for reason, number in skips(config).items():
        fails = " - the run fails: this reason is not in tests/hosts.py" if reason in failing else ""
        terminalreporter.write_line(f"{number} skipped: {reason}{fails}")


@pytest.fixture(autouse=True, scope="session")
def _isolated(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Caches of the user are neither read nor written, and no request leaves this machine."""
    patch = pytest.MonkeyPatch()
    home = tmp_path_factory.mktemp("home")
    patch.setenv("SAOCTL_CACHE", str(home / "saoctl"))
    patch.setenv("HF_HOME", str(home / "huggingface"))
    patch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # the discard port: nothing listens
    patch.setenv("MPLCONFIGDIR", str(home / "matplotlib"))
    for name in ("HF_TOKEN", "HF_HUB_OFFLINE", "HF_HUB_CACHE", "NO_COLOR"):
        patch.delenv(name, raising=False)


@pytest.fixture(autouse=True, scope="session")
def _one_thread() -> None:
    """Small models gain nothing from threads, which on a busy machine wait for each other most of the time."""
    torch.set_num_threads(1)
    pytest.MonkeyPatch().setenv("OMP_NUM_THREADS", "1")  # and so in the processes that tests start


@pytest.fixture(autouse=True, scope="session")
def _parsed_once() -> None:
    """An export parses no method that another has parsed."""
    parse_once(pytest.MonkeyPatch())


@pytest.fixture(autouse=True)
def _bench_in_this_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process of bench's takes seconds to start, and no figure is read here. Fixtures of modules have processes."""
    monkeypatch.setattr(process, "ProcessPoolExecutor", InProcess)
    monkeypatch.setattr(worker, "PEAK_SIZE", worker.SMALL_SIZE)
    monkeypatch.setattr(worker, "WARM_UP_BLOCKS", 2)
    monkeypatch.setattr(paired, "MOST_PAIRS", 1)
    threads = torch.get_num_threads()
    yield
    torch.set_num_threads(threads)  # which bench sets


@pytest.fixture(autouse=True)
def _plain_executor(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """TorchScript does not specialise graphs in tests of what commands say, where it takes up to a quarter of the time.

    Nor does it load a file again that has been loaded. The tests in the other folders judge what a file computes, each
    loaded by itself, with the executor that users have.
    """
    plain = request.path.parent.name in ("basis", "bench", "cli", "convert", "frontier", "tune", "verify")
    if plain:
        load_once(monkeypatch)
    torch._C._jit_set_profiling_mode(not plain)
    yield
    torch._C._jit_set_profiling_mode(True)


def exported_config(folder: Path, name: str, architecture: OobleckArchitecture) -> Path:
    """A config of a tiny made model and its artifact, which has been exported."""
    path = folder / f"{name}.yaml"
    tree = {
        "model": {"seed": 1, "architecture": architecture.described()},
        "device": "cpu",
        "artifact": str(folder / f"{name}.ts"),
        "seconds": 0.13,  # 1040 samples: verify calls no less conclusive
        "verify": {"block_sizes": [64, 256]},
        "bench": {"devices": ["cpu"], "block_sizes": [512], "methods": ["decode"], "seconds": 0.1, "offline": False},
    }
    path.write_text(yaml.safe_dump(tree))
    loaded = config.load(str(path))
    download.run(loaded)
    export.run(loaded)
    return path


@pytest.fixture(scope="session")
def tiny_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A config of a tiny made model with ratio 8 and its artifact, which has been exported."""
    return exported_config(tmp_path_factory.mktemp("tiny"), "tiny", TINY)


@pytest.fixture(scope="session")
def decoder_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the tiny model's decoder alone."""
    return exported_config(tmp_path_factory.mktemp("decoder"), "decoder", DECODER)


@pytest.fixture(scope="session")
def encoder_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of the tiny model's encoder alone."""
    return exported_config(tmp_path_factory.mktemp("encoder"), "encoder", ENCODER)


@pytest.fixture(scope="session")
def held_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same of a model with ratio 12, whose file has a grid of 4 and holds latents for three steps."""
    return exported_config(tmp_path_factory.mktemp("held"), "held", HELD)


@pytest.fixture
def held(held_config: Path) -> Config:
    """The config of the exported model with ratio 12, loaded."""
    return config.load(str(held_config))


@pytest.fixture
def tiny(tiny_config: Path) -> Config:
    """The config of the tiny exported model, loaded."""
    return config.load(str(tiny_config))


@pytest.fixture(scope="session")
def onnx_files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """The ONNX file of each of `tests.formats.onnx_files`, also where tests run in several processes."""
    return Files(folder_of_all(tmp_path_factory, "onnx"))
