import asyncio
import shutil
from pathlib import Path

REAL = Path(__file__).parents[2] / "notebooks" / "bird_strikes.csv"


async def profiled(api, body):
    """Add a file and wait until it is known."""
    added = await api("POST", "/datasets", body)
    assert "id" in added, added
    for _ in range(3000):
        now = await api("GET", f"/datasets/{added['id']}")
        if now["status"] in ("ready", "failed"):
            return now
        await asyncio.sleep(0.05)
    raise AssertionError(now)


async def test_a_real_csv_becomes_a_dataset_with_a_profile(api, jp_root_dir):
    shutil.copy(REAL, jp_root_dir / "bird_strikes.csv")
    dataset = await profiled(api, {"path": "bird_strikes.csv"})
    assert (dataset["name"], dataset["rows"], dataset["columns"]) == ("bird_strikes", 10_000, 14)
    profile = await api("GET", f"/datasets/{dataset['id']}/profile")
    by_name = {column["name"]: column for column in profile["columns"]}
    date = by_name["Flight Date"]
    assert (date["type"], date["minimum"], date["maximum"]) == ("DATE", "1990-01-08", "2002-07-25")
    assert sum(date["histogram"]["counts"]) == 10_000
    assert by_name["Speed IAS in knots"]["nulls"] == 2836
    assert by_name["Wildlife Size"]["top"][0] == {"value": "Small", "count": 4910}
    # A word for "no value" in a text column is a value.
    assert by_name["Effect Amount of damage"]["top"][0]["value"] == "None"


async def test_sql_reads_a_dataset_by_its_name(api, jp_root_dir):
    shutil.copy(REAL, jp_root_dir / "bird_strikes.csv")
    await profiled(api, {"path": "bird_strikes.csv"})
    table = await api(
        "POST",
        "/query",
        {
            "sql": 'SELECT "Wildlife Size" AS size, count(*) AS n, max("Flight Date") AS latest '
            "FROM bird_strikes GROUP BY 1 ORDER BY n DESC; -- all",
        },
    )
    assert table["columns"] == ["size", "n", "latest"]
    assert table["rows"][0] == ["Small", 4910, "2002-07-24"]
    assert not table["truncated"]
    few = await api("POST", "/query", {"sql": "FROM bird_strikes", "limit": 3})
    assert len(few["rows"]) == 3
    assert few["truncated"]
