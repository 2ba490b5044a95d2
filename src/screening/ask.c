/* Asking: names found by the index, numbers looked up, each entry put together with what else is known into a probability,
 * and the reasons for the ones that are told. The score of a query and an entry does not depend on the index nor on the
 * other entries: vg_screening_pair gives the same. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "screening/engine_int.h"

/* Learnt on the training part (README.md): log-odds of an entry = BASE + SLOPE * log-odds of the name + findings. */
static const double SLOPE = 1.0, BASE = 0.0;
static const double THRESHOLD = 0.5, CUTOFF = 0.2;
/* The names of a pair that only a number brought together count at least so much, so that an equal number decides. */
static const double LEAST_NAME_ODDS = -4.0;

enum { DEFAULT_LIMIT = 10, MAX_SIDE = 64, MAX_QUERY_NAMES = 64, MAX_REASONS = 96, MAX_FINDINGS = 8 };

double vg_screening_default_threshold(void)
{
    return THRESHOLD;
}

double vg_screening_default_cutoff(void)
{
    return CUTOFF;
}

/* --- one side of a comparison: what is known beside the names --- */

typedef struct {
    const vg_party_date *birth;
    const uint16_t *country;
    const vg_indexed_number *number;
    int64_t n_birth, n_country, n_number, n_address;
    vg_str address[MAX_SIDE], number_text[MAX_SIDE], country_text[MAX_SIDE];
    uint16_t own_country[MAX_SIDE];
    vg_indexed_number own_number[MAX_SIDE];
    vg_schema schema;
    char gender;
} side;

static void add_country(side *s, vg_str text)
{
    uint16_t number = vg_country_number(text);
    if (!number || s->n_country == MAX_SIDE)
        return;
    s->country_text[s->n_country] = text;
    s->own_country[s->n_country++] = number;
}

static void side_of_party(const vg_party *p, side *s)
{
    memset(s, 0, offsetof(side, address));
    s->birth = p->birth.item;
    s->n_birth = p->birth.n;
    s->country = s->own_country;
    s->number = s->own_number;
    s->schema = p->schema;
    s->gender = p->gender;
    for (int64_t i = 0; i < p->nationality.n; i++)
        add_country(s, p->nationality.item[i]);
    for (int64_t i = 0; i < p->country.n; i++)
        add_country(s, p->country.item[i]);
    for (int64_t i = 0; i < p->number.n && s->n_number < MAX_SIDE; i++)
        if (vg_number_index(&p->number.item[i], &s->own_number[s->n_number]))
            s->number_text[s->n_number++] = p->number.item[i].value;
    for (int64_t i = 0; i < p->address.n && s->n_address < MAX_SIDE; i++)
        s->address[s->n_address++] = p->address.item[i];
}

static void side_of_entry(const vg_segment *g, uint32_t entry, bool addresses, side *s)
{
    const vg_indexed_entry *x = &g->entry[entry];
    memset(s, 0, offsetof(side, address));
    s->birth = g->birth + x->first_birth;
    s->n_birth = x->n_birth;
    s->country = g->country + x->first_country;
    s->n_country = x->n_country;
    s->number = g->number + x->first_number;
    s->n_number = x->n_number;
    s->n_address = !addresses ? 0 : x->n_address < MAX_SIDE ? x->n_address : MAX_SIDE;
    for (int64_t i = 0; i < s->n_address; i++)
        s->address[i] = vg_str_z(g->text.base + g->address[x->first_address + (uint32_t)i]);
    s->schema = (vg_schema)x->schema;
    s->gender = x->gender;
}

/* --- findings --- */

typedef struct {
    vg_finding finding;
    int64_t asked_at, listed_at; /* which date, number ... of the two sides */
    double value;
} found_feature;

typedef struct {
    found_feature item[MAX_FINDINGS];
    int32_t n;
} feature_list;

static void note(feature_list *l, vg_finding f, int64_t asked_at, int64_t listed_at, double value)
{
    if (f != VG_FOUND_NOTHING)
        l->item[l->n++] = (found_feature){ f, asked_at, listed_at, value };
}

