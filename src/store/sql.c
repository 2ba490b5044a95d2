/* The only place that steps statements and reads result codes. Invariant: a vg_sql that failed stays failed, so a
 * loop over rows needs one check, at vg_sql__close. */
#include <errno.h>
#include <string.h>

#include "store/store_int.h"

static bool fail_busy(vg_store *st, vg_err *e)
{
    vg_fail(e, VG_EBUSY, VG_NOWHERE, "the store is in use: %s", st->path);
    vg_why(e, "another process has been writing to it, and it was not done after %g seconds",
           st->busy_ms / 1000.0);
    return vg_mend(e, "wait until it has finished and run this again");
}

/* SQLite knows a full disk by ENOSPC only; where a quota or a limit ends a write it says no more than that it failed. A
 * disk that is broken says EIO. */
static bool is_full(vg_store *st, int rc, int os)
{
    int more = sqlite3_extended_errcode(st->db);
    bool short_write = (more == SQLITE_IOERR_WRITE || more == SQLITE_IOERR_SHMSIZE) && os != EIO;
    return (rc & 0xff) == SQLITE_FULL || short_write || os == ENOSPC || os == EDQUOT || os == EFBIG;
}

static bool fail_disk(vg_store *st, int rc, vg_err *e)
{
    int os = sqlite3_system_errno(st->db);
    bool full = is_full(st, rc, os);
    if ((rc & 0xff) == SQLITE_FULL)
        os = ENOSPC;
    vg_fail_os(e, os ? os : EIO, VG_NOWHERE, "cannot read or write the store %s", st->path);
    if (full && e && e->code == VG_EIO)
        e->code = VG_EFULL;
    vg_why(e, "the last change was taken back whole; what was committed before is untouched");
    return vg_mend(e, "make room on the disk and see that folder and file may be written, then run it again");
}

bool vg_sql__no_memory(vg_err *e)
{
    vg_fail(e, VG_ENOMEM, VG_NOWHERE, "the machine has no memory left");
    return vg_mend(e, "end other programs, then run this again");
}

bool vg_sql__fail(vg_store *st, int rc, vg_err *e)
{
    switch (rc & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail_busy(st, e);
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM: return fail_disk(st, rc, e);
    case SQLITE_NOMEM: return vg_sql__no_memory(e);
    case SQLITE_NOTADB:
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "not a store of vigie: %s", st->path);
        return vg_mend(e, "give another file with --store, or leave it out for the default place");
    case SQLITE_CORRUPT:
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "the store is damaged: %s", st->path);
        vg_why(e, "SQLite says: %s", sqlite3_errmsg(st->db));
        return vg_mend(e, "go back to a copy of the file, or import the sources into a new store");
    default: break;
    }
    vg_fail(e, (rc & 0xff) == SQLITE_CONSTRAINT ? VG_ECONFLICT : VG_EIO, VG_NOWHERE, "the store refused: %s",
            sqlite3_errmsg(st->db));
    return vg_why(e, "SQLite result code %d in %s", rc, st->path);
}

static bool failed(vg_sql *q, int rc)
{
    q->failed = true;
    return vg_sql__fail(q->st, rc, q->e);
}

bool vg_sql__open(vg_sql *q, vg_store *st, const char *sql, vg_err *e)
{
    *q = (vg_sql){ .st = st, .e = e, .failed = vg_failed(e) };
    if (q->failed)
        return false;
    int rc = sqlite3_prepare_v3(st->db, sql, -1, 0, &q->stmt, NULL);
    return rc == SQLITE_OK || failed(q, rc);
}

bool vg_sql__close(vg_sql *q)
{
    bool ok = !q->failed;
    sqlite3_finalize(q->stmt);
    *q = (vg_sql){ .failed = true };
    return ok;
}

void vg_sql__bind_int(vg_sql *q, int at, int64_t x)
{
    sqlite3_bind_int64(q->stmt, at, x);
}

void vg_sql__bind_text(vg_sql *q, int at, vg_str s)
{
    sqlite3_bind_text64(q->stmt, at, s.n ? s.s : "", (sqlite3_uint64)s.n, SQLITE_STATIC, SQLITE_UTF8);
}

void vg_sql__bind_blob(vg_sql *q, int at, vg_str bytes)
{
    sqlite3_bind_blob64(q->stmt, at, bytes.n ? bytes.s : "", (sqlite3_uint64)bytes.n, SQLITE_STATIC);
}

