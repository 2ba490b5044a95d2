/* What a file holds, from its first bytes, and which files are one list. Invariant: a set has a main file; alternate
 * names, addresses and comments of OFAC without one are told as skipped. */
#include "source/list_int.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { MAIN, ALT, ADD, COMMENTS, MAX_FILES = 4096 };

static bool has(vg_str head, const char *what)
{
    return vg_find(head, vg_str_z(what)) >= 0;
}

static bool name_has(vg_str name, const char *word)
{
    vg_str w = vg_str_z(word);
    for (ptrdiff_t i = 0; i + w.n <= name.n; i++)
        if (vg_eq_nocase(vg_sub(name, i, w.n), w))
            return true;
    return false;
}

static vg_str base_name(vg_str path)
{
    for (ptrdiff_t i = path.n; i > 0; i--)
        if (path.s[i - 1] == '/')
            return vg_sub(path, i, path.n);
    return path;
}

/* The name of a file without folder and endings, in lower case letters, digits and hyphens. */
static vg_str slug(vg_str path, vg_arena *a)
{
    static const char *const ending[] = { ".gz",  ".zip",   ".csv",  ".tsv", ".txt",
                                          ".xml", ".jsonl", ".json", ".ftm" };
    path = base_name(path);
    for (int round = 0; round < 3; round++)
        for (size_t k = 0; k < sizeof ending / sizeof *ending; k++)
            if (path.n > (ptrdiff_t)strlen(ending[k]) && vg_ends(path, vg_str_z(ending[k])))
                path.n -= (ptrdiff_t)strlen(ending[k]);
    char *to = vg_new(a, char, path.n + 1);
    for (ptrdiff_t i = 0; to && i < path.n; i++) {
        char c = vg_lower(path.s[i]);
        bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.';
        to[i] = plain ? c : '-';
    }
    return (vg_str){ to, to ? path.n : 0 };
}

/* Cells of the first line, with "," between them; -1 = its first cell is no number. */
static int numbered_cells(vg_str line, vg_str cell[16])
{
    int n = 0;
    bool quoted = false;
    ptrdiff_t from = 0;
    if (!line.n || line.s[0] < '0' || line.s[0] > '9')
        return -1;
    for (ptrdiff_t i = 0; i <= line.n && n < 16; i++) {
        quoted ^= i < line.n && line.s[i] == '"';
        if (i == line.n || (line.s[i] == ',' && !quoted)) {
            cell[n++] = vg_trim(vg_sub(line, from, i - from));
            from = i + 1;
        }
    }
    return n;
}

static const char *ofac_part(vg_str head)
{
    vg_str cell[16], line = vg_trim(vg_cut(&head, '\n'));
    int n = numbered_cells(line, cell);
    if (n == 12)
        return "ofac";
    if (n == 5 && cell[2].n <= 5 && (has(cell[2], "aka") || has(cell[2], "fka") || has(cell[2], "nka")))
        return "ofac-alt";
    if (n == 6 && has(line, "-0-"))
        return "ofac-add";
    return n == 2 && cell[1].n && cell[1].s[0] == '"' ? "ofac-comments" : NULL;
}

static const char *table_format(vg_str head)
{
    vg_str line = vg_sub(head, 0, 4096);
    const char *ofac = ofac_part(head);
    if (ofac)
        return ofac;
    if (has(line, "celex") && has(line, "recordId"))
        return "eu-oj";
    if (has(line, "Entity_LogicalId") || has(line, "Entity_EU_ReferenceNumber"))
        return "eu-fsf";
    if (has(line, "Unique ID") && has(line, "OFSI Group ID"))
        return "uk-sl";
    if (has(line, "Name 6") && has(line, "Group Type"))
        return "uk-conlist";
    if (has(line, "source_list_url") && has(line, "entity_number"))
        return "us-csl";
    if (has(line, "Standard_Order") && has(line, "Effective_Date"))
        return "us-dpl";
    return NULL;
}

static const char *format_of(vg_str head)
{
    vg_str s = head;
    if (vg_starts(s, VG_S("\xEF\xBB\xBF")))
        s = vg_sub(s, 3, s.n);
    s = vg_trim(s);
    if (vg_starts(s, VG_S("<")))
        return has(s, "CONSOLIDATED_LIST") || has(s, "<!DOCTYPE") ? "un-sc" : NULL;
    if (vg_starts(s, VG_S("{"))) {
        vg_str line = vg_cut(&s, '\n');
        bool delta = has(line, "\"op\"") && has(line, "\"entity\"");
        return delta                                                ? "ftm-delta"
               : has(line, "DATA_SOURCE") || has(line, "RECORD_ID") ? "senzing"
               : has(line, "\"schema\"")                            ? "ftm"
                                                                    : NULL;
    }
    return table_format(s);
}

