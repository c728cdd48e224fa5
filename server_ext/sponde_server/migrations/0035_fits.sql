-- What a block takes from the table that it is given: a column a line, each behind a letter that
-- says what is done with it (n: calculated with, d: a date, t: a text, -: unknown); * where any
-- table will do; NULL where it is given none. lacks: how many other names it must be given.
ALTER TABLE block_near ADD COLUMN wants VARCHAR;

ALTER TABLE block_near ADD COLUMN lacks INTEGER DEFAULT 0;
