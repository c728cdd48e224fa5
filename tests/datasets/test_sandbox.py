"""SQL from a person or a model reads datasets, and nothing else, whatever it tries."""

import asyncio
import os
from pathlib import Path

import duckdb
import pytest

from sponde_server.core.errors import Forbidden, Invalid, SpondeError, TooLarge
from sponde_server.datasets.sandbox.child import open_locked
from sponde_server.datasets.sql.ask import ask


@pytest.fixture
def known(run, take, root):
    """Register a dataset `file`, and lay a file beside it that is none."""
    (root / "secret.csv").write_text("password\nhunter2\n")
    run(take("a,b\n1,2\n3,4\n"))


ESCAPES = [
    "SELECT * FROM '{root}/secret.csv'",
    "SELECT * FROM read_csv('{root}/secret.csv')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM read_blob('{root}/secret.csv')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')",
    "SELECT * FROM 's3://bucket/x.parquet'",
    "SELECT * FROM sniff_csv('{root}/secret.csv')",
    "SELECT * FROM read_csv('{root}/file.csv')",
    "COPY (SELECT 1) TO '{root}/out.csv'",
    "COPY (SELECT 1) TO '{root}/file.csv'",
    "EXPLAIN ANALYZE COPY (SELECT 1) TO '{root}/out.csv'",
    "ATTACH '{root}/out.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '100GB'",
    "PRAGMA threads=64",
    "CALL enable_logging(storage='file', storage_path='{root}/logs')",
    "SELECT * FROM enable_logging(storage='file', storage_path='{root}/logs')",
    "CREATE TABLE t AS SELECT 1",
    "CREATE MACRO m() AS TABLE SELECT 1",
    "DROP VIEW file",
    "WITH gone AS (DELETE FROM file RETURNING *) SELECT * FROM gone",
    "EXPORT DATABASE '{root}/out'",
    "SELECT 1; SELECT 2",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT * FROM query_table('duckdb_settings')",
    "SELECT * FROM duckdb_settings()",
    "SELECT * FROM duckdb_secrets()",
    "SELECT * FROM arrow_scan(1, 2, 3)",
    "SELECT * FROM pandas_scan(1)",
    "SELECT * FROM (SELECT * FROM read_text('/etc/passwd')) AS inner_one",
    "SELECT (SELECT content FROM read_text('/etc/passwd'))",
    "SELECT 1) TO '{root}/out.csv'; --",
    "SELECT * FROM file) AS x, read_text('/etc/passwd') AS y(c0, c1) --",
]
MORE = [
    # Files, also those of other people, by every way to name one.
    "SELECT * FROM read_csv_auto('{root}/*.csv')",
    "SELECT * FROM read_json('{root}/secret.csv')",
    "SELECT * FROM read_parquet('{root}/x.parquet')",
    "SELECT * FROM parquet_metadata('{root}/x.parquet')",
    "SELECT * FROM glob('{root}/**')",
    "FROM '{root}/../**/*.csv'",
    'SELECT * FROM "/etc/passwd"',
    "SELECT * FROM file WHERE b IN (SELECT content FROM read_text('{root}/secret.csv'))",
    "SELECT (FROM read_blob('/proc/self/environ') SELECT content)",
    "SUMMARIZE '{root}/secret.csv'",
    "DESCRIBE '{root}/secret.csv'",
    "COPY file TO '{root}/out.parquet' (FORMAT parquet)",
    "COPY file FROM '{root}/secret.csv'",
    "EXPLAIN ANALYZE SELECT * FROM read_text('/etc/passwd')",
    "WITH t AS MATERIALIZED (SELECT * FROM read_text('/etc/passwd')) FROM t",
    "FROM file POSITIONAL JOIN read_text('/etc/passwd')",
    "PIVOT (SELECT * FROM read_text('/etc/passwd')) ON filename IN ('x') USING count(*)",
    # The network.
    "SELECT * FROM 'https://example.org/x.csv'",
    "SELECT * FROM read_parquet('s3://bucket/x.parquet')",
    "SELECT * FROM read_text('http://169.254.169.254/latest/meta-data')",
    "ATTACH 'https://example.org/x.db'",
    "COPY (SELECT 1) TO 'http://127.0.0.1:1/x'",
    # Extensions.
    "INSTALL spatial FROM community",
    "FORCE INSTALL httpfs FROM 'http://127.0.0.1:1'",
    "LOAD '{root}/x.duckdb_extension'",
    "UPDATE EXTENSIONS",
    # Settings, secrets, the server.
    "SET enable_external_access = true",
    "SET GLOBAL allowed_paths = ['/']",
    "RESET lock_configuration",
    "PRAGMA enable_profiling='json'",
    "PRAGMA database_list",
    "SELECT current_setting('allowed_paths')",
    "SELECT current_setting(name) FROM (SELECT 'temp_directory' AS name)",
    "SELECT getenv('HOME')",
    "SELECT getvariable('x')",
    "SELECT a, current_query() FROM file",
    "SELECT * FROM duckdb_views",
    "SELECT sql FROM duckdb_views()",
    "SELECT * FROM sqlite_master",
    "SELECT * FROM information_schema.tables",
    "SELECT * FROM pg_catalog.pg_views",
    "SELECT pg_get_viewdef(1)",
    "SELECT * FROM duckdb_settings() WHERE name = 'temp_directory'",
    "CREATE SECRET s (TYPE s3)",
    "SELECT * FROM which_secret('s3://x', 's3')",
    "SELECT * FROM duckdb_temporary_files()",
    "SELECT * FROM duckdb_logs()",
    "SELECT * FROM pragma_database_size()",
    # What writes, in whatever clothes.
    "INSERT INTO file VALUES (5, 6)",
    "UPDATE file SET a = 1",
    "MERGE INTO file USING file AS f ON true WHEN MATCHED THEN DELETE",
    "CREATE OR REPLACE VIEW file AS SELECT 1",
    "CREATE SEQUENCE s",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "CHECKPOINT",
    "BEGIN",
    "USE memory",
    "DETACH memory",
    "IMPORT DATABASE '{root}'",
    "VACUUM",
    "COMMENT ON VIEW file IS 'x'",
    "SELECT * FROM json_execute_serialized_sql('x')",
    "SELECT json_execute_serialized_sql('x')",
    # A name in parts is put together to a file's.
    'FROM "/etc/passwd".csv',
    'FROM "{root}/secret".csv',
    'FROM "*".csv',
    'FROM "../*".csv',
    'FROM "http://127.0.0.1:1/x".csv',
    'DESCRIBE "{root}/secret".csv',
    "FROM file.csv",
    "FROM memory.secret.csv",
    "FROM system.information_schema.tables",
    "FROM temp.sqlite_master",
    "TABLE pg_class",
    # SHOW tells of settings where its name is no table's.
    "SHOW allowed_paths",
    "SHOW memory_limit",
    "FROM (SHOW allowed_paths)",
    "WITH t AS (FROM (SHOW temp_directory)) FROM t",
    "SHOW ALL TABLES",
    "SHOW DATABASES",
    # SQL within a text, which is bound and folded when it is made a plan.
    "SELECT json_serialize_plan('SELECT current_setting(''allowed_paths'')', optimize := true)",
    "SELECT apply(['FROM file'], lambda x: json_serialize_plan(x))",
    "SELECT list_transform(['allowed_paths'], lambda x: current_setting(x))",
    "SELECT 'allowed_paths'.current_setting()",
    "SELECT system.main.current_setting('allowed_paths')",
    "SELECT * REPLACE (current_setting('allowed_paths') AS a) FROM file",
    "SELECT COLUMNS(lambda c: c = current_setting('allowed_paths')) FROM file",
    "VALUES (current_setting('allowed_paths'))",
    "FROM histogram('file', 'a')",
    "FROM read_duckdb('{root}/x.db')",
    "FROM duckdb_external_file_cache()",
    "FROM python_map_function(1)",
    "FROM register_external_resource('x')",
    "WITH t AS (COPY file TO '{root}/out.csv') FROM t",
    "COPY (FROM file) TO '/dev/stdout'",
    "ALTER DATABASE memory SET ALIAS TO x",
]