/* OFAC's two sets have one layout; the name tells them apart, else the programmes do. */
static const char *ofac_list(vg_str head, vg_str path)
{
    vg_str name = base_name(path); /* a folder may be called "consolidated" */
    if (name_has(name, "nonsdn") || name_has(name, "non-sdn") || name_has(name, "non_sdn") ||
        name_has(name, "cons"))
        return "ofac-nonsdn";
    if (name_has(name, "sdn"))
        return "ofac-sdn";
    return has(head, "NS-PLC") || has(head, "-EO13662") ? "ofac-nonsdn" : "ofac-sdn";
}

static vg_str list_of(vg_str format, vg_str head, vg_str name, vg_arena *a)
{
    if (vg_starts(format, VG_S("ofac")))
        return vg_str_z(ofac_list(head, name));
    if (vg_eq(format, VG_S("eu-oj"))) {
        vg_str rest = head, line;
        (void)vg_cut(&rest, '\n');
        line = vg_cut(&rest, '\n');
        vg_str celex = vg_cut(&line, ',');
        return celex.n && celex.n < 20 ? vg_format(a, "eu-oj-%.*s", VG_P(celex)) : VG_S("eu-oj");
    }
    bool own = vg_starts(format, VG_S("ftm")) || vg_eq(format, VG_S("senzing")) || vg_eq(format, VG_S("csv"));
    return own ? slug(name, a) : format;
}

bool vg_list__detect(vg_str head, vg_str name, vg_arena *a, vg_list_set *set, vg_err *e)
{
    const char *format = format_of(head);
    if (!format) {
        vg_str line = vg_trim(vg_sub(head, 0, 4096));
        bool markup = vg_starts(line, VG_S("<")) || vg_starts(line, VG_S("{")) || vg_starts(line, VG_S("["));
        line = vg_cut(&line, '\n');
        bool table =
            !markup && (has(line, ",") || has(line, ";") || has(line, "\t") || name_has(line, "name"));
        if (!table || memchr(head.s, 0, (size_t)head.n)) {
            vg_fail(e, VG_EPARSE, (vg_at){ .file = name }, "no list of parties is written like this");
            vg_why(e, "known are UN XML, OFAC, US CSL, BIS, EU, UK, FollowTheMoney, Senzing and any CSV with "
                      "names");
            return vg_mend(
                e, "name the format with --as, or turn the file into a CSV with a column called name");
        }
        format = "csv";
    }
    set->format = vg_str_z(format);
    set->list = list_of(set->format, head, name, a);
    set->is_delta = vg_eq(set->format, VG_S("ftm-delta"));
    return true;
}

/* --- files to sets --- */

typedef struct {
    vg_str path, stem; /* stem: of OFAC's files, folder and name without what tells the part */
    vg_list_set set;
    int part;
} file;

typedef struct {
    const vg_list_opts *opts;
    vg_arena *a;
    file *files;
    int64_t n, n_skipped;
    vg_list_skipped *skipped;
    bool tell; /* skipped files are told, and fail nothing */
} gathering;

static vg_str stem_of(vg_str path)
{
    static const char *const part[] = { "sdn_comments", "comments", "prim", "alt", "add", "sdn" };
    static const char *const ending[] = { ".gz", ".zip", ".csv", ".txt" };
    for (int round = 0; round < 2; round++)
        for (size_t k = 0; k < sizeof ending / sizeof *ending; k++)
            if (vg_ends(path, vg_str_z(ending[k])))
                path.n -= (ptrdiff_t)strlen(ending[k]);
    for (size_t k = 0; k < sizeof part / sizeof *part; k++) {
        vg_str word = vg_str_z(part[k]);
        if (path.n >= word.n && vg_eq_nocase(vg_sub(path, path.n - word.n, word.n), word)) {
            path.n -= word.n;
            break;
        }
    }
    while (path.n && (path.s[path.n - 1] == '_' || path.s[path.n - 1] == '-'))
        path.n--;
    return path;
}

static bool skip(gathering *g, vg_str path, const vg_err *why, vg_err *e)
{
    if (!g->tell) {
        *e = *why;
        return false;
    }
    g->skipped[g->n_skipped++] = (vg_list_skipped){ path, *why };
    return true;
}

