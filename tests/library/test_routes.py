def plain(saved):
    """Give a block without what only a save says."""
    return {k: v for k, v in saved.items() if k not in ("is_new", "near", "suggested_tags")}


async def test_a_block_is_saved_found_and_named(api):
    block = plain(await api("POST", "/code-blocks", {"code": "x = 1", "description": "Set x"}))
    assert block["name"] == "set_x"
    assert await api("GET", "/code-blocks") == [block]
    assert await api("GET", "/code-blocks", query="set lang:python") == [block]
    assert await api("GET", "/code-blocks", query="set ran:ok") == []
    assert await api("GET", f"/code-blocks/{block['id']}") == block
    assert await api("GET", "/code-blocks-by-name/Set-X") == block
    assert await api("GET", "/code-blocks-by-language") == [{"language": "python", "blocks": 1}]
    assert await api("POST", "/code-blocks-by-code", {"codes": ["x = 1", "y"]}) == [
        {"code": "x = 1", "block_id": block["id"], "name": "set_x"}
    ]


async def test_a_block_is_edited_and_its_revision_restored(api):
    block = await api("POST", "/code-blocks", {"code": "x = 1"})
    address = f"/code-blocks/{block['id']}"
    edited = await api("PATCH", address, {"code": "x = 2"})
    assert edited["code"] == "x = 2"
    (revision,) = await api("GET", f"{address}/revisions")
    restored = await api("POST", f"{address}/revisions/{revision['id']}/restore")
    assert restored["code"] == "x = 1"
    missing = await api("POST", f"{address}/revisions/none/restore")
    assert missing["status"] == 404
    assert missing["hint"]


async def test_a_block_is_deleted_and_restored(api):
    block = plain(await api("POST", "/code-blocks", {"code": "x = 1"}))
    address = f"/code-blocks/{block['id']}"
    assert await api("DELETE", address) is None
    assert (await api("GET", address))["status"] == 404
    assert await api("GET", "/code-blocks") == []
    assert await api("POST", f"{address}/restore") == block
    assert await api("GET", "/code-blocks") == [block]


async def test_a_use_and_its_outcome_are_noted(api):
    block = await api("POST", "/code-blocks", {"code": "x = 1"})
    address = f"/code-blocks/{block['id']}/uses"
    use = await api("POST", address, {"notebook": "a.ipynb", "cell_id": "c"})
    assert use["outcome"] == "waiting"
    done = await api(
        "PATCH", f"{address}/{use['id']}", {"outcome": "failed", "error_name": "KeyError"}
    )
    assert done["outcome"] == "failed"
    assert await api("GET", address) == [done]
    block = await api("GET", f"/code-blocks/{block['id']}")
    assert (block["uses"], block["last_outcome"], block["last_error"]) == (1, "failed", "KeyError")
    refused = await api("PATCH", f"{address}/none", {"outcome": "ok"})
    assert refused["status"] == 404


async def test_what_does_not_fit_is_refused_in_a_sentence(api):
    for method, path, body, status in [
        ("POST", "/code-blocks", {"code": " "}, 400),
        ("POST", "/code-blocks", {"code": "x", "name": "no name"}, 400),
        ("POST", "/code-blocks", {"kode": "x"}, 400),
        ("GET", "/code-blocks/none", None, 404),
        ("PATCH", "/code-blocks/none", {"code": "x"}, 404),
        ("DELETE", "/code-blocks/none", None, 404),
        ("POST", "/code-blocks/none/restore", None, 404),
        ("GET", "/code-blocks/none/revisions", None, 404),
        ("POST", "/code-blocks/none/uses", {}, 404),
        ("GET", "/code-blocks-by-name/none", None, 404),
    ]:
        answer = await api(method, path, body)
        assert answer["status"] == status, (method, path)
        assert answer["message"].endswith(".")
        assert answer["hint"]


async def test_the_cells_that_a_cell_depends_on_are_named(api):
    cells = [{"id": "a", "code": "x = 1"}, {"id": "b", "code": "print(x, y)"}]
    said = await api("POST", "/cell-needs", {"cell_id": "b", "cells": cells})
    assert said["cells"] == [{"id": "a", "names": ["x"]}]
    assert (said["names"], said["missing"]) == (["x", "y"], ["y"])


async def test_many_blocks_are_changed_and_undone_in_one_request_each(api):
    blocks = [await api("POST", "/code-blocks", {"code": f"x = {number}"}) for number in range(2)]
    wanted = {"deed": "remove", "block_ids": [block["id"] for block in blocks]}
    done = await api("POST", "/code-blocks-many", wanted)
    assert await api("GET", "/code-blocks") == []
    deleted = await api("GET", "/code-blocks-deleted")
    assert deleted["total"] == 2
    assert deleted["blocks"][0]["gone_at"] > deleted["blocks"][0]["removed_at"]
    await api("POST", f"/code-blocks-many/{done['id']}/undo")
    assert len(await api("GET", "/code-blocks")) == 2
    refused = await api("POST", f"/code-blocks-many/{done['id']}/undo")
    assert refused["status"] == 409
