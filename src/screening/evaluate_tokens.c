/*
 * Single names in two scripts: where the true partner stands, by vigie's own comparison and by ICU's romanisation with
 * Jaro-Winkler, among the same names. Equal ranks count half, so that an order of the file cannot help either.
 */
#include <string.h>

#include "core/map.h"
#include "screening/evaluate.h"
#include "screening/evaluate_int.h"
#include "text/distance.h"
#include "text/romanise.h"

#define MAX_SCRIPTS 32

typedef struct {
    int32_t script, latin, native; /* numbers in the maps */
} token;

typedef struct {
    const vg_name_book *book;
    vg_arena *a;
    vg_map scripts, latins, natives;
    vg_name *latin_name;
    token *row;
    int64_t n, cap;
    vg_romaniser *icu;
} tokens;

static bool keep_row(tokens *t, vg_str script, vg_str latin, vg_str native, vg_err *e)
{
    if (t->n == t->cap) {
        int64_t wider = t->cap ? 2 * t->cap : 4096;
        token *moved = vg_new(t->a, token, wider);
        if (!moved)
            return vg_fail_memory(e, vg_arena_limit(t->a));
        if (t->n)
            memcpy(moved, t->row, (size_t)t->n * sizeof *moved);
        t->row = moved;
        t->cap = wider;
    }
    token *x = &t->row[t->n++];
    x->script = vg_map_add(&t->scripts, script, NULL);
    x->latin = vg_map_add(&t->latins, latin, NULL);
    x->native = vg_map_add(&t->natives, native, NULL);
    return (x->script >= 0 && x->latin >= 0 && x->native >= 0) || vg_fail_memory(e, 0);
}

static bool read_rows(tokens *t, const char *path, vg_err *e)
{
    static const char *const name[3] = { "script", "latin", "native" };
    int32_t at[3];
    vg_input *in;
    vg_csv *csv;
    vg_csv_row row;
    if (!vg_input_open(path, &in, e))
        return false;
    bool good = vg_csv_open(in, &(vg_csv_opts){ 0 }, &csv, e);
    if (good) {
        good = vg_evaluate_columns(csv, name, 3, 3, at, e);
        while (good && vg_csv_next(csv, &row, e))
            if (!row.bad)
                good = keep_row(t, vg_evaluate_cell(&row, at[0]), vg_evaluate_cell(&row, at[1]),
                                vg_evaluate_cell(&row, at[2]), e);
        vg_csv_close(csv);
    }
    vg_input_close(in);
    return good && !vg_failed(e) &&
           (t->n > 0 || vg_fail(e, VG_ENODATA, VG_NOWHERE, "the file holds no names"));
}

/* The parts of a single name; one that was cut into several (a hyphen) is compared by all its letters. */
static vg_name_part whole(const vg_name *n)
{
    vg_name_part p = { .folded = n->joined, .n_folded = (uint8_t)n->n_joined, .script = n->script };
    return p;
}

typedef struct {
    double top1, reciprocal;
} standing;

static void add_rank(standing *s, int64_t better, int64_t equal)
{
    s->top1 += better == 0 ? 1.0 / (double)(equal + 1) : 0;
    s->reciprocal += 1 / ((double)better + (double)equal / 2 + 1);
}

/* Different Latin names of a script, as flags over all. */
static int64_t pool_of(const tokens *t, int32_t script, int32_t *pool, uint8_t *in_pool)
{
    int64_t n = 0;
    for (int64_t i = 0; i < t->n; i++)
        if (t->row[i].script == script && !in_pool[t->row[i].latin]) {
            in_pool[t->row[i].latin] = 1;
            pool[n++] = t->row[i].latin;
        }
    return n;
}

static bool ask(const tokens *t, const token *x, const int32_t *pool, int64_t n_pool, const uint8_t *partner,
                standing *own, standing *icu, vg_arena scratch, vg_err *e)
{
    vg_name native;
    char text[512], letters[65];
    vg_script script;
    if (!vg_name_parse(t->book, vg_map_name(&t->natives, x->native), VG_SCHEMA_ORGANISATION, &scratch,
                       &native, e))
        return false;
    vg_name_part asked = whole(&native), truth = whole(&t->latin_name[x->latin]);
    int n = vg_letter_word(vg_romanise(t->icu, vg_map_name(&t->natives, x->native), text, sizeof text),
                           letters, sizeof letters, &script);
    double mine = vg_name_part_likeness(&asked, &truth),
           theirs = vg_jaro_winkler(letters, n, truth.folded, truth.n_folded);
    int64_t better = 0, equal = 0, icu_better = 0, icu_equal = 0;
    for (int64_t i = 0; i < n_pool; i++) {
        if (partner[pool[i]])
            continue;
        vg_name_part other = whole(&t->latin_name[pool[i]]);
        double likeness = vg_name_part_likeness(&asked, &other),
               jaro = vg_jaro_winkler(letters, n, other.folded, other.n_folded);
        better += likeness > mine;
        equal += !(likeness < mine) && !(likeness > mine);
        icu_better += jaro > theirs;
        icu_equal += !(jaro < theirs) && !(jaro > theirs);
    }
    add_rank(own, better, equal);
    add_rank(icu, icu_better, icu_equal);
    return true;
}

