-- What a person said about how a dataset's file is written.
ALTER TABLE dataset ADD COLUMN wishes VARCHAR;
