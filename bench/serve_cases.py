"""The cases serve-items, serve-cells and serve-streams of bench/run: the HTTP server beside PostgreSQL, and under load."""
import asyncio
import contextlib
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
OUT = HERE / "out"
ROWS, CONNECTIONS, SECONDS = 1_000_000, 32, 10
STREAMS, STREAM_SECONDS = 1000, 60
PG = pathlib.Path("/usr/lib/postgresql/15/bin")


class Missing(Exception):
    """Something that is not installed; the text says what."""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, seconds=60):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise RuntimeError(f"nothing answers on port {port}")


@contextlib.contextmanager
def serving(vigie, store, *more):
    port = free_port()
    # --rate 0: the load comes from one address.
    argv = [vigie, "serve", "--store", store, "--port", str(port), "--rate", "0", "--quiet", *more]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield port, server.pid
        finally:
            server.terminate()
            server.wait(30)


def store_of(vigie, made):
    """A store with the invented events, made once."""
    events = made(f"ged_{ROWS}.csv", [HERE / "make-ged", "--rows", ROWS])
    store = OUT / f"ged_{ROWS}.db"
    if not store.exists() or store.stat().st_mtime < events.stat().st_mtime:
        store.unlink(missing_ok=True)
        subprocess.run([vigie, "import", "--store", store, "--quiet", events], check=True)
    return store


def milliseconds(text):
    number, unit = re.fullmatch(r"([0-9.]+)(us|ms|s|m)", text).groups()
    return float(number) * {"us": 1e-3, "ms": 1, "s": 1e3, "m": 6e4}[unit]


