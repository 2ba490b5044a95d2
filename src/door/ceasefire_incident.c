/* Incidents over HTTP: those of a question, one with its members, and what a person decided about one. Invariant: the guard
 * is asked in short steps, each of which looks at SCAN incidents at most and copies what fits the question; reports do not
 * wait for an answer to be written. */
#include <math.h>

#include "core/date.h"
#include "core/num.h"
#include "door/ceasefire_int.h"
#include "store/report_log.h"

enum { SCAN = 20000 };

/* A question about incidents, and how far it has come. */
typedef struct {
    int64_t from, to;
    int level, verification, attribution, act; /* -1 = any */
    int32_t zone, party, clause;               /* VG_AGREEMENT_NOBODY = any */
    const double *box;                         /* NULL = anywhere */
    int64_t after_from;                        /* goes on behind this place */
    uint64_t after_id;
    bool goes_on;
    int32_t limit, n, scanned;
    bool more; /* the question is not at its end */
    vg_incident *found;
} question;

/* --- does it fit --- */

static bool is_in_box(const double *box, const vg_incident *x)
{
    if (isnan(x->lat_deg) || isnan(x->lon_deg) || x->lat_deg < box[1] || x->lat_deg > box[3])
        return false;
    return box[0] <= box[2] ? x->lon_deg >= box[0] && x->lon_deg <= box[2]
                            : x->lon_deg >= box[0] || x->lon_deg <= box[2];
}

static bool breaks(const vg_incident *x, int32_t clause)
{
    for (int32_t i = 0; i < x->n_breaches; i++)
        if (x->breach[i].clause == clause)
            return true;
    return false;
}

static bool lies_in(const vg_incident *x, int32_t zone)
{
    for (int i = 0; i < VG_INCIDENT_ZONES && x->zone[i] != VG_AGREEMENT_NOBODY; i++)
        if (x->zone[i] == zone)
            return true;
    return false;
}

static bool fits(const question *q, const vg_incident *x)
{
    return x->level >= q->level && (q->verification < 0 || x->verification == q->verification) &&
           (q->attribution < 0 || x->attribution == q->attribution) && (q->act < 0 || x->act == q->act) &&
           (q->party == VG_AGREEMENT_NOBODY || x->party == q->party) &&
           (q->zone == VG_AGREEMENT_NOBODY || lies_in(x, q->zone)) &&
           (q->clause == VG_AGREEMENT_NOBODY || breaks(x, q->clause)) && (!q->box || is_in_box(q->box, x));
}

static bool is_behind(const question *q, const vg_incident *x)
{
    return !q->goes_on || x->from > q->after_from || (x->from == q->after_from && x->id > q->after_id);
}

static bool look_at(void *ctx, const vg_incident *x)
{
    question *q = ctx;
    if (!is_behind(q, x))
        return true;
    if (q->n == q->limit || q->scanned == SCAN) {
        q->more = true;
        return false;
    }
    q->scanned++;
    q->goes_on = true;
    q->after_from = x->from;
    q->after_id = x->id;
    if (fits(q, x))
        q->found[q->n++] = *x;
    return true;
}

static bool ask(void *ctx, vg_desk *d, vg_err *e)
{
    question *q = ctx;
    int64_t from = q->goes_on && q->after_from > q->from ? q->after_from : q->from;
    q->scanned = 0;
    q->more = false;
    return vg_watch_each(vg_desk_watch(d), from, q->to, look_at, q, e);
}

/* --- the question of a call --- */

static bool read_cursor(vg_call *c, question *q, vg_err *e)
{
    vg_str rest = vg_call_text(c, "cursor"), from = vg_cut(&rest, '.');
    if (!vg_call_given(c, "cursor"))
        return true;
    q->goes_on = true;
    if (vg_int(from, &q->after_from) && vg_incident__read(rest, &q->after_id))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "this is no cursor of this question");
    return vg_mend(e, "take the address of the link \"next\" as it is; cursors are not made by hand");
}

static bool fail_name(vg_err *e, const char *what, vg_str id)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "the agreement has no %s \"%.*s\"", what, VG_P(vg_utf8_head(id, 60)));
    return vg_mend(e, "GET the agreement itself: it lists its parties, zones and clauses");
}

