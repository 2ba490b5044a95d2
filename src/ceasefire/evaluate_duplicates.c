/* Joining of rows about one event held against labels of duplicates in a file (TASK.md, R4). Invariant: the watch sees
 * what any reader of the file would hand it, and never the column of labels. */
#include <math.h>
#include <stdlib.h>

#include "ceasefire/evaluate.h"
#include "core/csv.h"
#include "core/date.h"
#include "core/map.h"
#include "source/report.h"

static const double near_m = 25000;

typedef struct {
    int64_t line;
    int32_t label; /* -1 = none */
} row_label;

typedef struct {
    uint64_t key;
    int32_t label;
    int64_t from, to;
    double lat_deg, lon_deg;
} row;

typedef struct {
    int32_t from_day, to_day;
    bool hashes;
    vg_map labels;
    row_label *line; /* by line */
    int64_t n_lines, cap_lines;
    row *row;
    int64_t n_rows, cap_rows;
    vg_watch *w;
    vg_agreement *a;
    vg_evaluation_duplicates out;
} trial;

/* --- the labels --- */

static int column(const vg_csv_row *r, vg_str name)
{
    for (int i = 0; i < r->n; i++)
        if (vg_eq(vg_trim(r->cell[i]), name))
            return i;
    return -1;
}

static bool add_label(trial *t, int64_t line, vg_str label, vg_err *e)
{
    if (t->n_lines == t->cap_lines) {
        int64_t cap = t->cap_lines ? t->cap_lines * 2 : 4096;
        row_label *more = realloc(t->line, (size_t)cap * sizeof *more);
        if (!more)
            return vg_fail_memory(e, cap);
        t->line = more;
        t->cap_lines = cap;
    }
    int32_t number = label.n ? vg_map_add(&t->labels, label, NULL) : -1;
    t->line[t->n_lines++] = (row_label){ line, number };
    return true;
}

static bool read_labels(trial *t, vg_input *in, vg_err *e)
{
    vg_csv *csv;
    vg_csv_row r;
    if (!vg_csv_open(in, &(vg_csv_opts){ .sep = 0 }, &csv, e))
        return false;
    bool good = vg_csv_next(csv, &r, e);
    int at = good ? column(&r, VG_S("exact_dup_cluster")) : -1;
    if (good && at < 0) {
        good = vg_fail(e, VG_ENODATA, VG_NOWHERE, "no column exact_dup_cluster");
        vg_why(e, "duplicates are held against labels that stand in this column");
    }
    while (good && vg_csv_next(csv, &r, e))
        good = add_label(t, r.line, at < r.n ? vg_trim(r.cell[at]) : VG_NOSTR, e);
    vg_csv_close(csv);
    return good && !vg_failed(e);
}

static int32_t label_at(const trial *t, int64_t line)
{
    int64_t low = 0, high = t->n_lines;
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (t->line[middle].line < line)
            low = middle + 1;
        else
            high = middle;
    }
    return low < t->n_lines && t->line[low].line == line ? t->line[low].label : -1;
}

/* --- the rows --- */

static int by_key(const void *a, const void *b)
{
    uint64_t x = ((const row *)a)->key, y = ((const row *)b)->key;
    return (x > y) - (x < y);
}

static bool take(void *ctx, const vg_report *given, vg_at at, vg_err *e)
{
    trial *t = ctx;
    vg_report r = *given;
    vg_watch_verdict verdict;
    int32_t day = (int32_t)((r.from + (r.to - r.from) / 2) / 86400);
    if (day < t->from_day || day > t->to_day)
        return true;
    if (t->n_rows == t->cap_rows) {
        int64_t cap = t->cap_rows ? t->cap_rows * 2 : 4096;
        row *more = realloc(t->row, (size_t)cap * sizeof *more);
        if (!more)
            return vg_fail_memory(e, cap);
        t->row = more;
        t->cap_rows = cap;
    }
    t->row[t->n_rows++] =
        (row){ vg_report_key(r.source, r.id), label_at(t, at.line), r.from, r.to, r.lat_deg, r.lon_deg };
    if (!t->hashes)
        r.text_hash = r.media_hash = VG_NOSTR;
    r.raw = VG_NOSTR;
    return vg_watch_report(t->w, &r, t->n_rows, &verdict, e);
}

