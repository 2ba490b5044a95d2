/* Reports coming in: which version of a report is in force. A report's versions are the different contents under one
 * name; the one received last is in force, unless another report of the source replaces or withdraws it. Invariant: this
 * depends on the set of versions alone. Nothing is recomputed here; slots that changed are put on a list. */
#include <string.h>

#include "ceasefire/watch_int.h"
#include "geo/fold.h"

/* --- names to numbers --- */

/* What a source is: as the agreement says, else the least of what its reports say: the same in any order. */
static void tell_speaker(const vg_watch *w, vg_watch_speaker *s, int kind, int32_t party)
{
    if (s->listed >= 0) {
        s->kind = w->a->source[s->listed].kind;
        s->party = w->a->source[s->listed].party;
        return;
    }
    s->kind = !s->told || kind < (int)s->kind ? (vg_source_kind)kind : s->kind;
    s->party = !s->told || party > s->party ? party : s->party;
    s->told = true;
}

int32_t vg_watch_speaker_of(vg_watch *w, vg_str source, vg_err *e)
{
    bool is_new = false;
    int32_t i = vg_map_find(&w->source, source);
    if (i >= 0)
        return i;
    if (!vg_watch_room(&w->memory, &w->speaker, &w->cap_speakers, w->source.n + 1, sizeof *w->speaker, e))
        return -1;
    i = vg_map_add(&w->source, source, &is_new);
    if (i < 0) {
        vg_fail_memory(e, source.n);
        return -1;
    }
    memset(&w->speaker[i], 0, sizeof w->speaker[i]);
    w->speaker[i].listed = vg_agreement_find_source(w->a, source);
    w->speaker[i].party = VG_AGREEMENT_NOBODY;
    w->speaker[i].last_received = INT64_MIN;
    return i;
}

/* Party that a word names, asked of the agreement once a word. */
static bool party_of(vg_watch *w, vg_str word, int8_t *party, vg_err *e)
{
    *party = VG_AGREEMENT_NOBODY;
    word = vg_trim(word);
    if (!word.n)
        return true;
    int32_t i = vg_map_find(&w->actor, word);
    if (i < 0) {
        if (!vg_watch_room(&w->memory, &w->actor_party, &w->cap_actors, w->actor.n + 1,
                           sizeof *w->actor_party, e))
            return false;
        i = vg_map_add(&w->actor, word, NULL);
        if (i < 0)
            return vg_fail_memory(e, word.n);
        w->actor_party[i] = (int8_t)vg_agreement_find_party(w->a, word);
    }
    *party = w->actor_party[i];
    return true;
}

static bool place_of(vg_watch *w, vg_str place, int32_t *number, vg_err *e)
{
    char folded[256];
    *number = -1;
    vg_str name = vg_geo_fold(vg_sub(place, 0, 200), folded, sizeof folded);
    if (!name.n)
        return true;
    *number = vg_map_add(&w->place, name, NULL);
    return *number >= 0 || vg_fail_memory(e, name.n);
}

static uint32_t short_hash(vg_str s)
{
    uint64_t h = s.n ? vg_report_key(s, VG_NOSTR) : 0;
    return s.n ? (uint32_t)(h ^ h >> 32) | 1U : 0;
}

/* --- where and when, with their errors --- */

/* A bearing and a range from the observer's own place: the middle of the band, and a circle that covers it. */
static void place_from_bearing(const vg_report *r, vg_slot *s, double *radius_m)
{
    double near = r->range_m, far = r->range_to_m;
    if (isnan(near) && isnan(far)) {
        near = 0;
        far = 8000;
    } else if (isnan(near)) {
        near = 0;
    } else if (isnan(far)) {
        far = near * 1.25;
        near *= 0.75;
    }
    double middle = 0.5 * (near + far), along = 0.5 * fabs(far - near),
           across = middle * 0.0873; /* 5 degrees */
    double own = isnan(r->radius_m) ? 50 : r->radius_m;
    vg_place_at(r->lat_deg, r->lon_deg, r->bearing_deg, middle, &s->lat_deg, &s->lon_deg);
    *radius_m = sqrt(own * own + along * along + across * across);
}

