"""The statements of the PostgreSQL store. A batch goes as one array a column; leases go by the server's clock."""
# ruff: noqa: S608 - statements are put together from the constants of this file only

from tilth.llm.store.books import SUM_COLUMNS

LOCK_KEY = 0x54494C54  # "TILT": the advisory lock under which claims and ledgers change
VERSION = 2

_NOW = "extract(epoch FROM clock_timestamp())::float8"
_SUMS = ", ".join(SUM_COLUMNS)
_CLAIM = "json_build_array(fingerprint, owner, expires_at, nano_usd, tokens, requests, ledgers::json)"
_HELD = f"SELECT coalesce(json_agg({_CLAIM}), '[]')::text FROM tilth_claims"
ALL_BOOKS = f"SELECT coalesce(json_agg(json_build_array(name, {_SUMS})), '[]')::text FROM tilth_ledgers"
BOOKS = f"{ALL_BOOKS} WHERE name = ANY($1::text[])"

CREATE = f"""
CREATE TABLE tilth_store (version integer NOT NULL);
INSERT INTO tilth_store VALUES ({VERSION});
CREATE TABLE tilth_answers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, fingerprint text COLLATE "C" NOT NULL UNIQUE, model text,
    created_at bigint NOT NULL, prompt_tokens bigint, completion_tokens bigint, cost_usd float8, line text NOT NULL
);
CREATE INDEX tilth_answers_by_age ON tilth_answers (created_at, id);
CREATE TABLE tilth_claims (
    fingerprint text COLLATE "C" PRIMARY KEY, owner text NOT NULL, expires_at float8 NOT NULL,
    nano_usd bigint NOT NULL, tokens bigint NOT NULL, requests bigint NOT NULL, ledgers text NOT NULL
);
CREATE INDEX tilth_claims_by_owner ON tilth_claims (owner);
CREATE TABLE tilth_ledgers (
    name text COLLATE "C" PRIMARY KEY, {", ".join(f"{column} bigint NOT NULL" for column in SUM_COLUMNS)}
);
"""
HAS_STORE = "SELECT to_regclass('tilth_store') IS NOT NULL"
READ_VERSION = "SELECT version FROM tilth_store"
ENCODING = "SELECT current_setting('server_encoding')"

# The lock is taken by a statement of its own: what a statement sees is settled before it waits.
BEGIN = f"BEGIN; SELECT pg_advisory_xact_lock({LOCK_KEY})"

GET = "SELECT string_agg(line, ',') FROM tilth_answers WHERE fingerprint = ANY($1::text[])"
HELD = f"{_HELD} WHERE fingerprint = ANY($1::text[])"
LOOK = f"SELECT {_NOW}, ({GET}), ({HELD}), ({BOOKS.replace('$1', '$2')})"
HELD_BY = f"{_HELD} WHERE owner = $1 AND ($2::text[] IS NULL OR fingerprint = ANY($2))"
OWNERS = "SELECT DISTINCT owner FROM tilth_claims"
LOST = f"{_HELD} WHERE expires_at <= {_NOW} OR owner = ANY($1::text[])"

_PUT = """
INSERT INTO tilth_answers (fingerprint, model, created_at, prompt_tokens, completion_tokens, cost_usd, line)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::float8[], $7::text[])
ON CONFLICT (fingerprint) DO NOTHING
"""
_CLOSE = "DELETE FROM tilth_claims WHERE fingerprint = ANY($8::text[])"
_OPEN = """
INSERT INTO tilth_claims
SELECT * FROM unnest($9::text[], $10::text[], $11::float8[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[])
ON CONFLICT (fingerprint) DO UPDATE SET
    owner = excluded.owner, expires_at = excluded.expires_at, nano_usd = excluded.nano_usd,
    tokens = excluded.tokens, requests = excluded.requests, ledgers = excluded.ledgers
"""
_CHARGE = f"""
INSERT INTO tilth_ledgers
SELECT * FROM unnest($16::text[], {", ".join(f"${place}::bigint[]" for place in range(17, 26))})
ON CONFLICT (name) DO UPDATE SET {", ".join(f"{one} = tilth_ledgers.{one} + excluded.{one}" for one in SUM_COLUMNS)}
"""
WRITE = f"WITH put AS ({_PUT}), closed AS ({_CLOSE}), opened AS ({_OPEN}) {_CHARGE}"

EXTEND = f"UPDATE tilth_claims SET expires_at = {_NOW} + $2::float8 WHERE owner = $1"
FORGIVE = """
UPDATE tilth_ledgers SET uncertain_nano_usd = 0, uncertain_tokens = 0, uncertain_requests = 0 WHERE name = $1
"""

COUNT = "SELECT count(*) FROM tilth_answers"
COUNT_CLAIMS = "SELECT count(*) FROM tilth_claims"
SIZE = """
SELECT sum(pg_total_relation_size(name))::bigint
FROM unnest(ARRAY['tilth_answers', 'tilth_claims', 'tilth_ledgers']::regclass[]) AS name
"""
BY_MODEL = """
SELECT model, count(*), coalesce(sum(prompt_tokens), 0)::bigint, coalesce(sum(completion_tokens), 0)::bigint,
    coalesce(sum(cost_usd), 0), count(*) - count(cost_usd), min(created_at), max(created_at)
FROM tilth_answers GROUP BY model ORDER BY count(*) DESC, coalesce(model, '') COLLATE "C"
"""
SCAN = """
SELECT line, created_at, id FROM tilth_answers WHERE (created_at, id) > ($1::bigint, $2::bigint)
ORDER BY created_at, id LIMIT $3
"""
PRUNE = """
DELETE FROM tilth_answers
WHERE ($1::bigint IS NULL OR created_at < $1) AND ($2::text IS NULL OR model = $2)
"""