static void compare_addresses(const side *q, const side *x, feature_list *l)
{
    found_feature best = { .finding = VG_FOUND_NOTHING };
    for (int64_t i = 0; i < q->n_address; i++)
        for (int64_t k = 0; k < x->n_address; k++) {
            double likeness = 0;
            vg_finding f = vg_address_compare(q->address[i], x->address[k], &likeness);
            if (f != VG_FOUND_NOTHING && vg_finding_weight(f) > vg_finding_weight(best.finding))
                best = (found_feature){ f, i, k, likeness };
        }
    note(l, best.finding, best.asked_at, best.listed_at, best.value);
}

static void compare_sides(const side *q, const side *x, bool weak, feature_list *l)
{
    int64_t a = 0, b = 0;
    l->n = 0;
    vg_finding f = vg_birth_compare(q->birth, q->n_birth, x->birth, x->n_birth, &a, &b);
    note(l, f, a, b, NAN);
    f = vg_country_compare(q->country, q->n_country, x->country, x->n_country, &a, &b);
    note(l, f, a, b, NAN);
    if (q->gender && x->gender)
        note(l, q->gender == x->gender ? VG_GENDER_SAME : VG_GENDER_OTHER, 0, 0, NAN);
    f = vg_number_compare(q->number, q->n_number, x->number, x->n_number, &a, &b);
    note(l, f, a, b, NAN);
    compare_addresses(q, x, l);
    if (vg_schema_unlike(q->schema, x->schema))
        note(l, VG_SCHEMA_UNLIKE, 0, 0, NAN);
    if (weak)
        note(l, VG_NAME_IS_WEAK, 0, 0, NAN);
}

/* --- the score --- */

typedef struct {
    vg_found name;
    double score;
    feature_list feature;
} scored;

/* `name.name_odds` holds the weak alias already: the finding is told, not added again. */
static double score_of(double name_odds, const feature_list *l)
{
    bool number = false;
    double odds = BASE, others = 0;
    for (int32_t i = 0; i < l->n; i++) {
        number |= l->item[i].finding == VG_NUMBER_SAME;
        others += l->item[i].finding == VG_NAME_IS_WEAK ? 0 : vg_finding_weight(l->item[i].finding);
    }
    odds += SLOPE * (number && name_odds < LEAST_NAME_ODDS ? LEAST_NAME_ODDS : name_odds) + others;
    return 1 / (1 + exp(-odds));
}

static void score_entry(const vg_snapshot *snap, const side *query, const vg_found *f, scored *out)
{
    const vg_segment *g = snap->segment[f->segment];
    side entry;
    side_of_entry(g, f->entry, true, &entry);
    out->name = *f;
    compare_sides(query, &entry, f->name != UINT32_MAX && g->name[f->name].kind == VG_NAME_WEAK,
                  &out->feature);
    out->score = score_of(f->name_odds, &out->feature);
}

/* --- gathering --- */

typedef struct {
    vg_screening_reader *r;
    const vg_snapshot *snap;
    const vg_party *party;
    const vg_screening_ask_opts *opts;
    vg_name *name;
    int32_t n_names;
    side query;
    bool *list_asked; /* by list; NULL = all */
    double threshold, cutoff;
    double least_odds; /* of the cut-off */
    int64_t n_compared;
} question;

static bool parse_names(question *q, vg_arena *a, vg_err *e)
{
    int64_t n = q->party->name.n < MAX_QUERY_NAMES ? q->party->name.n : MAX_QUERY_NAMES;
    q->name = vg_new(a, vg_name, n + 1);
    if (!q->name)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n; i++) {
        vg_party_name one = q->party->name.item[i];
        one.text = vg_utf8_head(one.text, 1000);
        if (!vg_name_parse_party(q->r->engine->book, &one, q->party->schema, a, &q->name[i], e))
            return false;
    }
    q->n_names = (int32_t)n;
    return true;
}