static void set_place(const vg_watch *w, const vg_report *r, vg_slot *s, const vg_watch_speaker *who)
{
    const double sigmas = 2.146; /* of a radius of 90 % */
    double radius = r->radius_m;
    s->lat_deg = r->lat_deg;
    s->lon_deg = r->lon_deg;
    if (isnan(s->lat_deg) || isnan(s->lon_deg)) {
        s->lat_deg = s->lon_deg = NAN;
        s->cos_lat = 1;
        s->radius_m = NAN;
        s->var_m2 = 5000.0F * 5000.0F;
        return;
    }
    if (!isnan(r->bearing_deg))
        place_from_bearing(r, s, &radius);
    if (isnan(radius)) {
        const vg_agreement_source *known = who->listed >= 0 ? &w->a->source[who->listed] : NULL;
        radius = known && known->default_radius_m > 0 ? known->default_radius_m
                                                      : vg_watch_default_radius_m(s->kind);
    }
    s->radius_m = (float)radius;
    s->cos_lat = (float)cos(s->lat_deg * 0.017453292519943295);
    double sigma = fmax(radius / sigmas, 25.0) * 1.1; /* sources are a little surer than they should be */
    s->var_m2 = (float)(sigma * sigma);
}

static void set_time(const vg_report *r, vg_slot *s)
{
    double width = (double)r->to - (double)r->from, jitter = vg_watch_jitter_s(s->kind);
    s->from = r->from;
    s->to = r->to;
    s->ends_s2 = (float)(jitter * jitter);
    s->var_s2 = (float)(width * width / 12.0 + jitter * jitter + 120.0 * 120.0);
}

static bool fill(vg_watch *w, const vg_report *r, vg_slot *s, vg_err *e)
{
    const vg_watch_speaker *who = &w->speaker[s->source];
    s->kind = who->listed >= 0 ? (int8_t)w->a->source[who->listed].kind : r->kind;
    s->act = r->act;
    s->weapon = r->weapon;
    s->basis = r->basis;
    s->point_of = r->point_of;
    s->count_kind = r->count_kind;
    s->claims = (uint8_t)r->claims;
    s->count = r->count;
    s->calibre_mm = (float)r->calibre_mm;
    s->confidence = r->confidence;
    s->text = short_hash(r->text_hash);
    s->media = short_hash(r->media_hash);
    s->place = -1;
    set_place(w, r, s, who);
    set_time(r, s);
    if (isnan(s->lat_deg) && !place_of(w, r->place, &s->place, e))
        return false;
    if (!party_of(w, r->actor, &s->party, e) || !party_of(w, r->observer, &s->observer, e))
        return false;
    s->foreign = r->actor.n > 0 && s->party == VG_AGREEMENT_NOBODY;
    if (who->listed >= 0 && w->a->source[who->listed].party >= 0)
        s->observer = (int8_t)w->a->source[who->listed].party;
    s->tile = vg_watch_level(s);
    return true;
}

/* --- versions --- */

static bool new_slot(vg_watch *w, uint64_t key, int32_t *out, vg_err *e)
{
    int32_t i = w->free_slot;
    if (i >= 0)
        w->free_slot = w->slot[i].head;
    else if (!vg_watch_room(&w->memory, &w->slot, &w->cap_slots, w->n_slots + 1, sizeof *w->slot, e))
        return false;
    else
        i = (int32_t)w->n_slots++;
    vg_slot *s = &w->slot[i];
    memset(s, 0, sizeof *s);
    s->key = key;
    s->head = s->older = s->current = s->best = s->namer = s->next_namer = s->target = -1;
    s->component = s->incident = s->next_in_component = s->next_in_incident = -1;
    s->next_text = s->next_media = s->rate = s->next_in_rate = -1;
    *out = i;
    return true;
}

/* Slot that stands for a name; made when it was never heard of. */
static bool head_of(vg_watch *w, uint64_t key, int32_t *head, vg_err *e)
{
    const int32_t *at = vg_watch_find(&w->by_key, key);
    if (at) {
        *head = *at;
        return true;
    }
    if (!new_slot(w, key, head, e) || !vg_watch_put(&w->memory, &w->by_key, key, *head, e))
        return false;
    w->slot[*head].head = *head;
    w->slot[*head].flags = VG_SLOT_PHANTOM;
    return true;
}

