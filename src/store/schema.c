/* The tables, the laws that the file itself keeps (append-only triggers), the check that a file is ours, and the way from
 * an older schema to this one. One invariant matters to all readers: the rows of a vintage stand in one unbroken range of ids, because an import is
 * one transaction of one writer; the ranges are in the vintage's own row, and events and series need no index. */
#include <stdlib.h>

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

/* What schema 2 adds, for a new store and for one of schema 1 alike. `CREATE` may also be CREATE TEMP: a store of
 * an older schema that is opened for reading stays as it is, and gets these tables empty, for this connection only. */
#define TABLES_2(CREATE)                                                                                     \
    CREATE "vintage_variable (vintage INTEGER NOT NULL, variable INTEGER NOT NULL, kinds INTEGER NOT NULL,"  \
           " n INTEGER NOT NULL, PRIMARY KEY (vintage, variable)) STRICT, WITHOUT ROWID;" CREATE             \
           "flow (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, from_unit INTEGER NOT NULL,"                \
           " to_unit INTEGER NOT NULL, month INTEGER NOT NULL, reason INTEGER, people INTEGER NOT NULL)"     \
           " STRICT;" CREATE                                                                                 \
           "vintage_flow (vintage INTEGER PRIMARY KEY, flow_from INTEGER NOT NULL, flow_to INTEGER NOT"      \
           " NULL, kinds INTEGER NOT NULL) STRICT;" CREATE                                                   \
           "conversation (id INTEGER PRIMARY KEY, vintage INTEGER NOT NULL, name TEXT NOT NULL, topic TEXT"  \
           " NOT NULL, description TEXT NOT NULL, format TEXT NOT NULL, sign INTEGER NOT NULL, sign_why"     \
           " TEXT NOT NULL, numbered INTEGER NOT NULL, vote_from INTEGER NOT NULL, vote_to INTEGER NOT"      \
           " NULL, statement_from INTEGER NOT NULL, statement_to INTEGER NOT NULL, participant_from INTEGER" \
           " NOT NULL, participant_to INTEGER NOT NULL) STRICT;" CREATE                                      \
           "vote (id INTEGER PRIMARY KEY, participant ANY NOT NULL, statement ANY NOT NULL, value INTEGER"   \
           " NOT NULL, time_ms INTEGER) STRICT;" CREATE                                                      \
           "statement (id INTEGER PRIMARY KEY, external_id TEXT NOT NULL, author TEXT NOT NULL, language"    \
           " TEXT NOT NULL, text TEXT NOT NULL, moderation INTEGER NOT NULL, is_meta INTEGER NOT NULL,"      \
           " is_seed INTEGER NOT NULL, is_translation INTEGER NOT NULL, created_ms INTEGER) STRICT;" CREATE  \
           "participant (id INTEGER PRIMARY KEY, external_id TEXT NOT NULL, opinion_group INTEGER,"          \
           " has_group INTEGER NOT NULL) STRICT;"

/* What schema 3 adds: each content of a party once, and of each vintage of a list the numbers of its contents. */
#define TABLES_3(CREATE)                                                                                     \
    CREATE "party_body (id INTEGER PRIMARY KEY, party TEXT NOT NULL, digest BLOB NOT NULL, body BLOB NOT"    \
           " NULL) STRICT;" CREATE                                                                           \
           "party_vintage (vintage INTEGER PRIMARY KEY, n INTEGER NOT NULL, members BLOB NOT NULL) STRICT;"

