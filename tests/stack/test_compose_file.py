"""docker-compose.yml: valid by the Compose specification's own schema, and safe as the design asks."""

import json
import re
from importlib.resources import files
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from reglament.stack.compose import FILE, Composed, NotUnderstood, composed, interpolated
from shared.contracts.topics import SERVICES

TOLD: dict[str, Any] = yaml.safe_load(FILE.read_text())
SERVICES_TOLD: dict[str, dict[str, Any]] = TOLD["services"]
NAMES = sorted(SERVICES_TOLD)


class TestTheFile:
    def test_is_what_the_compose_schema_allows(self) -> None:
        schema = json.loads((files("check_jsonschema") / "builtin_schemas/vendor/compose-spec.json").read_text())
        assert [error.message for error in Draft202012Validator(schema).iter_errors(TOLD)] == []

    def test_has_an_interface_and_a_worker_of_every_service(self) -> None:
        expected = {f"{service}-{role}" for service in SERVICES for role in ("api", "worker")}
        assert expected | {"provision", "topics", "front"} == set(composed({}))

    def test_names_no_address_but_as_the_default_of_a_variable(self) -> None:
        for name in composed({}):
            for variable, value in SERVICES_TOLD[name]["environment"].items():
                assert re.fullmatch(r"\$\{[A-Z0-9_]+:?-[^}]*\}", str(value)), f"{name}: {variable}"

    def test_declares_every_secret_that_a_service_is_given(self) -> None:
        given = {secret for service in SERVICES_TOLD.values() for secret in service.get("secrets", [])}
        assert given == set(TOLD["secrets"])

    def test_gives_the_signing_key_to_the_one_service_that_signs(self) -> None:
        assert [n for n, s in SERVICES_TOLD.items() if "signing-key.pem" in s.get("secrets", [])] == ["intake-api"]

    @pytest.mark.parametrize("service", SERVICES)
    def test_gives_a_service_no_other_services_passwords(self, service: str) -> None:
        others = {f"{server}-{user}" for server in ("postgres", "kafka") for user in ("admin", *SERVICES)}
        others -= {f"postgres-{service}", f"kafka-{service}"}
        for role in ("api", "worker"):
            assert not others & set(composed({})[f"{service}-{role}"].secrets)


@pytest.mark.parametrize("name", NAMES)
class TestEachService:
    def test_runs_as_somebody_who_is_not_root(self, name: str) -> None:
        assert SERVICES_TOLD[name]["user"] not in ("root", "0")
        assert SERVICES_TOLD[name]["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in SERVICES_TOLD[name]["security_opt"]

    def test_writes_only_where_it_is_told(self, name: str) -> None:
        assert SERVICES_TOLD[name]["read_only"] is True

    def test_is_started_again(self, name: str) -> None:
        assert SERVICES_TOLD[name]["restart"] in ("unless-stopped", "on-failure")

    def test_has_limits(self, name: str) -> None:
        assert set(SERVICES_TOLD[name]["deploy"]["resources"]["limits"]) == {"cpus", "memory"}

    def test_waits_for_what_says_that_it_is_well(self, name: str) -> None:
        for other, how in SERVICES_TOLD[name].get("depends_on", {}).items():
            assert how["condition"] != "service_started"
            checked = "test" in SERVICES_TOLD[other].get("healthcheck", {})
            assert checked or how["condition"] == "service_completed_successfully"


class TestInterpolation:
    def test_takes_the_default_where_nothing_is_given(self) -> None:
        assert interpolated("${KAFKA:-kafka:9092}", {}) == "kafka:9092"

    def test_takes_what_is_given(self) -> None:
        assert interpolated("a ${KAFKA:-kafka:9092} b", {"KAFKA": "here:1"}) == "a here:1 b"

    def test_counts_an_empty_value_as_none_only_with_a_colon(self) -> None:
        assert interpolated("${A:-x}${A-y}", {"A": ""}) == "x"

    def test_refuses_a_variable_without_a_default(self) -> None:
        with pytest.raises(NotUnderstood, match="KAFKA"):
            interpolated("${KAFKA}", {})


class TestReadForThisMachine:
    @pytest.fixture
    def worker(self) -> Composed:
        given = {"KAFKA_BOOTSTRAP": "127.0.0.1:19092", "COMMISSION_WORKER_LISTEN": "127.0.0.1:18001"}
        return composed(given)["commission-worker"]

    def test_commands_and_secrets_are_the_files(self, worker: Composed) -> None:
        assert worker.command == ("process", "worker", "commission")
        assert worker.secrets == (
            "postgres-commission",
            "postgres-demonstration",
            "kafka-commission",
            "secret",
            "signing-key.pub",
        )

    def test_only_given_variables_differ_from_the_defaults(self, worker: Composed) -> None:
        default = composed({})["commission-worker"].environment
        assert dict(worker.environment.items() - default.items()) == {
            "KAFKA_BOOTSTRAP": "127.0.0.1:19092",
            "LISTEN": "127.0.0.1:18001",
        }

    def test_it_comes_after_migrations_and_topics(self, worker: Composed) -> None:
        done = "service_completed_successfully"
        assert worker.after == {"provision": done, "topics": done}
        assert not worker.runs_once
        assert composed({})["provision"].runs_once