static bool read_names(vg_call *c, const vg_agreement *a, question *q, vg_err *e)
{
    vg_str zone = vg_call_text(c, "zone"), party = vg_call_text(c, "party"),
           clause = vg_call_text(c, "clause"), act = vg_call_text(c, "act");
    q->zone = zone.n ? vg_agreement_find_zone(a, zone) : VG_AGREEMENT_NOBODY;
    q->party = party.n ? vg_agreement_find_party(a, party) : VG_AGREEMENT_NOBODY;
    q->clause = clause.n ? vg_clause__find(a, clause) : VG_AGREEMENT_NOBODY;
    q->act = act.n ? vg_act_by_name(act) : -1;
    if (zone.n && q->zone == VG_AGREEMENT_NOBODY)
        return fail_name(e, "zone", zone);
    if (party.n && q->party == VG_AGREEMENT_NOBODY)
        return fail_name(e, "party", party);
    if (clause.n && q->clause == VG_AGREEMENT_NOBODY)
        return fail_name(e, "clause", clause);
    if (!act.n || q->act >= 0)
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "there is no act \"%.*s\"", VG_P(vg_utf8_head(act, 60)));
    return vg_mend(e, "acts are such as mortar, drone_strike, weapon_presence");
}

static bool read_question(vg_call *c, const vg_agreement *a, question *q, vg_err *e)
{
    *q = (question){ .from = INT64_MIN,
                     .to = INT64_MAX,
                     .level = (int)vg_call_whole(c, "level"),
                     .verification =
                         vg_call_given(c, "verification") ? (int)vg_call_whole(c, "verification") : -1,
                     .attribution =
                         vg_call_given(c, "attribution") ? (int)vg_call_whole(c, "attribution") : -1,
                     .box = vg_call_given(c, "bbox") ? vg_call_value(c, "bbox")->box : NULL,
                     .limit = (int32_t)vg_call_whole(c, "limit") };
    q->found = vg_new(vg_call_arena(c), vg_incident, q->limit);
    if (!q->found)
        return vg_fail_memory(e, vg_arena_limit(vg_call_arena(c)));
    return vg_call__instant(c, "from", false, &q->from, e) && vg_call__instant(c, "to", true, &q->to, e) &&
           read_cursor(c, q, e) && read_names(c, a, q, e);
}

/* --- the answer --- */

static void put_link(vg_json *j, vg_str rel, vg_str href)
{
    vg_json_object(j);
    vg_put__text(j, "rel", rel);
    vg_put__text(j, "type", VG_S("application/geo+json"));
    vg_put__text(j, "href", href);
    vg_json_close(j);
}

static void put_features(vg_call *c, const vg_agreement *a, const question *q, vg_str next)
{
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_put__text(&j, "type", VG_S("FeatureCollection"));
    vg_put__int(&j, "numberReturned", q->n);
    vg_put__open(&j, "features", true);
    for (int32_t i = 0; i < q->n; i++)
        vg_incident_json(&j, a, &q->found[i]);
    vg_json_close(&j);
    vg_put__text(&j, "next", next);
    vg_put__open(&j, "links", true);
    if (next.n)
        put_link(&j, VG_S("next"), next);
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
}

static void put_row(vg_rows *r, const vg_agreement *a, const vg_incident *x)
{
    char text[32], id[17];
    const vg_breach *b = x->n_breaches ? &x->breach[0] : NULL;
    vg_rows_text(r, vg_incident__text(x->id, id));
    vg_rows_text(r, vg_instant_text(x->from, text));
    vg_rows_text(r, vg_instant_text(x->to, text));
    vg_rows_num(r, x->lat_deg);
    vg_rows_num(r, x->lon_deg);
    vg_rows_num(r, x->radius_m);
    vg_rows_text(r, vg_str_z(vg_act_name(x->act)));
    vg_rows_text(r, vg_str_z(vg_weapon_name(x->weapon)));
    vg_rows_num(r, x->calibre_mm);
    vg_rows_int(r, x->count);
    vg_rows_text(r, vg_str_z(vg_level_name(x->level)));
    vg_rows_int(r, x->severity);
    vg_rows_text(r, b ? vg_clause__id(a, b->clause) : VG_NOSTR);
    vg_rows_num(r, b ? (double)b->p : NAN);
    vg_rows_text(r, vg_zone__id(a, x->zone[0]));
    vg_rows_text(r, vg_str_z(vg_attribution_name(x->attribution)));
    vg_rows_text(r, vg_party__id(a, x->party));
    vg_rows_text(r, vg_str_z(vg_verification_name(x->verification)));
    vg_rows_int(r, x->n_reports);
    vg_rows_int(r, x->n_sources);
}