async def test_every_escape_is_refused_in_a_sentence(known, datasets, root):
    before = sorted(os.listdir(root))
    for sql in ESCAPES:
        print(sql)  # shown where it fails
        with pytest.raises((Forbidden, Invalid)) as refused:
            await datasets.query(sql.format(root=root), ["file"])
        assert "hunter2" not in refused.value.message
        assert refused.value.message.endswith((".", "!", '"', "?"))
        assert sorted(os.listdir(root)) == before
        assert (root / "file.csv").read_text() == "a,b\n1,2\n3,4\n"


async def test_what_duckdb_says_of_itself_is_not_passed_on(known, datasets):
    with pytest.raises(Invalid) as crashed:
        await datasets.query("SELECT reservoir_quantile(a, 0.5, 2147483647) FROM file")
    assert crashed.value.message == "Memory allocation failure."  # and no stack of the server's
    with pytest.raises(Invalid) as missing:
        await datasets.query("SELECT * FROM plain")
    assert missing.value.message == "Table with name plain does not exist!"  # no "pg_class"?


READS = [
    "SELECT sum(a) AS n FROM file",
    "FROM file",
    "WITH t AS (SELECT * FROM file) SELECT a, row_number() OVER () FROM t -- done",
    "SELECT a, unnest([1, 2]) FROM file;",
    "SELECT * FROM range(3), generate_series(1, 2)",
    "SELECT x.a FROM file AS x JOIN file AS y ON x.a = y.a ORDER BY 1 DESC",
    "SELECT ';' AS semicolon, '--' AS dashes /* ; */",
    "SUMMARIZE file",
    "DESCRIBE file",
    "DESCRIBE SELECT a FROM file",
    "; ; SELECT 1 ;",
    "/* ; */ -- ;\n SELECT a FROM main.file",
    "TABLE file",
    "SELECT list_transform([1], lambda x: x + 1)",
    "SELECT TIMESTAMPTZ '2024-01-01 00:00:00+00', {'a': 1}, [1, 2], INTERVAL 1 DAY",
    "SELECT 'NaN'::DOUBLE, 1e308 * 10, 170141183460469231731687303715884105727, 1.50::DECIMAL",
    "SELECT * FROM (PIVOT file ON a IN (1, 3) USING sum(b))",
]