static bool choose_lists(question *q, vg_arena *a, vg_err *e)
{
    if (!q->opts->n_lists)
        return true;
    q->list_asked = vg_new(a, bool, q->snap->n_lists + 1);
    if (!q->list_asked)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < q->opts->n_lists; i++) {
        int32_t at = 0;
        while (at < q->snap->n_lists && !vg_eq(q->snap->list[at].name, q->opts->list[i]))
            at++;
        if (at == q->snap->n_lists) {
            vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no list is called \"%.*s\"", VG_P(q->opts->list[i]));
            return vg_mend(e, "see which lists are loaded: vigie screening lists");
        }
        q->list_asked[at] = true;
    }
    return true;
}

static bool found_already(const question *q, int32_t segment, uint32_t entry)
{
    const vg_found *f = q->r->found.at;
    for (int64_t i = 0; i < q->r->found.n; i++)
        if (f[i].segment == segment && f[i].entry == entry)
            return true;
    return false;
}

/* The best of all names of an entry that a number brought in. */
static void best_name(const question *q, vg_found *f)
{
    const vg_segment *g = q->snap->segment[f->segment];
    const vg_indexed_entry *x = &g->entry[f->entry];
    vg_name_room room;
    for (uint32_t k = x->first_name; k < x->first_name + x->n_names; k++)
        for (int32_t i = 0; i < q->n_names; i++) {
            vg_name listed;
            vg_segment_name(g, k, &room, &listed);
            double score = vg_name_score(q->r->engine->book, &q->name[i], &listed);
            if (score > f->name_score) {
                double odds = score > 0.999999 ? 13.8 : log(score / (1 - score));
                odds += g->name[k].kind == VG_NAME_WEAK ? vg_finding_weight(VG_NAME_IS_WEAK) : 0;
                f->name_score = score;
                f->name_odds = odds > LEAST_NAME_ODDS ? odds : LEAST_NAME_ODDS;
                f->name = k;
                f->query_name = i;
            }
        }
}

static bool find_numbers(question *q, vg_err *e)
{
    for (int64_t i = 0; i < q->query.n_number; i++)
        for (int32_t k = 0; k < q->snap->n_segments; k++) {
            const vg_segment *g = q->snap->segment[k];
            uint32_t n;
            const uint32_t *entry = vg_bucket(&g->numbers, (uint32_t)q->query.number[i].hash, &n);
            for (uint32_t j = 0; j < n; j++) {
                const vg_indexed_entry *x = &g->entry[entry[j]];
                bool same = false;
                for (uint32_t m = 0; m < x->n_number; m++)
                    same |= g->number[x->first_number + m].hash == q->query.number[i].hash;
                if (!same || vg_is_dead(q->snap, k, entry[j]) || found_already(q, k, entry[j]))
                    continue;
                vg_found f = { entry[j], UINT32_MAX, k, -1, LEAST_NAME_ODDS, 0 };
                best_name(q, &f);
                vg_found *mine = vg_push(&q->r->found, vg_found);
                if (!mine)
                    return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for a reader");
                *mine = f;
            }
        }
    return true;
}

/* Beside the name all is known already: what the name must bring for the entry to reach the cut-off. */
static double least_name_odds(const void *of, int32_t segment, uint32_t entry)
{
    const question *q = of;
    const vg_segment *g = q->snap->segment[segment];
    if (q->list_asked && !q->list_asked[g->entry[entry].list])
        return HUGE_VAL;
    side listed;
    feature_list found;
    side_of_entry(g, entry, q->query.n_address > 0, &listed);
    compare_sides(&q->query, &listed, false, &found);
    double others = BASE;
    for (int32_t i = 0; i < found.n; i++)
        others += vg_finding_weight(found.item[i].finding);
    return (q->least_odds - others) / SLOPE - 1e-6; /* rounding must not cost an answer */
}

static bool find_names(question *q, vg_err *e)
{
    vg_wanted wanted = { least_name_odds, q };
    q->least_odds = log(q->cutoff / (1 - q->cutoff));
    for (int32_t i = 0; i < q->n_names; i++)
        if (q->name[i].n_core &&
            !vg_finder_names(q->r->finder, q->r->engine->book, q->snap, &q->name[i], i, q->opts->exhaustive,
                             &wanted, &q->r->found, &q->n_compared, e))
            return false;
    return true;
}

