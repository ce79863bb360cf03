"""`reglament due`, as a person or a program types it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).with_name("reglament")


def due(*arguments: str, lines: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, "due", *arguments], input=lines, capture_output=True, text=True)


class TestAMomentAndATerm:
    def test_are_answered_with_the_instant_and_why(self) -> None:
        """12:50 in Almaty: ten minutes to the break, ten after it."""
        told = due("2019-09-02T12:50+06:00", "20m").stdout.splitlines()
        assert told[0] == "2019-09-02T14:40:00+06:00"
        assert "  Term: 20 minutes" in told

    def test_without_its_term_is_an_error_that_says_how(self) -> None:
        answered = due("2019-09-02T12:50+06:00")
        assert answered.returncode == 2
        assert "3wd" in answered.stderr


class TestAProvider:
    def test_gives_its_zone(self) -> None:
        """Monday 2 September 2019, 09:30 in Atyrau (+05): one hour."""
        told = due("2019-09-02T09:30+05:00", "1h", "--provider", "atyrau-entrepreneurship").stdout.splitlines()
        assert told[0] == "2019-09-02T10:30:00+05:00"

    def test_with_hours_of_its_own_has_them_counted(self, tmp_path: Path) -> None:
        """Tobyl's department works from 08:00 to 17:00, also on Saturdays: one working day from Friday 5 February 2021."""
        act = shutil.copytree(Path(__file__).parent / "tobyl-2021", tmp_path / "tobyl-2021") / "act.yaml"
        hours = '{week: [mon, tue, wed, thu, fri, sat], hours: ["08:00", "17:00"], break: ["12:00", "13:00"], assumed: true}'
        act.write_text(f"{act.read_text()}working_time: {{tobyl-entrepreneurship: {hours}}}\n")
        known = {**os.environ, "REGLAMENT_REGULATIONS": str(tmp_path)}
        asked = [str(COMMAND), "due", "2021-02-05T10:00+06:00", "1wd", "--provider", "tobyl-entrepreneurship"]
        answered = subprocess.run(asked, env=known, capture_output=True, text=True)
        told = answered.stdout.splitlines()
        assert told[0] == "2021-02-06T17:00:00+06:00", answered.stderr
        assert "  Working time of the provider: 08:00–17:00, break 12:00–13:00" in told

    def test_that_nobody_knows_is_an_error_that_lists_those_known(self) -> None:
        answered = due("2019-09-02T12:50+06:00", "20m", "--provider", "nobody")
        assert answered.returncode == 2
        assert "karaganda-region" in answered.stderr


class TestLinesOfJson:
    def test_are_answered_one_by_one_and_a_bad_one_does_not_stop_the_rest(self) -> None:
        """Friday 6 September 2019, one working day: Monday 9, 18:30."""
        good = '{"zone": "Asia/Almaty", "from": "2019-09-06T04:00Z", "term": {"working_days": 1}}'
        answered = due("--json", lines=f"{good}\nnonsense\n\n{good}\n")
        told = [json.loads(line) for line in answered.stdout.splitlines()]
        assert [t.get("due") for t in told] == ["2019-09-09T18:30:00+06:00", None, "2019-09-09T18:30:00+06:00"]
        assert told[1]["error"].startswith("line 2:")
        assert answered.returncode == 2
