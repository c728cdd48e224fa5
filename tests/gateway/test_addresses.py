"""The gateway's addresses beside our own routes."""

import re

import pytest

from sponde_server.app import ROUTES
from sponde_server.core.http import handlers as own_handlers
from sponde_server.gateway.addresses import handlers
from sponde_server.gateway.openai_doors import NothingDoor

OLLAMA = ["chat", "generate", "embed", "embeddings", "tags", "show", "ps", "version", "pull"]
OPENAI = ["models", "models/a/b", "chat/completions", "completions", "embeddings"]
OURS = [re.compile(handler[0]) for handler in own_handlers(ROUTES, {})]
DOORS = [(re.compile(handler[0] + "$"), handler[1]) for handler in handlers(None)]
THEIRS = [door for door, kind in DOORS if kind is not NothingDoor]


@pytest.mark.parametrize(
    "address", [f"/sponde/api/{n}" for n in OLLAMA] + [f"/sponde/v1/{n}" for n in OPENAI]
)
def test_each_has_one_door_and_none_is_also_a_route_of_ours(address):
    assert sum(bool(door.match(address)) for door in THEIRS) == 1
    assert not [route.pattern for route in OURS if route.match(address)]


def test_no_route_of_ours_is_taken_by_a_door():
    for table in ROUTES:
        for endpoint in table.endpoints:
            address = "/sponde/api" + re.sub(r"{\w+}", "x", endpoint.path)
            assert not [door.pattern for door in THEIRS if door.match(address)], address


def test_nothing_else_of_a_models_server_is_reached():
    for path in ("/responses", "/files", "/audio/speech", "/../admin", "/v1/models", "/rerank"):
        found = [kind for door, kind in DOORS if door.match(f"/sponde/v1{path}")]
        assert found == [NothingDoor], path
