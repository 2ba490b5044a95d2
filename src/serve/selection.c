/* Which events a request asks for: its parameters as a filter over an index, and the rows it finds, page after page.
 * Invariant: following the places gives each event once; pages, exports and points of one question are the same events. */
#include <stdlib.h>
#include <string.h>

#include "core/num.h"
#include "geo/country.h"
#include "serve/serve_int.h"

enum { NO_COUNTRY = -1 };
enum { LOOKED_AT = 20000, BATCH = 256 }; /* of a search in texts: events for one answer, and at once */

/* --- countries --- */

/* World regions by the numbering of Gleditsch and Ward, which goes around the world; Egypt and what lies east of it is the
 * Middle East, as in UCDP's data. Territories have 10000 plus their M49 number: Palestine 10275. */
static const struct {
    int32_t from, to, region;
} regions[] = {
    { 2, 199, 1 },   { 200, 399, 3 }, { 400, 626, 0 }, { 630, 630, 4 },
    { 640, 698, 4 }, { 700, 899, 2 }, { 900, 999, 5 }, { 10275, 10275, 4 },
};

static bool add_gwcode(vg_selection *sel, int32_t gwcode, vg_err *e)
{
    if (sel->filter.n_gwcodes == VG_MOST_COUNTRIES) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "there are more than %d countries", VG_MOST_COUNTRIES);
        return vg_mend(e, "leave country out, or name fewer");
    }
    sel->gwcode[sel->filter.n_gwcodes++] = gwcode;
    return true;
}

static bool add_country(vg_selection *sel, vg_str word, vg_err *e)
{
    int64_t number;
    char code[4];
    if (vg_int(word, &number) && number > 0 && number < 100000)
        return add_gwcode(sel, (int32_t)number, e);
    const vg_country *c = NULL;
    if (word.n == 3) {
        for (int i = 0; i < 3; i++)
            code[i] = word.s[i] >= 'a' && word.s[i] <= 'z' ? (char)(word.s[i] - 'a' + 'A') : word.s[i];
        c = vg_country_by_iso3((vg_str){ code, 3 });
    }
    if (c)
        return add_gwcode(sel, c->gwcode ? c->gwcode : NO_COUNTRY, e); /* a territory that no event names */
    vg_fail(e, VG_EARG, VG_NOWHERE, "country: \"%.*s\" is no ISO3 code nor Gleditsch-Ward number",
            VG_P(vg_utf8_head(word, 40)));
    return vg_mend(e, "write codes such as MLI,NER or numbers such as 432,436");
}

static bool add_region(vg_selection *sel, int region, vg_err *e)
{
    int32_t n;
    const vg_country *all = vg_countries(&n);
    for (int32_t i = 0; i < n; i++)
        for (size_t k = 0; k < sizeof regions / sizeof *regions; k++)
            if (regions[k].region == region && all[i].gwcode >= regions[k].from &&
                all[i].gwcode <= regions[k].to && !add_gwcode(sel, all[i].gwcode, e))
                return false;
    return true;
}

bool vg_selection__countries(vg_selection *sel, vg_str list, vg_err *e)
{
    while (list.n)
        if (!add_country(sel, vg_trim(vg_cut(&list, ',')), e))
            return false;
    return true;
}

/* Countries and regions add up; the older parameter gwcode is one country. */
static bool read_countries(vg_call *c, vg_selection *sel, vg_err *e)
{
    int64_t gwcode = vg_call_whole(c, "gwcode"), wanted = vg_call_whole(c, "region");
    if (!vg_selection__countries(sel, vg_call_text(c, "country"), e))
        return false;
    for (int region = 0; region < 6; region++)
        if ((wanted >> region & 1) && !add_region(sel, region, e))
            return false;
    if (gwcode && !add_gwcode(sel, (int32_t)gwcode, e))
        return false;
    sel->filter.gwcode = sel->gwcode;
    return true;
}

/* --- the question --- */

