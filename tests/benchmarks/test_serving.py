"""What is told of a contender that runs."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from benchmarks.contenders import HELLO
from benchmarks.serving import Running

BUSY: Final = """
import os, time

def take(seconds):
    while time.process_time() < seconds:
        sum(range(10_000))

ready, done = os.pipe()
over, alive = os.pipe()
if os.fork() == 0:
    os.close(alive)  # the end of its parent is its own
    take(0.3)
    os.write(done, b".")
    os.read(over, 1)
else:
    os.read(ready, 1)
    take(0.4)
    print("done", flush=True)
    os.read(over, 1)
"""
"""A process and its child; then both live on and do nothing."""


@pytest.fixture
def running() -> Iterator[Running]:
    command = [sys.executable, "-c", BUSY]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        running = Running(contender=HELLO, port=0, parts=(process,), log=Path())
        yield running
        running.close()


def test_the_cpu_of_a_contender_is_that_of_all_its_processes(running: Running) -> None:
    own, kernel = running.cpu()

    assert 0.65 < own + kernel < 0.9
    assert own > kernel
    assert running.cpu() == (own, kernel)