static bool rank_script(tokens *t, int32_t script, int64_t n_queries, vg_evaluate_script *out, vg_err *e)
{
    vg_arena scratch = *t->a; /* given back at the end */
    int64_t total = 0, seen = 0;
    int32_t *pool = vg_new(&scratch, int32_t, t->latins.n);
    uint8_t *flags = vg_new(&scratch, uint8_t, t->latins.n);
    standing own = { 0 }, icu = { 0 };
    if (!pool || !flags)
        return vg_fail_memory(e, vg_arena_limit(t->a));
    for (int64_t i = 0; i < t->n; i++)
        total += t->row[i].script == script;
    *out = (vg_evaluate_script){ .script = vg_map_name(&t->scripts, script),
                                 .n_pool = pool_of(t, script, pool, flags) };
    memset(flags, 0, (size_t)t->latins.n);
    int64_t queries = n_queries > 0 && n_queries < total ? n_queries : total;
    for (int64_t i = 0; i < t->n; i++) {
        if (t->row[i].script != script)
            continue;
        bool asked = (seen + 1) * queries / total > seen * queries / total;
        seen++;
        if (!asked)
            continue;
        for (int64_t k = 0; k < t->n; k++)
            flags[t->row[k].latin] |= t->row[k].native == t->row[i].native;
        if (!ask(t, &t->row[i], pool, out->n_pool, flags, &own, &icu, scratch, e))
            return false;
        for (int64_t k = 0; k < t->n; k++)
            flags[t->row[k].latin] = 0;
        out->n++;
    }
    out->top1 = own.top1 / (double)out->n;
    out->reciprocal = own.reciprocal / (double)out->n;
    out->icu_top1 = icu.top1 / (double)out->n;
    out->icu_reciprocal = icu.reciprocal / (double)out->n;
    return true;
}

static bool rank_all(tokens *t, int64_t n_queries, vg_evaluate_tokens_result *out, vg_err *e)
{
    t->latin_name = vg_new(t->a, vg_name, t->latins.n);
    out->script = vg_new(t->a, vg_evaluate_script, t->scripts.n);
    if (!t->latin_name || !out->script)
        return vg_fail_memory(e, vg_arena_limit(t->a));
    for (int32_t i = 0; i < t->latins.n; i++)
        if (!vg_name_parse(t->book, vg_map_name(&t->latins, i), VG_SCHEMA_ORGANISATION, t->a,
                           &t->latin_name[i], e))
            return false;
    for (int32_t s = 0; s < t->scripts.n && s < MAX_SCRIPTS; s++) {
        if (!rank_script(t, s, n_queries, &out->script[s], e))
            return false;
        out->script[s].script = vg_copy(t->a, out->script[s].script);
        out->n_scripts = s + 1;
    }
    out->n_rows = t->n;
    return true;
}

bool vg_evaluate_tokens(const vg_name_book *b, const char *path, int64_t n_queries, vg_arena *a,
                        vg_evaluate_tokens_result *out, vg_err *e)
{
    tokens t = { .book = b, .a = a };
    vg_evaluate_tokens_result result = { .n_rows = 0 };
    double began = vg_evaluate_now();
    bool good = vg_map_init(&t.scripts, e) && vg_map_init(&t.latins, e) && vg_map_init(&t.natives, e) &&
                vg_romaniser_open(&t.icu, e) && read_rows(&t, path, e) && rank_all(&t, n_queries, &result, e);
    vg_romaniser_close(t.icu);
    vg_map_free(&t.scripts);
    vg_map_free(&t.latins);
    vg_map_free(&t.natives);
    if (!good)
        return false;
    result.seconds = vg_evaluate_now() - began;
    *out = result;
    return true;
}
