-- What a person calls a dataset besides its name, and whether its file is there.
ALTER TABLE dataset ADD COLUMN tags VARCHAR DEFAULT '[]';

ALTER TABLE dataset ADD COLUMN is_gone BOOLEAN DEFAULT false;

-- The contents that a dataset has had. profile: what was known of them, for the next comparison.
-- file: where the bytes are kept, in the data folder; empty where they are not.
CREATE TABLE dataset_version (
    id VARCHAR PRIMARY KEY,
    dataset_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    cause VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    modified DOUBLE NOT NULL,
    digest VARCHAR NOT NULL,
    rows BIGINT NOT NULL,
    columns INTEGER NOT NULL,
    is_kept BOOLEAN NOT NULL,
    gone_at TIMESTAMP,
    changes VARCHAR NOT NULL,
    change_count INTEGER NOT NULL,
    noted_at TIMESTAMP NOT NULL,
    profile VARCHAR
);
