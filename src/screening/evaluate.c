/* Labelled pairs of names against the shipped model and threshold. One invariant: nothing here chooses anything. */
#include <math.h>
#include <time.h>

#include "core/csv.h"
#include "screening/evaluate.h"
#include "screening/evaluate_int.h"

#define MAX_GROUPS 256

double vg_evaluate_precision(const vg_evaluate_group *g)
{
    int64_t said = g->true_positive + g->false_positive;
    return said ? (double)g->true_positive / (double)said : NAN;
}

double vg_evaluate_recall(const vg_evaluate_group *g)
{
    int64_t there = g->true_positive + g->false_negative;
    return there ? (double)g->true_positive / (double)there : NAN;
}

double vg_evaluate_f1(const vg_evaluate_group *g)
{
    int64_t sum = 2 * g->true_positive + g->false_positive + g->false_negative;
    return sum ? 2 * (double)g->true_positive / (double)sum : NAN;
}

double vg_evaluate_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

bool vg_evaluate_columns(vg_csv *csv, const char *const *name, int n, int needed, int32_t *at, vg_err *e)
{
    vg_csv_row row;
    if (!vg_csv_next(csv, &row, e))
        return vg_failed(e) ? false : vg_fail(e, VG_ENODATA, VG_NOWHERE, "the file has no rows");
    for (int k = 0; k < n; k++) {
        at[k] = -1;
        for (int32_t i = 0; i < row.n && at[k] < 0; i++)
            if (vg_eq_nocase(vg_trim(row.cell[i]), vg_str_z(name[k])))
                at[k] = i;
        if (at[k] < 0 && k < needed) {
            vg_fail(e, VG_EPARSE, vg_csv_at(csv, &row, 0), "there is no column %s", name[k]);
            return vg_mend(e, "the first line must name the columns");
        }
    }
    return true;
}

vg_str vg_evaluate_cell(const vg_csv_row *row, int32_t at)
{
    return at >= 0 && at < row->n ? row->cell[at] : VG_NOSTR;
}

enum { NAME1, NAME2, SCHEMA, IS_MATCH, GROUP, ID, N_COLUMNS };

typedef struct {
    const vg_name_book *book;
    vg_csv *csv;
    vg_arena *kept;
    vg_out *scores;
    int32_t at[N_COLUMNS];
    vg_evaluate_group cross;
    vg_evaluate_pairs_result result;
    double squares;
} run;

static vg_schema schema_of(vg_str word)
{
    static const struct {
        const char *word;
        vg_schema schema;
    } known[] = { { "Person", VG_SCHEMA_PERSON },           { "Organization", VG_SCHEMA_ORGANISATION },
                  { "PublicBody", VG_SCHEMA_ORGANISATION }, { "Company", VG_SCHEMA_COMPANY },
                  { "Vessel", VG_SCHEMA_VESSEL },           { "Airplane", VG_SCHEMA_AIRCRAFT } };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (vg_eq_nocase(word, vg_str_z(known[i].word)))
            return known[i].schema;
    return VG_SCHEMA_ANY;
}

static vg_evaluate_group *group_of(run *r, vg_str name, vg_err *e)
{
    vg_evaluate_pairs_result *x = &r->result;
    for (int32_t i = 0; i < x->n_groups; i++)
        if (vg_eq(x->group[i].name, name))
            return &x->group[i];
    if (x->n_groups == MAX_GROUPS - 1)
        return &x->group[MAX_GROUPS - 2];
    vg_evaluate_group *g = &x->group[x->n_groups];
    g->name = vg_copy(r->kept, name);
    if (!g->name.s) {
        vg_fail_memory(e, vg_arena_limit(r->kept));
        return NULL;
    }
    x->n_groups++;
    return g;
}

static void count(vg_evaluate_group *g, bool truth, bool said)
{
    g->n++;
    g->true_positive += truth && said;
    g->false_positive += !truth && said;
    g->false_negative += truth && !said;
}

