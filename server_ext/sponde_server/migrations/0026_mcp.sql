CREATE TABLE mcp_call (
    id VARCHAR PRIMARY KEY,
    person VARCHAR NOT NULL,
    token VARCHAR NOT NULL,
    token_name VARCHAR NOT NULL,
    client VARCHAR NOT NULL,
    method VARCHAR NOT NULL,
    name VARCHAR NOT NULL,
    given VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    said VARCHAR NOT NULL,
    duration_ms DOUBLE NOT NULL,
    called_at TIMESTAMP NOT NULL
);
CREATE TABLE mcp_allowed (
    tool VARCHAR PRIMARY KEY,
    person VARCHAR NOT NULL,
    allowed_at TIMESTAMP NOT NULL
);
