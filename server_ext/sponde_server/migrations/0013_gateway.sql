CREATE TABLE gateway_token (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    hint VARCHAR NOT NULL,
    scopes VARCHAR NOT NULL,
    models VARCHAR NOT NULL,
    requests_per_minute INTEGER NOT NULL,
    parallel INTEGER NOT NULL,
    tokens_per_day BIGINT NOT NULL,
    expires_at TIMESTAMP,
    revoked_at TIMESTAMP,
    last_used_at TIMESTAMP,
    use_day VARCHAR NOT NULL,
    requests_today BIGINT NOT NULL,
    tokens_today BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    digest VARCHAR NOT NULL DEFAULT ''
);