def wrk(port, seconds=SECONDS):
    """Requests a second, p99 in milliseconds."""
    argv = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "30s", "--latency", "-s", HERE / "items.lua",
            f"http://127.0.0.1:{port}"]
    said = subprocess.run(argv, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(said.splitlines()[-3])
    return (float(re.search(r"Requests/sec:\s*([0-9.]+)", said)[1]),
            milliseconds(re.search(r"99%\s+(\S+)", said)[1]))


# --- the peer: PostgreSQL 15 + PostGIS, json_agg, behind sql_front.c ---

TABLE = """CREATE EXTENSION postgis;
CREATE TABLE event (id bigint PRIMARY KEY, external_id text, date_from date, date_to date, lat float8, lon float8, type text,
 gwcode int, cell int, deaths_low bigint, deaths_best bigint, deaths_high bigint, actor_a text, actor_b text, conflict text,
 adm1 text, adm2 text, source text, text text, url text, date_precision int, place_precision int);
COPY event FROM '{csv}' (FORMAT csv, HEADER true);
ALTER TABLE event ADD COLUMN geom geometry(Point, 4326);
UPDATE event SET geom = ST_SetSRID(ST_MakePoint(lon, lat), 4326);
CREATE INDEX event_geom ON event USING gist (geom);
CREATE INDEX event_day ON event (date_from DESC, id DESC);
VACUUM FULL ANALYZE event;"""


def needs_peer():
    if not shutil.which("wrk"):
        raise Missing("wrk (Debian: wrk)")
    if not (PG / "initdb").exists() or not pathlib.Path("/usr/share/postgresql/15/extension/postgis.control").exists():
        raise Missing("PostgreSQL 15 with PostGIS (Debian: postgresql-15, postgresql-15-postgis-3, libpq-dev)")


def as_postgres(*argv):
    who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    subprocess.run([*who, *map(str, argv)], check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def postgres(csv):
    """A cluster of its own, thrown away afterwards; its buffers hold the whole table."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        data, port = pathlib.Path(folder) / "data", free_port()
        options = f"-p {port} -k {folder} -c listen_addresses= -c shared_buffers=1GB -c fsync=off -c max_connections=100 -c jit=off"
        as_postgres(PG / "initdb", "-D", data, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        as_postgres(PG / "pg_ctl", "-D", data, "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            info = f"host={folder} port={port} user=postgres"
            script = pathlib.Path(folder) / "table.sql"
            script.write_text(TABLE.format(csv=csv), encoding="utf-8")
            as_postgres(PG / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-f", script, info)
            yield info
        finally:
            as_postgres(PG / "pg_ctl", "-D", data, "-m", "immediate", "stop")


@contextlib.contextmanager
def sql_front(info):
    program, port = OUT / "sql_front", free_port()
    include = subprocess.run(["pg_config", "--includedir"], capture_output=True, text=True, check=False).stdout.strip()
    subprocess.run(["cc", "-O2", f"-I{include or '/usr/include/postgresql'}", "-o", program, HERE / "sql_front.c", "-lpq",
                    "-lpthread"], check=True)
    with subprocess.Popen([program, str(port), info]) as front:
        try:
            wait_for(port)
            yield port
        finally:
            front.kill()


def same_events(ours, theirs):
    """Both sides find the same events: the ids of a few pages."""
    for query in ("bbox=0,-40,40,20&datetime=2012-05-01/2012-05-28", "bbox=-170,-50,-130,-10&datetime=1999-02-01/1999-02-28",
                  "bbox=20,0,60,40&datetime=2020-11-01/2020-11-28"):
        def ids(port):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/collections/events/items?{query}&limit=100") as answer:
                return [f["id"] for f in json.load(answer)["features"]]
        if ids(ours) != ids(theirs):
            raise RuntimeError(f"the two sides find other events: {query}")


def items(vigie, made, rounds=3):
    """[(ours requests/s, ours p99 ms, peer requests/s, peer p99 ms)] of rounds in turn."""
    needs_peer()
    store, seen = store_of(vigie, made), []
    with serving(vigie, store) as (port, _), tempfile.NamedTemporaryFile(suffix=".csv") as csv:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/collections/events/items.csv?all=true") as answer:
            shutil.copyfileobj(answer, csv)
        csv.flush()
        os.chmod(csv.name, 0o644)
        with postgres(csv.name) as info, sql_front(info) as peer:
            same_events(port, peer)
            wrk(port, 2), wrk(peer, 2)  # warm
            for _ in range(rounds):
                seen.append((*wrk(port), *wrk(peer)))
    return seen


# --- cells ---


def cells(vigie, made, times=200):
    """Milliseconds of the server for one month of all cells, as its log tells them, and bytes of the answer."""
    store = store_of(vigie, made)
    with tempfile.NamedTemporaryFile("r", suffix=".log") as log, serving(vigie, store, "--log", log.name) as (port, _):
        size = 0
        for i in range(times + 1):
            month = f"{1990 + i % 30}-{1 + i % 12:02}"
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v1/cells?from={month}") as answer:
                size = len(answer.read())
        time.sleep(0.3)
        took = [json.loads(line) for line in log if "/api/v1/cells" in line]
    return [t["ms"] for t in took[1:]], size


# --- streams ---


async def listen(port, header, n_wanted):
    """One reader: how many events came."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\n{header}\r\n".encode())
    seen = 0
    with contextlib.suppress(TimeoutError, asyncio.TimeoutError):
        while seen < n_wanted:
            line = await asyncio.wait_for(reader.readline(), 30)
            if not line:
                break
            seen += line.startswith(b"event: ")
    writer.close()
    return seen


async def stream_all(port, header, tell):
    readers = [asyncio.create_task(listen(port, header, STREAM_SECONDS)) for _ in range(STREAMS)]
    await asyncio.sleep(3)
    for i in range(STREAM_SECONDS):
        await asyncio.to_thread(tell, i)
        await asyncio.sleep(1)
    return sum(await asyncio.gather(*readers))


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def streams(vigie):
    """Events delivered to all readers, how many were due, and the server's peak memory in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        store = f"{folder}/s.db"
        subprocess.run([vigie, "import", "--sample", "--store", store, "--quiet"], check=True)
        said = subprocess.run([vigie, "token", "add", "--role", "analyst", "--name", "bench", "--store", store, "--json"],
                              capture_output=True, text=True, check=True).stdout
        header = f"Authorization: Bearer {re.search(r'vigie_[A-Za-z0-9_-]+', said)[0]}\r\n"
        with serving(vigie, store) as (port, pid):
            def tell(i):
                body = json.dumps({"subject": f"alert:{i}", "verdict": "given"}).encode()
                name, value = header.strip().split(": ")
                ask = urllib.request.Request(f"http://127.0.0.1:{port}/api/v1/decisions", body,
                                             {name: value, "Content-Type": "application/json"})
                urllib.request.urlopen(ask).close()
            seen = asyncio.run(stream_all(port, header, tell))
            return seen, STREAMS * STREAM_SECONDS, peak_mib(pid)


def votes(vigie, people, seconds, kill_after):
    """One run of load_votes.c over a fresh live consultation; `lost` are acknowledged votes that the store has not."""
    OUT.mkdir(exist_ok=True)
    load, store, told = OUT / "load_votes", OUT / "votes.db", OUT / "votes.acknowledged"
    subprocess.run(["cc", "-O2", "-D_GNU_SOURCE", "-o", load, HERE / "load_votes.c"], check=True)
    for end in ("", "-wal", "-shm"):
        pathlib.Path(f"{store}{end}").unlink(missing_ok=True)
    seed = OUT / "votes.csv"
    seed.write_text("text\n" + "".join(f"Statement {i} about the town\n" for i in range(1, 21)))
    made = subprocess.run([vigie, "consult", "open", "--store", store, "--name", "load", "--topic", "Load", "--statements", seed,
                           "--per-minute", "1000000", "--json"], check=True, capture_output=True, text=True)
    code = json.loads(made.stdout)["participants"].rsplit("/", 1)[1]
    with contextlib.suppress(subprocess.TimeoutExpired), serving(vigie, store, "--workers", "32") as (port, pid):
        run = subprocess.Popen([load, str(port), "load", code, str(people), str(seconds), told], stdout=subprocess.PIPE, text=True)
        if kill_after:
            time.sleep(kill_after)
            os.kill(pid, 9)
        said = json.loads(run.communicate(timeout=seconds + 120)[0])
    with contextlib.closing(sqlite3.connect(store)) as db:
        there = {row[0] for row in db.execute("SELECT client FROM live_vote")}
    said["lost"] = sum(int(line) not in there for line in told.read_text().split())
    return said
