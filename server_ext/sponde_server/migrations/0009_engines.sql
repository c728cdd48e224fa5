CREATE TABLE engine (
    id VARCHAR PRIMARY KEY,
    model VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    path VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    adapters VARCHAR NOT NULL,
    address VARCHAR NOT NULL,
    failure VARCHAR,
    asked_at TIMESTAMP,
    changed_at TIMESTAMP NOT NULL
);
