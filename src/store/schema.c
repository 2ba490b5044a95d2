/* The tables, the laws that the file itself keeps (append-only triggers), and the check that a file is ours. One
 * invariant matters to all readers: the rows of a vintage stand in one unbroken range of ids, because an import is
 * one transaction of one writer; the ranges are in the vintage's own row, and events and series need no index. */
#include "store/store_int.h"

/* What a panel reads stands first in `event`, so that the rest of a row is not decoded. Texts that repeat are numbers into `name`. A point is in 1e-7 degrees (about a centimetre). NULL = not known.
 * external_id and source hold a number where the text is one (or is interned), else the text itself. */
static const char TABLES[] =
    "CREATE TABLE name (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"
    "CREATE TABLE vintage (id INTEGER PRIMARY KEY, source TEXT NOT NULL, version TEXT NOT NULL, scope TEXT "
    "NOT NULL,"
    " variable TEXT NOT NULL, licence TEXT NOT NULL, citation TEXT NOT NULL, file TEXT NOT NULL, sha256 TEXT "
    "NOT NULL,"
    " bytes INTEGER NOT NULL, imported_at INTEGER NOT NULL, known_at INTEGER NOT NULL, first_month INTEGER "
    "NOT NULL,"
    " last_month INTEGER NOT NULL, month_rule INTEGER NOT NULL, n_accepted INTEGER NOT NULL,"
    " n_rejected INTEGER NOT NULL, n_duplicates INTEGER NOT NULL, supersedes INTEGER REFERENCES vintage (id),"
    " event_from INTEGER NOT NULL, event_to INTEGER NOT NULL, series_from INTEGER NOT NULL,"
    " series_to INTEGER NOT NULL, reject_from INTEGER NOT NULL, reject_to INTEGER NOT NULL, kinds INTEGER "
    "NOT NULL)"
    " STRICT;"
    "CREATE UNIQUE INDEX vintage_bytes ON vintage (sha256, source, month_rule) WHERE sha256 <> '';"
    "CREATE TABLE event (id INTEGER PRIMARY KEY, month INTEGER NOT NULL, n_months INTEGER NOT NULL,"
    " type INTEGER NOT NULL, gwcode INTEGER NOT NULL, cell INTEGER NOT NULL, best INTEGER, low INTEGER, high "
    "INTEGER,"
    " civilians INTEGER, day_from INTEGER NOT NULL, day_to INTEGER NOT NULL, date_prec INTEGER NOT NULL,"
    " where_prec INTEGER NOT NULL, lat_e7 INTEGER, lon_e7 INTEGER, actor_a INTEGER, actor_b INTEGER, "
    "conflict INTEGER,"
    " adm1 INTEGER, adm2 INTEGER, kind INTEGER, external_id ANY, source ANY, text TEXT, url TEXT) STRICT;"
    "CREATE TABLE series (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, unit INTEGER NOT NULL,"
    " month INTEGER NOT NULL, value REAL) STRICT;"
    "CREATE TABLE unit (vintage INTEGER NOT NULL REFERENCES vintage (id) DEFERRABLE INITIALLY DEFERRED,"
    " unit INTEGER NOT NULL, name TEXT NOT NULL, iso3 TEXT NOT NULL, gwcode INTEGER NOT NULL,"
    " first_month INTEGER NOT NULL, last_month INTEGER NOT NULL, PRIMARY KEY (vintage, unit)) STRICT, "
    "WITHOUT ROWID;"
    "CREATE TABLE reject (id INTEGER PRIMARY KEY, line INTEGER NOT NULL, col INTEGER NOT NULL, code INTEGER "
    "NOT NULL,"
    " what TEXT NOT NULL, why TEXT NOT NULL, mend TEXT NOT NULL, raw TEXT NOT NULL) STRICT;"
    "CREATE TABLE run (id INTEGER PRIMARY KEY, verb TEXT NOT NULL, program_version TEXT NOT NULL,"
    " params TEXT NOT NULL, seed INTEGER NOT NULL, started_at INTEGER NOT NULL, seconds REAL) STRICT;"
    "CREATE INDEX run_verb ON run (verb);"
    "CREATE TABLE run_vintage (run INTEGER NOT NULL REFERENCES run (id),"
    " vintage INTEGER NOT NULL REFERENCES vintage (id), PRIMARY KEY (run, vintage)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE result (id INTEGER PRIMARY KEY, run INTEGER NOT NULL REFERENCES run (id), kind TEXT NOT "
    "NULL,"
    " unit_kind INTEGER NOT NULL, unit INTEGER NOT NULL, month INTEGER NOT NULL, body TEXT NOT NULL) STRICT;"
    "CREATE UNIQUE INDEX result_key ON result (run, kind, unit_kind, unit, month);"
    "CREATE TABLE decision (id INTEGER PRIMARY KEY, subject TEXT NOT NULL, who TEXT NOT NULL, verdict TEXT "
    "NOT NULL,"
    " reason TEXT NOT NULL, at INTEGER NOT NULL) STRICT;"
    "CREATE INDEX decision_subject ON decision (subject);"
    "CREATE TABLE audit (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT "
    "NULL,"
    " detail TEXT NOT NULL, hash TEXT NOT NULL) STRICT;"
    /* For people and other programs; vigie itself never reads it. */
    "CREATE VIEW event_readable AS SELECT v.id AS vintage, v.source AS source_name, v.version, e.external_id,"
    " date(e.day_from * 86400, 'unixepoch') AS date_from, date(e.day_to * 86400, 'unixepoch') AS date_to, "
    "e.date_prec,"
    " e.where_prec, e.type, e.gwcode, e.cell, e.lat_e7 / 1e7 AS lat, e.lon_e7 / 1e7 AS lon, e.low, e.best, "
    "e.high,"
    " e.civilians, a.text AS actor_a, b.text AS actor_b, c.text AS conflict, p.text AS adm1, q.text AS adm2,"
    " k.text AS kind, coalesce(s.text, e.source) AS source, e.text, e.url FROM vintage v"
    " JOIN event e ON e.id BETWEEN v.event_from AND v.event_to LEFT JOIN name a ON a.id = e.actor_a"
    " LEFT JOIN name b ON b.id = e.actor_b LEFT JOIN name c ON c.id = e.conflict LEFT JOIN name p ON p.id = "
    "e.adm1"
    " LEFT JOIN name q ON q.id = e.adm2 LEFT JOIN name k ON k.id = e.kind"
    " LEFT JOIN name s ON s.id = e.source AND typeof(e.source) = 'integer';";