/* Order of versions: time of receipt, then a withdrawal, then the content. */
static bool later(const vg_slot *a, const vg_slot *b)
{
    if (a->received_at != b->received_at)
        return a->received_at > b->received_at;
    bool x = a->flags & VG_SLOT_WITHDRAWS, y = b->flags & VG_SLOT_WITHDRAWS;
    return x != y ? x : a->content > b->content;
}

static int32_t latest(const vg_watch *w, int32_t head)
{
    int32_t best = -1;
    for (int32_t i = head; i >= 0; i = w->slot[i].older)
        if (!(w->slot[i].flags & VG_SLOT_PHANTOM) && (best < 0 || later(&w->slot[i], &w->slot[best])))
            best = i;
    return best;
}

/* Another report names this one; of two that name each other the one received last is in force. */
static bool is_replaced(const vg_watch *w, int32_t head, int32_t best)
{
    for (int32_t i = w->slot[head].namer; i >= 0; i = w->slot[i].next_namer) {
        const vg_slot *by = &w->slot[i];
        if (w->slot[by->head].best != i)
            continue;
        if (w->slot[best].target != by->head || later(by, &w->slot[best]))
            return true;
    }
    return false;
}

bool vg_watch_soil(vg_watch *w, int32_t slot, vg_err *e)
{
    if (w->slot[slot].flags & VG_SLOT_DIRTY)
        return true;
    if (!vg_watch_push(&w->memory, &w->dirty, slot, e))
        return false;
    w->slot[slot].flags |= VG_SLOT_DIRTY;
    return true;
}

static bool leave(vg_watch *w, int32_t slot, vg_err *e)
{
    w->slot[slot].flags &= (uint8_t)~VG_SLOT_FORCE;
    vg_watch_tile_drop(w, slot);
    return vg_watch_rate_leave(w, slot, e) && vg_watch_soil(w, slot, e);
}

static bool enter(vg_watch *w, int32_t slot, vg_err *e)
{
    w->slot[slot].flags |= VG_SLOT_FORCE;
    return vg_watch_rate_enter(w, slot, e) && vg_watch_tile_add(w, slot, e) && vg_watch_soil(w, slot, e);
}

/* Puts the right version of a name in force. */
static bool refresh(vg_watch *w, int32_t head, vg_err *e)
{
    vg_slot *h = &w->slot[head];
    h->best = latest(w, head);
    int32_t was = h->current, now = h->best;
    if (now >= 0 && ((w->slot[now].flags & VG_SLOT_WITHDRAWS) || is_replaced(w, head, now)))
        now = -1;
    if (now == was)
        return true;
    h->current = now;
    return (was < 0 || leave(w, was, e)) && (now < 0 || enter(w, now, e));
}

/* The name, then all that its versions name: which of them holds may have changed. */
static bool refresh_all(vg_watch *w, int32_t head, vg_err *e)
{
    if (!refresh(w, head, e))
        return false;
    for (int32_t i = head; i >= 0; i = w->slot[i].older)
        if (w->slot[i].target >= 0 && !refresh(w, w->slot[i].target, e))
            return false;
    return true;
}

/* --- what a report would be --- */

typedef struct {
    uint64_t key, content, target; /* target: key of the report it names, when that is another */
    bool names;
    int32_t head, same; /* slots; -1 */
} intake;

static intake look_up(const vg_watch *w, const vg_report *r)
{
    intake in = {
        .key = vg_report_key(r->source, r->id), .content = vg_report_content(r), .head = -1, .same = -1
    };
    if (r->revises.n && !vg_eq(r->revises, r->id)) {
        in.names = true;
        in.target = vg_report_key(r->source, r->revises);
    }
    const int32_t *head = vg_watch_find(&w->by_key, in.key);
    if (!head)
        return in;
    in.head = *head;
    for (int32_t i = *head; i >= 0; i = w->slot[i].older)
        if (!(w->slot[i].flags & VG_SLOT_PHANTOM) && w->slot[i].content == in.content)
            in.same = i;
    return in;
}

