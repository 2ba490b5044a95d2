/* Snapshots of the Polis server: its own answer is read from NAME.expected.json and set beside ours. Invariant: ids of
 * the file become indices of the record while it is read; an id the record does not know ends the reading. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "consultation/evaluate.h"
#include "consultation/polis.h"
#include "core/json.h"
#include "core/num.h"

enum { MAX_GROUPS = 8, MAX_IDS = 1 << 20, MOST_TICKS = 50 };

static const double STALE = 1e-9; /* a priority that is further off rests on other counts */

typedef struct {
    double *item;
    int64_t n, cap;
} numbers;

/* What the server published. Arrays by column of our record; NaN where it says nothing. */
typedef struct {
    const vg_consultation *c;
    vg_json_reader *json;
    vg_arena *a;
    vg_str file;
    numbers tids, center, component[VG_POLIS_COMPONENTS], extremity;
    bool *in_conv;
    int32_t *base;  /* by participant: base cluster id, -1 = none */
    int32_t *group; /* by participant */
    int32_t n_groups, n_base;
    numbers base_id;
    int32_t *group_of_base; /* by base cluster id */
    double *priority, *group_aware;
    vg_polis_representative representative[MAX_GROUPS][VG_POLIS_BEST];
    int32_t n_representative[MAX_GROUPS];
    vg_polis_consensus consensus[2][VG_POLIS_BEST]; /* agree, disagree */
    int32_t n_consensus[2];
} published;

static bool broken(published *p, vg_at at, const char *what, vg_err *e)
{
    at.file = p->file;
    vg_fail(e, VG_EPARSE, at, "%s", what);
    return vg_why(e, "an answer of the Polis server is an object with tids, in-conv, pca, base-clusters ...");
}

/* --- pieces of JSON --- */

static bool next(published *p, vg_json_token *t, vg_err *e)
{
    return vg_json_next(p->json, t, e) &&
           (t->kind != VG_JSON_END || broken(p, t->at, "the text ends too early", e));
}

static bool append(published *p, numbers *list, double x, vg_err *e)
{
    if (list->n == list->cap) {
        int64_t cap = list->cap ? 2 * list->cap : 64;
        double *wider = vg_new(p->a, double, cap);
        if (!wider)
            return vg_fail_memory(e, vg_arena_limit(p->a));
        if (list->n)
            memcpy(wider, list->item, (size_t)list->n * sizeof *wider);
        list->item = wider;
        list->cap = cap;
    }
    list->item[list->n++] = x;
    return true;
}

static bool begins(published *p, vg_json_kind kind, vg_err *e)
{
    vg_json_token t;
    return next(p, &t, e) && (t.kind == kind || broken(p, t.at, "another kind of value was expected", e));
}

static bool read_number(published *p, double *x, vg_err *e)
{
    vg_json_token t;
    if (!next(p, &t, e))
        return false;
    *x = NAN;
    if (t.kind == VG_JSON_NUMBER && vg_num(t.text, x))
        return true;
    return t.kind == VG_JSON_NULL || broken(p, t.at, "a number was expected", e);
}

/* [1, 2, 3] */
static bool read_numbers(published *p, numbers *list, vg_err *e)
{
    vg_json_token t;
    if (!begins(p, VG_JSON_ARRAY, e))
        return false;
    while (next(p, &t, e) && t.kind != VG_JSON_ARRAY_END) {
        double x;
        if (t.kind != VG_JSON_NUMBER || !vg_num(t.text, &x))
            return broken(p, t.at, "a number was expected", e);
        if (!append(p, list, x, e))
            return false;
    }
    return !vg_failed(e);
}

static bool id_text(double id, char text[32], vg_str *out)
{
    *out = vg_num_text(id, text);
    return out->n > 0;
}

static int32_t column_of(const published *p, double id)
{
    char text[32];
    vg_str s;
    int32_t t = id_text(id, text, &s) ? vg_consultation_find_statement(p->c, s) : -1;
    return t < p->c->n_voted ? t : -1;
}

