-- What each person asked datasets in SQL; the rows of a result lie in files of their own.
CREATE TABLE dataset_query (
    id VARCHAR PRIMARY KEY,
    sql VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    workspace VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    columns VARCHAR NOT NULL,
    types VARCHAR NOT NULL,
    rows BIGINT,
    is_cut BOOLEAN NOT NULL,
    seconds DOUBLE,
    failure VARCHAR,
    started_at TIMESTAMP NOT NULL
);