static void put_rows(vg_call *c, const vg_agreement *a, const question *q, vg_str next)
{
    static const char *const column[] = {
        "incident", "from",        "to",    "lat",          "lon",      "radius_m", "act",
        "weapon",   "calibre_mm",  "count", "level",        "severity", "clause",   "p",
        "zone",     "attribution", "party", "verification", "reports",  "sources"
    };
    vg_rows r = vg_rows_begin(c, column, (int)(sizeof column / sizeof *column));
    for (int32_t i = 0; i < q->n; i++)
        put_row(&r, a, &q->found[i]);
    vg_rows_end(&r, next);
}

static bool answer_incidents(vg_call *c, vg_guard *g, vg_err *e)
{
    question q;
    char id[17];
    const vg_agreement *a = vg_guard__agreement(g);
    if (!read_question(c, a, &q, e))
        return false;
    do {
        if (!vg_guard__ask(g, ask, &q, e))
            return false;
    } while (q.more && q.n < q.limit);
    vg_str next = VG_NOSTR;
    if (q.more)
        next = vg_call_next(c, vg_format(vg_call_arena(c), "%lld.%.*s", (long long)q.after_from,
                                         VG_P(vg_incident__text(q.after_id, id))));
    if (vg_call_as(c) == VG_AS_CSV)
        put_rows(c, a, &q, next);
    else
        put_features(c, a, &q, next);
    return true;
}

bool vg_watch_answer__incidents(vg_call *c, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    bool good = answer_incidents(c, g, e);
    vg_guard__leave(g);
    return good;
}

/* --- one incident --- */

typedef struct {
    uint64_t id;
    vg_incident incident;
    vg_arena *arena;
    vg_member *member;
    int32_t n;
} one;

static bool ask_one(void *ctx, vg_desk *d, vg_err *e)
{
    one *x = ctx;
    vg_watch *w = vg_desk_watch(d);
    return vg_watch_incident(w, x->id, &x->incident, e) &&
           (!x->arena || vg_watch_members(w, x->id, x->arena, &x->member, &x->n, e));
}

static bool ask_for_one(vg_call *c, vg_guard *g, one *x, vg_err *e)
{
    vg_str text = vg_call_text(c, "incident");
    if (!vg_incident__read(text, &x->id)) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "\"%.*s\" is no incident", VG_P(vg_utf8_head(text, 40)));
        return vg_mend(e, "incidents have 16 hexadecimal digits");
    }
    return vg_guard__ask(g, ask_one, x, e);
}

/* A member is written with its report, which is read from the log. */
typedef struct {
    vg_json *j;
    const vg_agreement *agreement;
    const vg_member *m;
} telling;

static void put_claims(vg_json *j, int claims)
{
    static const char *const word[] = { "self_defence", "exercise", "demining", "medical", "third_party" };
    vg_put__open(j, "claims", true);
    for (int i = 0; i < (int)(sizeof word / sizeof *word); i++)
        if (claims >> i & 1)
            vg_json_str(j, vg_str_z(word[i]));
    vg_json_close(j);
}

