"""The folder of secrets that every process is given its own part of."""

from pathlib import Path

import pytest
import yaml

from reglament.keeping.home import Home
from reglament.stack.compose import FILE
from reglament.stack.secret_files import give, write_secrets
from shared.identity.tokens import load_private_key, load_public_key


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.open(tmp_path / "home", demonstration=True)


class TestWhenAHomeIsNew:
    def test_every_secret_of_the_compose_file_is_written(self, home: Home) -> None:
        folder = write_secrets(home)
        assert {path.name for path in folder.iterdir()} == set(yaml.safe_load(FILE.read_text())["secrets"])

    def test_nobody_else_can_enter_the_folder(self, home: Home) -> None:
        assert write_secrets(home).stat().st_mode & 0o077 == 0

    def test_an_agency_has_a_password_of_its_own(self, home: Home) -> None:
        folder = write_secrets(home, ["statistics"])
        assert len((folder / "kafka-statistics").read_text()) == 32  # 24 bytes in base64


class TestWhenTheHomeWasEmbedded:
    def test_its_digests_and_tokens_stay_valid(self, home: Home) -> None:
        folder = write_secrets(home)
        assert bytes.fromhex((folder / "secret").read_text()) == home.secret
        key = load_private_key((folder / "signing-key.pem").read_bytes())
        public = load_public_key((folder / "signing-key.pub").read_bytes())
        assert key.public_key() == public == home.public_key


class TestWhenTheyAreThere:
    def test_writing_them_again_changes_none(self, home: Home) -> None:
        before = {path.name: path.read_text() for path in write_secrets(home).iterdir()}
        assert {path.name: path.read_text() for path in write_secrets(home).iterdir()} == before

    def test_a_process_is_given_just_its_own(self, home: Home, tmp_path: Path) -> None:
        folder = write_secrets(home)
        give(folder, ["secret", "kafka-intake"], tmp_path / "given")
        give(folder, ["secret", "kafka-commission"], tmp_path / "given")
        assert {p.name for p in (tmp_path / "given").iterdir()} == {"secret", "kafka-commission"}
        assert (tmp_path / "given" / "secret").read_text() == (folder / "secret").read_text()
