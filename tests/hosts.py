"""What some tests run in beside Python, and why a test is skipped where it is missing.

Each host is a marker of pytest: `-m "not chromium"` leaves out what runs in Chromium. Where Chromium is missing, the
tests that carry the marker are skipped, and the reason begins with its name.
"""

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PD = shutil.which("pd")
NN_TILDE = os.environ.get("NN_TILDE")  # the folder of nn~'s external for PureData
NN_AR = os.environ.get("NN_AR")  # the folder of nn.ar's extension for SuperCollider
SCLANG = shutil.which("sclang")
NODE = shutil.which("node")
DPF = Path(os.environ.get("DPF", "/usr/share/dpf"))
ORT_HOME = ROOT / "exports" / "onnxruntime"  # which examples/cpp/onnxruntime.sh makes
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
NEEDED_NODE = 20  # of playwright-core


def lacks_chromium() -> str | None:
    """Return what the web page cannot be driven without, or None."""
    if CHROMIUM is None:
        return "Chromium is not installed (Debian: chromium)"
    version = "0" if NODE is None else subprocess.run([NODE, "--version"], capture_output=True, text=True).stdout
    if int(version.removeprefix("v").split(".")[0] or 0) < NEEDED_NODE:
        return f"node {NEEDED_NODE} or newer is not installed"
    if not (ROOT / "examples" / "web" / "node_modules").is_dir():
        return "the page's packages are not installed (npm ci in examples/web)"
    return None


def lacks_cpp() -> str | None:
    """Return what the C++ example cannot be built without, or None. Its build looks for onnxruntime by itself."""
    missing = [name for name in ("make", "cmake", "c++") if shutil.which(name) is None]
    return f"{', '.join(missing)} not installed" if missing else None


def lacks_executorch() -> str | None:
    """Return how executorch is installed if it is not, or None."""
    return None if importlib.util.find_spec("executorch") else "pip install 'saoctl[executorch]' (half a GB)"


def lacks_nn_ar() -> str | None:
    """Return what nn.ar cannot be run without, or None."""
    return None if SCLANG and NN_AR else "NN_AR names no folder of nn.ar's extension for SuperCollider"


def lacks_nn_tilde() -> str | None:
    """Return what nn~ itself cannot be run without, or None."""
    return None if PD and NN_TILDE else "NN_TILDE names no folder of nn~'s external for PureData"


def lacks_plugin() -> str | None:
    """Return what the plug-in cannot be built without, or None."""
    programs = [name for name in ("cmake", "c++", "patch") if shutil.which(name) is None]
    files = {"dpf-source": DPF / "distrho", "libsoxr-dev": Path("/usr/include/soxr.h")}
    missing = programs + [name for name, path in files.items() if not path.exists()]
    if missing:
        return f"{', '.join(missing)} not installed"
    headers = (Path("/usr/include/onnxruntime"), ORT_HOME)
    return None if any(path.is_dir() for path in headers) else "onnxruntime has no headers (docs/onnx.md)"


def lacks_vst3() -> str | None:
    """Return how a host of VST3 is installed if it is not, or None."""
    return None if importlib.util.find_spec("pedalboard") else "pip install pedalboard"


def lacks_lv2() -> str | None:
    """Return what LV2 plug-ins are read with if it is not installed, or None."""
    return None if ctypes.util.find_library("lilv-0") else "lilv is not installed (Debian: liblilv-0-0)"


def lacks_puredata() -> str | None:
    """Return what no patch can be opened without, or None."""
    return None if PD else "PureData is not installed (Debian: puredata-core)"


def lacks_ray() -> str | None:
    """Return how ray is installed if it is not, or None."""
    return None if importlib.util.find_spec("ray") else "pip install 'saoctl[ray]'"


HOSTS: dict[str, Callable[[], str | None]] = {
    "chromium": cache(lacks_chromium),
    "cpp": cache(lacks_cpp),
    "executorch": cache(lacks_executorch),
    "nn_ar": lacks_nn_ar,
    "nn_tilde": lacks_nn_tilde,
    "plugin": cache(lacks_plugin),
    "vst3": lacks_vst3,
    "lv2": lacks_lv2,
    "puredata": lacks_puredata,
    "ray": cache(lacks_ray),
}

# In CI a skip fails the run, unless its reason begins with one of these.
KNOWN = (
    "executorch: ",  # its half a GB is installed by hand
    "nn_ar: ",  # and so are nn.ar
    "nn_tilde: ",  # and nn~, with their libtorch
    "only root can mount a disk here",  # nor can the root of most containers
    "root may write anywhere",
    "this processor packs nothing",
    "this torch has no oneDNN",
    *(f"{name}: " for name in os.environ.get("TESTS_WITHOUT", "").split()),  # what .ci/run could not install
)