static int32_t row_of(const published *p, double id)
{
    char text[32];
    vg_str s;
    int32_t i = id_text(id, text, &s) ? vg_consultation_find_participant(p->c, s) : -1;
    return i < p->c->n_voters ? i : -1;
}

/* {"17": 0.5, ...} by statement */
static bool read_by_statement(published *p, double *to, vg_err *e)
{
    vg_json_token t;
    if (!begins(p, VG_JSON_OBJECT, e))
        return false;
    while (next(p, &t, e) && t.kind == VG_JSON_KEY) {
        double id, x;
        int32_t column = vg_num(t.text, &id) ? column_of(p, id) : -1;
        if (!read_number(p, &x, e))
            return false;
        if (column >= 0)
            to[column] = x;
    }
    return !vg_failed(e);
}

/* --- pca --- */

static bool read_components(published *p, vg_err *e)
{
    vg_json_token t;
    if (!begins(p, VG_JSON_ARRAY, e))
        return false;
    for (int k = 0; k < VG_POLIS_COMPONENTS; k++)
        if (!read_numbers(p, &p->component[k], e))
            return false;
    return next(p, &t, e) && (t.kind == VG_JSON_ARRAY_END || broken(p, t.at, "more than two components", e));
}

/* Reads an object, one member after another, by a function for keys; unknown ones are skipped. */
typedef bool read_member(published *p, vg_str key, void *to, bool *known, vg_err *e);

static bool read_object(published *p, read_member *member, void *to, vg_err *e)
{
    vg_json_token t;
    char key[64];
    while (next(p, &t, e) && t.kind == VG_JSON_KEY) {
        bool known = true;
        ptrdiff_t n = t.text.n < (ptrdiff_t)sizeof key ? t.text.n : (ptrdiff_t)sizeof key;
        memcpy(key, t.text.s, (size_t)n);
        vg_json_token kept = t;
        if (!member(p, (vg_str){ key, n }, to, &known, e) || (!known && !vg_json_skip(p->json, &kept, e)))
            return false;
    }
    return !vg_failed(e);
}

static bool pca_member(published *p, vg_str key, void *to, bool *known, vg_err *e)
{
    (void)to;
    if (vg_eq(key, VG_S("center")))
        return read_numbers(p, &p->center, e);
    if (vg_eq(key, VG_S("comps")))
        return read_components(p, e);
    if (vg_eq(key, VG_S("comment-extremity")))
        return read_numbers(p, &p->extremity, e);
    *known = false;
    return true;
}

/* --- clusters --- */

static bool read_base_members(published *p, vg_err *e)
{
    vg_json_token t;
    if (!begins(p, VG_JSON_ARRAY, e))
        return false;
    while (next(p, &t, e) && t.kind == VG_JSON_ARRAY) {
        while (next(p, &t, e) && t.kind == VG_JSON_NUMBER) {
            double id;
            int32_t row = vg_num(t.text, &id) ? row_of(p, id) : -1;
            if (row < 0)
                return broken(p, t.at, "a participant who did not vote is in a base cluster", e);
            p->base[row] = p->n_base;
        }
        p->n_base++;
    }
    return !vg_failed(e);
}

static bool base_member(published *p, vg_str key, void *to, bool *known, vg_err *e)
{
    (void)to;
    if (vg_eq(key, VG_S("id")))
        return read_numbers(p, &p->base_id, e);
    if (vg_eq(key, VG_S("members")))
        return read_base_members(p, e);
    *known = false;
    return true;
}

static bool members_of_group(published *p, vg_str key, void *to, bool *known, vg_err *e)
{
    (void)to;
    numbers members = { .n = 0 };
    if (!vg_eq(key, VG_S("members"))) {
        *known = false;
        return true;
    }
    if (!read_numbers(p, &members, e))
        return false;
    for (int64_t i = 0; i < members.n; i++)
        if (members.item[i] >= 0 && members.item[i] < MAX_IDS)
            p->group_of_base[(int32_t)members.item[i]] = p->n_groups + 1;
    return true;
}

