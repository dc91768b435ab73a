"""Files over a Ray cluster become what they become here, whatever happens to its workers."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
import soundfile

from saoctl.convert import cluster
from saoctl.convert.choices import Converted
from saoctl.convert.cluster import share
from saoctl.convert.jobs import Job
from saoctl.errors import ConfigError, WeightsError
from tests import warm
from tests.convert.copier import copier, without_weights
from tests.listeners import Warned

HANGS = 240  # seconds
FILES, SAMPLES, RATE = 24, 24_000, 8000

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ray's workers are found by the names of their processes")


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cluster that happens to be there is joined."""
    monkeypatch.delenv("RAY_ADDRESS", raising=False)


@pytest.fixture
def no_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ray finds no cluster on this machine, whatever else runs here."""
    import ray

    init = ray.init

    def init_alone(address: str, **options: Any) -> Any:
        if address == "auto":
            raise ConnectionError("Could not find any running Ray instance.")
        return init(address=address, **options)

    monkeypatch.setattr(ray, "init", init_alone)


@pytest.mark.ray
def test_nothing_is_lost_nothing_is_there_twice_and_what_cannot_be_done_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_cluster: None
) -> None:
    """In a cluster that is started for it, and ends with it."""
    import ray

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(cluster, "RETRIES", 1)  # a worker takes seconds to start anew
    names = ["a", "fatal", "b", "broken", "deadly", "c", "d"]
    for name in names:
        Path(f"{name}.in").write_text(name)
    jobs, heard = [Job(Path(f"{name}.in"), Path(f"out/{name}")) for name in names], Warned()
    with cluster.workers(copier, "cpu", 2, heard) as pool:
        assert pool.running.workers == 2
        found = [(job.given.stem, outcome) for job, outcome in pool.results(jobs, heard)]
    assert not ray.is_initialized()
    assert sorted(name for name, _ in found) == sorted(names)
    outcomes = dict(found)
    good = {name for name, outcome in outcomes.items() if isinstance(outcome, Converted)}
    assert good == {"a", "b", "c", "d", "fatal"}
    assert str(outcomes["broken"]) == "broken.in is broken. Mend it."
    assert "each worker that had it died" in str(outcomes["deadly"])
    assert {path.name: path.read_text() for path in Path("out").iterdir()} == {name: name for name in good}
    assert sorted(heard.warnings) == sorted(f"{name}.in was copied" for name in good)


@pytest.mark.ray
def test_a_cluster_that_cannot_be_reached_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", "no address at all")
    with (
        pytest.raises(ConfigError, match="no address at all cannot be joined"),
        cluster.workers(copier, "cpu", 1, Warned()),
    ):
        pass


def test_without_ray_it_is_said_how_to_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with (
        pytest.raises(ConfigError, match=r"pip install 'saoctl\[ray\]'"),
        cluster.workers(copier, "cpu", 1, Warned()),
    ):
        pass


@pytest.mark.parametrize(
    ("cores", "number", "each"), [([8], 1, 8), ([8], 3, 2), ([8, 4], 3, 4), ([4, 6], 2, 4), ([2, 0], 2, 1), ([], 1, 0)]
)
def test_workers_share_the_cores(cores: list[int], number: int, each: int) -> None:
    assert share(cores, number) == each


def music(folder: Path) -> Path:
    """A folder of noise, each file another."""
    folder.mkdir()
    for number in range(FILES):
        noise = 0.2 * np.random.default_rng(number).standard_normal((SAMPLES, 2))
        soundfile.write(folder / f"{number:02}.wav", noise.astype("float32"), RATE, subtype="FLOAT")
    return folder


def file_workers() -> Iterator[psutil.Process]:
    """Return the workers that convert files, of the cluster that this process has started."""
    for each in psutil.Process().children(recursive=True):
        try:
            if "ray::FileWorker" in " ".join(each.cmdline()):
                yield each
        except psutil.Error:
            continue


@pytest.fixture(scope="class")
def joined() -> Iterator[str]:
    """The address of a cluster with two cores and two GPUs, as Ray is told, which this process has joined."""
    import ray

    context = ray.init(address="local", num_cpus=2, num_gpus=2, include_dashboard=False, log_to_driver=False)
    yield context.address_info["gcs_address"]
    ray.shutdown()


@pytest.mark.ray
class TestInAClusterThatIsThere:
    def test_where_there_are_gpus_each_has_a_worker(self, joined: str) -> None:
        for device, number in (("auto", 2), ("cpu", 1)):
            with cluster.workers(copier, device, None, Warned()) as pool:
                assert pool.running.workers == number

    def test_a_worker_that_cannot_load_the_model_says_so_as_it_would_here(self, joined: str) -> None:
        with (
            pytest.raises(WeightsError, match="The weights are not here") as raised,
            cluster.workers(without_weights, "cpu", 1, Warned()),
        ):
            pass
        assert raised.value.hint == "Run saoctl download."

    @pytest.mark.parametrize(
        ("device", "count", "words"),
        [("cpu", 4097, "4097 workers are too many"), ("cuda", None, "has no GPUs")],
    )
    def test_what_the_cluster_has_not_is_refused(
        self, joined: str, device: str, count: int | None, words: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        import ray

        monkeypatch.setattr(ray, "nodes", lambda: [{"Alive": True, "Resources": {"CPU": 2.0}}])
        with pytest.raises(ConfigError, match=words), cluster.workers(copier, device, count, Warned()):
            pass
        assert ray.is_initialized()

    def test_two_workers_of_which_one_is_killed_write_what_one_process_writes(
        self, joined: str, tmp_path: Path, tiny_config: Path
    ) -> None:
        folder = music(tmp_path / "music")
        command = [*warm.saoctl(), "encode", str(folder), "-c", str(tiny_config), "--block-seconds", "0.05", "-o"]
        subprocess.run([*command, str(tmp_path / "here"), "-q"], check=True, timeout=HANGS)
        report = tmp_path / "report.json"
        more = ["--engine", "ray", "--workers", "2", "--report", str(report), "--json"]
        killed = False
        with subprocess.Popen(
            [*command, str(tmp_path / "there"), *more],
            env={**os.environ, "RAY_ADDRESS": joined},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            until = time.monotonic() + HANGS
            while process.poll() is None and not killed and time.monotonic() < until:
                if len(list((tmp_path / "there").rglob("*.safetensors"))) >= 3:
                    worker = next(file_workers(), None)
                    if worker is not None:
                        worker.send_signal(signal.SIGKILL)
                        killed = True
                time.sleep(0.01)
            out, err = process.communicate(timeout=HANGS)
        assert killed, f"the command ended first: {out}{err}"
        assert process.returncode == 0, err
        told = json.loads(out)
        assert (told, told["workers"]) == (json.loads(report.read_text()), 2)
        here, there = ({path.name: path.read_bytes() for path in (tmp_path / of).iterdir()} for of in ("here", "there"))
        assert len(here) == FILES
        assert here == there