static bool look(gathering *g, vg_str path, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    vg_input *in = NULL;
    vg_str head = VG_NOSTR;
    file f = { .path = path, .stem = stem_of(path) };
    bool good = vg_input_open(path.s, &in, &why) && vg_input_peek(in, VG_LIST_PEEK, &head, &why);
    if (good && g->opts->as.n) {
        f.set.format = g->opts->as;
        f.set.list = list_of(f.set.format, head, path, g->a);
        f.set.is_delta = vg_eq(f.set.format, VG_S("ftm-delta"));
    } else if (good) {
        good = vg_list__detect(head, path, g->a, &f.set, &why);
    }
    if (in)
        vg_input_close(in);
    if (!good)
        return skip(g, path, &why, e);
    if (g->opts->list.n)
        f.set.list = g->opts->list;
    f.part = vg_eq(f.set.format, VG_S("ofac-alt"))        ? ALT
             : vg_eq(f.set.format, VG_S("ofac-add"))      ? ADD
             : vg_eq(f.set.format, VG_S("ofac-comments")) ? COMMENTS
                                                          : MAIN;
    if (g->n == MAX_FILES)
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "more than %d files", MAX_FILES);
    g->files[g->n++] = f;
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool look_into(gathering *g, vg_str path, vg_err *e)
{
    DIR *dir = opendir(path.s);
    const char **name = vg_new(g->a, const char *, MAX_FILES);
    int n = 0;
    if (!dir || !name) {
        if (dir)
            closedir(dir);
        vg_fail(e, VG_EIO, (vg_at){ .file = path }, "this folder cannot be read");
        return vg_mend(e, "check that it exists and that you may read it");
    }
    for (struct dirent *entry; n < MAX_FILES && (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        vg_str whole =
            vg_format(g->a, "%.*s%s%s", VG_P(path), vg_ends(path, VG_S("/")) ? "" : "/", entry->d_name);
        struct stat about;
        if (whole.s && stat(whole.s, &about) == 0 && S_ISREG(about.st_mode))
            name[n++] = whole.s;
    }
    closedir(dir);
    qsort(name, (size_t)n, sizeof *name, by_name);
    bool good = true;
    for (int i = 0; i < n && good; i++)
        good = look(g, vg_str_z(name[i]), e);
    return good;
}

/* The parts of OFAC's sets go to the main file of their stem, or of the only one in their folder. */
static bool join_parts(gathering *g, vg_err *e)
{
    for (int64_t i = 0; i < g->n; i++) {
        file *part = &g->files[i];
        if (part->part == MAIN)
            continue;
        file *main = NULL;
        for (int64_t k = 0; k < g->n; k++)
            if (g->files[k].part == MAIN && vg_eq(g->files[k].set.format, VG_S("ofac")) &&
                vg_eq(g->files[k].stem, part->stem))
                main = &g->files[k];
        if (main && !main->set.path[part->part].n) {
            main->set.path[part->part] = part->path;
            continue;
        }
        vg_err why = VG_NO_ERR;
        vg_fail(&why, VG_ENODATA, (vg_at){ .file = part->path }, "names or addresses without their list");
        vg_mend(&why,
                "give sdn.csv (or prim) with it; the files of a set have one name before _sdn, _alt, _add");
        if (!skip(g, part->path, &why, e))
            return false;
    }
    return true;
}

static int by_list(const void *a, const void *b)
{
    const vg_list_set *x = a, *y = b;
    int order = vg_cmp(x->list, y->list);
    if (order == 0)
        order = x->is_delta - y->is_delta;
    return order ? order : vg_cmp(x->path[0], y->path[0]);
}

/* Deltas belong to the list whose name they have but for a word that says so. */
static void name_deltas(vg_list_set *set, int64_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = 0; k < n && set[i].is_delta; k++) {
            vg_str whole = set[k].list, delta = set[i].list;
            ptrdiff_t same = 0;
            while (same < whole.n && same < delta.n && whole.s[same] == delta.s[same])
                same++;
            bool named = same > 0 && vg_starts(vg_sub(delta, same, delta.n), VG_S("delta"));
            if (!set[k].is_delta && vg_eq(set[k].format, VG_S("ftm")) && named)
                set[i].list = whole;
        }
}

bool vg_list_sets(const vg_str *path, int64_t n_paths, const vg_list_opts *opts, vg_arena *a,
                  vg_list_set **out, int64_t *n, vg_list_skipped **skipped, int64_t *n_skipped, vg_err *e)
{
    gathering g = { .opts = opts, .a = a, .tell = skipped != NULL };
    g.files = vg_new(a, file, MAX_FILES);
    g.skipped = vg_new(a, vg_list_skipped, 2 * MAX_FILES);
    if (!g.files || !g.skipped)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n_paths; i++) {
        struct stat about;
        vg_str kept = vg_copy(a, path[i]);
        if (!kept.s)
            return vg_fail_memory(e, vg_arena_limit(a));
        bool folder = stat(kept.s, &about) == 0 && S_ISDIR(about.st_mode);
        if (!(folder ? look_into(&g, kept, e) : look(&g, kept, e)))
            return false;
    }
    vg_list_set *set = vg_new(a, vg_list_set, g.n);
    int64_t count = 0;
    if (!set || !join_parts(&g, e))
        return set ? false : vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < g.n; i++)
        if (g.files[i].part == MAIN) {
            g.files[i].set.path[0] = g.files[i].path;
            set[count++] = g.files[i].set;
        }
    name_deltas(set, count);
    qsort(set, (size_t)count, sizeof *set, by_list);
    *out = set;
    *n = count;
    if (skipped) {
        *skipped = g.skipped;
        *n_skipped = g.n_skipped;
    }
    return true;
}