static vg_watch_verdict verdict_of(const vg_watch *w, const vg_report *r, const intake *in)
{
    if (in->same >= 0)
        return r->received_at < w->slot[in->same].received_at ? VG_VERDICT_EARLIER : VG_VERDICT_SAME;
    if (r->withdraws)
        return VG_VERDICT_WITHDRAWAL;
    vg_watch_verdict fresh = r->revises.n ? VG_VERDICT_REVISION : VG_VERDICT_NEW;
    if (in->head < 0)
        return fresh;
    vg_slot as = { .received_at = r->received_at, .content = in->content };
    const vg_slot *head = &w->slot[in->head];
    if (head->best >= 0 && !later(&as, &w->slot[head->best]))
        return VG_VERDICT_SUPERSEDED;
    for (int32_t i = head->namer; i >= 0; i = w->slot[i].next_namer)
        if (w->slot[w->slot[i].head].best == i &&
            (!in->names || w->slot[i].key != in->target || later(&w->slot[i], &as)))
            return VG_VERDICT_SUPERSEDED;
    return head->best >= 0 ? VG_VERDICT_REVISION : fresh;
}

/* --- what is put away --- */

typedef struct {
    bool known;
    uint64_t content;
    int64_t received_at, seq;
} shelved;

static bool ask_shelf(const vg_watch *w, bool wanted, uint64_t key, shelved *s, vg_err *e)
{
    *s = (shelved){ .known = false };
    if (!wanted || !w->opts.shelf || w->away == INT64_MIN)
        return true;
    s->known = w->opts.shelf->known(w->opts.shelf->ctx, key, &s->content, &s->received_at, &s->seq, e);
    return s->known || !vg_failed(e);
}

/* Whether the shelf must be asked about the name of a report. */
static bool is_partly_away(const vg_watch *w, const intake *in)
{
    return w->opts.shelf && in->same < 0 && vg_watch_is_partial(w, in->head);
}

static vg_watch_verdict verdict_away(const vg_report *r, const intake *in, const shelved *s)
{
    if (s->content == in->content)
        return r->received_at < s->received_at ? VG_VERDICT_EARLIER : VG_VERDICT_SAME;
    if (r->withdraws)
        return VG_VERDICT_WITHDRAWAL;
    vg_slot as = { .received_at = r->received_at, .content = in->content };
    vg_slot there = { .received_at = s->received_at, .content = s->content };
    return later(&as, &there) ? VG_VERDICT_REVISION : VG_VERDICT_SUPERSEDED;
}

static int64_t earliest_of(const vg_watch *w, int32_t head, int64_t than)
{
    for (int32_t i = head; i >= 0; i = w->slot[i].older) {
        const vg_slot *s = &w->slot[i];
        int64_t at = s->flags & (VG_SLOT_PHANTOM | VG_SLOT_WITHDRAWS) /* what is never in force */
                         ? INT64_MAX
                         : vg_watch_reaches_back(w, s->from, s->to, vg_watch_jitter_s(s->kind));
        than = at < than ? at : than;
    }
    return than;
}

/* From when on something may change when the versions of this head do, and what they name. */
static int64_t earliest_with_named(const vg_watch *w, int32_t head, int64_t than)
{
    than = earliest_of(w, head, than);
    for (int32_t i = head; i >= 0; i = w->slot[i].older)
        if (w->slot[i].target >= 0)
            than = earliest_of(w, w->slot[i].target, than);
    return than;
}

/* Whether the name that a report revises has something on the shelf. */
static bool ask_target(const vg_watch *w, int64_t seq, const intake *in, bool *away, vg_err *e)
{
    shelved target;
    const int32_t *named = in->names ? vg_watch_find(&w->by_key, in->target) : NULL;
    *away = false;
    if (!in->names || !vg_watch_is_partial(w, named ? *named : -1))
        return true;
    bool good = ask_shelf(w, true, in->target, &target, e);
    *away = good && target.known && target.seq < seq;
    return good;
}

/* The names whose history is not in memory as a whole: that of the report, and the one it revises. */
static bool trace_names(vg_watch *w, int64_t seq, const intake *in, bool known, bool target, int64_t *from,
                        vg_err *e)
{
    w->n_history = 0;
    return (!known || vg_watch_shelf_trace(w, in->key, seq, from, e)) &&
           (!target || vg_watch_shelf_trace(w, in->target, seq, from, e));
}

/* The same where the shelf knows whole histories: what is needed of them is asked of it, and no more is brought back. What
 * settles here may put away, too, so that it is asked again afterwards. */
