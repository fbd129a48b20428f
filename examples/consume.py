"""Follows the feed and keeps every signal exactly once, whatever is restarted: this program, the
service or the network between them.

    python3 examples/consume.py [URL] [FILE]

URL is the service, by default http://localhost:8501. FILE is a SQLite database, by default
signals.sqlite. The program runs until it is stopped. Python 3.9 or later, standard library only.

How exactly once comes about: each signal has an id, and a stream that is asked for with the
Last-Event-ID header continues after that id. So the last id is written in the same transaction as
the effect of its event. After a crash either both are there or neither is. The database is in WAL
mode, so that others may read it meanwhile.

To do something else with a signal, change `apply`. An effect outside of the database (an order, a
message) cannot be in the transaction: give it the event's id as its idempotency key.
"""

import http.client
import sqlite3
import sys
import time
import urllib.error
import urllib.request

# The service sends a comment at least every 15 s; after three without one the line is dead.
QUIET_S = 45
# Pause before the next attempt, s.
RETRY_S = 2

SCHEMA = """
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA busy_timeout = 5000;
CREATE TABLE IF NOT EXISTS signals (id TEXT PRIMARY KEY, json TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS place (row INTEGER PRIMARY KEY CHECK (row = 1), id TEXT NOT NULL);
"""


def last_id(database):
    """Id of the last event whose effect is in the database; None before the first."""
    row = database.execute("SELECT id FROM place").fetchone()
    return None if row is None else row[0]


def apply(database, event_id, data):
    """The effect. An id that is there already would be an error: it cannot come twice."""
    database.execute("INSERT INTO signals VALUES (?, ?)", (event_id, data))


def take(database, event_id, data):
    """Applies an event and moves on behind it, both or neither."""
    with database:  # one transaction
        apply(database, event_id, data)
        database.execute("INSERT OR REPLACE INTO place VALUES (1, ?)", (event_id,))


def parse_events(lines):
    """Parses server-sent events; a comment other than the heartbeat goes to stderr."""
    fields = {}
    for raw in lines:
        line = raw.decode().rstrip("\r\n")
        if line == "":
            if "id" in fields and "data" in fields:
                yield fields["id"], fields["data"]
            fields = {}
            continue
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name != "":
            fields[name] = value
        elif value != "heartbeat":
            print(f"the service says: {value}", file=sys.stderr, flush=True)


def read_stream(url, known_id):
    """Reads the stream behind an id until the connection ends."""
    request = urllib.request.Request(url, headers={"Last-Event-ID": known_id} if known_id else {})
    try:
        response = urllib.request.urlopen(request, timeout=QUIET_S)
    except urllib.error.HTTPError as error:
        # 429 says that this address has too many requests under way, which passes.
        if 400 <= error.code < 500 and error.code != 429:
            sys.exit(f"the service refuses the request: {error.read().decode()}")
        raise
    with response:
        yield from parse_events(response)
    raise ConnectionError("the service closed the stream")


def follow(url, database):
    """All events from where the database stands on, over as many connections as it takes."""
    while True:
        try:
            yield from read_stream(url, last_id(database))
        except (OSError, http.client.HTTPException) as error:
            print(f"{error}; connecting again", file=sys.stderr, flush=True)
            time.sleep(RETRY_S)


def main(service="http://localhost:8501", file="signals.sqlite"):
    database = sqlite3.connect(file)
    database.executescript(SCHEMA)
    for event_id, data in follow(f"{service}/api/v1/stream?events=signal", database):
        take(database, event_id, data)
        print(data, flush=True)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        pass
