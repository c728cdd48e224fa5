"""Text that looks like a secret: found, and hidden; what only looks alike is left alone."""

import pytest

from sponde_server.tuning.leaks import find, mask

# Put together here, so that no scanner takes this file for one that holds keys.
KEYS = {
    "key": [
        "sk-" + "a1B2" * 6,
        "hf_" + "a1B2c" * 6,
        "ghp_" + "a1B2" * 9,
        "AKIA" + "ABCD1234" * 2,
        "xoxb-" + "1234567890-abc",
        "eyJ" + "a" * 12 + ".eyJ" + "b" * 12 + "." + "c" * 12,
        "AIza" + "b" * 35,
    ],
    "private key": ["-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"],
    "e-mail": ["ann.bird@mail.birds.at"],
    "card number": ["4111 1111 1111 1111"],
    "IBAN": ["AT61 1904 3002 3457 3201"],
}


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in KEYS.items() for text in texts]
)
def test_a_secret_is_found_wherever_it_stands_and_its_rest_is_hidden(kind, text):
    around = f"use {text}, please"
    (leak,) = find(around)
    assert leak.kind == kind
    assert len(leak.hint) <= 5
    assert mask(around) == f"use [{kind}], please"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ('password = "hunter2!"', 'password = "[password]"'),
        ("api_key: 'abcdef12'", "api_key: '[password]'"),
        ("postgresql://ann:pa55word@db/birds", "postgresql://ann:[password]@db/birds"),
        ("Authorization: Bearer " + "ab12" * 8, "Authorization: Bearer [key]"),
    ],
)
def test_only_the_secret_part_is_hidden(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "ann@example.com",
        'password = "your-password"',
        'token = "<token>"',
        'password = os.environ["PASSWORD"]',
        "4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "12345678901234",
        "df['Cost Total $'].sum()",
        "AT61 1904 3002 3457 3202",
        "the token is new, the key was old",
        "https://birds.at/a:b",
    ],
)
def test_what_only_looks_alike_stays(text):
    assert find(text) == []
    assert mask(text) == text


def test_two_patterns_at_one_place_count_once():
    text = 'api_key = "' + "sk-" + "a1B2" * 6 + '"'
    assert [leak.kind for leak in find(text)] == ["key"]
    assert mask(text) == 'api_key = "[key]"'
