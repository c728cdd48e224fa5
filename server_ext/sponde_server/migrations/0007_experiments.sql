CREATE TABLE experiment (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    workspace VARCHAR NOT NULL,
    variants VARCHAR NOT NULL,
    goal VARCHAR NOT NULL,
    repeats INTEGER NOT NULL,
    is_paired BOOLEAN NOT NULL,
    status VARCHAR NOT NULL,
    verdict VARCHAR,
    removed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);

CREATE TABLE trial (
    id VARCHAR PRIMARY KEY,
    experiment_id VARCHAR NOT NULL,
    variant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    position INTEGER NOT NULL,
    run_id VARCHAR,
    status VARCHAR,
    metrics VARCHAR NOT NULL,
    seconds DOUBLE,
    problem VARCHAR NOT NULL,
    result VARCHAR
);
