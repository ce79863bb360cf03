"""What a process of a distributed installation takes from its environment and its secrets."""

from pathlib import Path

import asyncpg
import pytest

from deploy.postgres.embedded import EmbeddedPostgres
from deploy.postgres.provision import provision
from reglament.distributed.settings import Settings
from shared.environment import Unset


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    (tmp_path / "postgres-intake").write_text("p@ss/word:?\n")
    (tmp_path / "kafka-intake").write_text("another\n")
    return tmp_path


class TestWhenTheEnvironmentIsWhole:
    def test_an_empty_variable_counts_as_unset(self) -> None:
        assert Settings.of({"LISTEN": "", "DEMO": ""}) == Settings()

    def test_zero_means_no_demonstration(self) -> None:
        assert not Settings.of({"DEMO": "0"}).demo

    def test_the_address_is_split(self) -> None:
        assert Settings.of({"LISTEN": "127.0.0.1:8123"}).address == ("127.0.0.1", 8123)

    def test_kafka_is_spoken_to_with_the_services_own_password(self, secrets: Path) -> None:
        cluster = Settings.of({"SECRETS": str(secrets), "KAFKA_BOOTSTRAP": "one:1"}).cluster("intake")
        assert (cluster.bootstrap, cluster.user, cluster.password) == ("one:1", "intake", "another")


class TestWhenSomethingIsMissingOrWrong:
    def test_an_address_without_a_port_is_named(self) -> None:
        with pytest.raises(Unset, match="LISTEN"):
            Settings.of({"LISTEN": "localhost"})

    def test_a_secret_that_was_not_given_is_named_and_where_it_is_looked_for(self, secrets: Path) -> None:
        with pytest.raises(Unset, match=f"kafka-commission isn't in {secrets}"):
            Settings.of({"SECRETS": str(secrets)}).cluster("commission")


class TestWhenRolesHavePasswords:
    async def test_a_service_reaches_its_database_and_the_administrator_acts_as_an_owner(
        self, secrets: Path, postgres: EmbeddedPostgres
    ) -> None:
        await provision(postgres, ["intake"], {"intake": "p@ss/word:?"})
        settings = Settings.of({"SECRETS": str(secrets), "POSTGRES_HOST": str(postgres.socket)})
        who = {}
        for user in ("intake", "intake_owner"):
            connection = await asyncpg.connect(settings.dsn("reglament_intake", user))
            who[user] = await connection.fetchval("select (session_user || ' as ' || current_user)::text")
            await connection.close()
        assert who == {"intake": "intake as intake", "intake_owner": "postgres as intake_owner"}
