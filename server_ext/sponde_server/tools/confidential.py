"""Files whose names say that they hold secrets: those are asked about each time. Pure."""

import re
from pathlib import PurePosixPath

_NAMES = re.compile(
    r"""
    \.env(\..*)?|.*\.env | .*\.(pem|key|p12|pfx|jks|keystore|kdbx|asc|gpg|ppk|ovpn)
    | id_(rsa|dsa|ecdsa|ed25519).* | \.?netrc | \.pgpass | \.htpasswd | \.npmrc | \.pypirc
    | \.git-credentials | \.?(aws_?)?credentials?(\..*)? | kubeconfig | .*kube.*config.*
    | .*(secret|passwo?r[dt]|passwd|token|apikey|api[_-]?key|private[_-]?key).*
    | jpserver-.*\.json | kernel-.*\.json | server\.json | keys\.json | shadow
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FOLDERS = {
    ".ssh", ".gnupg", ".aws", ".azure", ".kube", ".docker", ".gcloud", ".password-store",
    "secrets", ".secrets",
}  # fmt: skip


def is_confidential(path: str) -> bool:
    """Whether a path looks as if it held keys or passwords."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts:
        return False
    return bool(_NAMES.fullmatch(parts[-1])) or any(part.lower() in _FOLDERS for part in parts[:-1])
