-- Ordered sets of code blocks. removed_at: deleted ones stay, so that a deletion can be undone.
CREATE TABLE collection (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    block_ids VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP
);
