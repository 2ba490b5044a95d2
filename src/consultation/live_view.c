/* What observers see of a live consultation, and what to ask next. Invariant: each figure that is written is of at least
 * five people, or kept back together with enough others that it does not follow from them; counts of places on the map
 * are classes, so that nothing can be subtracted from them at all. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "consultation/live_int.h"
#include "consultation/report.h"
#include "consultation/segment.h"
#include "stat/survey.h"

#define VIEW_BYTES ((int64_t)2 << 30)
enum { STANDS = 5, MOST_STATEMENTS = 400 };

struct vg_live_view {
    vg_arena arena;
    vg_consultation c;
    bool enough; /* people for figures */
    vg_opinions *opinions;
    vg_house house;
    bool *hidden; /* statements of the house x groups */
    vg_out json;
    int64_t heard_at, heard_n; /* in `json` */
};

/* --- small writers --- */

static void put_int(vg_json *j, const char *key, int64_t x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_int(j, x);
}

static void put_text(vg_json *j, const char *key, vg_str x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_str(j, x);
}

static void put_share(vg_json *j, const char *key, double x)
{
    vg_json_key(j, vg_str_z(key)), vg_json_fixed(j, x, 2);
}

/* --- the analysis --- */

static bool sizes_are_enough(const vg_house *h)
{
    for (int32_t g = 0; g < h->n_groups; g++)
        if (h->size[g] < VG_LIVE_LEAST)
            return false;
    return true;
}

/* As many groups as there are, or fewer until each has enough people to be shown. */
static bool find_groups(vg_live_view *v, vg_progress progress, vg_err *e)
{
    vg_house_opts o = { .seed = 1, .n_threads = 1, .progress = progress };
    if (!vg_opinions_fit(&v->c, &o, &v->opinions, e))
        return false;
    for (;;) {
        if (!vg_house_analyse(&v->c, v->opinions, &o, &v->arena, &v->house, e))
            return false;
        if (v->house.n_groups <= 1 || sizes_are_enough(&v->house))
            return true;
        o.n_groups = v->house.n_groups - 1;
    }
}

static int32_t cast_of(const vg_house_support *s)
{
    return s->n_agree + s->n_pass + s->n_disagree;
}

/* Support over the groups alone: their mean by size; of independent parts the squares of the half-widths add up. */
static void mean_of_groups(const vg_live_view *v, const vg_house_statement *s, vg_house_support *in)
{
    double n = 0, all = 0, below = 0, above = 0;
    for (int32_t g = 0; g < v->house.n_groups; g++) {
        const vg_house_support *x = &s->group[g];
        double size = v->house.size[g];
        n += size;
        all += size * x->all;
        below += size * size * (x->all - x->all_low) * (x->all - x->all_low);
        above += size * size * (x->all_high - x->all) * (x->all_high - x->all);
    }
    in->all = all / n;
    in->all_low = fmax(in->all - sqrt(below) / n, 0);
    in->all_high = fmin(in->all + sqrt(above) / n, 1);
}

/* All votes on a statement as they are shown: without those of one to four people who are in no group, so that nothing
 * about these few follows from a total or from a share. */
static vg_house_support everyone_shown(const vg_live_view *v, const vg_house_statement *s)
{
    vg_house_support in = s->everyone;
    int32_t without_group = v->house.cover[v->house.n_groups].n_people;
    in.n_agree = in.n_pass = in.n_disagree = 0;
    for (int32_t g = 0; g < v->house.n_groups; g++) {
        in.n_agree += s->group[g].n_agree;
        in.n_pass += s->group[g].n_pass;
        in.n_disagree += s->group[g].n_disagree;
    }
    if (without_group > 0)
        mean_of_groups(v, s, &in);
    int32_t outside = cast_of(&s->everyone) - cast_of(&in);
    return outside >= VG_LIVE_LEAST ? s->everyone : in;
}

/* Votes by group: the total of a statement is shown, so that a small group's votes need company in its row. */
static bool hide_cells(vg_live_view *v, vg_err *e)
{
    const vg_house *h = &v->house;
    int32_t n = h->n_groups, count[VG_HOUSE_MAX_GROUPS];
    v->hidden = vg_new(&v->arena, bool, (int64_t)h->n_statements *n);
    if (!v->hidden)
        return vg_fail_memory(e, vg_arena_limit(&v->arena));
    for (int32_t i = 0; i < h->n_statements; i++) {
        for (int32_t g = 0; g < n; g++)
            count[g] = cast_of(&h->statement[i].group[g]);
        if (!vg_segment_hide(count, 1, n, VG_LIVE_LEAST, v->hidden + (int64_t)i * n, e))
            return false;
    }
    return true;
}