static bool read_groups(published *p, vg_err *e)
{
    vg_json_token t;
    if (!begins(p, VG_JSON_ARRAY, e))
        return false;
    while (next(p, &t, e) && t.kind == VG_JSON_OBJECT) {
        if (p->n_groups == MAX_GROUPS)
            return broken(p, t.at, "too many groups", e);
        if (!read_object(p, members_of_group, NULL, e))
            return false;
        p->n_groups++;
    }
    return !vg_failed(e);
}

/* --- representative and consensus statements --- */

/* A count; -1 for what is none. */
static int32_t whole_of(double x)
{
    return x >= 0 && x <= INT32_MAX ? (int32_t)x : -1;
}

static bool statistic_member(published *p, vg_str key, void *to, bool *known, vg_err *e)
{
    vg_polis_representative *x = to;
    vg_json_token t;
    double number;
    if (vg_eq(key, VG_S("repful-for"))) {
        if (!next(p, &t, e))
            return false;
        x->agree = vg_eq(t.text, VG_S("agree"));
        return true;
    }
    if (vg_eq(key, VG_S("best-agree")) || vg_eq(key, VG_S("n-agree"))) {
        *known = false;
        return true;
    }
    if (!read_number(p, &number, e))
        return false;
    if (vg_eq(key, VG_S("tid")))
        x->statement = column_of(p, number);
    else if (vg_eq(key, VG_S("n-success")))
        x->n_success = whole_of(number);
    else if (vg_eq(key, VG_S("n-trials")))
        x->n_trials = whole_of(number);
    else if (vg_eq(key, VG_S("p-success")))
        x->p_success = number;
    else if (vg_eq(key, VG_S("p-test")))
        x->p_test = number;
    else if (vg_eq(key, VG_S("repness")))
        x->repness = number;
    else if (vg_eq(key, VG_S("repness-test")))
        x->repness_test = number;
    return true;
}

static bool read_list(published *p, vg_polis_representative *list, int32_t *n, vg_err *e)
{
    vg_json_token t;
    if (!begins(p, VG_JSON_ARRAY, e))
        return false;
    while (next(p, &t, e) && t.kind == VG_JSON_OBJECT) {
        if (*n == VG_POLIS_BEST)
            return broken(p, t.at, "more than five statements", e);
        list[*n] = (vg_polis_representative){ .statement = -1 };
        if (!read_object(p, statistic_member, &list[(*n)++], e))
            return false;
    }
    return !vg_failed(e);
}

static bool repness_member(published *p, vg_str key, void *to, bool *known, vg_err *e)
{
    (void)to, (void)known;
    int64_t g;
    if (!vg_int(key, &g) || g < 0 || g >= MAX_GROUPS)
        return broken(p, VG_NOWHERE, "not the number of a group", e);
    return read_list(p, p->representative[g], &p->n_representative[g], e);
}

static bool consensus_member(published *p, vg_str key, void *to, bool *known, vg_err *e)
{
    (void)to, (void)known;
    int side = vg_eq(key, VG_S("agree")) ? 0 : 1;
    vg_polis_representative list[VG_POLIS_BEST];
    if (!read_list(p, list, &p->n_consensus[side], e))
        return false;
    for (int32_t i = 0; i < p->n_consensus[side]; i++)
        p->consensus[side][i] = (vg_polis_consensus){ list[i].statement, list[i].n_success, list[i].n_trials,
                                                      list[i].p_success, list[i].p_test };
    return true;
}

/* --- the whole --- */

static bool in_conv(published *p, vg_err *e)
{
    numbers ids = { .n = 0 };
    if (!read_numbers(p, &ids, e))
        return false;
    for (int64_t i = 0; i < ids.n; i++) {
        int32_t row = row_of(p, ids.item[i]);
        if (row < 0)
            return broken(p, VG_NOWHERE, "in-conv names a participant who did not vote", e);
        p->in_conv[row] = true;
    }
    return true;
}

