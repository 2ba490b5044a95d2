/* Opening and closing. Invariant: a file that vigie makes is readable by its owner only (0600, new folders 0700),
 * and it exists with all its tables or as an empty file that the next open completes. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/num.h"
#include "store/store_int.h"

enum { BUSY_MS = 10000 };

static bool is_memory(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

static bool make_folder(const char *folder, vg_err *e)
{
    struct stat about;
    if (stat(folder, &about) == 0 && S_ISDIR(about.st_mode))
        return true;
    if (mkdir(folder, 0700) == 0 || errno == EEXIST)
        return true;
    vg_fail_os(e, errno, VG_NOWHERE, "cannot make the folder %s", folder);
    return vg_mend(e, "choose a place you may write to with --store FILE or VIGIE_STORE");
}

static bool make_folders(const char *path, vg_err *e)
{
    char *folder = strdup(path);
    if (!folder)
        return vg_sql__no_memory(e);
    bool ok = true;
    for (char *at = strchr(folder + 1, '/'); at && ok; at = strchr(at + 1, '/')) {
        *at = '\0';
        ok = make_folder(folder, e);
        *at = '/';
    }
    free(folder);
    return ok;
}

/* Made here and not by SQLite, so that the mode does not hang on the umask; WAL files take over the mode. */
static bool make_file(const char *path, vg_err *e)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        return close(fd) == 0 || vg_fail_os(e, errno, VG_NOWHERE, "cannot make the store %s", path);
    if (errno == EEXIST)
        return true;
    vg_fail_os(e, errno, VG_NOWHERE, "cannot make the store %s", path);
    return vg_mend(e, "choose a place you may write to with --store FILE or VIGIE_STORE");
}

static bool find_file(const char *path, vg_store_mode mode, vg_err *e)
{
    struct stat about;
    if (stat(path, &about) == 0) {
        if (!S_ISDIR(about.st_mode))
            return true;
        vg_fail(e, VG_EARG, VG_NOWHERE, "a store is a file, and this is a folder: %s", path);
        return vg_mend(e, "add a file name, such as %s/vigie.db", path);
    }
    if (mode == VG_STORE_WRITE)
        return make_folders(path, e) && make_file(path, e);
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "there is no store at %s", path);
    return vg_mend(e, "import something first (vigie import FILE), or name another store with --store FILE");
}

static int busy_ms(void)
{
    int64_t asked;
    bool given = vg_int(vg_str_z(getenv("VIGIE_BUSY_MS")), &asked) && asked >= 0 && asked <= 3600000;
    return given ? (int)asked : BUSY_MS;
}

static bool connect(vg_store *st, vg_err *e)
{
    int rc = sqlite3_open_v2(st->path, &st->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc != SQLITE_OK)
        return st->db ? vg_sql__fail(st, rc, e) : vg_sql__no_memory(e);
    sqlite3_extended_result_codes(st->db, 1);
    sqlite3_busy_timeout(st->db, st->busy_ms);
    sqlite3_db_config(st->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(st->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return vg_schema__ready(st, e);
}

bool vg_store_open(const char *path, vg_store_mode mode, vg_store **out, vg_err *e)
{
    if (vg_failed(e))
        return false;
    if (!path || !*path)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the name of the store is empty");
    if (!is_memory(path) && !find_file(path, mode, e))
        return false;
    vg_store *st = calloc(1, sizeof *st);
    if (!st)
        return vg_sql__no_memory(e);
    *st = (vg_store){ .path = strdup(path),
                      .writable = mode == VG_STORE_WRITE || is_memory(path),
                      .busy_ms = busy_ms() };
    if (!st->path || !connect(st, e)) {
        vg_store_close(st);
        return vg_failed(e) ? false : vg_sql__no_memory(e);
    }
    *out = st;
    return true;
}

void vg_store_close(vg_store *st)
{
    if (!st)
        return;
    if (st->import)
        vg_import_drop(st->import);
    if (st->has_names)
        vg_map_free(&st->names);
    sqlite3_close(st->db);
    free(st->path);
    free(st);
}

bool vg_store__ready(vg_store *st, vg_err *e)
{
    return !vg_failed(e) && (!st->import || vg_import__settle(st->import, e)) && vg_schema__follow(st, e);
}

static const char *set(const char *variable)
{
    const char *value = getenv(variable);
    return value && *value ? value : NULL;
}

bool vg_store_default_path(vg_arena *a, vg_str *path, vg_err *e)
{
    if (vg_failed(e))
        return false;
    const char *store = set("VIGIE_STORE"), *data = set("XDG_DATA_HOME"), *home = set("HOME");
    struct passwd entry, *found = NULL;
    char room[4096];
    if (!home && getpwuid_r(getuid(), &entry, room, sizeof room, &found) == 0 && found)
        home = found->pw_dir;
    vg_str p;
    if (store)
        p = vg_format(a, "%s", store);
    else if (data)
        p = vg_format(a, "%s/vigie/vigie.db", data);
    else if (home)
        p = vg_format(a, "%s/.local/share/vigie/vigie.db", home);
    else {
        vg_fail(e, VG_EARG, VG_NOWHERE, "no place for the store: HOME is not set");
        return vg_mend(e, "name one with --store FILE or VIGIE_STORE");
    }
    if (!p.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    *path = p;
    return true;
}
