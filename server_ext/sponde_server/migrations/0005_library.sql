-- code_hash, lower_name, lower_text: what is searched is stored as it is searched.
-- removed_at: deleted blocks stay, so that a deletion can be undone.
CREATE TABLE code_block (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    tags VARCHAR NOT NULL,
    facts VARCHAR NOT NULL,
    message_id VARCHAR,
    uses INTEGER NOT NULL,
    last_outcome VARCHAR,
    last_error VARCHAR NOT NULL,
    last_run_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP,
    code_hash VARCHAR NOT NULL,
    lower_name VARCHAR NOT NULL,
    lower_text VARCHAR NOT NULL
);

CREATE TABLE revision (
    id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    tags VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    replaced_at TIMESTAMP NOT NULL
);

CREATE TABLE use (
    id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    notebook VARCHAR NOT NULL,
    cell_id VARCHAR NOT NULL,
    code_hash VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    error_name VARCHAR NOT NULL,
    error_message VARCHAR NOT NULL,
    used_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
