"""Reads an event table into a database file, as one would without vigie.   peer_import.py duckdb|pandas FILE DATABASE

Prints {"rows": rows in the database, "seconds": wall time of the work, without the interpreter's start and imports}.
"""
import json
import sys
import time


def with_duckdb(path, database):
    import duckdb

    begin = time.perf_counter()
    with duckdb.connect(database) as db:
        db.execute("CREATE TABLE event AS SELECT * FROM read_csv(?)", [path])
        rows = db.execute("SELECT count(*) FROM event").fetchone()[0]
    return rows, time.perf_counter() - begin  # closing writes the table to its file


def with_pandas(path, database):
    import sqlite3

    import pandas

    begin = time.perf_counter()
    with sqlite3.connect(database) as db:
        pandas.read_csv(path, low_memory=False).to_sql("event", db, index=False)
        rows = db.execute("SELECT count(*) FROM event").fetchone()[0]
    return rows, time.perf_counter() - begin


def main():
    kind, path, database = sys.argv[1:]
    rows, seconds = {"duckdb": with_duckdb, "pandas": with_pandas}[kind](path, database)
    print(json.dumps({"rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main()
