/* The section on camps: which fill first and when, where they lie, and each camp's people against its capacity by day.
 * Invariant: with a supposition the baseline stays beside it, in the table and in every drawing. */
#include <math.h>

#include "core/date.h"
#include "displacement/report_int.h"

enum { MAX_PLACES = 400, MAX_WAYS = 60 };

static double capacity_of(const vg_displacement_told_camp *t)
{
    return t->is ? t->is->capacity : t->what->capacity;
}

static vg_str name_of(const vg_displacement_told_camp *t)
{
    return t->is ? t->is->name : t->what->name;
}

static vg_arg date_of(const vg_displacement_told_camps *c, int32_t day)
{
    return vg_arg_day("date", (int64_t)(c->first_date + day) * 86400);
}

/* --- the two runs side by side --- */

static const vg_flow_kept_camp *same_camp(const vg_flow_kept *k, vg_str name)
{
    for (int32_t i = 0; k && i < k->n_camps; i++)
        if (vg_eq(k->camp[i].name, name))
            return &k->camp[i];
    return NULL;
}

static double size_of(const vg_displacement_told_camp *t)
{
    double people = t->is ? t->is->final_people : t->what->final_people;
    return isnan(people) ? -1 : people;
}

static vg_str both_suppositions(const vg_flow_kept *k, vg_arena *a)
{
    vg_str x = k->params.borders, y = k->params.opened;
    return x.n && y.n ? vg_format(a, "%.*s; %.*s", VG_P(x), VG_P(y)) : x.n ? x : y;
}

bool vg_displacement_told(const vg_flow_kept *is, const vg_flow_kept *what, vg_arena *a,
                          vg_displacement_told_camps *out)
{
    vg_displacement_told_camp *camp =
        vg_new(a, vg_displacement_told_camp, is->n_camps + (what ? what->n_camps : 0));
    int32_t n = 0;
    if (!camp)
        return false;
    for (int32_t i = 0; i < is->n_camps; i++)
        camp[n++] = (vg_displacement_told_camp){ &is->camp[i], same_camp(what, is->camp[i].name) };
    for (int32_t i = 0; what && i < what->n_camps; i++)
        if (!same_camp(is, what->camp[i].name))
            camp[n++] = (vg_displacement_told_camp){ NULL, &what->camp[i] };
    for (int32_t i = 1; i < n; i++)
        for (int32_t k = i; k > 0 && size_of(&camp[k]) > size_of(&camp[k - 1]); k--) {
            vg_displacement_told_camp swap = camp[k];
            camp[k] = camp[k - 1];
            camp[k - 1] = swap;
        }
    *out = (vg_displacement_told_camps){ .is = is,
                                         .what = what,
                                         .supposition = both_suppositions(what ? what : is, a),
                                         .n_camps = n,
                                         .camp = camp };
    if (!vg_day_parse(is->params.first_date, VG_DATE_ISO, &out->first_date))
        out->first_date = 0;
    return true;
}

/* --- key facts --- */

static const vg_flow_kept_camp *first_full(const vg_flow_kept *k)
{
    const vg_flow_kept_camp *first = NULL;
    for (int32_t i = 0; i < k->n_camps; i++)
        if (k->camp[i].full_day >= 0 && (!first || k->camp[i].full_day < first->full_day))
            first = &k->camp[i];
    return first;
}

static int32_t n_full(const vg_flow_kept *k)
{
    int32_t n = 0;
    for (int32_t i = 0; k && i < k->n_camps; i++)
        n += k->camp[i].full_day >= 0;
    return n;
}

void vg_displacement_camp_facts(vg_displacement_page *d)
{
    const vg_flow_kept *k = d->c->is;
    const vg_flow_kept_camp *first = first_full(k);
    double people = 0;
    for (int32_t i = 0; i < k->n_camps; i++)
        people += isnan(k->camp[i].final_people) ? 0 : k->camp[i].final_people;
    vg_page_fact(&d->page, vg_arg_num("n", people, 0), "displacement.fact.camps");
    vg_page_fact(&d->page, vg_arg_int("n", n_full(k)), "displacement.fact.full");
    if (first) {
        vg_page_raw(&d->page, "<li><b>");
        vg_page_text(&d->page, first->name);
        vg_page_raw(&d->page, "</b>");
        vg_page_say(&d->page, "displacement.fact.first", vg_arg_int("day", first->full_day),
                    date_of(d->c, first->full_day));
        vg_page_raw(&d->page, "</li>\n");
    }
}

/* --- which fill first --- */