static bool make_all_ready(vg_watch *w, const vg_report *r, int64_t seq, intake *in, bool known, vg_err *e)
{
    int64_t from = r->withdraws ? INT64_MAX : vg_watch_reaches_back(w, r->from, r->to, 1800);
    const int32_t *named = in->names ? vg_watch_find(&w->by_key, in->target) : NULL;
    bool was_here = in->head >= 0, target_was_here = named, target = false;
    from = earliest_with_named(w, in->head, from);
    from = named ? earliest_of(w, *named, from) : from;
    if (!ask_target(w, seq, in, &target, e))
        return false;
    if (!known && !target && from >= w->away)
        return true;
    if (!vg_watch_settle(w, e))
        return false;
    *in = look_up(w, r);
    named = in->names ? vg_watch_find(&w->by_key, in->target) : NULL;
    if (!trace_names(w, seq, in, known || (was_here && in->head < 0), target || (target_was_here && !named),
                     &from, e) ||
        !vg_watch_shelf_fetch(w, from, seq, e))
        return false;
    *in = look_up(w, r);
    return true;
}

/* All that this report may change is in memory afterwards: its neighbours, its older versions, what it names. */
static bool make_ready(vg_watch *w, const vg_report *r, int64_t seq, intake *in, bool known, vg_err *e)
{
    if (!w->opts.shelf || w->away == INT64_MIN)
        return true;
    if (w->opts.shelf->versions)
        return make_all_ready(w, r, seq, in, known, e);
    int64_t from = vg_watch_reaches_back(w, r->from, r->to, 1800); /* no kind's clock scatters more */
    shelved target;
    const int32_t *named = in->names ? vg_watch_find(&w->by_key, in->target) : NULL;
    if (!ask_shelf(w, in->names && !named, in->target, &target, e))
        return false;
    from = earliest_of(w, in->head, from);
    from = named ? earliest_of(w, *named, from) : from;
    if (known || (target.known && target.seq < seq)) /* it may lie anywhere */
        from = INT64_MIN;
    if (!vg_watch_shelf_fetch(w, from, seq, e))
        return false;
    *in = look_up(w, r);
    return true;
}

typedef struct {
    uint64_t key, content;
    int64_t received_at;
    bool there;
} content_asked;

static bool compare_content(void *ctx, const vg_report *r, int64_t seq, vg_err *e)
{
    content_asked *x = ctx;
    (void)seq;
    (void)e;
    if (x->there)
        return false;
    x->there = vg_report_key(r->source, r->id) == x->key && vg_report_content(r) == x->content;
    x->received_at = r->received_at;
    return !x->there;
}

/* Whether a name that is not in memory as a whole has this content among its older versions. */
static bool ask_versions(const vg_watch *w, const intake *in, const shelved *away, content_asked *x,
                         vg_err *e)
{
    *x = (content_asked){ .key = in->key, .content = in->content };
    const vg_watch_shelf *shelf = w->opts.shelf;
    if (!away->known || in->same >= 0 || away->content == in->content || !shelf->versions)
        return true;
    return shelf->versions(shelf->ctx, in->key, compare_content, x, e) || (x->there && !vg_failed(e));
}

static bool has_version(const vg_watch *w, int32_t head)
{
    return head >= 0 && w->slot[head].best >= 0;
}

/* A refused report is known again by its name and content. */
static uint64_t refused_name(const vg_report *r)
{
    return vg_watch_mix(vg_report_key(r->source, r->id), vg_report_content(r));
}

bool vg_watch_ask(vg_watch *w, const vg_report *r, vg_watch_verdict *verdict, vg_err *why, vg_err *e)
{
    vg_err reason = VG_NO_ERR;
    if (!vg_report_check(r, &reason)) {
        *verdict = vg_watch_find(&w->refused, refused_name(r)) ? VG_VERDICT_SAME : VG_VERDICT_QUARANTINED;
        if (why)
            *why = reason;
        return true;
    }
    intake in = look_up(w, r);
    shelved away;
    content_asked older;
    if (!ask_shelf(w, is_partly_away(w, &in), in.key, &away, e) || !ask_versions(w, &in, &away, &older, e))
        return false;
    if (older.there)
        *verdict = r->received_at < older.received_at ? VG_VERDICT_EARLIER : VG_VERDICT_SAME;
    else
        *verdict = away.known && away.received_at != INT64_MIN && !has_version(w, in.head)
                       ? verdict_away(r, &in, &away)
                       : verdict_of(w, r, &in);
    return true;
}