static bool object_member(published *p, read_member *member, vg_err *e)
{
    return begins(p, VG_JSON_OBJECT, e) && read_object(p, member, NULL, e);
}

static bool answer_member(published *p, vg_str key, void *to, bool *known, vg_err *e)
{
    (void)to;
    if (vg_eq(key, VG_S("tids")))
        return read_numbers(p, &p->tids, e);
    if (vg_eq(key, VG_S("in-conv")))
        return in_conv(p, e);
    if (vg_eq(key, VG_S("pca")))
        return object_member(p, pca_member, e);
    if (vg_eq(key, VG_S("base-clusters")))
        return object_member(p, base_member, e);
    if (vg_eq(key, VG_S("group-clusters")))
        return read_groups(p, e);
    if (vg_eq(key, VG_S("repness")))
        return object_member(p, repness_member, e);
    if (vg_eq(key, VG_S("consensus")))
        return object_member(p, consensus_member, e);
    if (vg_eq(key, VG_S("group-aware-consensus")))
        return read_by_statement(p, p->group_aware, e);
    if (vg_eq(key, VG_S("comment-priorities")))
        return read_by_statement(p, p->priority, e);
    *known = false;
    return true;
}

static bool place_people(published *p, vg_err *e)
{
    for (int32_t i = 0; i < p->c->n_participants; i++) {
        int32_t base = i < p->c->n_voters ? p->base[i] : -1;
        p->group[i] = VG_NO_GROUP;
        if (base < 0)
            continue;
        double id = base < p->base_id.n ? p->base_id.item[base] : -1;
        if (!(id >= 0 && id < MAX_IDS) || !p->group_of_base[(int32_t)id])
            return broken(p, VG_NOWHERE, "a base cluster is in no group", e);
        p->group[i] = p->group_of_base[(int32_t)id] - 1;
    }
    return true;
}

static bool read_published(published *p, vg_input *in, vg_err *e)
{
    const vg_consultation *c = p->c;
    p->in_conv = vg_new(p->a, bool, c->n_voters);
    p->base = vg_new(p->a, int32_t, c->n_voters);
    p->group = vg_new(p->a, int32_t, c->n_participants);
    p->group_of_base = vg_new(p->a, int32_t, MAX_IDS);
    p->priority = vg_new(p->a, double, c->n_voted);
    p->group_aware = vg_new(p->a, double, c->n_voted);
    if (!p->in_conv || !p->base || !p->group || !p->group_of_base || !p->priority || !p->group_aware)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    for (int32_t i = 0; i < c->n_voters; i++)
        p->base[i] = -1;
    for (int32_t t = 0; t < c->n_voted; t++)
        p->priority[t] = p->group_aware[t] = NAN;
    return vg_json_open(in, p->a, &p->json, e) && begins(p, VG_JSON_OBJECT, e) &&
           read_object(p, answer_member, NULL, e) && place_people(p, e);
}

/* --- comparing --- */

static void widen(double *error, double x)
{
    double off = fabs(x);
    if (!(off <= *error)) /* also takes not-a-number */
        *error = off;
}

/* The server rounds this one to single precision. */
static double single_difference(double ours, double theirs)
{
    return (float)ours == (float)theirs ? 0 : ours - theirs;
}

static void compare_components(const published *p, const vg_polis *r, vg_fixture_score *s)
{
    for (int64_t i = 0; i < p->tids.n; i++) {
        int32_t t = column_of(p, p->tids.item[i]);
        if (t < 0)
            continue;
        if (i < p->center.n)
            widen(&s->center_error, r->center[t] - p->center.item[i]);
        if (i < p->extremity.n)
            widen(&s->extremity_error, r->extremity[t] - p->extremity.item[i]);
    }
    for (int k = 0; k < VG_POLIS_COMPONENTS; k++) {
        double both = 0, ours = 0, theirs = 0;
        for (int64_t i = 0; i < p->tids.n && i < p->component[k].n; i++) {
            int32_t t = column_of(p, p->tids.item[i]);
            double x = t < 0 ? 0 : r->component[k][t], y = p->component[k].item[i];
            both += x * y;
            ours += x * x;
            theirs += y * y;
        }
        s->cosine[k] = ours > 0 && theirs > 0 ? fabs(both) / sqrt(ours * theirs) : NAN;
    }
}