static bool label(run *r, const vg_csv_row *row, double score, bool cross, vg_err *e)
{
    vg_str word = vg_trim(vg_evaluate_cell(row, r->at[IS_MATCH]));
    bool truth = vg_eq_nocase(word, VG_S("true")) || vg_eq(word, VG_S("1"));
    if (!truth && !vg_eq_nocase(word, VG_S("false")) && !vg_eq(word, VG_S("0")))
        return vg_fail(e, VG_EPARSE, vg_csv_at(r->csv, row, r->at[IS_MATCH]),
                       "is_match is neither true nor false: \"%.*s\"", VG_P(word));
    bool said = score >= r->result.threshold;
    int tenth = score >= 1 ? 9 : (int)(score * 10);
    r->result.n_labelled++;
    r->squares += (score - truth) * (score - truth);
    r->result.tenth[tenth].n++;
    r->result.tenth[tenth].said += score;
    r->result.tenth[tenth].happened += truth;
    count(&r->result.all, truth, said);
    if (cross)
        count(&r->cross, truth, said);
    if (r->at[GROUP] < 0)
        return true;
    vg_evaluate_group *g = group_of(r, vg_evaluate_cell(row, r->at[GROUP]), e);
    if (g)
        count(g, truth, said);
    return g != NULL;
}

static bool score_row(run *r, const vg_csv_row *row, int64_t number, vg_arena scratch, vg_err *e)
{
    vg_name x, y;
    vg_schema schema = schema_of(vg_evaluate_cell(row, r->at[SCHEMA]));
    if (!vg_name_parse(r->book, vg_evaluate_cell(row, r->at[NAME1]), schema, &scratch, &x, e) ||
        !vg_name_parse(r->book, vg_evaluate_cell(row, r->at[NAME2]), schema, &scratch, &y, e))
        return false;
    double score = vg_name_score(r->book, &x, &y);
    if (r->scores && r->at[ID] >= 0)
        vg_put_csv(r->scores, vg_evaluate_cell(row, r->at[ID]));
    else if (r->scores)
        vg_put_int(r->scores, number);
    if (r->scores)
        vg_print(r->scores, ",%.6f\n", score);
    bool cross = (x.script == VG_SCRIPT_LATIN) != (y.script == VG_SCRIPT_LATIN);
    return r->at[IS_MATCH] < 0 || label(r, row, score, cross, e);
}

static bool score_rows(run *r, vg_arena *a, vg_err *e)
{
    static const char *const name[N_COLUMNS] = { "name1",    "name2",      "schema",
                                                 "is_match", "case_group", "case_id" };
    vg_csv_row row;
    if (!vg_evaluate_columns(r->csv, name, N_COLUMNS, 2, r->at, e))
        return false;
    if (r->scores)
        vg_put(r->scores, r->at[ID] >= 0 ? VG_S("case_id,score\n") : VG_S("row,score\n"));
    for (int64_t n = 0; vg_csv_next(r->csv, &row, e); n++) {
        if (row.bad) {
            *e = row.why;
            return false;
        }
        r->result.all.n += r->at[IS_MATCH] < 0;
        if (!score_row(r, &row, n, *a, e)) /* scratch: what it takes is given back */
            return false;
    }
    return !vg_failed(e) &&
           (r->result.all.n > 0 || vg_fail(e, VG_ENODATA, VG_NOWHERE, "the file holds no pair"));
}

static void finish(run *r)
{
    vg_evaluate_pairs_result *x = &r->result;
    if (r->cross.n) {
        r->cross.name = VG_S("cross-script");
        x->group[x->n_groups++] = r->cross;
    }
    for (int k = 0; k < 10; k++) {
        x->tenth[k].said /= (double)x->tenth[k].n;
        x->tenth[k].happened /= (double)x->tenth[k].n;
    }
    x->brier = x->n_labelled ? r->squares / (double)x->n_labelled : NAN;
}

bool vg_evaluate_pairs(const vg_name_book *b, const char *path, vg_out *scores, vg_arena *a,
                       vg_evaluate_pairs_result *out, vg_err *e)
{
    run r = { .book = b, .scores = scores, .kept = a };
    vg_arena names; /* of the groups; `a` itself is used as scratch by value */
    vg_input *in;
    double began = vg_evaluate_now();
    r.result.threshold = vg_name_threshold();
    r.result.group = vg_new(a, vg_evaluate_group, MAX_GROUPS);
    char *room = vg_new(a, char, 1 << 16);
    if (!r.result.group || !room)
        return vg_fail_memory(e, vg_arena_limit(a));
    names = (vg_arena){ .base = room, .next = room, .end = room + (1 << 16) };
    r.kept = &names;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ 0 }, &r.csv, e);
    if (good) {
        good = score_rows(&r, a, e);
        vg_csv_close(r.csv);
    }
    vg_input_close(in);
    if (!good)
        return false;
    finish(&r);
    r.result.seconds = vg_evaluate_now() - began;
    *out = r.result;
    return true;
}