async def test_many_more_escapes_are_refused_before_anything_is_read(root, tmp_path):
    (root / "secret.csv").write_text("password\nhunter2\n")
    (root / "file.csv").write_text("a,b\n1,2\n")
    (tmp_path / "scratch").mkdir()
    con = open_locked(
        {
            "work": "query",
            "memory": 200_000_000,
            "threads": 1,
            "scratch": str(tmp_path / "scratch"),
            "files": [str(root / "file.csv")],
            "views": [f"CREATE VIEW file AS SELECT * FROM read_csv('{root}/file.csv')"],
        }
    )
    assert '"rows": [[1, 2]]' in ask(con, "SELECT * FROM file", 5)
    before = sorted(os.listdir(root))
    for sql in MORE:
        print(sql)  # shown where it fails
        with pytest.raises((SpondeError, duckdb.Error)) as refused:
            ask(con, sql.format(root=root), 5)
        assert "hunter2" not in str(refused.value)
        assert sorted(os.listdir(root)) == before
    con.close()


BOMBS = [
    "WITH RECURSIVE t(n, s) AS (SELECT 1, 'x' UNION ALL SELECT n + 1, s || s FROM t) FROM t",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT count(*) FROM t",
    "SELECT count(*) FROM range(10000000) a, range(10000000) b, range(1000) c WHERE a = b + c",
    "SELECT sum(hash(generate_series)) FROM generate_series(1, 1000000000000)",
    "SELECT list(range) FROM range(1000000000000)",
    "SELECT string_agg(repeat('x', 1000000), ',') FROM range(1000000)",
    "SELECT repeat('x', 100000000000)",
    "SELECT length(repeat(repeat(repeat('x', 10000), 10000), 10000))",
    "SELECT regexp_matches(repeat('a', 100000000), '(a*)*b')",
    "SELECT * FROM range(100000000) ORDER BY hash(range), random()",
    "SELECT " + "(" * 5000 + "1" + ")" * 5000,
]