static vg_event_filter filter_of(const vg_call *c)
{
    static const int type[] = { VG_TYPE_UNKNOWN, VG_TYPE_STATE, VG_TYPE_NON_STATE, VG_TYPE_ONE_SIDED,
                                VG_TYPE_OTHER };
    const vg_value *box = vg_call_value(c, "bbox"), *days = vg_call_value(c, "datetime");
    vg_event_filter f = { .has_box = box->given,
                          .west = box->box[0],
                          .south = box->box[1],
                          .east = box->box[2],
                          .north = box->box[3],
                          .has_days = days->given,
                          .day_from = days->from,
                          .day_to = days->to,
                          .cell = (int32_t)vg_call_whole(c, "cell"),
                          .min_deaths = vg_call_whole(c, "min_deaths") };
    for (size_t i = 0; i < sizeof type / sizeof *type; i++)
        if (vg_call_whole(c, "type") >> i & 1)
            f.types |= 1U << type[i];
    return f;
}

static int64_t as_of(const vg_call *c)
{
    const vg_value *v = vg_call_value(c, "as_of");
    return v->given ? (int64_t)v->to * 86400 + 86399 : 0;
}

/* What a cursor is bound to: all parameters but the place and the length of a page. */
static vg_str question(vg_call *c)
{
    vg_str text = VG_S("events");
    for (int i = 0; i < c->target.n_pairs; i++) {
        const vg_pair *p = &c->target.pair[i];
        if (!vg_eq(p->name, VG_S("cursor")) && !vg_eq(p->name, VG_S("limit")))
            text = vg_format(&c->w->arena, "%.*s&%.*s=%.*s", VG_P(text), VG_P(p->name), VG_P(p->value));
    }
    return text;
}

vg_str vg_selection__cursor(vg_call *c, const vg_selection *sel)
{
    return vg_query__cursor(&c->w->arena, &sel->place, question(c));
}

bool vg_selection__begin(vg_call *c, vg_arena *a, vg_selection *sel, vg_err *e)
{
    const vg_value *cursor = vg_call_value(c, "cursor"), *actor = vg_call_value(c, "actor");
    *sel = (vg_selection){ .s = c->s, .filter = filter_of(c), .begun = cursor->given };
    if ((cursor->given && !vg_query__place(cursor->text, question(c), &sel->place, e)) ||
        !read_countries(c, sel, e) || !vg_snapshot__of(c, vg_call_text(c, "source"), as_of(c), &sel->snap, e))
        return false;
    sel->text = vg_copy(a, vg_call_text(c, "text"));
    if (!actor->given || vg_event_index_names(sel->snap->index, actor->text, a, &sel->filter.actor, e))
        return true;
    vg_selection__end(sel);
    return false;
}

void vg_selection__end(vg_selection *sel)
{
    if (sel->snap)
        vg_snapshot__give(sel->s, sel->snap);
    sel->snap = NULL;
}

/* --- rows --- */

static int64_t find(vg_selection *sel, int64_t limit, int64_t *row, bool *more)
{
    vg_event_place last = sel->place;
    int64_t n = vg_event_index_find(sel->snap->index, &sel->filter, sel->begun ? &sel->place : NULL, limit,
                                    row, &last, more);
    sel->place = last;
    sel->begun = true;
    return n;
}

/* Of a batch, those whose texts say it; the texts are forgotten again. */
static bool keep_mentions(vg_selection *sel, vg_store *st, vg_arena scratch, int64_t *row, int64_t *n,
                          vg_err *e)
{
    vg_event *event;
    int64_t kept = 0;
    if (!vg_event_index_read(sel->snap->index, st, row, *n, &scratch, &event, e))
        return false;
    for (int64_t i = 0; i < *n; i++)
        if (vg_event_mentions(&event[i], sel->text))
            row[kept++] = row[i];
    *n = kept;
    return true;
}

bool vg_selection__next(vg_selection *sel, vg_store *st, vg_arena *a, int64_t limit, int64_t *row, int64_t *n,
                        bool *more, vg_err *e)
{
    *n = 0;
    if (!sel->text.n) {
        *n = find(sel, limit, row, more);
        return true;
    }
    *more = true;
    for (int64_t looked = 0; *more && *n < limit && looked < LOOKED_AT;) {
        int64_t part = limit - *n < BATCH ? limit - *n : BATCH;
        part = find(sel, part, row + *n, more);
        looked += part;
        if (!keep_mentions(sel, st, *a, row + *n, &part, e))
            return false;
        *n += part;
    }
    return true;
}

/* --- what the client has already --- */

bool vg_selection__is_known(vg_call *c, const vg_selection *sel)
{
    const vg_str part[] = { vg_str_z(vg_event_index_tag(sel->snap->index)), vg_call_base(c), c->q->target,
                            vg_str_z(c->r->type) };
    return vg_reply__is_known(c, part, 4);
}
