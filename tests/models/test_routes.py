import json


async def test_a_provider_is_added_listed_checked_and_removed(api, upstream, jp_data_dir, tmp_path):
    body = {"base_url": upstream.base_url, "api_key": "sk-very-secret-1234", "name": "Mine"}
    provider = await api("POST", "/providers", body)
    assert provider["key_hint"] == "…1234"
    assert await api("GET", "/providers") == [provider]
    assert await api("POST", f"/providers/{provider['id']}/check") == provider
    models = await api("GET", "/models")
    assert [model["name"] for model in models] == ["scripted", "scripted-large"]
    chosen = await api("PUT", "/models/default", {"model_id": models[1]["id"]})
    assert chosen["is_default"] is True
    assert [m["is_default"] for m in await api("GET", "/models")] == [False, True]
    assert "very-secret" not in json.dumps([provider, models])
    kept = tmp_path / "sponde-data" / "keys.json"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert b"very-secret" not in (tmp_path / "sponde-data" / "history.duckdb").read_bytes()
    assert await api("DELETE", f"/providers/{provider['id']}") is None
    assert await api("GET", "/models") == []


async def test_a_wrong_key_is_told_at_once_in_a_sentence(api, upstream, caplog):
    body = {"base_url": upstream.base_url, "api_key": "wrong-key-9876"}
    answer = await api("POST", "/providers", body)
    assert answer["status"] == 502
    assert answer["message"].endswith("does not accept the key that ends in …9876.")
    assert answer["hint"]
    assert "wrong-key" not in caplog.text


async def test_an_address_that_cannot_be_reached_is_named(api):
    answer = await api("POST", "/providers", {"base_url": "http://127.0.0.1:9/v1"})
    assert answer["status"] == 503
    assert "http://127.0.0.1:9/v1" in answer["message"]


async def test_an_unknown_provider_is_not_found(api):
    assert (await api("DELETE", "/providers/nobody"))["status"] == 404
    assert (await api("PUT", "/models/default", {"model_id": "nobody/x"}))["status"] == 503
