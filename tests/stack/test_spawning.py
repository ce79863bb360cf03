"""What the supervisor loads once and forks must hold nothing that two processes can't both have."""

import subprocess
import sys

LOAD = """
import os, sys, threading
before = set(os.listdir("/proc/self/fd"))
import reglament.cli, reglament.distributed.processes
print(threading.active_count(), len(set(os.listdir("/proc/self/fd")) - before))
"""


class TestWhenTheCodeIsLoaded:
    def test_no_thread_runs_and_no_file_or_connection_is_open(self) -> None:
        done = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True)
        assert done.stdout.split() == ["1", "0"], done.stderr
