"""What an earlier release kept is read as it was meant."""

import logging
import shutil

from sponde_server.app import MIGRATIONS
from sponde_server.chat import store
from sponde_server.core.database import Database

OLD = """
INSERT INTO conversation VALUES ('c', 'Before', '2026-11-01', '2026-11-01', NULL);
INSERT INTO message VALUES
    ('m1', 'c', NULL, 'user', 'Hi', 'complete', '[]', '[]', NULL, NULL, NULL, '2026-11-01'),
    ('m2', 'c', 'm1', 'assistant', 'Hello', 'complete', '[]', '[]',
     '{"model": "tiny", "provider": "P", "address": "http://a", "is_local": true, "tokens": 3,
       "model_id": "p/tiny", "turns": [{"role": "user", "content": "Hi"}]}',
     '{"prompt_tokens": 1, "completion_tokens": 2}', NULL, '2026-11-01');
"""


async def test_receipts_that_stood_in_messages_are_kept_beside_them(tmp_path):
    early = tmp_path / "early"
    early.mkdir()
    for path in sorted(MIGRATIONS.glob("*.sql")):
        if path.name < "0009":
            shutil.copy(path, early)
    log = logging.getLogger("test")
    before = Database(tmp_path / "history.duckdb", early, log)
    await before.write(lambda con: con.execute(OLD) and None)
    await before.close()
    after = Database(tmp_path / "history.duckdb", MIGRATIONS, log)
    question, answer = await after.read(store.list_messages, "c")
    assert (question.receipt, question.kept_id, question.is_blind) == (None, "", False)
    assert (answer.receipt.model_id, answer.receipt.tokens) == ("p/tiny", 3)
    assert (answer.round_id, answer.model_id, answer.took) == ("", "", None)
    assert answer.usage.completion_tokens == 2
    receipt = await after.read(store.find_receipt, "m2")
    assert [turn.content for turn in receipt.turns] == ["Hi"]
    assert await after.read(store.find_receipt, "m1") is None
    await after.close()