/* By entry, the best name first. */
static int by_entry(const void *a, const void *b)
{
    const vg_found *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    if (x->entry != y->entry)
        return x->entry < y->entry ? -1 : 1;
    if (x->name_odds < y->name_odds || x->name_odds > y->name_odds)
        return x->name_odds > y->name_odds ? -1 : 1;
    return (x->name > y->name) - (x->name < y->name);
}

/* Scores each entry once; the ones that reach the cut-off stay in `out`. */
static int64_t score_all(question *q, scored *out)
{
    vg_found *f = q->r->found.at;
    int64_t n = 0;
    if (q->r->found.n > 1)
        qsort(f, (size_t)q->r->found.n, sizeof *f, by_entry);
    for (int64_t i = 0; i < q->r->found.n; i++) {
        if (i && f[i].segment == f[i - 1].segment && f[i].entry == f[i - 1].entry)
            continue;
        const vg_indexed_entry *x = &q->snap->segment[f[i].segment]->entry[f[i].entry];
        if (q->list_asked && !q->list_asked[x->list])
            continue;
        score_entry(q->snap, &q->query, &f[i], &out[n]);
        n += out[n].score >= q->cutoff;
    }
    return n;
}

/* --- telling --- */

typedef struct {
    const scored *s;
    vg_str list, id;
} ranked;

static int best_first(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->s->score < y->s->score || x->s->score > y->s->score)
        return x->s->score > y->s->score ? -1 : 1;
    int order = vg_cmp(x->list, y->list);
    return order ? order : vg_cmp(x->id, y->id);
}

static vg_str span(const vg_name *n, int32_t at, int32_t count)
{
    if (count <= 0 || at < 0 || at + count > n->n)
        return VG_NOSTR;
    const char *from = n->part[at].raw.s, *to = n->part[at + count - 1].raw.s + n->part[at + count - 1].raw.n;
    if (!from || to < from || to - from > 2000)
        return (vg_str){ n->part[at].folded, n->part[at].n_folded };
    return (vg_str){ from, to - from };
}

static const char *align_word(vg_align_kind k)
{
    static const char *const word[] = {
        [VG_ALIGN_NONE] = "none",
        [VG_ALIGN_SAME] = "same",
        [VG_ALIGN_ROMANISATION] = "romanisation",
        [VG_ALIGN_TYPO] = "typo",
        [VG_ALIGN_NICKNAME] = "nickname",
        [VG_ALIGN_EQUIVALENT] = "equivalent",
        [VG_ALIGN_INITIAL] = "initial",
        [VG_ALIGN_JOINED] = "joined",
        [VG_ALIGN_ACRONYM] = "acronym",
        [VG_ALIGN_DIFFERENT] = "different",
    };
    return (size_t)k < sizeof word / sizeof *word ? word[k] : "none";
}

typedef struct {
    vg_screening_reason *item;
    int32_t n;
} reason_list;

static void add_reason(reason_list *l, const vg_screening_reason *r)
{
    if (l->n < MAX_REASONS)
        l->item[l->n++] = *r;
}

static void name_reasons(const vg_name_book *book, const vg_name *asked, const vg_name *listed, double odds,
                         double score, reason_list *l)
{
    vg_name_explained x;
    vg_name_explain(book, asked, listed, &x);
    add_reason(l, &(vg_screening_reason){ .kind = VG_REASON_NAME,
                                          .what = VG_S("names"),
                                          .log_odds = SLOPE * odds + BASE,
                                          .value = score,
                                          .asked = asked->text,
                                          .listed = listed->text });
    for (int32_t i = 0; i < x.n_links; i++) {
        const vg_name_link *k = &x.link[i];
        vg_screening_reason r = { .kind = VG_REASON_PART,
                                  .what = vg_str_z(align_word((vg_align_kind)k->kind)),
                                  .value = (double)k->likeness,
                                  .asked = span(asked, k->query_at, k->n_query),
                                  .listed = span(listed, k->candidate_at, k->n_candidate) };
        if (!r.asked.n || !r.listed.n)
            r.kind = r.asked.n ? VG_REASON_UNPAIRED_QUERY : VG_REASON_UNPAIRED_LIST;
        add_reason(l, &r);
    }
}

