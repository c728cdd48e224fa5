"""Conversations are found by what they mean, with a real encoder in a process of its own."""

import numpy as np
from chat.tiny_encoder import make
from jobs.notebooks import until

from sponde_server.chat.conversations import encoder


async def test_without_an_encoder_the_way_to_one_is_said(api, talk):
    status = await api("GET", "/conversations/meaning")
    assert status["is_there"] is False
    assert "Nothing is downloaded by itself" in status["note"]


async def test_what_is_meant_is_found_where_no_word_is_the_same(api, talk, model, reader, tmp_path):
    make(tmp_path / "sponde-data" / "meaning")
    await talk.ask("The heron and the albatross?")
    other = await api("POST", "/conversations", {"title": "Other"})
    body = {"text": "Price of jets?"}
    asked = await api("POST", f"/conversations/{other['id']}/messages", body)
    await talk.ended(asked["answer"]["id"])
    status = await api("GET", "/conversations/meaning")
    assert status["is_there"] is True

    async def found(text, **more):
        page = await api("GET", "/conversations/page", text=text, by_meaning="true", **more)
        return [row["conversation"]["id"] for row in page["rows"]]

    for _ in range(400):
        if await found("gull wings") and await found("expensive aircraft"):
            break
        await api("GET", "/conversations/meaning")
    assert await found("gull wings") == [talk.id]
    assert (await found("expensive aircraft"))[0] == other["id"]
    assert await found("gull wings is:archived") == []
    page = await api("GET", "/conversations/page", text="gull", by_meaning="true")
    assert "heron" in page["rows"][0]["hit"]["passage"]
    await until(lambda: True)


def test_the_encoder_gives_vectors_of_length_one_whatever_stands_beside(tmp_path):
    made = encoder.Encoder(make(tmp_path))
    texts = ["heron", "The heron, and a very long sentence about nothing known at all " * 9]
    both = made.encode(texts)
    assert np.allclose(np.linalg.norm(both, axis=1), 1, atol=1e-5)
    assert np.allclose(made.encode(texts[:1])[0], both[0], atol=1e-5)
    near = made.encode(["heron", "Albatross", "dollars"])
    assert near[0] @ near[1] > 0.8
    assert near[0] @ near[2] < 0.6


def test_words_are_cut_into_pieces_as_bert_cuts_them():
    words = ["[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "zurich", "!", "学", "a"]
    pieces = encoder.Pieces(
        {"model": {"type": "WordPiece", "vocab": {word: at for at, word in enumerate(words)}}}
    )

    def cut(text, longest=99):
        return [words[number] for number in pieces.ids(text, longest)][1:-1]

    assert cut("UNAFFABLE Zürich!") == ["un", "##aff", "##able", "zurich", "!"]
    assert cut("a学a\u200b\n\x00a") == ["a", "学", "a", "a"]
    assert cut("unknown") == ["[UNK]"]
    assert cut("a" * 101) == ["[UNK]"]
    assert cut("a a a a", 4) == ["a", "a"]