/* What schema 4 adds: live consultations (live.c). A person is a number, a pseudonym and a code's number: nothing else. */
#define TABLES_4(CREATE)                                                                                     \
    CREATE "live (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, topic TEXT NOT NULL, description TEXT"  \
           " NOT NULL, languages TEXT NOT NULL, key TEXT NOT NULL, moderator TEXT NOT NULL, observer TEXT"   \
           " NOT NULL, settings INTEGER NOT NULL, made_at INTEGER NOT NULL) STRICT;" CREATE                  \
           "live_word (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, question TEXT NOT NULL, answer TEXT"   \
           " NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL, share REAL) STRICT;" CREATE               \
           "live_code (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, hash TEXT NOT NULL, most INTEGER NOT"  \
           " NULL, per_minute INTEGER NOT NULL, made_at INTEGER NOT NULL, UNIQUE (live, hash))"              \
           " STRICT;" CREATE                                                                                 \
           "live_person (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, pseudonym TEXT NOT NULL, code"       \
           " INTEGER NOT NULL, joined_at INTEGER NOT NULL, UNIQUE (live, pseudonym))"                        \
           " STRICT;" CREATE                                                                                 \
           "live_statement (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, number INTEGER NOT NULL,"         \
           " language TEXT NOT NULL, text TEXT NOT NULL, is_seed INTEGER NOT NULL, is_translation INTEGER"   \
           " NOT NULL, made_at INTEGER NOT NULL, UNIQUE (live, number, language)) STRICT;" CREATE            \
           "live_author (live INTEGER NOT NULL, number INTEGER NOT NULL, person INTEGER NOT NULL, client"    \
           " INTEGER NOT NULL, PRIMARY KEY (person, client)) STRICT, WITHOUT ROWID;" CREATE                  \
           "live_vote (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, person INTEGER NOT NULL, statement"    \
           " INTEGER NOT NULL, value INTEGER NOT NULL, time_ms INTEGER NOT NULL, client INTEGER NOT NULL,"   \
           " UNIQUE (person, client)) STRICT;" CREATE                                                        \
           "live_answer (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, person INTEGER NOT NULL, question"   \
           " TEXT NOT NULL, answer TEXT NOT NULL) STRICT;" CREATE                                            \
           "live_act (id INTEGER PRIMARY KEY, live INTEGER NOT NULL, at INTEGER NOT NULL, actor TEXT NOT"    \
           " NULL, act TEXT NOT NULL, target INTEGER NOT NULL, other INTEGER NOT NULL, reason TEXT NOT"      \
           " NULL) STRICT;" CREATE "live_leaving (person INTEGER PRIMARY KEY) STRICT;"

/* What schema 5 adds: agreements and the logs of their watches (report_log.c). Entry n of watch w has the id w * 2^40 + n,
 * and so has outcome n: each watch grows in a range of its own. A receiver's state is the one row here that changes. */
#define TABLES_5(CREATE)                                                                                     \
    CREATE "watch (id INTEGER PRIMARY KEY, agreement TEXT NOT NULL UNIQUE) STRICT;" CREATE                   \
           "agreement (watch INTEGER NOT NULL, version INTEGER NOT NULL, title TEXT NOT NULL, text TEXT"     \
           " NOT NULL, sha256 TEXT NOT NULL, at INTEGER NOT NULL, actor TEXT NOT NULL, PRIMARY KEY (watch,"  \
           " version)) STRICT;" CREATE                                                                       \
           "report_log (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT"   \
           " NULL, hash BLOB NOT NULL) STRICT;" CREATE                                                       \
           "report_segment (id INTEGER PRIMARY KEY, watch INTEGER NOT NULL, first_seq INTEGER NOT NULL,"     \
           " last_seq INTEGER NOT NULL, n INTEGER NOT NULL) STRICT;" CREATE                                  \
           "report_key (id INTEGER PRIMARY KEY, entries BLOB NOT NULL) STRICT;" CREATE                       \
           "report_hour (watch INTEGER NOT NULL, hour INTEGER NOT NULL, segment INTEGER NOT NULL, entries"   \
           " BLOB NOT NULL, PRIMARY KEY (watch, hour, segment)) STRICT, WITHOUT ROWID;" CREATE               \
           "report_outcome (id INTEGER PRIMARY KEY, seq INTEGER NOT NULL, at INTEGER NOT NULL, incident"     \
           " INTEGER NOT NULL, kind INTEGER NOT NULL, body BLOB NOT NULL) STRICT;" CREATE                    \
           "report_publication (watch INTEGER NOT NULL, day INTEGER NOT NULL, at INTEGER NOT NULL, seq"      \
           " INTEGER NOT NULL, PRIMARY KEY (watch, day)) STRICT, WITHOUT ROWID;" CREATE                      \
           "receiver (id INTEGER PRIMARY KEY, watch INTEGER NOT NULL, url TEXT NOT NULL, secret TEXT NOT"    \
           " NULL, filter TEXT NOT NULL, made_at INTEGER NOT NULL) STRICT;" CREATE                           \
           "receiver_stop (receiver INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;" CREATE                \
           "receiver_state (receiver INTEGER PRIMARY KEY, cursor INTEGER NOT NULL, attempts INTEGER NOT"     \
           " NULL, next_at INTEGER NOT NULL, n_sent INTEGER NOT NULL, n_failed INTEGER NOT NULL, last_error" \
           " TEXT NOT NULL) STRICT;"

