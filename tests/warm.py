"""Commands of saoctl in forks of a process that has loaded torch, which takes most of the time of a short command.

`[*warm.saoctl(), "info", "a.ts"]` is what `saoctl info a.ts` is, in a process of its own with its own environment,
working folder and standard streams, and dies if that is killed. What torch reads of its environment, what other signals
do and what is loaded is not as in `python -m saoctl`, with which tests of these begin.

`[*warm.saoctl_without_torch(), "--help"]` is the same where importing torch is an error.
"""

import array
import functools
import json
import os
import socket
import sys

MOST = 1 << 20  # bytes of a request
STREAMS = (0, 1, 2)


@functools.cache
def saoctl(serve: str = "--serve") -> list[str]:
    """Return how a command begins, and start what it is forked from; that ends with this process."""
    import atexit
    import subprocess
    import tempfile
    from pathlib import Path

    folder = tempfile.TemporaryDirectory(prefix="saoctl-warm-")
    atexit.register(folder.cleanup)
    address = str(Path(folder.name) / "socket")
    server = subprocess.Popen([sys.executable, __file__, address, serve], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return [sys.executable, "-IS", __file__, address]


def saoctl_without_torch() -> list[str]:
    """Return the same for commands that cannot import torch."""
    return saoctl("--serve-without-torch")


def ask(address: str, arguments: list[str]) -> int:
    """Let the server fork a command with what this process has, and return its exit code; below 0 for a signal's."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as connection:
        connection.connect(address)
        folder = os.getcwd()  # noqa: PTH109 # to load pathlib takes longer than all else here
        request = {"arguments": arguments, "environment": dict(os.environ), "folder": folder}
        streams = array.array("i", STREAMS)
        connection.sendmsg([json.dumps(request).encode()], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
        return int(connection.recv(64))


def serve(address: str, with_torch: bool) -> bool:
    """Fork a command for each request until standard input ends; return whether this process is such a fork."""
    import gc
    import select
    import signal

    if with_torch:
        import torch  # noqa: F401
    else:
        sys.modules["torch"] = None  # type: ignore[assignment] # importing it is an error now

    import saoctl.cli.app  # noqa: F401

    gc.freeze()  # nothing of it is looked through, and so copied, in forks
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that have answered
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listening:
        listening.bind(address)
        listening.listen()
        print("ready", flush=True)
        while sys.stdin not in select.select([listening, sys.stdin], [], [])[0]:
            connection, _ = listening.accept()
            with connection:
                if os.fork() == 0:
                    listening.close()
                    return answer(connection)
    return False


def answer(connection: socket.socket) -> bool:
    """Be the command of a request, in another fork, or wait for that and tell its exit code."""
    import select
    import signal

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    streams = array.array("i", STREAMS)
    message, [(_, _, sent)], _, _ = connection.recvmsg(MOST, socket.CMSG_SPACE(len(streams) * streams.itemsize))
    if (process := os.fork()) != 0:
        if connection.fileno() in select.select([connection.fileno(), os.pidfd_open(process)], [], [])[0]:
            os.kill(process, signal.SIGKILL)  # as who asks was
        connection.send(str(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])).encode())
        os._exit(0)
    streams = array.array("i", sent)
    for number, stream in zip(STREAMS, streams, strict=True):
        os.dup2(stream, number)
        os.close(stream)
    request = json.loads(message)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["folder"])
    sys.path[0], sys.argv = request["folder"], ["saoctl", *request["arguments"]]
    # Their buffering and encoding depend on what they are now.
    forms = ("stdin", "r", None), ("stdout", "w", None), ("stderr", "w", "backslashreplace")
    for number, (name, mode, errors) in enumerate(forms):
        setattr(sys, name, open(number, mode, closefd=False, errors=errors))  # noqa: SIM115
    return True


if __name__ == "__main__":
    if sys.argv[2:] not in (["--serve"], ["--serve-without-torch"]):
        sys.exit(ask(sys.argv[1], sys.argv[2:]))
    if serve(sys.argv[1], with_torch=sys.argv[2] == "--serve"):
        import runpy

        runpy.run_module("saoctl", run_name="__main__")
