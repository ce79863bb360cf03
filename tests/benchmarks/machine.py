"""What was measured on."""

import os
import platform
import subprocess
import tempfile
import time
from importlib.metadata import version
from pathlib import Path
from statistics import median

from deploy.kafka.jars import LIBS, java
from deploy.postgres.binaries import ENVIRONMENT, binary

PACKAGES = ("asyncpg", "aiokafka", "fastapi", "uvicorn", "pydantic", "faststream")


def machine() -> dict[str, str]:
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{_memory():.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "disk": f"{1000 * synced():.2f} ms for fdatasync after 8 KB",
        "Python": f"{platform.python_version()}; {', '.join(f'{p} {version(p)}' for p in PACKAGES)}",
        "PostgreSQL": _said([str(binary("postgres")), "--version"]).split()[-1],
        "Kafka": f"{_kafka()}, Java {_java()}",
    }


def synced(tries: int = 200) -> float:
    """Seconds until a page is on the disk where the databases lie: the median."""
    took = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(tries):
            file.write(b"x" * 8192)
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    return median(took)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _kafka() -> str:
    found = sorted(LIBS.glob("kafka-clients-*.jar"))
    return found[0].stem.removeprefix("kafka-clients-") if found else "not fetched"


def _java() -> str:
    told = subprocess.run([java(), "-version"], capture_output=True, text=True).stderr
    return told.split('"')[1] if '"' in told else told.strip()


def _said(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, env=ENVIRONMENT).stdout.strip()