/* How rows of a live conversation are found, and the law of those that somebody may take back: the rows of a person go
 * only while the person stands in `live_leaving`, which is for the length of one transaction. */
#define STAYS(table, person)                                                                                 \
    "CREATE TRIGGER " table "_stays BEFORE DELETE ON " table " WHEN NOT EXISTS (SELECT 1 FROM live_leaving"  \
    " WHERE person = OLD." person ") BEGIN SELECT RAISE(ABORT, 'only who gave it takes it back'); END;"
static const char LAWS_4[] =
    "CREATE INDEX live_vote_live ON live_vote (live); CREATE INDEX live_person_code ON live_person (code);"
    "CREATE INDEX live_answer_person ON live_answer (person);" STAYS("live_person", "id")
        STAYS("live_vote", "person") STAYS("live_answer", "person") STAYS("live_author", "person");

/* The rows of schema 1 stay as they are: see VG_KIND_OF for how a row of `series` says which variable it is of. */
static const char UPGRADE_2[] = TABLES_2("CREATE TABLE ");
static const char UPGRADE_3[] = TABLES_3("CREATE TABLE ");
static const char UPGRADE_4[] = TABLES_4("CREATE TABLE ");
static const char UPGRADE_5[] = TABLES_5("CREATE TABLE ");

static const char READ_1[] = TABLES_2("CREATE TEMP TABLE ");
static const char READ_2[] = TABLES_3("CREATE TEMP TABLE ");
static const char READ_3[] = TABLES_4("CREATE TEMP TABLE ");
static const char READ_4[] = TABLES_5("CREATE TEMP TABLE ");
static const char FORGET_READ_1[] =
    "PRAGMA query_only = OFF; DROP TABLE IF EXISTS temp.vintage_variable; DROP TABLE IF EXISTS temp.flow;"
    " DROP TABLE IF EXISTS temp.vintage_flow; DROP TABLE IF EXISTS temp.conversation;"
    " DROP TABLE IF EXISTS temp.vote; DROP TABLE IF EXISTS temp.statement;"
    " DROP TABLE IF EXISTS temp.participant; DROP TABLE IF EXISTS temp.party_body;"
    " DROP TABLE IF EXISTS temp.party_vintage; DROP TABLE IF EXISTS temp.live;"
    " DROP TABLE IF EXISTS temp.live_word; DROP TABLE IF EXISTS temp.live_code;"
    " DROP TABLE IF EXISTS temp.live_person; DROP TABLE IF EXISTS temp.live_statement;"
    " DROP TABLE IF EXISTS temp.live_author; DROP TABLE IF EXISTS temp.live_vote;"
    " DROP TABLE IF EXISTS temp.live_answer; DROP TABLE IF EXISTS temp.live_act;"
    " DROP TABLE IF EXISTS temp.live_leaving; DROP TABLE IF EXISTS temp.watch;"
    " DROP TABLE IF EXISTS temp.agreement; DROP TABLE IF EXISTS temp.report_log;"
    " DROP TABLE IF EXISTS temp.report_segment; DROP TABLE IF EXISTS temp.report_key;"
    " DROP TABLE IF EXISTS temp.report_hour; DROP TABLE IF EXISTS temp.report_outcome;"
    " DROP TABLE IF EXISTS temp.report_publication; DROP TABLE IF EXISTS temp.receiver;"
    " DROP TABLE IF EXISTS temp.receiver_stop; DROP TABLE IF EXISTS temp.receiver_state;"
    " PRAGMA query_only = ON";