static vg_str date_text(const vg_party_date *d, vg_arena *a)
{
    vg_civil from = vg_civil_from_day(d->day_from), to = vg_civil_from_day(d->day_to);
    const char *about = d->approximate ? "~" : "";
    if (d->day_from == d->day_to)
        return vg_format(a, "%s%04d-%02d-%02d", about, from.year, from.month, from.day);
    if (from.year == to.year && from.month == to.month)
        return vg_format(a, "%s%04d-%02d", about, from.year, from.month);
    if (from.year == to.year)
        return vg_format(a, "%s%04d", about, from.year);
    return vg_format(a, "%s%04d-%04d", about, from.year, to.year);
}

static vg_str country_text(const uint16_t *c, int64_t n, vg_arena *a)
{
    char text[3 * 8 + 1];
    int32_t at = 0;
    for (int64_t i = 0; i < n && i < 8; i++) {
        if (i)
            text[at++] = ' ';
        text[at++] = (char)((c[i] >> 8) - 32);
        text[at++] = (char)((c[i] & 255) - 32);
    }
    return vg_copy(a, (vg_str){ text, at });
}

static void feature_reason(const question *q, const side *x, const vg_segment *g, const found_feature *f,
                           vg_arena *a, reason_list *l)
{
    const side *s = &q->query;
    vg_screening_reason r = { .kind = vg_finding_kind(f->finding),
                              .what = vg_finding_word(f->finding),
                              .log_odds = vg_finding_weight(f->finding),
                              .value = f->value };
    if (r.kind == VG_REASON_BIRTH) {
        r.asked = date_text(&s->birth[f->asked_at], a);
        r.listed = f->finding == VG_BIRTH_SILENT ? VG_NOSTR : date_text(&x->birth[f->listed_at], a);
    } else if (r.kind == VG_REASON_COUNTRY) {
        bool same = f->finding == VG_COUNTRY_SAME;
        r.asked = country_text(s->country + (same ? f->asked_at : 0), same ? 1 : s->n_country, a);
        r.listed = country_text(x->country + (same ? f->listed_at : 0), same ? 1 : x->n_country, a);
    } else if (r.kind == VG_REASON_GENDER) {
        r.asked = vg_copy(a, (vg_str){ &s->gender, 1 });
        r.listed = vg_copy(a, (vg_str){ &x->gender, 1 });
    } else if (r.kind == VG_REASON_NUMBER) {
        r.asked = s->number_text[f->asked_at];
        r.listed = g ? vg_copy(a, vg_str_z(g->text.base + x->number[f->listed_at].text))
                     : x->number_text[f->listed_at];
        r.number_kind = vg_number_kind_word((vg_number_kind)s->number[f->asked_at].kind);
    } else if (r.kind == VG_REASON_ADDRESS) {
        r.asked = s->address[f->asked_at];
        r.listed = vg_copy(a, x->address[f->listed_at]);
    } else if (r.kind == VG_REASON_SCHEMA) {
        r.asked = vg_screening_schema_word(s->schema);
        r.listed = vg_screening_schema_word(x->schema);
    }
    add_reason(l, &r);
}

/* The weak alias is inside the name's log-odds: here it is told apart. */
static double odds_without_weak(const scored *s)
{
    double odds = s->name.name_odds;
    for (int32_t i = 0; i < s->feature.n; i++)
        if (s->feature.item[i].finding == VG_NAME_IS_WEAK)
            odds -= vg_finding_weight(VG_NAME_IS_WEAK);
    return odds;
}

