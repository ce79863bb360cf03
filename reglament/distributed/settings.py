"""What a process of a distributed installation is told: by its environment, and by files that hold secrets."""

import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field

from shared.environment import Unset, told
from shared.identity.tokens import load_private_key, load_public_key
from shared.transport.cluster import Cluster


class Settings(BaseModel):
    """Field names are the variables' names in lower case."""

    model_config = ConfigDict(frozen=True, ignored_types=(cached_property,))

    listen: str = Field("0.0.0.0:8000", pattern=r"^[^:]+:[0-9]{1,5}$", description="host:port")
    postgres_host: str = "postgres"
    postgres_port: int = 5432
    kafka_bootstrap: str = "kafka:9092"
    kafka_replication: int = Field(1, ge=1)
    secrets: Path = Path("/run/secrets")
    demo: bool = False
    otel_exporter_otlp_endpoint: str | None = None

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """Raises Unset."""
        return told(cls, environment)

    @property
    def address(self) -> tuple[str, int]:
        """Where this process answers."""
        host, _, port = self.listen.partition(":")
        return host, int(port)

    def known(self, name: str) -> str | None:
        """A secret, if this process was given it."""
        path = self.secrets / name
        return path.read_text().strip() if path.exists() else None

    def secret_of(self, name: str) -> str:
        """A secret that this process can't do without. Raises Unset."""
        if (secret := self.known(name)) is None:
            raise Unset(f"the secret {name} isn't in {self.secrets} (SECRETS)")
        return secret

    def dsn(self, database: str, user: str = "postgres") -> str:
        """Address of a database; owners have no password: the administrator takes their role. Raises Unset."""
        role = user if user.endswith("_owner") else None
        login = "postgres" if role else user
        password = self.known("postgres-admin") if login == "postgres" else self.secret_of(f"postgres-{login}")
        query = {"host": self.postgres_host, "port": self.postgres_port} | ({"role": role} if role else {})
        return f"postgresql://{login}:{quote(password or '', safe='')}@/{database}?{urlencode(query)}"

    def cluster(self, user: str) -> Cluster:
        """Kafka, as this user. Raises Unset."""
        return Cluster(self.kafka_bootstrap, user, self.secret_of(f"kafka-{user}"))

    @cached_property
    def secret(self) -> bytes:
        return bytes.fromhex(self.secret_of("secret"))

    @cached_property
    def private_key(self) -> Ed25519PrivateKey:
        return load_private_key(self.secret_of("signing-key.pem").encode())

    @cached_property
    def public_key(self) -> Ed25519PublicKey:
        return load_public_key(self.secret_of("signing-key.pub").encode())