/* --- the map --- */

enum { FINEST = 12, COARSEST = 3 };

typedef struct {
    double low_x, low_y, step;
    int32_t n; /* cells a side */
    int32_t count[FINEST * FINEST];
} raster;

static void span_of(const vg_live_view *v, raster *m, double *width)
{
    double low[2] = { INFINITY, INFINITY }, high[2] = { -INFINITY, -INFINITY };
    for (int32_t p = 0; p < v->c.n_participants; p++) {
        double at[2] = { v->house.map_x[p], v->house.map_y[p] };
        for (int k = 0; k < 2 && !isnan(at[0]) && !isnan(at[1]); k++) {
            low[k] = fmin(low[k], at[k]);
            high[k] = fmax(high[k], at[k]);
        }
    }
    *width = fmax(fmax(high[0] - low[0], high[1] - low[1]), 1e-6) * 1.0001;
    m->low_x = (low[0] + high[0] - *width) / 2;
    m->low_y = (low[1] + high[1] - *width) / 2;
}

/* People in cells of enough people, when there are n cells a side. */
static int32_t fill(const vg_live_view *v, raster *m, double width, int32_t n)
{
    int32_t shown = 0;
    m->n = n;
    m->step = width / n;
    memset(m->count, 0, sizeof m->count);
    for (int32_t p = 0; p < v->c.n_participants; p++) {
        double x = v->house.map_x[p], y = v->house.map_y[p];
        if (isnan(x) || isnan(y))
            continue;
        int32_t col = (int32_t)((x - m->low_x) / m->step), row = (int32_t)((y - m->low_y) / m->step);
        m->count[(row < n ? row : n - 1) * n + (col < n ? col : n - 1)]++;
    }
    for (int32_t i = 0; i < n * n; i++)
        shown += m->count[i] >= VG_LIVE_LEAST ? m->count[i] : 0;
    return shown;
}

static void put_places(vg_json *j, const raster *m)
{
    static const int32_t classes[] = { 200, 100, 50, 20, 10, VG_LIVE_LEAST };
    vg_json_key(j, VG_S("places"));
    vg_json_array(j);
    for (int32_t i = 0; i < m->n * m->n; i++)
        for (size_t k = 0; k < sizeof classes / sizeof *classes; k++)
            if (m->count[i] >= classes[k]) {
                vg_json_array(j);
                vg_json_fixed(j, m->low_x + (i % m->n + 0.5) * m->step, 4);
                vg_json_fixed(j, m->low_y + (i / m->n + 0.5) * m->step, 4);
                vg_json_int(j, classes[k]);
                vg_json_close(j);
                break;
            }
    vg_json_close(j);
}

static void put_map(const vg_live_view *v, vg_json *j)
{
    raster m;
    double width;
    int32_t n = FINEST;
    span_of(v, &m, &width);
    while (n > COARSEST && fill(v, &m, width, n) * 10 < v->c.n_voters * 7)
        n--;
    fill(v, &m, width, n);
    vg_json_key(j, VG_S("map"));
    vg_json_object(j);
    vg_json_key(j, VG_S("box"));
    vg_json_array(j);
    vg_json_fixed(j, m.low_x, 4), vg_json_fixed(j, m.low_y, 4), vg_json_fixed(j, width, 4);
    vg_json_close(j);
    vg_json_key(j, VG_S("step")), vg_json_fixed(j, m.step, 4);
    put_places(j, &m);
    vg_json_close(j);
}

/* --- groups and statements --- */

static void put_ellipse(const vg_live_view *v, int32_t group, vg_json *j)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0;
    for (int32_t p = 0; p < v->c.n_participants; p++) {
        double px = v->house.map_x[p], py = v->house.map_y[p];
        if (v->house.group[p] != group || isnan(px) || isnan(py))
            continue;
        n++, x += px, y += py, xx += px * px, yy += py * py;
    }
    x /= n, y /= n;
    vg_json_key(j, VG_S("x")), vg_json_fixed(j, x, 3);
    vg_json_key(j, VG_S("y")), vg_json_fixed(j, y, 3);
    vg_json_key(j, VG_S("rx")), vg_json_fixed(j, sqrt(fmax(xx / n - x * x, 0)), 3);
    vg_json_key(j, VG_S("ry")), vg_json_fixed(j, sqrt(fmax(yy / n - y * y, 0)), 3);
}

