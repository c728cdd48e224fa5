-- What each alias pointed to, one row a time that it was set; the last one counts.
CREATE TABLE alias_target (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    set_at TIMESTAMP NOT NULL
);

-- The chosen model was an alias without the name. Its id sorts before every later one.
INSERT INTO alias_target
SELECT '00000000-0000-7000-8000-000000000000', 'default', model_id, now()::TIMESTAMP
FROM model_choice;

DROP TABLE model_choice;