static bool explain(const question *q, const scored *s, const side *listed_side, const vg_name *listed,
                    const vg_segment *g, vg_arena *a, vg_screening_candidate *out, vg_err *e)
{
    reason_list l = { .item = vg_new(a, vg_screening_reason, MAX_REASONS) };
    if (!l.item)
        return vg_fail_memory(e, vg_arena_limit(a));
    if (listed)
        name_reasons(q->r->engine->book, &q->name[s->name.query_name], listed, odds_without_weak(s),
                     s->name.name_score, &l);
    for (int32_t i = 0; i < s->feature.n; i++)
        feature_reason(q, listed_side, g, &s->feature.item[i], a, &l);
    out->reason = l.item;
    out->n_reasons = l.n;
    return true;
}

static bool tell(const question *q, const scored *s, vg_arena *a, vg_screening_candidate *out, vg_err *e)
{
    const vg_segment *g = q->snap->segment[s->name.segment];
    const vg_indexed_entry *x = &g->entry[s->name.entry];
    const vg_indexed_name *first = &g->name[x->first_name];
    *out = (vg_screening_candidate){ .score = s->score,
                                     .name_score = s->name.name_score,
                                     .hit = s->score >= q->threshold,
                                     .list = vg_copy(a, q->snap->list[x->list].name),
                                     .id = vg_copy(a, vg_segment_text(g, x->id, x->n_id)),
                                     .vintage = q->snap->list[x->list].vintage,
                                     .schema = (vg_schema)x->schema,
                                     .query_name = s->name.query_name };
    if (x->n_names)
        out->caption = vg_copy(a, vg_segment_text(g, first->text, first->n_text));
    snprintf(out->entry_hash, sizeof out->entry_hash, "%016llx", (unsigned long long)x->hash);
    vg_name listed = { .n = 0 };
    if (s->name.name != UINT32_MAX) {
        const vg_indexed_name *name = &g->name[s->name.name];
        out->matched = vg_copy(a, vg_segment_text(g, name->text, name->n_text));
        out->matched_kind = (vg_name_kind)name->kind;
    }
    if (!out->list.s || !out->id.s || (x->n_names && !out->caption.s))
        return vg_fail_memory(e, vg_arena_limit(a));
    if (!q->opts->explain)
        return true;
    if (out->matched.n &&
        !vg_name_parse(q->r->engine->book, out->matched, (vg_schema)x->schema, a, &listed, e))
        return false;
    side entry;
    side_of_entry(g, s->name.entry, true, &entry);
    return explain(q, s, &entry, out->matched.n && s->name.query_name >= 0 ? &listed : NULL, g, a, out, e);
}

static bool tell_all(const question *q, const scored *all, int64_t n, vg_arena *a, vg_screening_answer *out,
                     vg_err *e)
{
    ranked *order = vg_new(&q->r->scratch, ranked, n + 1);
    if (!order)
        return vg_fail_memory(e, vg_arena_limit(&q->r->scratch));
    int32_t limit = q->opts->limit ? q->opts->limit : DEFAULT_LIMIT;
    for (int64_t i = 0; i < n; i++) {
        const vg_segment *g = q->snap->segment[all[i].name.segment];
        const vg_indexed_entry *x = &g->entry[all[i].name.entry];
        order[i] = (ranked){ &all[i], q->snap->list[x->list].name, vg_segment_text(g, x->id, x->n_id) };
        out->n_hits += all[i].score >= q->threshold;
    }
    if (n > 1)
        qsort(order, (size_t)n, sizeof *order, best_first);
    out->n_found = (int32_t)n;
    out->n = (int32_t)(n < limit ? n : limit);
    vg_screening_candidate *c = vg_new(a, vg_screening_candidate, out->n);
    if (!c)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t i = 0; i < out->n; i++)
        if (!tell(q, order[i].s, a, &c[i], e))
            return false;
    out->candidate = c;
    return true;
}

/* --- doors --- */

static bool check_opts(const vg_screening_ask_opts *o, vg_err *e)
{
    if (!(o->threshold >= 0 && o->threshold <= 1 && o->cutoff >= 0 && o->cutoff <= 1)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "threshold %g or cut-off %g is no probability", o->threshold,
                o->cutoff);
        return vg_mend(e, "give numbers from 0 to 1");
    }
    return o->limit >= 0 || vg_fail(e, VG_EARG, VG_NOWHERE, "a limit of %d answers", o->limit);
}