static void put_full_day(vg_displacement_page *d, const vg_flow_kept_camp *camp)
{
    vg_page *p = &d->page;
    if (!camp)
        vg_page_cell_words(p, VG_NOSTR);
    else if (isnan(camp->capacity))
        vg_page_cell_say(p, "displacement.full-unknown");
    else if (camp->full_day < 0)
        vg_page_cell_say(p, "displacement.full-never");
    else
        vg_page_cell_words(p, vg_page_words(p, "displacement.full-day", vg_arg_int("day", camp->full_day),
                                            date_of(d->c, camp->full_day)));
}

/* "Burkina_Faso" as people write it. */
static vg_str spaced(vg_page *p, vg_str name)
{
    vg_out *o = vg_page_begin(p);
    for (ptrdiff_t i = 0; i < name.n; i++)
        vg_put_char(o, name.s[i] == '_' ? ' ' : name.s[i]);
    return vg_page_made(p, vg_copy(p->a, vg_out_text(o)));
}

static void put_camp_row(vg_displacement_page *d, const vg_displacement_told_camp *t)
{
    vg_page *p = &d->page;
    const vg_flow_kept_camp *is = t->is;
    double people = is ? is->final_people : NAN, capacity = capacity_of(t);
    bool opened = (is ? is : t->what)->opened;
    vg_page_row(p, opened ? vg_page_words(p, "displacement.camp-opened", vg_arg_text("name", name_of(t)))
                          : name_of(t));
    vg_page_cell_words(p, spaced(p, is ? is->country : t->what->country));
    vg_page_cell(p, vg_arg_num("", capacity, 0));
    vg_page_cell(p, vg_arg_num("", people, 0));
    vg_page_cell_interval(p, is ? is->final_low : NAN, is ? is->final_high : NAN);
    vg_page_cell(p, vg_arg_percent("", capacity > 0 ? people / capacity : NAN, 0));
    put_full_day(d, is);
    if (d->c->what) {
        vg_page_cell(p, vg_arg_num("", t->what ? t->what->final_people : NAN, 0));
        put_full_day(d, t->what);
    }
    vg_page_row_end(p);
}

/* The place of each camp in the order of the day it is full, the others after them. */
static void put_rows_by_day(vg_displacement_page *d)
{
    const vg_displacement_told_camps *c = d->c;
    for (int32_t last = -1;;) {
        int32_t next = INT32_MAX;
        for (int32_t i = 0; i < c->n_camps; i++)
            if (c->camp[i].is && c->camp[i].is->full_day > last && c->camp[i].is->full_day < next)
                next = c->camp[i].is->full_day;
        if (next == INT32_MAX)
            break;
        for (int32_t i = 0; i < c->n_camps; i++)
            if (c->camp[i].is && c->camp[i].is->full_day == next)
                put_camp_row(d, &c->camp[i]);
        last = next;
    }
    for (int32_t i = 0; i < c->n_camps; i++)
        if (!c->camp[i].is || c->camp[i].is->full_day < 0)
            put_camp_row(d, &c->camp[i]);
}

static void put_camp_table(vg_displacement_page *d)
{
    static const char *const columns[] = { "displacement.column.camp",
                                           "displacement.column.country",
                                           "displacement.column.capacity",
                                           "displacement.column.people-end",
                                           "column.interval90",
                                           "displacement.column.occupancy",
                                           "displacement.column.full",
                                           "displacement.column.people-supposed",
                                           "displacement.column.full-supposed" };
    vg_page *p = &d->page;
    vg_page_wrap(p, "<h3>", "displacement.fill", "</h3>\n");
    vg_page_para(p, "displacement.fill-text", VG_NO_ARG);
    vg_page_table_begin(p, "displacement.fill");
    for (int i = 0; i < (d->c->what ? 9 : 7); i++)
        vg_page_heading(p, columns[i], i < 2 || i == 6 || i == 8);
    vg_page_table_body(p);
    put_rows_by_day(d);
    vg_page_table_end(p);
}

/* --- one camp by day --- */

static vg_str camp_text(vg_displacement_page *d, const vg_flow_kept_camp *camp)
{
    vg_page *p = &d->page;
    const char *key = isnan(camp->capacity) ? "displacement.chart.camp-unknown"
                      : camp->full_day < 0  ? "displacement.chart.camp-room"
                                            : "displacement.chart.camp-full";
    return vg_page_words(p, key, vg_arg_text("name", camp->name), vg_arg_num("n", camp->final_people, 0),
                         vg_arg_num("low", camp->final_low, 0), vg_arg_num("high", camp->final_high, 0),
                         vg_arg_int("day", camp->full_day), vg_arg_num("capacity", camp->capacity, 0),
                         vg_arg_int("last", d->c->is->params.n_days - 1));
}

/* A series of n values, not known behind its end. */
static const double *padded(vg_page *p, const double *value, int32_t n_points, int32_t n)
{
    double *copy = vg_page_new(p, double, n);
    for (int32_t i = 0; copy && i < n; i++)
        copy[i] = i < n_points ? value[i] : NAN;
    return copy;
}

