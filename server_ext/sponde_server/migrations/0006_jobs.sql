CREATE TABLE run (
    id VARCHAR PRIMARY KEY,
    notebook VARCHAR NOT NULL,
    workspace VARCHAR NOT NULL,
    parameters VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    origin VARCHAR NOT NULL,
    definition_id VARCHAR,
    time_limit DOUBLE,
    attempt INTEGER NOT NULL,
    cell INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    metrics VARCHAR NOT NULL,
    error VARCHAR,
    result VARCHAR,
    due_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP,
    ended_at TIMESTAMP
);

CREATE TABLE job_definition (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    notebook VARCHAR NOT NULL,
    workspace VARCHAR NOT NULL,
    parameters VARCHAR NOT NULL,
    schedule VARCHAR,
    is_enabled BOOLEAN NOT NULL,
    time_limit DOUBLE,
    next_at TIMESTAMP,
    last_run_id VARCHAR,
    removed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
