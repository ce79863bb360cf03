"""`python -m tests.benchmarks [--only append,steps] [--quick]`: measure, and write what was measured into RESULTS.md."""

import argparse
import asyncio
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path

import uvloop

from reglament.loaded import everything_is_loaded
from shared.telemetry.log import configure_logging
from tests.benchmarks.frame import Report, Scale
from tests.benchmarks.machine import machine
from tests.benchmarks.results import page

ROWS = (
    "append",
    "steps",
    "http",
    "latency",
    "wire",
    "rebuild",
    "sockets",
    "growth",
    "overload",
    "sweep",
    "scoring",
    "cold",
)
RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> int:
    given = _arguments()
    configure_logging(level=50)
    chosen = [name for name in ROWS if given.only in ("", name) or name in given.only.split(",")]
    about, reports = machine(), list[Report | str]()
    for name in chosen:
        reports.append(_measured(name, Scale(quick=given.quick)))
        if not given.quick:
            RESULTS.write_text(page(about, reports, RESULTS.read_text() if RESULTS.exists() else ""))
    print(page(about, reports))
    return 1 if any(isinstance(report, str) for report in reports) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks")
    parser.add_argument("--only", default="", help=f"some of {','.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="a few minutes: shows that everything works")
    return parser.parse_args()


def _measured(name: str, scale: Scale) -> Report | str:
    """A row that fails is told as failed, and the others are measured."""
    print(f"{time.strftime('%H:%M:%S')} {name} …", file=sys.stderr, flush=True)
    try:
        measure = import_module(f"tests.benchmarks.{name}").measure
        everything_is_loaded()  # as in the product's processes
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            report: Report = runner.run(measure(scale))
            return report
    except Exception as error:
        traceback.print_exc()
        return f"{name}: not measured ({type(error).__name__})"


if __name__ == "__main__":
    sys.exit(main())
