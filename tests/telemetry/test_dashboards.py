"""What stands in deploy/ for those who watch: queries that parse, alerts that say what to do, names that there are."""

from collections import Counter
from typing import Any

import pytest
import yaml

from shared.telemetry.metrics import REGISTRY
from tests.telemetry.queries import DEPLOY, alerts, panels, rules, selectors

COMPOSE: Any = yaml.safe_load((DEPLOY.parent / "docker-compose.yml").read_text())
SCRAPED: Any = yaml.safe_load((DEPLOY / "prometheus" / "prometheus.yml").read_text())
COLLECTOR: Any = yaml.safe_load((DEPLOY / "collector" / "config.yaml").read_text())


@pytest.mark.parametrize("query", [*panels(), *alerts()])
def test_a_query_parses_and_selects_something(query: str) -> None:
    assert selectors(query)


def test_every_metric_is_shown_or_watched() -> None:
    asked = {s.name for query in (*panels(), *alerts()) for s in selectors(query)}
    ours = [family.name for family in REGISTRY.collect() if family.name.startswith("reglament_")]
    unseen = [name for name in ours if not {name, *(f"{name}_{end}" for end in ("total", "bucket", "count"))} & asked]
    assert unseen == []


class TestAnAlert:
    def test_has_a_name_of_its_own(self) -> None:
        names = Counter(rule["alert"] for group in rules()["groups"] for rule in group["rules"])
        assert [name for name, count in names.items() if count > 1] == []

    def test_says_how_bad_and_what(self) -> None:
        for group in rules()["groups"]:
            for rule in group["rules"]:
                assert rule["labels"]["severity"] in ("warning", "critical")
                assert "{{" in rule["annotations"]["summary"]


def test_prometheus_asks_every_process_of_ours() -> None:
    ours = {name for name, service in COMPOSE["services"].items() if "LISTEN" in service.get("environment", {})}
    [job] = SCRAPED["scrape_configs"]
    assert {name for found in job["dns_sd_configs"] for name in found["names"]} == ours


def test_processes_send_spans_where_the_collector_listens() -> None:
    listens = COLLECTOR["receivers"]["otlp"]["protocols"]["http"]["endpoint"]
    for name in ("intake-api", "notification-worker", "front"):
        sends = COMPOSE["services"][name]["environment"]["OTEL_EXPORTER_OTLP_ENDPOINT"]
        assert sends.rstrip("}").endswith(f"http://collector:{listens.rpartition(':')[2]}")
    assert "collector" in COMPOSE["services"]


def test_every_part_of_the_collectors_pipeline_is_described() -> None:
    for pipeline in COLLECTOR["service"]["pipelines"].values():
        for part, names in pipeline.items():
            assert set(names) <= set(COLLECTOR[part])
