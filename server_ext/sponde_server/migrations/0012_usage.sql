CREATE TABLE model_request (
    id VARCHAR PRIMARY KEY,
    asked_at TIMESTAMP NOT NULL,
    day DATE NOT NULL,
    model_id VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    token VARCHAR NOT NULL,
    conversation_id VARCHAR NOT NULL,
    operation VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    is_counted BOOLEAN NOT NULL,
    cost DOUBLE NOT NULL,
    is_priced BOOLEAN NOT NULL,
    first_token_ms DOUBLE,
    duration_ms DOUBLE NOT NULL
);

-- What single requests become when they are old: kept for ever.
CREATE TABLE usage_day (
    day DATE NOT NULL,
    model_id VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    token VARCHAR NOT NULL,
    conversation_id VARCHAR NOT NULL,
    requests BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    stopped BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    prompt_tokens BIGINT NOT NULL,
    completion_tokens BIGINT NOT NULL,
    estimated_tokens BIGINT NOT NULL,
    cost DOUBLE NOT NULL,
    unpriced BIGINT NOT NULL
);

CREATE TABLE price (
    id VARCHAR PRIMARY KEY,
    pattern VARCHAR NOT NULL,
    input_price DOUBLE NOT NULL,
    output_price DOUBLE NOT NULL,
    since TIMESTAMP NOT NULL,
    removed_at TIMESTAMP
);

CREATE TABLE budget (
    id VARCHAR PRIMARY KEY,
    name VARCHAR NOT NULL,
    scope VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    unit VARCHAR NOT NULL,
    period VARCHAR NOT NULL,
    "limit" DOUBLE NOT NULL,
    warn_share DOUBLE NOT NULL,
    warned_at TIMESTAMP,
    stopped_at TIMESTAMP,
    removed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
