-- Every place that a block came from.
CREATE TABLE block_source (
    id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    message_id VARCHAR,
    path VARCHAR NOT NULL,
    cell_id VARCHAR NOT NULL,
    line INTEGER NOT NULL,
    noted_at TIMESTAMP NOT NULL
);
INSERT INTO block_source
    SELECT uuid()::VARCHAR, id, 'answer', '', message_id, '', '', 0, created_at
    FROM code_block WHERE message_id IS NOT NULL;

-- What is alike in near-twins: the tree without names and values, and eight bands of a MinHash.
-- Blocks whose version is older than that of library/facts.py are read again in the background.
CREATE TABLE block_near (
    block_id VARCHAR PRIMARY KEY,
    version INTEGER NOT NULL,
    tree UBIGINT,
    band1 UBIGINT,
    band2 UBIGINT,
    band3 UBIGINT,
    band4 UBIGINT,
    band5 UBIGINT,
    band6 UBIGINT,
    band7 UBIGINT,
    band8 UBIGINT
);

-- A block that was made a revision of another: what moved, so that it can be undone.
CREATE TABLE block_merge (
    id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    into_id VARCHAR NOT NULL,
    revision_id VARCHAR,
    source_ids VARCHAR NOT NULL,
    use_ids VARCHAR NOT NULL,
    merged_at TIMESTAMP NOT NULL
);