static void compare_representative(const published *p, const vg_polis *r, vg_fixture_score *s)
{
    for (int32_t g = 0; g < p->n_groups; g++) {
        bool same = r->n_representative[g] == p->n_representative[g];
        for (int32_t i = 0; i < p->n_representative[g] && same; i++)
            same = r->representative[g][i].statement == p->representative[g][i].statement &&
                   r->representative[g][i].agree == p->representative[g][i].agree;
        s->n_same_representative += same;
        for (int32_t i = 0; i < p->n_representative[g] && same; i++) {
            const vg_polis_representative *x = &r->representative[g][i], *y = &p->representative[g][i];
            widen(&s->statistics_error, x->n_success - y->n_success);
            widen(&s->statistics_error, x->n_trials - y->n_trials);
            widen(&s->statistics_error, x->p_success - y->p_success);
            widen(&s->statistics_error, x->p_test - y->p_test);
            widen(&s->statistics_error, x->repness - y->repness);
            widen(&s->statistics_error, single_difference(x->repness_test, y->repness_test));
        }
    }
}

static void compare_consensus(const published *p, const vg_polis *r, vg_fixture_score *s)
{
    const vg_polis_consensus *ours[2] = { r->consensus_agree, r->consensus_disagree };
    const int32_t n[2] = { r->n_consensus_agree, r->n_consensus_disagree };
    s->same_consensus = true;
    for (int side = 0; side < 2; side++) {
        bool same = n[side] == p->n_consensus[side];
        for (int32_t i = 0; i < n[side] && same; i++) {
            const vg_polis_consensus *x = &ours[side][i], *y = &p->consensus[side][i];
            same = x->statement == y->statement;
            widen(&s->consensus_error, x->n_success - y->n_success);
            widen(&s->consensus_error, x->n_trials - y->n_trials);
            widen(&s->consensus_error, x->p_success - y->p_success);
            widen(&s->consensus_error, x->p_test - y->p_test);
        }
        s->same_consensus = s->same_consensus && same;
    }
}

static void compare_statements(const published *p, const vg_polis *r, vg_fixture_score *s)
{
    double fresh_error = 0;
    for (int32_t t = 0; t < r->n_columns; t++) {
        if (!isnan(p->group_aware[t]))
            widen(&s->group_aware_error, r->group_aware[t] - p->group_aware[t]);
        if (isnan(p->priority[t]))
            continue;
        double off = r->priority[t] - p->priority[t];
        s->n_priorities++;
        s->n_stale_priorities += !(fabs(off) <= STALE);
        widen(&s->priority_error, off);
    }
    /* One that is off on its own is an error of ours; a snapshot between ticks is off in many. */
    if (s->n_stale_priorities * 10 < s->n_priorities)
        fresh_error = s->priority_error;
    widen(&s->max_error, fresh_error);
}

static void add_up(const published *p, vg_fixture_score *s)
{
    widen(&s->max_error, s->center_error);
    widen(&s->max_error, s->extremity_error);
    widen(&s->max_error, s->statistics_error);
    widen(&s->max_error, s->consensus_error);
    widen(&s->max_error, s->group_aware_error);
    if (s->n_same_representative < p->n_groups || !s->same_consensus)
        widen(&s->max_error, 1);
}

/* The server went through a tick at every few votes, each starting from the components of the one before; a single
 * cold start of 100 rounds ends about 1e-7 short of where that leads. Ticks without new votes go the rest of the way. */