static bool any_known(const double *value, int32_t n)
{
    for (int32_t i = 0; i < n; i++)
        if (!isnan(value[i]))
            return true;
    return false;
}

static int32_t series_of(vg_displacement_page *d, const vg_displacement_told_camp *t, int32_t n_x,
                         vg_chart_series s[3])
{
    vg_page *p = &d->page;
    int32_t n = 0;
    if (t->is) {
        int32_t points = t->is->n_points;
        bool band = any_known(t->is->low, points);
        s[n++] = (vg_chart_series){ .name = vg_message(p->lang, "displacement.chart.forecast"),
                                    .y = padded(p, t->is->people, points, n_x),
                                    .low = band ? padded(p, t->is->low, points, n_x) : NULL,
                                    .high = band ? padded(p, t->is->high, points, n_x) : NULL };
    }
    if (t->what)
        s[n++] = (vg_chart_series){ .name = vg_message(p->lang, "displacement.chart.if"),
                                    .y = padded(p, t->what->people, t->what->n_points, n_x) };
    if (t->is && any_known(t->is->observed, t->is->n_points))
        s[n++] = (vg_chart_series){ .name = vg_message(p->lang, "displacement.chart.registered"),
                                    .y = padded(p, t->is->observed, t->is->n_points, n_x),
                                    .points = true };
    for (int32_t i = 0; i < n; i++)
        if (!s[i].y)
            return 0; /* memory is out; vg_page_done tells */
    return n;
}

static void put_camp_chart(vg_displacement_page *d, vg_displacement_told_camp t, int32_t number)
{
    vg_page *p = &d->page;
    const vg_displacement_told_camps *c = d->c;
    const vg_flow_kept_params *q = &c->is->params;
    vg_chart_series s[3];
    if (t.is && t.what && c->what->params.step != q->step)
        t.what = NULL; /* kept on other days: the table has both */
    int32_t is_points = t.is ? t.is->n_points : 0, what_points = t.what ? t.what->n_points : 0;
    int32_t n_x = is_points > what_points ? is_points : what_points;
    double capacity = capacity_of(&t);
    char id[32];
    snprintf(id, sizeof id, "camp-%d", number);
    vg_str text = camp_text(d, t.is ? t.is : t.what);
    vg_chart_words words = { id,
                             vg_page_words(p, "displacement.chart.camp", vg_arg_text("name", name_of(&t))),
                             text, text };
    vg_page_raw(p, "<h3>");
    vg_page_text(p, name_of(&t));
    vg_page_raw(p, "</h3>\n");
    vg_chart_lines(p, &(vg_chart_lines_opts){ .words = words,
                                              .x_kind = c->first_date ? VG_X_DAY : VG_X_DAY_NUMBER,
                                              .x_first = c->first_date,
                                              .x_step = q->step,
                                              .n_x = n_x,
                                              .n_series = series_of(d, &t, n_x, s),
                                              .series = s,
                                              .limit = capacity > 0 ? capacity : 0,
                                              .limit_name = vg_page_words(p, "displacement.chart.capacity",
                                                                          vg_arg_num("n", capacity, 0)),
                                              .cut = q->observed_to > 0 ? c->first_date + q->observed_to : 0,
                                              .cut_name = vg_message(p->lang, "displacement.chart.known-to"),
                                              .table_rows = 24,
                                              .short_drawing = true });
}

/* --- map --- */

static vg_chart_place place_of(const vg_flow_kept *k, const vg_flow_kept_place *at)
{
    vg_chart_place out = { .name = at->name, .lat_deg = at->lat_deg, .lon_deg = at->lon_deg, .value = NAN };
    const vg_flow_kept_camp *camp = vg_eq(at->kind, VG_S("camp")) ? same_camp(k, at->name) : NULL;
    out.mark = vg_eq(at->kind, VG_S("camp"))       ? VG_PLACE_CAMP
               : vg_eq(at->kind, VG_S("conflict")) ? VG_PLACE_CONFLICT
               : vg_eq(at->kind, VG_S("town"))     ? VG_PLACE_TOWN
                                                   : VG_PLACE_POINT;
    if (camp)
        out.value = camp->final_people;
    return out;
}

static bool is_taken(const vg_flow_kept_route *r)
{
    return r->people >= 0.5;
}