@pytest.mark.parametrize("sql", BOMBS, ids=range(len(BOMBS)))
async def test_what_would_never_end_or_fill_the_machine_ends_in_a_sentence(make, sql):
    service = make(max_query_seconds=2, max_query_memory=200)
    (ended,) = await asyncio.gather(service.query(sql, limit=10), return_exceptions=True)
    if isinstance(ended, SpondeError):
        assert ended.message.endswith((".", "!", "?")), ended.message
        assert ended.hint
        assert len(ended.message) < 700
    else:
        assert len(ended.rows) <= 10  # DuckDB found a shorter way
    assert not service._sandbox._running
    await service.stop()


async def test_what_reads_is_answered(known, datasets):
    for sql in READS:
        table = await datasets.query(sql, ["file"])
        assert table.rows, sql
        assert len(table.columns) == len(table.types) == len(table.rows[0]), sql


async def test_wrong_sql_is_answered_with_duckdb_s_sentence(known, datasets):
    with pytest.raises(Invalid, match='"nothing" not found'):
        await datasets.query("SELECT nothing FROM file")
    with pytest.raises(Invalid, match="syntax error"):
        await datasets.query("SELEC a FROM file")
    with pytest.raises(Invalid, match="no SQL"):
        await datasets.query("  ")


async def test_a_query_that_takes_too_long_is_killed(make, root):
    service = make(max_query_seconds=1)
    with pytest.raises(TooLarge, match="longer than the 1 seconds"):
        await service.query(
            "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE hash(a) = hash(b) + 1"
        )
    await service.stop()


async def test_a_query_that_needs_too_much_memory_is_refused(make):
    service = make(max_query_memory=100, max_query_seconds=250)
    with pytest.raises(SpondeError, match="memory"):
        await service.query("SELECT list(repeat(CAST(range AS VARCHAR), 1000)) FROM range(5000000)")
    await service.stop()


async def test_the_server_s_memory_does_not_grow_with_a_query(known, datasets):
    def resident():
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    await datasets.query("SELECT 1")
    before = resident()
    await datasets.query("SELECT list(range) FROM range(2000000) GROUP BY range % 3", limit=1)
    assert resident() - before < 60_000_000


async def test_an_answer_that_is_too_large_is_cut_and_says_so(known, datasets):
    table = await datasets.query("SELECT repeat('x', 1000000) AS t FROM range(40)", limit=40)
    assert table.truncated
    assert 0 < len(table.rows) < 40


async def test_a_child_sees_none_of_the_server_s_environment(known, datasets, monkeypatch):
    from sponde_server.datasets.sandbox import sandbox

    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert "OPENAI_API_KEY" not in sandbox.environment()


async def test_stopping_ends_every_child(make, root):
    service = make()
    query = asyncio.ensure_future(
        service.query("SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a = -b")
    )
    for _ in range(3000):
        await asyncio.sleep(0.02)
        if service._sandbox._running:
            break
    pid = next(iter(service._sandbox._running)).pid
    query.cancel()
    await asyncio.gather(query, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    await service.stop()
