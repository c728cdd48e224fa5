"""Texts become vectors as a sentence encoder of the BERT family makes them."""

import numpy as np
from meaning.tiny_encoder import make

from sponde_server.meaning.reader import encoder
from sponde_server.meaning.reader.rows import Rows


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


def test_a_file_of_rows_gives_the_nearest_places_of_all_or_of_a_few(tmp_path):
    rows = Rows(tmp_path / "rows.f32", "mini@1", 4)
    assert rows.upto == -1
    assert rows.nearest(np.ones(4), None, 3) == []
    turned = [[1, 0, 0, 0], [0.9, 0.4, 0, 0], [0, 1, 0, 0]]
    rows.put([0, 2, 5], [np.array(one, np.float16) for one in turned], 7)
    assert [place for place, _ in rows.nearest(np.array([1, 0, 0, 0]), None, 5)] == [0, 2]
    assert [place for place, _ in rows.nearest(np.array([1, 0, 0, 0]), None, 1)] == [0]
    assert [place for place, _ in rows.nearest(np.array([1, 0, 0, 0]), [2, 5, 99], 5)] == [2]
    rows.put([0], [np.zeros(4, np.float16)], 8)
    again = Rows(tmp_path / "rows.f32", "mini@1", 4)
    assert again.upto == 8
    assert [place for place, _ in again.nearest(np.array([1, 0, 0, 0]), None, 5)] == [2]


def test_a_file_of_another_encoder_is_begun_anew(tmp_path):
    Rows(tmp_path / "rows.f32", "mini@1", 4).put([0], [np.ones(4, np.float16)], 7)
    other = Rows(tmp_path / "rows.f32", "mini@2", 4)
    assert other.upto == -1
    assert other.nearest(np.ones(4), None, 3) == []
