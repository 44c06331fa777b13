"""The statements of the SQLite store.

Each takes a whole batch as one JSON array and returns at most one row: every step of a statement gives up the
interpreter's lock and waits to get it back, which a busy event loop makes long.
"""
# ruff: noqa: S608 - statements are put together from the constants of this file only

from tilth.llm.store.books import SUM_COLUMNS

_WANTED = "IN (SELECT value FROM json_each(?))"
_CLAIM = "json_array(fingerprint, owner, expires_at, nano_usd, tokens, requests, json(ledgers))"
_SUMS = ", ".join(SUM_COLUMNS)


def _fields(count: int) -> str:
    return ", ".join(f"json_extract(value, '$[{place}]')" for place in range(count))


GET = "SELECT group_concat(line) FROM json_each(?) CROSS JOIN answers ON fingerprint = value"
HELD = f"SELECT json_group_array({_CLAIM}) FROM claims WHERE fingerprint {_WANTED}"
BOOKS = f"SELECT json_group_array(json_array(name, {_SUMS})) FROM ledgers WHERE name {_WANTED}"
ALL_BOOKS = f"SELECT json_group_array(json_array(name, {_SUMS})) FROM ledgers"
LOOK = f"SELECT ({GET.replace('?', '?1')}), ({HELD.replace('?', '?1')}), ({BOOKS.replace('?', '?2')})"

PUT = f"""
INSERT OR IGNORE INTO answers
    (fingerprint, model, created_at, prompt_tokens, completion_tokens, cost_usd, line)
SELECT {_fields(7)} FROM json_each(?)
"""
CLAIM = f"INSERT OR REPLACE INTO claims SELECT {_fields(7)} FROM json_each(?)"
CLOSE = f"DELETE FROM claims WHERE fingerprint {_WANTED}"
CHARGE = f"""
INSERT INTO ledgers SELECT {_fields(10)} FROM json_each(?) WHERE true
ON CONFLICT (name) DO UPDATE SET {", ".join(f"{one} = {one} + excluded.{one}" for one in SUM_COLUMNS)}
"""
FORGIVE = "UPDATE ledgers SET uncertain_nano_usd = 0, uncertain_tokens = 0, uncertain_requests = 0 WHERE name = ?"

EXTEND = "UPDATE claims SET expires_at = ? WHERE owner = ?"
HELD_BY = f"SELECT json_group_array({_CLAIM}) FROM claims WHERE owner = ? AND (? IS NULL OR fingerprint {_WANTED})"
OWNERS = "SELECT DISTINCT owner FROM claims"
LOST = f"SELECT json_group_array({_CLAIM}) FROM claims WHERE expires_at <= ? OR owner {_WANTED}"

COUNT = "SELECT count(*) FROM answers"
COUNT_CLAIMS = "SELECT count(*) FROM claims"
SIZE = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
BY_MODEL = """
SELECT model, count(*), coalesce(sum(prompt_tokens), 0), coalesce(sum(completion_tokens), 0),
    coalesce(sum(cost_usd), 0.0), count(*) - count(cost_usd), min(created_at), max(created_at)
FROM answers GROUP BY model ORDER BY count(*) DESC, coalesce(model, '')
"""
SCAN = "SELECT line, created_at, id FROM answers WHERE (created_at, id) > (?, ?) ORDER BY created_at, id LIMIT ?"
PRUNE = "DELETE FROM answers WHERE (? IS NULL OR created_at < ?) AND (? IS NULL OR model = ?)"
