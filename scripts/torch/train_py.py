"""Runs train.py's parts inside one process, since importing PyTorch takes longer than most jobs.

    train_py.py

Each line of standard input is a job, a JSON list, and each gets one line of JSON back.

    ["run", FILE, ARGUMENTS, FOLDER, DTYPE]     {lines, error} of `python FILE ARGUMENTS` in FOLDER, computed in float32 or float64
    ["ranks", FILE, ARGUMENTS, FOLDER, N]       the same by N processes, with the environment that torchrun gives them (Debian's own
                                                torchrun of PyTorch 1.13 does not start on Python 3.11)
"""
import contextlib
import io
import json
import os
import runpy
import subprocess
import sys
import socket
import traceback

import torch


def run(file, arguments, folder, dtype="float32"):
    said, before = io.StringIO(), os.getcwd()
    os.chdir(folder)
    torch.set_default_dtype(getattr(torch, dtype))
    sys.argv = [file, *arguments]
    try:
        with contextlib.redirect_stdout(said):
            runpy.run_path(file, run_name="__main__")
        error = None
    except (Exception, SystemExit):
        error = traceback.format_exc()
    finally:
        os.chdir(before)
    return {"lines": said.getvalue().splitlines(), "error": error}


def ranks(file, arguments, folder, count):
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]

    def start(rank):
        given = {"WORLD_SIZE": count, "RANK": rank, "LOCAL_RANK": rank, "MASTER_ADDR": "localhost", "MASTER_PORT": port, "OMP_NUM_THREADS": 1}
        environment = {**os.environ, **{name: str(value) for name, value in given.items()}}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([sys.executable, file, *arguments], cwd=folder, text=True, env=environment, **pipes)

    started = [start(rank) for rank in range(count)]
    said = [process.communicate() for process in started]
    failed = [errors for process, (_, errors) in zip(started, said) if process.returncode != 0]
    return {"lines": said[0][0].splitlines(), "error": "\n".join(failed) or None}


# Other processes compute as well: threads that wait for each other would take most of the time.
torch.set_num_threads(1)

JOBS = {"run": run, "ranks": ranks}

for line in sys.stdin:
    job, *arguments = json.loads(line)
    print(json.dumps(JOBS[job](*arguments)), flush=True)
