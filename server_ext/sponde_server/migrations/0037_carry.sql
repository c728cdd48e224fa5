-- What was imported, and what it did to each block: what an undo goes by.
CREATE TABLE block_import (
    filename VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    new INTEGER NOT NULL,
    same INTEGER NOT NULL,
    near INTEGER NOT NULL,
    broken INTEGER NOT NULL,
    added INTEGER NOT NULL,
    revised INTEGER NOT NULL,
    noted INTEGER NOT NULL,
    refused VARCHAR NOT NULL,
    error VARCHAR NOT NULL,
    hint VARCHAR NOT NULL,
    id VARCHAR PRIMARY KEY,
    made_at TIMESTAMP NOT NULL
);

CREATE TABLE block_import_part (
    import_id VARCHAR NOT NULL,
    block_id VARCHAR NOT NULL,
    deed VARCHAR NOT NULL,
    revision_id VARCHAR NOT NULL,
    source_id VARCHAR NOT NULL,
    code_hash VARCHAR NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

-- What a bundle says of the runs of a block elsewhere; the proof of this library lies in use.
CREATE TABLE block_claim (
    block_id VARCHAR PRIMARY KEY,
    code_hash VARCHAR NOT NULL,
    label VARCHAR NOT NULL,
    proof VARCHAR NOT NULL
);

-- The folder that holds the library as files; one row, or none.
CREATE TABLE library_folder (
    id VARCHAR PRIMARY KEY,
    path VARCHAR NOT NULL,
    seen_change BIGINT NOT NULL,
    set_at TIMESTAMP NOT NULL
);

-- The file of each block, and the text in which both were last the same.
CREATE TABLE folder_file (
    block_id VARCHAR PRIMARY KEY,
    path VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    mtime_ns BIGINT NOT NULL,
    size BIGINT NOT NULL
);