void vg_sql__bind_optional(vg_sql *q, int at, vg_str s)
{
    if (s.n)
        vg_sql__bind_text(q, at, s);
    else
        sqlite3_bind_null(q->stmt, at);
}

void vg_sql__bind_real(vg_sql *q, int at, double x)
{
    sqlite3_bind_double(q->stmt, at, x);
}

bool vg_sql__next(vg_sql *q)
{
    if (q->failed)
        return false;
    int rc = sqlite3_step(q->stmt);
    if (rc == SQLITE_ROW)
        return true;
    return rc == SQLITE_DONE ? false : failed(q, rc);
}

bool vg_sql__run(vg_sql *q)
{
    if (q->failed)
        return false;
    int rc = sqlite3_step(q->stmt);
    if (rc != SQLITE_DONE && rc != SQLITE_ROW)
        return failed(q, rc);
    sqlite3_reset(q->stmt);
    return true;
}

void vg_sql__again(vg_sql *q)
{
    sqlite3_reset(q->stmt);
}

int64_t vg_sql__int(vg_sql *q, int column)
{
    return sqlite3_column_int64(q->stmt, column);
}

int32_t vg_sql__i32(vg_sql *q, int column)
{
    return sqlite3_column_int(q->stmt, column);
}

int64_t vg_sql__int_or(vg_sql *q, int column, int64_t when_null)
{
    return sqlite3_column_type(q->stmt, column) == SQLITE_NULL ? when_null : vg_sql__int(q, column);
}

vg_str vg_sql__text(vg_sql *q, int column)
{
    const char *s = (const char *)sqlite3_column_text(q->stmt, column);
    return s ? (vg_str){ s, sqlite3_column_bytes(q->stmt, column) } : VG_NOSTR;
}

vg_str vg_sql__blob(vg_sql *q, int column)
{
    const char *s = sqlite3_column_blob(q->stmt, column);
    return s ? (vg_str){ s, sqlite3_column_bytes(q->stmt, column) } : VG_NOSTR;
}

vg_str vg_sql__copy(vg_sql *q, int column, vg_arena *a)
{
    vg_str copy = vg_copy(a, vg_sql__text(q, column));
    if (!copy.s) {
        q->failed = true;
        vg_fail_memory(q->e, vg_arena_limit(a));
    }
    return copy;
}

bool vg_sql__exec(vg_store *st, const char *sql, vg_err *e)
{
    if (vg_failed(e))
        return false;
    int rc = sqlite3_exec(st->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK || vg_sql__fail(st, rc, e);
}

bool vg_sql__one_int(vg_store *st, const char *sql, int64_t *out, vg_err *e)
{
    vg_sql q;
    if (!vg_sql__open(&q, st, sql, e))
        return false;
    int64_t x = vg_sql__next(&q) ? vg_sql__int(&q, 0) : 0;
    if (!vg_sql__close(&q))
        return false;
    *out = x;
    return true;
}

bool vg_sql__begin(vg_store *st, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (!st->writable) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the store was opened for reading: %s", st->path);
        return vg_mend(e, "open it for writing");
    }
    if (st->import) {
        vg_fail(e, VG_EBUSY, VG_NOWHERE, "an import into this store is under way");
        return vg_mend(e, "end or drop the import first");
    }
    return vg_sql__exec(st, "BEGIN IMMEDIATE", e);
}

void vg_sql__rollback(vg_store *st)
{
    if (!sqlite3_get_autocommit(st->db)) /* a full disk may have rolled back already */
        sqlite3_exec(st->db, "ROLLBACK", NULL, NULL, NULL);
}

bool vg_sql__end(vg_store *st, bool ok, vg_err *e)
{
    ok = ok && vg_sql__exec(st, "COMMIT", e);
    if (!ok)
        vg_sql__rollback(st);
    return ok;
}

void *vg_sql__grow(vg_arena *a, void *items, int64_t n, int64_t *cap, int64_t size, vg_err *e)
{
    if (n < *cap)
        return items;
    int64_t wider = *cap ? *cap * 2 : 64;
    void *moved = vg_alloc(a, wider, size, (int64_t) _Alignof(max_align_t));
    if (!moved) {
        vg_fail_memory(e, vg_arena_limit(a));
        return NULL;
    }
    if (n)
        memcpy(moved, items, (size_t)(n * size));
    *cap = wider;
    return moved;
}