static const char *const APPEND_ONLY[] = { "name", "vintage",     "event",  "series",   "unit", "reject",
                                           "run",  "run_vintage", "result", "decision", "audit" };
static const char *const APPEND_ONLY_2[] = { "vintage_variable", "flow", "vintage_flow",
                                             "conversation",     "vote", "statement",
                                             "participant" };
static const char *const APPEND_ONLY_3[] = { "party_body", "party_vintage" };
static const char *const APPEND_ONLY_4[] = { "live", "live_word", "live_code", "live_statement", "live_act" };
static const char *const APPEND_ONLY_5[] = { "watch",          "agreement",          "report_log",
                                             "report_segment", "report_key",         "report_hour",
                                             "report_outcome", "report_publication", "receiver",
                                             "receiver_stop" };
static const char *const NO_UPDATE_4[] = { "live_person", "live_vote", "live_answer", "live_author" };

static bool forbid(vg_store *st, const char *table, const char *change, vg_err *e)
{
    char sql[256];
    snprintf(sql, sizeof sql,
             "CREATE TRIGGER %s_no_%s BEFORE %s ON %s BEGIN"
             " SELECT RAISE(ABORT, 'the %s table is append-only'); END",
             table, change, change, table, table);
    return vg_sql__exec(st, sql, e);
}

static bool forbid_changes(vg_store *st, const char *const *table, size_t n, vg_err *e)
{
    bool ok = true;
    for (size_t i = 0; i < n && ok; i++)
        ok = forbid(st, table[i], "update", e) && forbid(st, table[i], "delete", e);
    return ok;
}

static bool add_tables_4(vg_store *st, vg_err *e)
{
    bool ok = vg_sql__exec(st, UPGRADE_4, e) && vg_sql__exec(st, LAWS_4, e) &&
              forbid_changes(st, APPEND_ONLY_4, sizeof APPEND_ONLY_4 / sizeof *APPEND_ONLY_4, e);
    for (size_t i = 0; i < sizeof NO_UPDATE_4 / sizeof *NO_UPDATE_4 && ok; i++)
        ok = forbid(st, NO_UPDATE_4[i], "update", e);
    return ok;
}

static bool add_tables_5(vg_store *st, vg_err *e)
{
    return vg_sql__exec(st, UPGRADE_5, e) &&
           forbid_changes(st, APPEND_ONLY_5, sizeof APPEND_ONLY_5 / sizeof *APPEND_ONLY_5, e) &&
           forbid(st, "receiver_state", "delete", e);
}

/* From an older schema to the present one, step by step, inside the caller's transaction. */
static bool upgrade_tables(vg_store *st, int64_t version, vg_err *e)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA user_version = %d", VG_STORE_SCHEMA);
    bool ok =
        version >= 2 || (vg_sql__exec(st, UPGRADE_2, e) &&
                         forbid_changes(st, APPEND_ONLY_2, sizeof APPEND_ONLY_2 / sizeof *APPEND_ONLY_2, e));
    ok = ok && (version >= 3 ||
                (vg_sql__exec(st, UPGRADE_3, e) &&
                 forbid_changes(st, APPEND_ONLY_3, sizeof APPEND_ONLY_3 / sizeof *APPEND_ONLY_3, e)));
    return ok && (version >= 4 || add_tables_4(st, e)) && add_tables_5(st, e) && vg_sql__exec(st, sql, e);
}