static void count_pairs(trial *t)
{
    vg_evaluation_duplicates *o = &t->out;
    for (int64_t i = 0; i < t->n_rows; i++) {
        const row *a = &t->row[i];
        o->n_labelled += a->label >= 0;
        bool first = a->label >= 0;
        for (int64_t k = 0; k < i; k++) {
            const row *b = &t->row[k];
            if (a->label < 0 || a->label != b->label)
                continue;
            first = false;
            o->n_pairs++;
            o->n_pairs_near += a->from <= b->to && b->from <= a->to &&
                               vg_distance_m(a->lat_deg, a->lon_deg, b->lat_deg, b->lon_deg) <= near_m;
        }
        o->n_clusters += first;
    }
    o->n_rows = t->n_rows;
}

/* --- what was joined --- */

typedef struct {
    uint64_t *id;
    int64_t n, most;
} id_list;

static bool note_id(void *ctx, const vg_incident *x)
{
    id_list *l = ctx;
    if (l->n < l->most)
        l->id[l->n++] = x->id;
    return true;
}

static int32_t label_of(const trial *t, uint64_t key)
{
    row wanted = { .key = key };
    const row *r = bsearch(&wanted, t->row, (size_t)t->n_rows, sizeof *t->row, by_key);
    return r ? r->label : -1;
}

static void count_joined(trial *t, const vg_member *m, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < i; k++) {
            int32_t a = label_of(t, m[i].key), b = label_of(t, m[k].key);
            t->out.n_joined_any++;
            t->out.n_joined += a >= 0 && b >= 0;
            t->out.n_right += a >= 0 && a == b;
        }
}

static bool joined(trial *t, vg_err *e)
{
    id_list l = { .most = t->n_rows + 1 };
    vg_arena a;
    l.id = calloc((size_t)l.most, sizeof *l.id);
    if (!l.id || !vg_arena_init(&a, 64 << 20, e)) {
        free(l.id);
        return vg_fail_memory(e, l.most);
    }
    qsort(t->row, (size_t)t->n_rows, sizeof *t->row, by_key);
    bool good = vg_watch_settle(t->w, e) && vg_watch_each(t->w, INT64_MIN, INT64_MAX, note_id, &l, e);
    for (int64_t i = 0; good && i < l.n; i++) {
        vg_arena scratch = a;
        vg_member *m;
        int32_t n;
        good = vg_watch_members(t->w, l.id[i], &scratch, &m, &n, e);
        if (good)
            count_joined(t, m, n);
    }
    vg_arena_free(&a);
    free(l.id);
    return good;
}

/* --- all of it --- */

static void score(vg_evaluation_duplicates *o)
{
    double right = (double)o->n_right;
    o->precision = o->n_joined ? right / (double)o->n_joined : NAN;
    o->precision_any = o->n_joined_any ? right / (double)o->n_joined_any : NAN;
    o->recall = o->n_pairs ? right / (double)o->n_pairs : NAN;
    o->f1 = o->n_joined + o->n_pairs ? 2 * right / (double)(o->n_joined + o->n_pairs) : NAN;
    o->f1_any = o->n_joined_any + o->n_pairs ? 2 * right / (double)(o->n_joined_any + o->n_pairs) : NAN;
}

static bool run(trial *t, const char *path, vg_err *e)
{
    static const char agreement[] =
        "id = \"duplicates\"\ntitle = \"No agreement\"\nversion = \"1\"\n"
        "time_zone = \"UTC\"\ncut_off = \"00:00\"\n"
        "[[party]]\nid = \"one\"\nname = \"One\"\n[[party]]\nid = \"other\"\nname = \"Other\"\n"
        "[[clause]]\nid = \"any\"\nparties = \"all\"\nacts = \"all\"\nseverity = 1\n";
    vg_input *in;
    vg_report_source_opts o = { .replay = true };
    vg_report_source_sink sink = { .ctx = t, .report = take };
    vg_report_source_found found;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = read_labels(t, in, e);
    vg_input_close(in);
    if (!good || !vg_agreement_parse(VG_S(agreement), VG_S("duplicates"), NULL, &t->a, e) ||
        !vg_watch_open(t->a, &(vg_watch_opts){ .hash_media = t->hashes }, &t->w, e) ||
        !vg_report_source_read(path, &o, &sink, &found, e))
        return false;
    count_pairs(t);
    if (!joined(t, e))
        return false;
    score(&t->out);
    return true;
}

bool vg_evaluate_duplicates(const char *path, int32_t from_day, int32_t to_day, bool hashes,
                            vg_evaluation_duplicates *out, vg_err *e)
{
    trial t = { .from_day = from_day, .to_day = to_day, .hashes = hashes };
    if (!vg_map_init(&t.labels, e))
        return false;
    bool good = run(&t, path, e);
    vg_watch_close(t.w);
    vg_agreement_free(t.a);
    vg_map_free(&t.labels);
    free(t.line);
    free(t.row);
    if (good)
        *out = t.out;
    return good;
}
