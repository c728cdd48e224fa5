"""Files whose names say that they hold secrets."""

import pytest

from sponde_server.tools.confidential import is_confidential


@pytest.mark.parametrize(
    "path",
    [
        ".env", "a/.env.local", "prod.env", "keys/server.key", "cert.pem",
        "id_rsa", "id_ed25519.pub",
        ".ssh/config", "home/.aws/config", ".netrc", "credentials.json", "my_secrets.yaml",
        "passwords.txt", "api_key.txt", "jpserver-123.json", ".git-credentials", ".pypirc", "A.PEM",
        "x\\.ssh\\known_hosts", "auth_token", "keys.json",
    ],
)  # fmt: skip
def test_what_holds_keys_is_known_by_its_name(path):
    assert is_confidential(path)


@pytest.mark.parametrize(
    "path", ["", "notes.md", "a/b/sales.csv", "environment.yml", "keyboard.py", "src/main.py"]
)
def test_what_does_not_is_left_alone(path):
    assert not is_confidential(path)
