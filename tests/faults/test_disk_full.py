"""The disk under the databases is full: commands are answered so, nothing is acknowledged that isn't kept."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.stores import ROOT

NAMESPACE = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]


def test_all_goes_on_when_there_is_space_again(tmp_path: Path) -> None:
    if subprocess.run([*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True).returncode:
        pytest.skip("A FULL DISK ISN'T TRIED: neither root's mounts nor user namespaces are allowed here")
    command = [*NAMESPACE, sys.executable, "-m", "tests.faults.small_disk", str(tmp_path)]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=200)
    assert ran.returncode == 0, ran.stderr[-5000:]
    found = json.loads(ran.stdout.splitlines()[-1])
    print(found)
    assert found["wrong"] == []
    assert found["retry_after"] == ["2"]
    assert all(found["unavailable"])