static void put_member(const telling *t, const vg_report *r)
{
    vg_json *j = t->j;
    const vg_member *m = t->m;
    vg_json_object(j);
    vg_put__int(j, "number", m->seq);
    vg_put__text(j, "source", r->source);
    vg_put__text(j, "report", r->id);
    vg_put__text(j, "kind", vg_str_z(vg_source_kind_name(m->kind)));
    vg_put__instant(j, "received_at", r->received_at);
    vg_put__instant(j, "from", m->from);
    vg_put__instant(j, "to", m->to);
    vg_put__num(j, "lat_deg", m->lat_deg);
    vg_put__num(j, "lon_deg", m->lon_deg);
    vg_put__num(j, "radius_m", m->radius_m);
    vg_put__text(j, "act", vg_str_z(vg_act_name(m->act)));
    vg_put__text(j, "weapon", vg_str_z(vg_weapon_name(m->weapon)));
    vg_put__num(j, "calibre_mm", r->calibre_mm);
    vg_put__int(j, "count", r->count);
    vg_put__text(j, "basis", vg_str_z(vg_basis_name(m->basis)));
    put_claims(j, m->claims);
    vg_put__party(j, "party", t->agreement, m->party);
    vg_put__party(j, "observer", t->agreement, m->observer);
    vg_put__num(j, "fit", (double)m->fit);
    vg_put__bool(j, "repeats", m->repeats);
    vg_put__text(j, "place", r->place);
    vg_json_key(j, VG_S("text"));
    vg_report_json(j, r);
    vg_json_close(j);
}

static bool tell_member(void *ctx, const vg_log_entry *x, vg_err *e)
{
    vg_report r;
    if (x->kind != VG_LOG_REPORT)
        return true;
    if (!vg_report_unpack(x->body, &r, e))
        return false;
    put_member(ctx, &r);
    return true;
}

static bool put_members(vg_call *c, const vg_agreement *a, const one *x, vg_json *j, vg_err *e)
{
    bool good = true;
    vg_put__open(j, "members", true);
    for (int32_t i = 0; good && i < x->n; i++) {
        telling t = { j, a, &x->member[i] };
        good = vg_report_log_each(vg_call_store(c), a->id, t.m->seq, t.m->seq, tell_member, &t, e);
    }
    vg_json_close(j);
    return good;
}

/* The Feature as everywhere, with one more member behind its last. */
static bool answer_one(vg_call *c, vg_guard *g, vg_err *e)
{
    one x = { .arena = vg_call_arena(c) };
    const vg_agreement *a = vg_guard__agreement(g);
    vg_out *o = vg_call_out(c);
    if (!ask_for_one(c, g, &x, e))
        return false;
    vg_json feature = vg_json_to(o);
    vg_incident_json(&feature, a, &x.incident);
    if (o->failed || o->n == 0)
        return vg_fail_memory(e, o->cap);
    o->n--; /* its closing brace */
    vg_put_char(o, ',');
    vg_out members;
    if (!vg_out_memory(&members, e))
        return false;
    vg_json j = vg_json_to(&members);
    vg_json_object(&j);
    bool good = put_members(c, a, &x, &j, e);
    vg_guard__put_decisions(g, &j, x.member, x.n);
    vg_json_close(&j);
    vg_str text = vg_out_text(&members);
    vg_put(o, vg_sub(text, 1, text.n)); /* without its opening brace */
    vg_put_char(o, '\n');
    vg_out_drop(&members);
    return good;
}

bool vg_watch_answer__incident(vg_call *c, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    bool good = answer_one(c, g, e);
    vg_guard__leave(g);
    return good;
}

/* --- what a person decided --- */

static bool answer_verify(vg_call *c, vg_guard *g, vg_err *e)
{
    one x = { .arena = NULL };
    char id[17];
    vg_verification state = (vg_verification)vg_call_whole(c, "state");
    vg_str reason = vg_trim(vg_call_text(c, "reason"));
    if (state == VG_VERIFY_REJECTED && !reason.n)
        return vg_call_refuse(c, 400, e, VG_EARG, "an incident is rejected with a reason only",
                              "say why in \"reason\"");
    if (!ask_for_one(c, g, &x, e))
        return false;
    vg_desk_entry entry = { .kind = VG_DESK_DECISION,
                            .incident = x.id,
                            .verification = state,
                            .actor = vg_call_who(c),
                            .reason = reason };
    if (!vg_guard__take(g, &entry, 1, e))
        return false;
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_put__text(&j, "incident", vg_incident__text(x.id, id));
    vg_put__text(&j, "verification", vg_str_z(vg_verification_name((int)state)));
    vg_put__int(&j, "number", entry.seq);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    vg_call_status(c, 201);
    return true;
}

bool vg_watch_answer__verify(vg_call *c, vg_err *e)
{
    vg_guard *g;
    if (!vg_guard__enter(c, &g, e))
        return false;
    bool good = answer_verify(c, g, e);
    vg_guard__leave(g);
    return good;
}
