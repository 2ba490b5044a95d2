/* Streams: the vintages of one source, scope and variable, which of them is the newer release, and which month belongs
 * to which. The order is total: vintages with a version number by that number (24.0.5 < 24.1 < 25.1), then by the time
 * they were known, then by id; one without a number stands above everything that was known when it came. */
#include <string.h>

#include "core/date.h"
#include "store/store_int.h"

enum { VERSION_PARTS = 8 };

/* "v24.0.5", "25_01_25_06", "2024-05-01" as numbers; 0 parts when it is anything else. */
static int version_parts(vg_str version, int64_t part[VERSION_PARTS])
{
    int n = 0;
    bool in_number = false;
    if (version.n && vg_lower(version.s[0]) == 'v')
        version = vg_sub(version, 1, version.n);
    for (ptrdiff_t i = 0; i < version.n; i++) {
        char c = version.s[i];
        bool digit = c >= '0' && c <= '9';
        if (!digit && !(in_number && (c == '.' || c == '_' || c == '-')))
            return 0;
        if (digit && !in_number && n == VERSION_PARTS)
            return 0;
        if (digit && !in_number)
            part[n++] = 0;
        if (digit && __builtin_mul_overflow(part[n - 1], 10, &part[n - 1]))
            return 0;
        if (digit && __builtin_add_overflow(part[n - 1], c - '0', &part[n - 1]))
            return 0;
        in_number = digit;
    }
    return in_number ? n : 0;
}