static bool ask(question *q, vg_arena *a, vg_screening_answer *out, vg_err *e)
{
    vg_arena *scratch = &q->r->scratch;
    vg_screening_answer got = { .threshold = q->threshold,
                                .cutoff = q->cutoff,
                                .revision = q->snap->revision };
    q->r->found.n = 0;
    if (!parse_names(q, scratch, e) || !choose_lists(q, scratch, e) || !find_names(q, e) ||
        !find_numbers(q, e))
        return false;
    scored *all = vg_new(scratch, scored, q->r->found.n + 1);
    if (!all)
        return vg_fail_memory(e, vg_arena_limit(scratch));
    int64_t n = score_all(q, all);
    got.n_compared = q->n_compared;
    if (!tell_all(q, all, n, a, &got, e))
        return false;
    *out = got;
    return true;
}

bool vg_screening_ask(vg_screening_reader *r, const vg_party *query, const vg_screening_ask_opts *opts,
                      vg_arena *a, vg_screening_answer *out, vg_err *e)
{
    if (!check_opts(opts, e))
        return false;
    question q = { .r = r, .party = query, .opts = opts };
    q.threshold = opts->threshold > 0 ? opts->threshold : THRESHOLD;
    q.cutoff = opts->cutoff > 0 ? opts->cutoff : CUTOFF < q.threshold ? CUTOFF : q.threshold;
    if (opts->hits_only)
        q.cutoff = q.threshold;
    side_of_party(query, &q.query);
    vg_snapshot *snap = vg_snapshot_hold(r->engine);
    q.snap = snap;
    vg_arena mark = r->scratch;
    bool good = ask(&q, a, out, e);
    r->scratch = mark;
    vg_snapshot_release(r->engine, snap);
    return good;
}

/* The best pair of names of two parties. */
static bool best_pair(const question *q, const vg_party *listed, vg_arena *a, vg_name *best, vg_found *f,
                      vg_err *e)
{
    *f = (vg_found){ 0, UINT32_MAX, 0, -1, LEAST_NAME_ODDS, 0 };
    double most = -HUGE_VAL;
    for (int64_t k = 0; k < listed->name.n && k < MAX_QUERY_NAMES; k++) {
        vg_party_name one = listed->name.item[k];
        one.text = vg_utf8_head(one.text, 1000);
        vg_name name;
        if (!vg_name_parse_party(q->r->engine->book, &one, listed->schema, a, &name, e))
            return false;
        for (int32_t i = 0; i < q->n_names; i++) {
            double score = vg_name_score(q->r->engine->book, &q->name[i], &name);
            double sure = score > 0.999999 ? 0.999999
                          : score < 1e-6   ? 1e-6
                                           : score,
                   odds = log(sure / (1 - sure));
            odds += one.kind == VG_NAME_WEAK ? vg_finding_weight(VG_NAME_IS_WEAK) : 0;
            if (odds <= most)
                continue;
            most = odds;
            *best = name;
            *f = (vg_found){ 0, (uint32_t)k, 0, i, odds, score };
        }
    }
    return true;
}

bool vg_screening_pair(vg_screening_reader *r, const vg_party *query, const vg_party *candidate,
                       bool with_reasons, vg_arena *a, vg_screening_candidate *out, vg_err *e)
{
    vg_screening_ask_opts opts = { .explain = with_reasons };
    question q = { .r = r, .party = query, .opts = &opts };
    side listed;
    scored s = { .score = 0 };
    vg_name best = { .n = 0 };
    side_of_party(query, &q.query);
    side_of_party(candidate, &listed);
    if (!parse_names(&q, a, e) || !best_pair(&q, candidate, a, &best, &s.name, e))
        return false;
    bool matched = s.name.query_name >= 0;
    const vg_party_name *name = matched ? &candidate->name.item[s.name.name] : NULL;
    compare_sides(&q.query, &listed, matched && name->kind == VG_NAME_WEAK, &s.feature);
    vg_screening_candidate c = { .score = score_of(s.name.name_odds, &s.feature),
                                 .name_score = s.name.name_score,
                                 .schema = candidate->schema,
                                 .query_name = s.name.query_name,
                                 .id = candidate->id };
    c.hit = c.score >= THRESHOLD;
    if (candidate->name.n)
        c.caption = candidate->name.item[0].text;
    if (matched) {
        c.matched = name->text;
        c.matched_kind = name->kind;
    }
    if (with_reasons && !explain(&q, &s, &listed, matched ? &best : NULL, NULL, a, &c, e))
        return false;
    *out = c;
    return true;
}

