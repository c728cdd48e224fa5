async def test_an_empty_workbench_has_no_activity(api):
    assert await api("GET", "/activity") == []


async def test_an_unknown_query_value_is_refused_in_a_sentence(api):
    answer = await api("GET", "/activity", limit="many")
    assert answer["status"] == 400
    assert "'many'" in answer["message"]
    assert answer["hint"]