static int compare_i64(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_known(const vg_vintage *a, const vg_vintage *b)
{
    int c = compare_i64(a->known_at, b->known_at);
    return c ? c : compare_i64(a->id, b->id);
}

static int compare_version(const vg_vintage *a, const vg_vintage *b)
{
    int64_t pa[VERSION_PARTS], pb[VERSION_PARTS];
    int na = version_parts(a->version, pa), nb = version_parts(b->version, pb);
    for (int i = 0; i < na && i < nb; i++)
        if (pa[i] != pb[i])
            return compare_i64(pa[i], pb[i]);
    return na != nb ? compare_i64(na, nb) : compare_known(a, b);
}

static bool has_version(const vg_vintage *v)
{
    int64_t part[VERSION_PARTS];
    return version_parts(v->version, part) > 0;
}

/* Insertion sort: there are as many vintages as there were releases. */
static void sort(vg_vintage_rows *v, int64_t n, int (*compare)(const vg_vintage *, const vg_vintage *))
{
    for (int64_t i = 1; i < n; i++) {
        vg_vintage_rows x = v[i];
        int64_t k = i;
        for (; k > 0 && compare(&v[k - 1].about, &x.about) > 0; k--)
            v[k] = v[k - 1];
        v[k] = x;
    }
}

bool vg_stream__order(vg_vintage_rows *v, int64_t n, vg_arena scratch, vg_err *e)
{
    vg_vintage_rows *numbered = vg_new(&scratch, vg_vintage_rows, n),
                    *bare = vg_new(&scratch, vg_vintage_rows, n);
    if (!numbered || !bare)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    int64_t n_numbered = 0, n_bare = 0;
    for (int64_t i = 0; i < n; i++)
        if (has_version(&v[i].about))
            numbered[n_numbered++] = v[i];
        else
            bare[n_bare++] = v[i];
    sort(numbered, n_numbered, compare_version);
    sort(bare, n_bare, compare_known);
    /* From the top: a bare one goes above the highest numbered one that was known when it came. */
    for (int64_t at = n; at-- > 0;) {
        bool take_bare = n_bare > 0 && (n_numbered == 0 || compare_known(&numbered[n_numbered - 1].about,
                                                                         &bare[n_bare - 1].about) < 0);
        v[at] = take_bare ? bare[--n_bare] : numbered[--n_numbered];
    }
    return true;
}

static bool same_place(const vg_vintage *a, const vg_vintage *b)
{
    return vg_eq(a->source, b->source) && vg_eq(a->scope, b->scope);
}

static bool same_stream(const vg_vintage *a, const vg_vintage *b)
{
    return same_place(a, b) && vg_eq(a->variable, b->variable);
}

bool vg_stream__superseded(vg_store *st, const vg_vintage *v, vg_arena scratch, int64_t *id, vg_err *e)
{
    vg_vintage_rows *all;
    int64_t n, n_stream = 0;
    if (!vg_vintage__list(st, INT64_MAX, &scratch, &all, &n, e))
        return false;
    vg_vintage_rows *stream = vg_new(&scratch, vg_vintage_rows, n + 1);
    if (!stream)
        return vg_fail_memory(e, vg_arena_limit(&scratch));
    for (int64_t i = 0; i < n; i++)
        if (same_stream(&all[i].about, v))
            stream[n_stream++] = all[i];
    stream[n_stream++].about = *v;
    if (!vg_stream__order(stream, n_stream, scratch, e))
        return false;
    *id = 0;
    for (int64_t i = 0; stream[i].about.id != v->id; i++)
        if (stream[i].about.first_month <= v->last_month && stream[i].about.last_month >= v->first_month)
            *id = stream[i].about.id;
    return true;
}

/* --- which stream answers a question --- */

/* Numbers of the asked kind for the asked variable; without one, for the vintage's own. */
static bool has_series(const vg_vintage_rows *v, const vg_stream_query *q)
{
    if (q->events_only || q->flows_only || !v->series_from)
        return false;
    if ((v->kinds & (1U << q->kind)) && (!q->variable.n || vg_eq(q->variable, v->about.variable)))
        return true;
    int64_t further = q->variable.n ? vg_vintage__variable(v, q->variable) : -1;
    return further >= 0 && (v->variable[further].kinds & (1U << q->kind));
}

/* A series of units of this kind, whatever its name: such a vintage does not answer by its events. */
static bool is_of_series(const vg_vintage_rows *v, const vg_stream_query *q)
{
    return !q->events_only && v->series_from && (v->kinds & (1U << q->kind));
}

static bool answers(const vg_vintage_rows *v, const vg_stream_query *q)
{
    if (q->source.n && !vg_eq(q->source, v->about.source))
        return false;
    if (q->scope.n && !vg_eq(q->scope, v->about.scope))
        return false;
    if (q->flows_only)
        return v->flow_from && (v->flow_kinds & (1U << q->kind));
    if (has_series(v, q) || is_of_series(v, q))
        return has_series(v, q);
    return v->event_from && (q->kind == VG_UNIT_COUNTRY || q->kind == VG_UNIT_CELL);
}

static int source_rank(vg_str source)
{
    return vg_eq(source, VG_S("views-panel")) ? 2 : vg_eq(source, VG_S("ucdp-ged")) ? 1 : 0;
}

/* Best source first, then the world before a country, then the newest. */
static bool better(const vg_vintage *a, const vg_vintage *b)
{
    int rank_a = source_rank(a->source), rank_b = source_rank(b->source);
    if (rank_a != rank_b)
        return rank_a > rank_b;
    bool world_a = vg_eq(a->scope, VG_S("world")), world_b = vg_eq(b->scope, VG_S("world"));
    return world_a != world_b ? world_a : compare_known(a, b) > 0;
}

/* Of the vintages that answer, the first of the best source and scope; a series before events. */
static const vg_vintage_rows *leader(const vg_vintage_rows *all, int64_t n, const vg_stream_query *q)
{
    const vg_vintage_rows *best = NULL, *events = NULL;
    for (int64_t i = 0; i < n; i++)
        if (answers(&all[i], q) && (!best || better(&all[i].about, &best->about)))
            best = &all[i];
    for (int64_t i = 0; i < n && best; i++) {
        if (!answers(&all[i], q) || !same_place(&all[i].about, &best->about))
            continue;
        if (has_series(&all[i], q))
            return &all[i];
        if (!events)
            events = &all[i];
    }
    return events;
}

static const char *kind_name(vg_unit_kind kind)
{
    return kind == VG_UNIT_CELL     ? "grid cells"
           : kind == VG_UNIT_ADMIN1 ? "provinces"
           : kind == VG_UNIT_ADMIN2 ? "districts"
                                    : "countries";
}

/* "ucdp-ged world; views-panel world sb": each stream once, as far as there is room. */
static void list_streams(const vg_vintage_rows *all, int64_t n, char *text, size_t size)
{
    size_t used = 0;
    for (int64_t i = 0; i < n && used + 1 < size; i++) {
        bool told = false;
        for (int64_t k = 0; k < i && !told; k++)
            told = same_stream(&all[k].about, &all[i].about);
        if (told)
            continue;
        const vg_vintage *v = &all[i].about;
        int wrote = snprintf(text + used, size - used, "%s%.*s %.*s%s%.*s", used ? "; " : "", VG_P(v->source),
                             VG_P(v->scope), v->variable.n ? " " : "", VG_P(v->variable));
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

static bool fail_none(const vg_vintage_rows *all, int64_t n, const vg_stream_query *q, vg_err *e)
{
    char there[200] = "", day[32] = "";
    list_streams(all, n, there, sizeof there);
    if (q->as_of)
        vg_instant_text(q->as_of, day);
    vg_str none = VG_S("any source");
    vg_str source = q->source.n ? q->source : none;
    vg_fail(e, VG_ENODATA, VG_NOWHERE, "%s known for %s from %.*s%s%.*s%s%.*s%s%s",
            q->flows_only ? "no flow of people is" : "nothing is", kind_name(q->kind), VG_P(source),
            q->scope.n ? ", scope " : "", VG_P(q->scope), q->variable.n ? ", variable " : "",
            VG_P(q->variable), day[0] ? " as of " : "", day);
    vg_why(e, n ? "the store holds: %s" : "the store held no import then%s", there);
    return vg_mend(e, "import a source that has it (vigie import FILE), or ask for another one");
}

/* Each month belongs to the latest release that covers it. */
static bool paint(vg_stream *s, vg_arena *a, vg_err *e)
{
    int32_t first = s->vintage[0].about.first_month, last = s->vintage[0].about.last_month;
    for (int32_t i = 1; i < s->n; i++) {
        const vg_vintage *v = &s->vintage[i].about;
        first = v->first_month < first ? v->first_month : first;
        last = v->last_month > last ? v->last_month : last;
    }
    s->first_month = first;
    s->n_months = last - first + 1;
    s->owner = vg_new(a, int32_t, s->n_months);
    if (!s->owner)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int32_t m = 0; m < s->n_months; m++)
        s->owner[m] = -1;
    for (int32_t i = 0; i < s->n; i++)
        for (int32_t m = s->vintage[i].about.first_month; m <= s->vintage[i].about.last_month; m++)
            s->owner[m - first] = i;
    return true;
}

bool vg_stream__choose(vg_store *st, const vg_stream_query *q, vg_arena *a, vg_stream *out, vg_err *e)
{
    vg_vintage_rows *all;
    int64_t n;
    if (!vg_vintage__list(st, q->as_of, a, &all, &n, e))
        return false;
    const vg_vintage_rows *first = leader(all, n, q);
    if (!first)
        return fail_none(all, n, q, e);
    vg_stream s = { .source = first->about.source,
                    .scope = first->about.scope,
                    .is_series = has_series(first, q) };
    s.variable = s.is_series && q->variable.n ? q->variable : first->about.variable;
    bool any_own = (s.is_series && q->variable.n) || q->flows_only; /* whatever their own variable is */
    s.vintage = vg_new(a, vg_vintage_rows, n);
    if (!s.vintage)
        return vg_fail_memory(e, vg_arena_limit(a));
    for (int64_t i = 0; i < n; i++)
        if (answers(&all[i], q) && has_series(&all[i], q) == s.is_series &&
            (any_own ? same_place : same_stream)(&all[i].about, &first->about))
            s.vintage[s.n++] = all[i];
    if (!vg_stream__order(s.vintage, s.n, *a, e) || !paint(&s, a, e))
        return false;
    *out = s;
    return true;
}
