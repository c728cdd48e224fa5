-- Each run of a block is a row of its own; what it showed lies beside it, for the latest ones.
ALTER TABLE use ADD COLUMN place VARCHAR DEFAULT 'cell';

ALTER TABLE use ADD COLUMN seconds DOUBLE;

ALTER TABLE use ADD COLUMN peak_bytes BIGINT;

ALTER TABLE use ADD COLUMN measured VARCHAR DEFAULT '';

ALTER TABLE use ADD COLUMN packages VARCHAR DEFAULT '{}';

ALTER TABLE use ADD COLUMN datasets VARCHAR DEFAULT '{}';

ALTER TABLE use ADD COLUMN note VARCHAR DEFAULT '';

ALTER TABLE use ADD COLUMN has_output BOOLEAN DEFAULT false;

ALTER TABLE code_block ADD COLUMN ok_runs INTEGER DEFAULT 0;

ALTER TABLE code_block ADD COLUMN failed_runs INTEGER DEFAULT 0;

ALTER TABLE code_block ADD COLUMN proven_with VARCHAR DEFAULT '{}';

ALTER TABLE code_block ADD COLUMN output_id VARCHAR DEFAULT '';

CREATE TABLE use_output (
    use_id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    data VARCHAR NOT NULL
);

UPDATE code_block SET
    ok_runs = (
        SELECT count(*) FROM use
        WHERE use.block_id = code_block.id AND use.code_hash = code_block.code_hash
        AND use.outcome = 'ok'
    ),
    failed_runs = (
        SELECT count(*) FROM use
        WHERE use.block_id = code_block.id AND use.code_hash = code_block.code_hash
        AND use.outcome = 'failed'
    );
