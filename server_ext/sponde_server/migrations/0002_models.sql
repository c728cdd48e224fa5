CREATE TABLE provider (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    base_url VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    key_hint VARCHAR NOT NULL,
    models VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- One row at most: the model to ask when nobody chooses.
CREATE TABLE model_choice (
    model_id VARCHAR NOT NULL
);