/* --- taking --- */

static bool refuse(vg_watch *w, const vg_report *r, vg_watch_speaker *who, vg_watch_verdict *verdict,
                   vg_err *e)
{
    uint64_t name = refused_name(r);
    *verdict = VG_VERDICT_SAME;
    if (vg_watch_find(&w->refused, name)) {
        who->n_same++;
        w->count.n_same++;
        return true;
    }
    *verdict = VG_VERDICT_QUARANTINED;
    who->n_quarantined++;
    w->count.n_quarantined++;
    return vg_watch_put(&w->memory, &w->refused, name, 1, e);
}

static bool take_again(vg_watch *w, const vg_report *r, int64_t seq, const intake *in, vg_watch_speaker *who,
                       vg_err *e)
{
    vg_slot *s = &w->slot[in->same];
    who->n_same++;
    w->count.n_same++;
    if (r->received_at >= s->received_at)
        return true;
    vg_watch_delay_add(who, s->received_at, s->to, -1);
    vg_watch_delay_add(who, r->received_at, s->to, 1);
    s->received_at = r->received_at;
    s->seq = seq;
    if ((s->flags & VG_SLOT_FORCE) && !vg_watch_push(&w->memory, &w->retold, in->same, e))
        return false;
    return refresh_all(w, s->head, e);
}

/* A content that is in memory without the others of its name, and was received before what is known: another one may hold
 * now, so that all are needed. */
static bool is_received_before(const vg_watch *w, const vg_report *r, const intake *in)
{
    return in->same >= 0 && r->received_at < w->slot[in->same].received_at && w->opts.shelf &&
           vg_watch_is_partial(w, in->head);
}

/* Puts a new version under its name. */
static bool add_version(vg_watch *w, const intake *in, const vg_report *r, int64_t seq, int32_t source,
                        int32_t *slot, vg_err *e)
{
    int32_t i;
    if (!new_slot(w, in->key, &i, e))
        return false;
    vg_slot *s = &w->slot[i];
    s->content = in->content;
    s->received_at = r->received_at;
    s->seq = seq;
    s->source = source;
    s->flags = r->withdraws ? VG_SLOT_WITHDRAWS : 0;
    *slot = i;
    if (!fill(w, r, s, e))
        return false;
    if (w->n_decisions && vg_watch_find(&w->decided, in->key))
        s->flags |= VG_SLOT_DECIDED;
    if (in->head < 0) {
        s->head = i;
        return vg_watch_put(&w->memory, &w->by_key, in->key, i, e);
    }
    s->head = in->head;
    s->older = w->slot[in->head].older;
    w->slot[in->head].older = i;
    return true;
}

static bool name_target(vg_watch *w, int32_t slot, uint64_t target, vg_err *e)
{
    int32_t head;
    if (!head_of(w, target, &head, e))
        return false;
    w->slot[slot].target = head;
    w->slot[slot].next_namer = w->slot[head].namer;
    w->slot[head].namer = slot;
    return true;
}

static void count_in(vg_watch *w, const vg_report *r, const intake *in, vg_watch_speaker *who)
{
    bool revises = in->names || (in->head >= 0 && w->slot[in->head].best >= 0);
    who->n_reports++;
    w->count.n_reports++;
    if (r->withdraws) {
        who->n_withdrawn++;
        w->count.n_withdrawals++;
    } else if (revises) {
        who->n_revised++;
        w->count.n_revisions++;
    }
    vg_watch_delay_add(who, r->received_at, r->to, 1);
    if (r->withdraws)
        return;
    w->lately[w->n_lately++ % VG_LATELY] = r->to;
    if (r->to > w->count.newest)
        w->count.newest = r->to;
}