static bool tell_audit(vg_store *st, vg_str action, vg_err *e)
{
    char text[32];
    int n = snprintf(text, sizeof text, "{\"schema\":%d}", VG_STORE_SCHEMA);
    return vg_audit__add(st, action, (vg_str){ text, n }, e);
}

static bool make_tables(vg_store *st, vg_err *e)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d", VG_STORE_APPLICATION_ID);
    return vg_sql__exec(st, TABLES, e) &&
           forbid_changes(st, APPEND_ONLY, sizeof APPEND_ONLY / sizeof *APPEND_ONLY, e) &&
           vg_sql__exec(st, sql, e) && upgrade_tables(st, 1, e) && tell_audit(st, VG_S("create"), e);
}

typedef enum { FRESH, OLDER, OURS, NEWER, FOREIGN } identity;

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
        *who = version > VG_STORE_SCHEMA ? NEWER : version < VG_STORE_SCHEMA ? OLDER : OURS;
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

/* A store of an older schema that is opened for writing: in one transaction, once, whoever comes first. */
static bool upgrade(vg_store *st, vg_err *e)
{
    identity who = OLDER;
    int64_t version = 0;
    if (!vg_sql__begin(st, e))
        return false;
    bool ok = identify(st, &who, e) && vg_sql__one_int(st, "PRAGMA user_version", &version, e) &&
              (who != OLDER || (upgrade_tables(st, version, e) && tell_audit(st, VG_S("upgrade"), e)));
    return vg_sql__end(st, ok, e);
}

/* A store of an older schema on a handle that may not write: read as it is. */
static bool read_older(vg_store *st, vg_err *e)
{
    int64_t version = 0;
    st->reads_older = true;
    return vg_sql__one_int(st, "PRAGMA user_version", &version, e) &&
           (version >= 2 || vg_sql__exec(st, READ_1, e)) && (version >= 3 || vg_sql__exec(st, READ_2, e)) &&
           (version >= 4 || vg_sql__exec(st, READ_3, e)) && vg_sql__exec(st, READ_4, e);
}

bool vg_schema__follow(vg_store *st, vg_err *e)
{
    int64_t version = 0;
    if (!st->reads_older)
        return true;
    if (!vg_sql__one_int(st, "PRAGMA user_version", &version, e))
        return false;
    if (version < VG_STORE_SCHEMA)
        return true;
    /* Only when all are gone: one that is left would hide the file's own, so the next question tries again. */
    st->reads_older = !vg_sql__exec(st, FORGET_READ_1, e);
    return !st->reads_older;
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

static bool is_unsynced(void)
{
    return vg_eq(vg_str_z(getenv("VIGIE_SYNC")), VG_S("off"));
}

bool vg_schema__ready(vg_store *st, vg_err *e)
{
    identity who = FOREIGN;
    if (!identify_at_once(st, &who, e))
        return false;
    bool fresh = who == FRESH && st->writable;
    if (who != OURS && who != OLDER && !fresh)
        return refuse(st, who, e);
    /* FULL: in WAL mode NORMAL may lose the last commits when the power goes. VIGIE_SYNC=off is for measurements only. */
    return (!fresh || switch_to_wal(st, e)) &&
           vg_sql__exec(st,
                        "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA cache_size = -16384;"
                        "PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = 16777216",
                        e) &&
           (!is_unsynced() || vg_sql__exec(st, "PRAGMA synchronous = OFF", e)) && (!fresh || create(st, e)) &&
           (who != OLDER || (st->writable ? upgrade(st, e) : read_older(st, e))) &&
           (st->writable || vg_sql__exec(st, "PRAGMA query_only = ON", e));
}