bool vg_screening_reader_open(vg_screening *s, vg_screening_reader **out, vg_err *e)
{
    vg_screening_reader *r = calloc(1, sizeof *r);
    if (!r)
        return vg_fail(e, VG_ENOMEM, VG_NOWHERE, "no memory left for a reader");
    r->engine = s;
    if (!vg_finder_open(&r->finder, e) || !vg_arena_init(&r->scratch, (int64_t)1 << 30, e)) {
        vg_screening_reader_close(r);
        return false;
    }
    *out = r;
    return true;
}

void vg_screening_reader_close(vg_screening_reader *r)
{
    if (!r)
        return;
    vg_finder_close(r->finder);
    vg_arena_free(&r->scratch);
    free(r->found.at);
    free(r);
}

vg_str vg_screening_reason_key(const vg_screening_reason *r, char key[96])
{
    static const char *const kind[] = {
        [VG_REASON_NAME] = "name",
        [VG_REASON_PART] = "part",
        [VG_REASON_UNPAIRED_QUERY] = "unpaired-query",
        [VG_REASON_UNPAIRED_LIST] = "unpaired-list",
        [VG_REASON_WEAK] = "weak",
        [VG_REASON_BIRTH] = "birth",
        [VG_REASON_COUNTRY] = "country",
        [VG_REASON_GENDER] = "gender",
        [VG_REASON_NUMBER] = "number",
        [VG_REASON_ADDRESS] = "address",
        [VG_REASON_SCHEMA] = "schema",
    };
    bool alone = r->kind == VG_REASON_UNPAIRED_QUERY || r->kind == VG_REASON_UNPAIRED_LIST || !r->what.n;
    int n = alone ? snprintf(key, 96, "screening.reason.%s", kind[r->kind])
                  : snprintf(key, 96, "screening.reason.%s.%.*s", kind[r->kind], VG_P(r->what));
    return (vg_str){ key, n };
}

/* FollowTheMoney's words, and those of --schema. */
static const struct {
    const char *word;
    vg_schema schema;
} schema_words[] = {
    { "any", VG_SCHEMA_ANY },
    { "person", VG_SCHEMA_PERSON },
    { "organisation", VG_SCHEMA_ORGANISATION },
    { "company", VG_SCHEMA_COMPANY },
    { "vessel", VG_SCHEMA_VESSEL },
    { "aircraft", VG_SCHEMA_AIRCRAFT },
    { "other", VG_SCHEMA_OTHER },
    { "thing", VG_SCHEMA_ANY },
    { "legalentity", VG_SCHEMA_ANY },
    { "airplane", VG_SCHEMA_AIRCRAFT },
    { "vehicle", VG_SCHEMA_VESSEL },
    { "organization", VG_SCHEMA_ORGANISATION },
    { "publicbody", VG_SCHEMA_ORGANISATION },
};

vg_str vg_screening_schema_word(vg_schema schema)
{
    return vg_str_z(schema_words[(size_t)schema <= VG_SCHEMA_OTHER ? (size_t)schema : 0].word);
}

int vg_screening_schema_by_word(vg_str word)
{
    for (size_t i = 0; i < sizeof schema_words / sizeof *schema_words; i++)
        if (vg_eq_nocase(word, vg_str_z(schema_words[i].word)))
            return (int)schema_words[i].schema;
    return -1;
}
