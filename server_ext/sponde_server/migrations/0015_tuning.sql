CREATE TABLE training_set (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    selection VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    card VARCHAR NOT NULL,
    is_used BOOLEAN NOT NULL,
    removed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL
);

CREATE TABLE training_set_version (
    id VARCHAR PRIMARY KEY,
    set_id VARCHAR NOT NULL,
    number INTEGER NOT NULL,
    selection VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    card VARCHAR NOT NULL,
    made_at TIMESTAMP NOT NULL
);

CREATE TABLE training_row (
    id VARCHAR PRIMARY KEY,
    set_id VARCHAR NOT NULL,
    version INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    messages VARCHAR NOT NULL,
    conversation_id VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    message_id VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    is_local BOOLEAN NOT NULL,
    rating VARCHAR NOT NULL,
    tokens INTEGER NOT NULL,
    part VARCHAR NOT NULL,
    reason VARCHAR,
    secrets VARCHAR NOT NULL,
    languages VARCHAR NOT NULL,
    datasets VARCHAR NOT NULL,
    "at" TIMESTAMP NOT NULL
);

CREATE TABLE training (
    id VARCHAR PRIMARY KEY,
    set_id VARCHAR NOT NULL,
    set_name VARCHAR NOT NULL,
    set_version INTEGER NOT NULL,
    base VARCHAR NOT NULL,
    base_version INTEGER NOT NULL,
    adapter VARCHAR NOT NULL,
    settings VARCHAR NOT NULL,
    workspace VARCHAR NOT NULL,
    run_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    doing VARCHAR NOT NULL,
    step INTEGER NOT NULL,
    seconds_left DOUBLE,
    points VARCHAR NOT NULL,
    validation VARCHAR NOT NULL,
    device VARCHAR NOT NULL,
    adapter_version INTEGER NOT NULL,
    message VARCHAR NOT NULL,
    hint VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP
);
