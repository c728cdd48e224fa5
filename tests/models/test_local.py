from pathlib import Path

TINY = Path(__file__).parents[1] / "model"


async def test_what_is_here_is_asked_by_default_only_where_nothing_is_connected_and_no_adapter(
    api, jp_serverapp, upstream
):
    [app] = jp_serverapp.extension_manager.extension_apps["sponde_server"]
    await app.registry.register_folder(TINY / "tiny-analyst", name="tiny")
    await app.registry.register_folder(TINY / "tiny-analyst-sql", name="a-sql", base="tiny")

    async def default():
        return next(one["name"] for one in await api("GET", "/models") if one["is_default"])

    assert {one["id"] for one in await api("GET", "/models")} == {"local/tiny", "local/a-sql"}
    assert await default() == "tiny"
    await api("POST", "/providers", {"base_url": upstream.base_url})
    assert await default() == "scripted"
