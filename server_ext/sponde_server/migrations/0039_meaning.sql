-- What blocks mean, as an encoder reads them: numbers of half precision.
-- place: the row in the file that is searched; change: grows with every write, so that the file
-- knows what it does not have yet; read_change: up to which change of the block this was read.
CREATE SEQUENCE block_vector_place MINVALUE 0 START 0;

CREATE SEQUENCE block_vector_change;

CREATE TABLE block_vector (
    block_id VARCHAR PRIMARY KEY,
    place INTEGER NOT NULL,
    encoder VARCHAR NOT NULL,
    digest VARCHAR NOT NULL,
    value BLOB NOT NULL,
    read_change BIGINT NOT NULL,
    change BIGINT NOT NULL
);
