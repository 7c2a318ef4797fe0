import stat

import pytest
from pydantic import ValidationError

from foundation.settings import Settings


def test_the_secret_key_is_made_once_and_readable_by_us_alone(tmp_path):
    first = Settings(data_folder=tmp_path).signing_key()

    assert len(first) >= 32
    assert Settings(data_folder=tmp_path).signing_key() == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_a_given_secret_key_is_used_and_not_written_down(tmp_path):
    assert Settings(data_folder=tmp_path, secret_key="from the vault").signing_key() == "from the vault"
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_cannot_be_read_is_named(monkeypatch):
    monkeypatch.setenv("BEHIND_PROXY", "many")

    with pytest.raises(ValidationError, match="behind_proxy"):
        Settings()
