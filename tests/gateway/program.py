"""A running server, as a program sees it."""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from browser.lab import TOKEN, Lab


@dataclass
class Server:
    """A running server, as a program sees it."""

    lab: Lab

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.lab.url

    def call(
        self, method: str, path: str, body: Any = None, token: str = TOKEN, **headers: str
    ) -> Any:
        """Call an address; a refusal is given as its body with the status."""
        request = urllib.request.Request(
            f"{self.url}{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={**({"Authorization": f"Bearer {token}"} if token else {}), **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
            try:
                return {"status": error.code, **json.loads(text)}
            except ValueError:
                return {"status": error.code}
        return json.loads(text) if text else None

    def make_token(self, **given: Any) -> dict[str, Any]:
        """Make a Sponde token; gives its record with the `secret`."""
        made = self.call("POST", "/sponde/api/gateway-tokens", {"name": "a program", **given})
        assert "secret" in made, made
        return {**made["token"], "secret": made["secret"]}

    def token(self, token_id: str) -> dict[str, Any]:
        """Give a token's record as it is now."""
        tokens = self.call("GET", "/sponde/api/gateway-tokens")
        return dict(next(one for one in tokens if one["id"] == token_id))