static bool settle(published *p, vg_polis_opts *o, vg_polis *r, vg_err *e)
{
    vg_polis *before = vg_new(p->a, vg_polis, 1);
    if (!before)
        return vg_fail_memory(e, vg_arena_limit(p->a));
    if (!vg_polis_analyse(p->c, o, p->a, r, e))
        return false;
    for (int tick = 0; tick < MOST_TICKS; tick++) {
        double moved = 0;
        *before = *r;
        o->previous = before;
        if (!vg_polis_analyse(p->c, o, p->a, r, e))
            return false;
        for (int32_t t = 0; t < r->n_columns; t++)
            widen(&moved, r->extremity[t] - before->extremity[t]);
        if (moved < 1e-13)
            break;
    }
    o->previous = NULL;
    return true;
}

static bool compare(published *p, uint64_t seed, int n_threads, vg_fixture_score *s, vg_err *e)
{
    vg_polis given, cold;
    vg_polis_opts o = { .seed = seed, .n_threads = n_threads, .in_conv = p->in_conv };
    vg_polis_opts with_groups = {
        .seed = seed, .n_threads = n_threads, .in_conv = p->in_conv, .group = p->group
    };
    o.groups_only = true;
    if (!settle(p, &with_groups, &given, e) || !vg_polis_analyse(p->c, &o, p->a, &cold, e))
        return false;
    s->n_groups = p->n_groups;
    s->k = cold.n_groups;
    s->ari = vg_consultation_ari(cold.group, p->group, p->c->n_participants);
    compare_components(p, &given, s);
    compare_representative(p, &given, s);
    compare_consensus(p, &given, s);
    compare_statements(p, &given, s);
    add_up(p, s);
    return true;
}

/* Path of the votes beside NAME.expected.json[.gz]. */
static bool votes_beside(vg_str path, vg_arena *a, vg_str *name, const char **votes, vg_err *e)
{
    vg_str stem = path;
    if (vg_ends(stem, VG_S(".gz")))
        stem.n -= 3;
    if (vg_ends(stem, VG_S(".expected.json")))
        stem.n -= 14;
    for (int gz = 0; gz < 2; gz++) {
        vg_str beside = vg_format(a, "%.*s.votes.csv%s", VG_P(stem), gz ? ".gz" : "");
        if (!beside.s)
            return vg_fail_memory(e, vg_arena_limit(a));
        if (access(beside.s, R_OK) != 0)
            continue;
        *votes = beside.s;
        for (*name = stem; vg_find_byte(*name, '/') >= 0;)
            *name = vg_sub(*name, vg_find_byte(*name, '/') + 1, name->n);
        return true;
    }
    vg_fail(e, VG_ENOTFOUND, (vg_at){ .file = path }, "no votes stand beside the expected answer");
    return vg_why(
        e, "a fixture is NAME.expected.json with NAME.votes.csv and NAME.statements.csv (plain or .gz)");
}

bool vg_evaluate_fixture(const char *path, uint64_t seed, int n_threads, vg_arena *a, vg_fixture_score *out,
                         vg_err *e)
{
    vg_fixture_score s = { .n_groups = 0 };
    const char *votes = NULL;
    vg_consultation c;
    vg_input *in;
    if (!votes_beside(vg_str_z(path), a, &s.name, &votes, e) ||
        !vg_consultation_read(votes, &(vg_consultation_opts){ .max_statements = 0 }, a, &c, e) ||
        !vg_input_open(path, &in, e))
        return false;
    published *p = vg_new(a, published, 1);
    bool good = p != NULL;
    if (good) {
        *p = (published){ .c = &c, .a = a, .file = vg_str_z(path) };
        good = read_published(p, in, e) && compare(p, seed, n_threads, &s, e);
    }
    vg_input_close(in);
    if (!good && !vg_failed(e))
        return vg_fail_memory(e, vg_arena_limit(a));
    if (good)
        *out = s;
    return good;
}
