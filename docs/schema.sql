-- Written by `make docs` from the migrations. Do not edit.
CREATE TABLE activity(
    id VARCHAR PRIMARY KEY,
    happened_at TIMESTAMP NOT NULL,
    kind VARCHAR NOT NULL,
    "text" VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    "level" VARCHAR NOT NULL);
CREATE TABLE code_block(
    id VARCHAR PRIMARY KEY,
    "name" VARCHAR NOT NULL,
    "language" VARCHAR NOT NULL,
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
    lower_text VARCHAR NOT NULL);
CREATE TABLE conversation(
    id VARCHAR PRIMARY KEY,
    title VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP);
CREATE TABLE dataset(
    id VARCHAR PRIMARY KEY,
    "name" VARCHAR NOT NULL,
    path VARCHAR NOT NULL,
    bytes BIGINT NOT NULL,
    modified DOUBLE NOT NULL,
    "rows" BIGINT,
    "columns" INTEGER,
    problems BIGINT NOT NULL,
    warnings INTEGER NOT NULL,
    status VARCHAR NOT NULL,
    failure VARCHAR,
    workspace VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL,
    removed_at TIMESTAMP);
CREATE TABLE experiment(
    id VARCHAR PRIMARY KEY,
    "name" VARCHAR NOT NULL,
    workspace VARCHAR NOT NULL,
    variants VARCHAR NOT NULL,
    goal VARCHAR NOT NULL,
    repeats INTEGER NOT NULL,
    is_paired BOOLEAN NOT NULL,
    status VARCHAR NOT NULL,
    verdict VARCHAR,
    removed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP);
CREATE TABLE job_definition(
    id VARCHAR PRIMARY KEY,
    "name" VARCHAR NOT NULL,
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
    updated_at TIMESTAMP NOT NULL);
CREATE TABLE message(
    id VARCHAR PRIMARY KEY,
    conversation_id VARCHAR NOT NULL,
    parent_id VARCHAR,
    "role" VARCHAR NOT NULL,
    "text" VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    "references" VARCHAR NOT NULL,
    outputs VARCHAR NOT NULL,
    receipt VARCHAR,
    usage VARCHAR,
    failure VARCHAR,
    created_at TIMESTAMP NOT NULL);
CREATE TABLE migration(
    "name" VARCHAR PRIMARY KEY,
    hash VARCHAR NOT NULL,
    applied_at TIMESTAMP NOT NULL);
CREATE TABLE model_choice(
    model_id VARCHAR NOT NULL);
CREATE TABLE profile(
    id VARCHAR PRIMARY KEY,
    made_at TIMESTAMP NOT NULL,
    body VARCHAR NOT NULL);
CREATE TABLE provider(
    id VARCHAR PRIMARY KEY,
    "name" VARCHAR NOT NULL,
    base_url VARCHAR NOT NULL,
    "source" VARCHAR NOT NULL,
    key_hint VARCHAR NOT NULL,
    models VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL);
CREATE TABLE "publication"(
    id VARCHAR PRIMARY KEY,
    "name" VARCHAR NOT NULL,
    "source" VARCHAR NOT NULL,
    workspace VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    withdrawn_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL);
CREATE TABLE revision(
    id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    "name" VARCHAR NOT NULL,
    "language" VARCHAR NOT NULL,
    code VARCHAR NOT NULL,
    description VARCHAR NOT NULL,
    tags VARCHAR NOT NULL,
    written_at TIMESTAMP NOT NULL,
    replaced_at TIMESTAMP NOT NULL);
CREATE TABLE run(
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
    "error" VARCHAR,
    result VARCHAR,
    due_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    started_at TIMESTAMP,
    ended_at TIMESTAMP);
CREATE TABLE trial(
    id VARCHAR PRIMARY KEY,
    experiment_id VARCHAR NOT NULL,
    variant INTEGER NOT NULL,
    number INTEGER NOT NULL,
    "position" INTEGER NOT NULL,
    run_id VARCHAR,
    status VARCHAR,
    metrics VARCHAR NOT NULL,
    "seconds" DOUBLE,
    problem VARCHAR NOT NULL,
    result VARCHAR);
CREATE TABLE "use"(
    id VARCHAR PRIMARY KEY,
    block_id VARCHAR NOT NULL,
    notebook VARCHAR NOT NULL,
    cell_id VARCHAR NOT NULL,
    code_hash VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    error_name VARCHAR NOT NULL,
    error_message VARCHAR NOT NULL,
    used_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP);