bool vg_watch_report(vg_watch *w, const vg_report *r, int64_t seq, vg_watch_verdict *verdict, vg_err *e)
{
    if (vg_failed(e))
        return false;
    int32_t source = vg_watch_speaker_of(w, r->source, e);
    if (source < 0)
        return false;
    vg_watch_speaker *who = &w->speaker[source];
    if (!vg_report_check(r, NULL))
        return refuse(w, r, who, verdict, e);
    if (r->received_at > who->last_received)
        who->last_received = r->received_at;
    if (r->received_at > w->newest_received)
        w->newest_received = r->received_at;
    intake in = look_up(w, r);
    shelved away;
    if (!ask_shelf(w, is_partly_away(w, &in), in.key, &away, e))
        return false;
    away.known = away.known && away.seq < seq; /* the log may hold this very entry, and later ones */
    bool is_earlier = w->opts.shelf && w->opts.shelf->versions && r->received_at < away.received_at;
    if (away.known && away.content == in.content && !is_earlier) {
        *verdict = verdict_away(r, &in, &away);
        who->n_same++;
        w->count.n_same++;
        return true;
    }
    bool is_older_again = is_received_before(w, r, &in);
    if ((in.same < 0 || is_older_again) && !make_ready(w, r, seq, &in, away.known || is_older_again, e))
        return false;
    *verdict = verdict_of(w, r, &in);
    if (in.same >= 0)
        return take_again(w, r, seq, &in, &w->speaker[source], e);
    count_in(w, r, &in, &w->speaker[source]);
    int32_t slot;
    if (!add_version(w, &in, r, seq, source, &slot, e) || (in.names && !name_target(w, slot, in.target, e)))
        return false;
    tell_speaker(w, &w->speaker[source], w->slot[slot].kind, w->slot[slot].observer);
    return refresh_all(w, w->slot[slot].head, e);
}

bool vg_watch_bring_back(vg_watch *w, const vg_report *r, int64_t seq, vg_err *e)
{
    intake in = look_up(w, r);
    int32_t slot, source = vg_watch_speaker_of(w, r->source, e);
    if (source < 0 || !add_version(w, &in, r, seq, source, &slot, e))
        return false;
    if (w->opts.shelf->versions) {
        w->slot[slot].flags |= VG_SLOT_RETURNED;
        if (in.names && !name_target(w, slot, in.target, e))
            return false;
    }
    if (!refresh(w, w->slot[slot].head, e))
        return false;
    if (w->slot[slot].rate >= 0) /* it was counted when it first came, and was never taken off */
        w->rate[w->slot[slot].rate].n--;
    return true;
}

bool vg_watch_bring_version(vg_watch *w, const vg_report *r, int64_t seq, vg_err *e)
{
    intake in = look_up(w, r);
    int32_t slot, source = vg_watch_speaker_of(w, r->source, e);
    if (source < 0)
        return false;
    if (in.same < 0)
        return add_version(w, &in, r, seq, source, &slot, e) &&
               (!in.names || name_target(w, slot, in.target, e));
    vg_slot *s = &w->slot[in.same];
    if (r->received_at < s->received_at) { /* received twice: the earlier time counts */
        s->received_at = r->received_at;
        s->seq = seq;
    }
    return true;
}

/* Reports are counted in their local rate when they come and go, not when they are put away and brought back. */
static bool bring_into_force(vg_watch *w, int32_t head, vg_err *e)
{
    int32_t was = w->slot[head].current;
    if (!refresh(w, head, e))
        return false;
    int32_t now = w->slot[head].current;
    if (now != was && now >= 0 && w->slot[now].rate >= 0)
        w->rate[w->slot[now].rate].n--;
    if (now != was && was >= 0 && w->slot[was].rate >= 0)
        w->rate[w->slot[was].rate].n++;
    return true;
}

/* Which version of each was received last is known before it is asked which replaces which. */
bool vg_watch_bring_into_force(vg_watch *w, const uint64_t *key, int64_t n, vg_err *e)
{
    const int32_t *head;
    for (int64_t i = 0; i < n; i++)
        if ((head = vg_watch_find(&w->by_key, key[i]))) {
            w->slot[*head].best = latest(w, *head);
            for (int32_t k = *head; k >= 0; k = w->slot[k].older)
                w->slot[k].flags &= (uint8_t)~VG_SLOT_RETURNED;
        }
    for (int64_t i = 0; i < n; i++)
        if ((head = vg_watch_find(&w->by_key, key[i])) && !bring_into_force(w, *head, e))
            return false;
    return true;
}