static const char *const APPEND_ONLY[] = { "name", "vintage",     "event",  "series",   "unit", "reject",
                                           "run",  "run_vintage", "result", "decision", "audit" };

static bool forbid(vg_store *st, const char *table, const char *change, vg_err *e)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN"
             " SELECT RAISE(ABORT, 'the %s table is append-only'); END",
             table, change, change, table, table);
    return vg_sql__exec(st, sql, e);
}

static bool make_tables(vg_store *st, vg_err *e)
{
    bool ok = vg_sql__exec(st, TABLES, e);
    for (size_t i = 0; i < sizeof APPEND_ONLY / sizeof *APPEND_ONLY && ok; i++)
        ok = forbid(st, APPEND_ONLY[i], "update", e) && forbid(st, APPEND_ONLY[i], "delete", e);
    char sql[128];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", VG_STORE_APPLICATION_ID,
             VG_STORE_SCHEMA);
    return ok && vg_sql__exec(st, sql, e) && vg_audit__add(st, VG_S("create"), VG_S("{\"schema\":1}"), e);
}

typedef enum { FRESH, OURS, NEWER, FOREIGN } identity;

static bool identify(vg_store *st, identity *who, vg_err *e)
{
    int64_t application = 0, version = 0, n_tables = 0;
    if (!vg_sql__one_int(st, "PRAGMA application_id", &application, e) ||
        !vg_sql__one_int(st, "PRAGMA user_version", &version, e) ||
        !vg_sql__one_int(st, "SELECT count(*) FROM sqlite_schema", &n_tables, e))
        return false;
    if (application == 0 && version == 0 && n_tables == 0)
        *who = FRESH;
    else if (application != VG_STORE_APPLICATION_ID || version < 1)
        *who = FOREIGN;
    else
        *who = version > VG_STORE_SCHEMA ? NEWER : OURS;
    return true;
}

/* In one transaction: another process may be making the tables between two questions. */
static bool identify_at_once(vg_store *st, identity *who, vg_err *e)
{
    return vg_sql__exec(st, "BEGIN", e) && vg_sql__end(st, identify(st, who, e), e);
}

static bool refuse(vg_store *st, identity who, vg_err *e)
{
    if (who == NEWER) {
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "the store was written by a newer vigie: %s", st->path);
        vg_why(e, "this program knows schema %d and none above it", VG_STORE_SCHEMA);
        return vg_mend(e, "use the newer program, or another store (--store FILE)");
    }
    vg_fail(e, VG_EPARSE, VG_NOWHERE, "not a store of vigie: %s", st->path);
    vg_why(e, who == FRESH ? "the file is empty" : "it is an SQLite file of another program");
    return vg_mend(e, "give another file with --store, or import into a new one");
}

/* Tables are made in one transaction; another process may have made them while this one waited for its turn. */
static bool create(vg_store *st, vg_err *e)
{
    identity who = FRESH;
    if (!vg_sql__begin(st, e))
        return false;
    bool ok = identify(st, &who, e) && (who != FRESH || make_tables(st, e));
    return vg_sql__end(st, ok, e) && (who == FRESH || who == OURS || refuse(st, who, e));
}

/* Another process may be switching the same new file to WAL; SQLite answers that with "busy" without waiting. */
static bool switch_to_wal(vg_store *st, vg_err *e)
{
    int rc = SQLITE_OK;
    for (int waited_ms = 0; waited_ms <= st->busy_ms; waited_ms += 5) {
        rc = sqlite3_exec(st->db, "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL", NULL, NULL, NULL);
        if ((rc & 0xff) != SQLITE_BUSY)
            break;
        sqlite3_sleep(5);
    }
    return rc == SQLITE_OK || vg_sql__fail(st, rc, e);
}

bool vg_schema__ready(vg_store *st, vg_err *e)
{
    identity who = FOREIGN;
    if (!identify_at_once(st, &who, e))
        return false;
    bool fresh = who == FRESH && st->writable;
    if (who != OURS && !fresh)
        return refuse(st, who, e);
    /* FULL: in WAL mode NORMAL may lose the last commits when the power goes. */
    return (!fresh || switch_to_wal(st, e)) &&
           vg_sql__exec(st,
                        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;"
                        "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216",
                        e) &&
           (!fresh || create(st, e)) && (st->writable || vg_sql__exec(st, "PRAGMA query_only = ON", e));
}