static int64_t number_of(const vg_live_view *v, int32_t statement)
{
    return strtoll(v->c.statement[statement].id.s, NULL, 10);
}

static void put_stands(const vg_live_view *v, int32_t group, vg_json *j)
{
    vg_consultation_stand s[STANDS];
    int32_t n = vg_consultation_stands(&v->house, group, 0, s, STANDS), cols = v->house.n_groups;
    vg_json_key(j, VG_S("stands"));
    vg_json_array(j);
    for (int32_t i = 0; i < n; i++) {
        if (v->hidden[s[i].position * cols + group])
            continue;
        vg_json_object(j);
        put_int(j, "number", number_of(v, v->house.statement[s[i].position].statement));
        vg_json_key(j, VG_S("agree")), vg_json_bool(j, s[i].agree);
        put_share(j, "share", s[i].share);
        put_share(j, "low", s[i].bounds.low);
        put_share(j, "high", s[i].bounds.high);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_groups(const vg_live_view *v, vg_json *j)
{
    vg_json_key(j, VG_S("stability")), vg_json_fixed(j, v->house.stability, 2);
    vg_json_key(j, VG_S("groups"));
    vg_json_array(j);
    for (int32_t g = 0; g < v->house.n_groups; g++) {
        char label = (char)('A' + g);
        vg_json_object(j);
        put_text(j, "label", (vg_str){ &label, 1 });
        put_int(j, "size", v->house.size[g]);
        put_ellipse(v, g, j);
        put_stands(v, g, j);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_support(vg_json *j, const vg_house_support *s)
{
    int32_t n = cast_of(s);
    vg_json_object(j);
    put_int(j, "votes", n);
    put_share(j, "agree", (double)s->n_agree / n);
    put_share(j, "pass", (double)s->n_pass / n);
    put_share(j, "disagree", (double)s->n_disagree / n);
    put_share(j, "support", s->all);
    put_share(j, "low", s->all_low);
    put_share(j, "high", s->all_high);
    vg_json_close(j);
}

static void put_translation(vg_json *j, const vg_statement_text *t)
{
    vg_json_key(j, t->language), vg_json_str(j, t->text);
}

static void put_words(const vg_consultation_statement *s, vg_json *j)
{
    put_text(j, "language", s->original.language);
    put_text(j, "text", s->original.text);
    vg_json_key(j, VG_S("texts"));
    vg_json_object(j);
    for (int32_t i = 0; i < s->n_translations; i++)
        put_translation(j, &s->translation[i]);
    vg_json_close(j);
}

static void put_statement(const vg_live_view *v, int32_t at, vg_json *j)
{
    static const char *const place[] = { "open", "common", "refused", "divides", "mixed" };
    const vg_house_statement *s = &v->house.statement[at];
    int32_t cols = v->house.n_groups;
    vg_house_support everyone = everyone_shown(v, s);
    if (cast_of(&everyone) < VG_LIVE_LEAST)
        return;
    vg_json_object(j);
    put_int(j, "number", number_of(v, s->statement));
    put_words(&v->c.statement[s->statement], j);
    put_text(j, "place", vg_str_z(place[s->place]));
    vg_json_key(j, VG_S("everyone"));
    put_support(j, &everyone);
    vg_json_key(j, VG_S("groups"));
    vg_json_array(j);
    for (int32_t g = 0; g < v->house.n_groups; g++)
        if (v->hidden[at * cols + g] || cast_of(&s->group[g]) < VG_LIVE_LEAST)
            vg_json_null(j);
        else
            put_support(j, &s->group[g]);
    vg_json_close(j);
    vg_json_close(j);
}

/* Most supported across groups first; the page sorts by what it asks. */
static void put_statements(const vg_live_view *v, vg_json *j)
{
    vg_json_key(j, VG_S("statements"));
    vg_json_array(j);
    for (int32_t i = 0; i < v->house.n_statements && i < MOST_STATEMENTS; i++)
        put_statement(v, v->house.by_bridging[i], j);
    vg_json_close(j);
    vg_json_key(j, VG_S("dividing"));
    vg_json_array(j);
    for (int32_t i = 0; i < v->house.n_statements && i < MOST_STATEMENTS; i++) {
        const vg_house_statement *s = &v->house.statement[v->house.by_gap[i]];
        vg_house_support everyone = everyone_shown(v, s);
        if (s->place == VG_HOUSE_DIVIDES && cast_of(&everyone) >= VG_LIVE_LEAST)
            vg_json_int(j, number_of(v, s->statement));
    }
    vg_json_close(j);
}

/* --- who took part --- */

typedef struct {
    const vg_live_record *r;
    int32_t *count; /* of each word with an answer, by its place; and behind them nobody's */
    int32_t n_voters;
} heard;

static bool count_answer(void *ctx, const vg_live_answer *x)
{
    heard *h = ctx;
    for (int32_t i = 0; i < h->r->n_words && x->voted && !x->muted; i++)
        if (vg_eq(h->r->word[i].question, x->question) && vg_eq(h->r->word[i].answer, x->answer)) {
            h->count[i]++;
            break;
        }
    return true;
}

/* Whether this word is the first with its question (answer empty), or with its question and answer. */
static bool is_first(const vg_live_record *r, int32_t at, bool question)
{
    for (int32_t i = 0; i < at; i++)
        if (vg_eq(r->word[i].question, r->word[at].question) &&
            (question || vg_eq(r->word[i].answer, r->word[at].answer)))
            return false;
    return question || r->word[at].answer.n > 0;
}

static void put_word_texts(const vg_live_record *r, vg_str question, vg_str answer, vg_json *j)
{
    vg_json_key(j, VG_S("texts"));
    vg_json_object(j);
    for (int32_t i = 0; i < r->n_words; i++)
        if (vg_eq(r->word[i].question, question) && vg_eq(r->word[i].answer, answer)) {
            vg_json_key(j, r->word[i].language);
            vg_json_str(j, r->word[i].text);
        }
    vg_json_close(j);
}

static void put_answer(const heard *h, int32_t at, bool hidden, int32_t answered, vg_json *j)
{
    const vg_live_word *w = &h->r->word[at];
    double share = answered ? (double)h->count[at] / answered : NAN;
    bool shown = !hidden && answered >= VG_LIVE_LEAST;
    vg_json_object(j);
    put_text(j, "answer", w->answer);
    put_word_texts(h->r, w->question, w->answer, j);
    vg_json_key(j, VG_S("people"));
    shown ? vg_json_int(j, h->count[at]) : vg_json_null(j);
    vg_bounds b = { NAN, NAN };
    if (shown)
        b = vg_wilson(share, answered, 0.9);
    put_share(j, "share", shown ? share : NAN);
    put_share(j, "low", b.low);
    put_share(j, "high", b.high);
    put_share(j, "there", w->share);
    vg_json_key(j, VG_S("missing"));
    vg_json_bool(j, shown && !isnan(w->share) && b.high < w->share);
    vg_json_close(j);
}

static bool put_question(const heard *h, int32_t at, vg_json *j, vg_arena a, vg_err *e)
{
    const vg_live_record *r = h->r;
    int32_t n = 0, answered = 0;
    int32_t *place = vg_new(&a, int32_t, r->n_words), *count = vg_new(&a, int32_t, r->n_words);
    bool *hidden = vg_new(&a, bool, r->n_words);
    if (!place || !count || !hidden)
        return vg_fail_memory(e, vg_arena_limit(&a));
    for (int32_t i = 0; i < r->n_words; i++)
        if (vg_eq(r->word[i].question, r->word[at].question) && is_first(r, i, false)) {
            place[n] = i;
            answered += count[n++] = h->count[i];
        }
    if (n && !vg_segment_hide(count, 1, n, VG_LIVE_LEAST, hidden, e))
        return false;
    vg_json_object(j);
    put_text(j, "question", r->word[at].question);
    put_word_texts(r, r->word[at].question, VG_NOSTR, j);
    vg_json_key(j, VG_S("answers"));
    vg_json_array(j);
    for (int32_t i = 0; i < n; i++)
        put_answer(h, place[i], hidden[i], answered, j);
    vg_json_close(j);
    vg_json_close(j);
    return true;
}

bool vg_live_put_heard(vg_store *st, const vg_live_record *r, vg_json *j, vg_err *e)
{
    vg_arena a;
    heard h = { .r = r };
    if (!vg_arena_init(&a, (int64_t)64 << 20, e))
        return false;
    h.count = vg_new(&a, int32_t, r->n_words + 1);
    bool good = h.count ? r->n_words == 0 || vg_live_answers(st, r, count_answer, &h, e)
                        : vg_fail_memory(e, vg_arena_limit(&a));
    for (int32_t i = 0; good && i < r->n_words; i++)
        good = !is_first(r, i, true) || put_question(&h, i, j, a, e);
    vg_arena_free(&a);
    return good;
}

/* --- the whole picture --- */

static void put_figures(const vg_live_view *v, vg_json *j)
{
    int32_t in_groups = 0, outside = v->house.cover[v->house.n_groups].n_people;
    for (int32_t g = 0; g < v->house.n_groups; g++)
        in_groups += v->house.size[g];
    /* Four people without a group would follow from a total that counts them. */
    put_int(j, "people", in_groups + (outside >= VG_LIVE_LEAST ? outside : 0));
    put_int(j, "votes", v->c.n_votes / VG_LIVE_LEAST * VG_LIVE_LEAST);
    put_map(v, j);
    put_groups(v, j);
    put_statements(v, j);
}

static bool put_picture(vg_live_view *v, vg_store *st, const vg_live_record *r, vg_err *e)
{
    static const char *const state[] = { "open", "paused", "closed" };
    if (!vg_out_memory(&v->json, e))
        return false;
    vg_json j = vg_json_to(&v->json);
    vg_json_object(&j);
    put_text(&j, "name", r->about.name);
    put_text(&j, "topic", r->about.topic);
    put_text(&j, "description", r->about.description);
    put_text(&j, "languages", r->about.languages);
    put_text(&j, "state", vg_str_z(state[r->state]));
    vg_json_key(&j, VG_S("enough")), vg_json_bool(&j, v->enough);
    if (v->enough)
        put_figures(v, &j);
    vg_json_key(&j, VG_S("heard"));
    v->heard_at = v->json.n;
    vg_json_array(&j);
    bool good = !v->enough || vg_live_put_heard(st, r, &j, e);
    vg_json_close(&j);
    v->heard_n = v->json.n - v->heard_at;
    vg_json_close(&j);
    return good;
}

static bool make(vg_live_view *v, vg_store *st, const vg_live_record *r, vg_progress progress, vg_err *e)
{
    vg_consultation_opts o = { .keep_times = false };
    vg_conversation what = { .id = -r->about.id, .name = r->about.name, .format = VG_S("live"), .sign = 1 };
    vg_err none = VG_NO_ERR;
    if (!vg_arena_init(&v->arena, VIEW_BYTES, e))
        return false;
    bool voted = vg_consultation_load(st, &what, &o, &v->arena, &v->c, &none);
    if (!voted && none.code != VG_ENODATA) {
        *e = none;
        return false;
    }
    v->enough = voted && v->c.n_voters >= VG_LIVE_LEAST;
    if (v->enough && (!find_groups(v, progress, e) || !hide_cells(v, e)))
        return false;
    return put_picture(v, st, r, e);
}

bool vg_live_view_make(vg_store *st, const vg_live_record *r, vg_progress progress, vg_live_view **out,
                       vg_err *e)
{
    vg_live_view *v = calloc(1, sizeof *v);
    if (!v)
        return vg_fail_memory(e, 0);
    if (!make(v, st, r, progress, e)) {
        vg_live_view_free(v);
        return false;
    }
    *out = v;
    return true;
}

void vg_live_view_free(vg_live_view *v)
{
    if (!v)
        return;
    vg_opinions_free(v->opinions);
    vg_out_drop(&v->json);
    vg_arena_free(&v->arena);
    free(v);
}

vg_str vg_live_view_json(const vg_live_view *v)
{
    return vg_out_text(&v->json);
}

vg_str vg_live_view_heard(const vg_live_view *v)
{
    return vg_sub(vg_out_text(&v->json), (ptrdiff_t)v->heard_at, (ptrdiff_t)v->heard_n);
}

bool vg_live__worth(const vg_live_view *v, vg_str pseudonym, uint64_t draw, double *worth, int32_t n)
{
    vg_err e = VG_NO_ERR;
    vg_next_opts o = { .seed = draw };
    int32_t found = 0, person;
    if (!v->enough)
        return false;
    vg_next *next = calloc((size_t)v->house.n_statements + 1, sizeof *next);
    person = vg_consultation_find_participant(&v->c, vg_sub(pseudonym, 0, 12));
    bool good =
        next && vg_house_next(v->opinions, &v->house, person, &o, next, v->house.n_statements, &found, &e);
    for (int32_t i = 0; good && i < found; i++) {
        int64_t number = number_of(v, next[i].statement);
        if (number >= 1 && number <= n)
            worth[number - 1] = next[i].worth > 1e-9 ? next[i].worth : 1e-9;
    }
    free(next);
    return good;
}
