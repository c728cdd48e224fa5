CREATE TABLE dataset (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    modified DOUBLE NOT NULL,
    rows BIGINT,
    columns INTEGER,
    problems BIGINT NOT NULL,
    warnings INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    failure VARCHAR,
    workspace VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP
);

CREATE TABLE profile (
    id VARCHAR PRIMARY KEY,
    made_at TIMESTAMP NOT NULL,
    body VARCHAR NOT NULL
);