/* The ways that most people took, largest first, and every other way as a thin line. */
static void sort_ways(const vg_flow_kept *k, vg_chart_flow *way, int32_t *n_ways, vg_chart_flow *link,
                      int32_t *n_links)
{
    for (int32_t i = 0; i < k->n_routes; i++) {
        const vg_flow_kept_route *r = &k->route[i];
        link[(*n_links)++] = (vg_chart_flow){ r->from, r->to, 0 };
        if (!is_taken(r))
            continue;
        int32_t at = *n_ways < MAX_WAYS ? (*n_ways)++ : MAX_WAYS;
        for (; at > 0 && way[at - 1].value < r->people; at--)
            if (at < MAX_WAYS)
                way[at] = way[at - 1];
        if (at < MAX_WAYS)
            way[at] = (vg_chart_flow){ r->from, r->to, r->people };
    }
}

static void put_map(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    const vg_flow_kept *k = d->c->is;
    vg_chart_flow way[MAX_WAYS];
    int32_t n_ways = 0, n_links = 0;
    vg_chart_place *place = vg_page_new(p, vg_chart_place, k->n_places);
    vg_chart_flow *link = vg_page_new(p, vg_chart_flow, k->n_routes);
    if (k->n_places == 0 || k->n_places > MAX_PLACES || !place || !link)
        return;
    for (int32_t i = 0; i < k->n_places; i++)
        place[i] = place_of(k, &k->place[i]);
    sort_ways(k, way, &n_ways, link, &n_links);
    vg_arg conflict = vg_arg_text("conflict", k->params.conflict);
    vg_page_wrap(p, "<h3>", "displacement.map", "</h3>\n");
    vg_chart_map(p,
                 &(vg_chart_map_opts){ .words = { "map", vg_page_words(p, "displacement.chart.map", conflict),
                                                  vg_message(p->lang, "displacement.chart.map-text"),
                                                  vg_message(p->lang, "displacement.chart.map-caption") },
                                       .n_places = k->n_places,
                                       .place = place,
                                       .n_flows = n_ways,
                                       .flow = way,
                                       .n_links = n_links,
                                       .link = link,
                                       .value_key = "chart.people" });
}

/* --- how good it was --- */

static void put_camp_score(vg_displacement_page *d)
{
    static const char *const key[] = { "displacement.ard.ours", "displacement.ard.rescaled",
                                       "displacement.ard.share" };
    static const char *const columns[] = { "column.model", "displacement.column.ard", NULL };
    const vg_flow_kept_params *q = &d->c->is->params;
    const double value[] = { q->ard, q->ard_rescaled, q->naive };
    vg_page *p = &d->page;
    vg_page_wrap(p, "<h3>", "displacement.ard", "</h3>\n");
    if (isnan(q->ard)) {
        vg_page_notice(p, "words.not-scored", VG_ARGS(VG_NO_ARG));
        return;
    }
    vg_page_para(p, "displacement.ard-text", VG_NO_ARG);
    vg_page_table(p, "displacement.ard", columns, 1);
    for (int i = 0; i < 3; i++) {
        vg_page_row(p, vg_page_words(p, key[i], vg_arg_int("day", VG_FLOW_KEPT_NAIVE_DAY)));
        vg_page_cell(p, vg_arg_num("", value[i], 3));
        vg_page_row_end(p);
    }
    vg_page_table_end(p);
    if (!isnan(q->covered))
        vg_page_note(p, "displacement.ard-covered", vg_arg_percent("n", q->covered, 0));
    if (!q->blind)
        vg_page_note(p, "displacement.ard-capacity", VG_NO_ARG);
}

static void put_supposition(vg_displacement_page *d)
{
    const vg_displacement_told_camps *c = d->c;
    if (c->supposition.n)
        vg_page_notice(&d->page,
                       c->what ? "displacement.camps-supposed" : "displacement.camps-supposed-alone",
                       VG_ARGS(vg_arg_text("text", c->supposition), vg_arg_int("before", n_full(c->is)),
                               vg_arg_int("after", n_full(c->what))));
}

void vg_displacement_put_camps(vg_displacement_page *d)
{
    vg_page *p = &d->page;
    const vg_displacement_told_camps *c = d->c;
    const vg_flow_kept_params *q = &c->is->params;
    vg_page_section(p, "camps", "displacement.camps");
    vg_page_para(p, q->observed_to > 0 ? "displacement.camps-nowcast" : "displacement.camps-text",
                 vg_arg_text("conflict", q->conflict), vg_arg_int("days", q->n_days),
                 vg_arg_day("from", (int64_t)c->first_date * 86400), vg_arg_int("known", q->observed_to),
                 vg_arg_int("n", c->n_camps));
    put_supposition(d);
    put_camp_table(d);
    put_map(d);
    for (int32_t i = 0; i < c->n_camps && i < d->top; i++)
        put_camp_chart(d, c->camp[i], i + 1);
    if (c->n_camps > d->top)
        vg_page_note(p, "displacement.camps-cut", vg_arg_int("n", c->n_camps - d->top));
    put_camp_score(d);
    vg_page_section_end(p);
}
