-- A model with its versions: they are few, and always wanted together.
CREATE TABLE registered_model (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    base VARCHAR NOT NULL,
    base_reference VARCHAR NOT NULL,
    notes VARCHAR NOT NULL,
    licence VARCHAR NOT NULL,
    current INTEGER NOT NULL,
    earlier VARCHAR NOT NULL,
    versions VARCHAR NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- The files of a version, by the version's id: what a download goes on by, and is checked by.
CREATE TABLE file_plan (
    id VARCHAR PRIMARY KEY,
    files VARCHAR NOT NULL
);
