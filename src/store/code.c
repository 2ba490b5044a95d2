/* Records to coded rows, in the reader's thread, while the record's bytes are still in the processor's cache: months
 * and cells are computed, texts that repeat become numbers, ids that came twice are found, and only what must be
 * written goes to the queue. Invariant: a row is counted exactly once, as accepted, duplicate or rejected. */
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/date.h"
#include "geo/grid.h"
#include "store/store_int.h"

enum { INTERN_MAX = 64 }; /* a longer `source` seldom repeats (an article's title) and stays in the row */

static void pack(vg_str *s, char **room)
{
    if (s->n)
        memcpy(*room, s->s, (size_t)s->n);
    s->s = *room;
    *room += s->n;
}

/* --- names --- */

/* Takes in what other processes have added since the names were last read. */
static bool load_names(vg_store *st, vg_err *e)
{
    if (!st->has_names && !vg_map_init(&st->names, e))
        return false;
    st->has_names = true;
    vg_sql q;
    if (!vg_sql__open(&q, st, "SELECT id, text FROM name WHERE id > ?1 ORDER BY id", e))
        return false;
    vg_sql__bind_int(&q, 1, st->names.n);
    bool whole = true;
    while (whole && vg_sql__next(&q))
        whole = vg_map_add(&st->names, vg_sql__text(&q, 1), NULL) + 1 == vg_sql__int(&q, 0);
    if (!vg_sql__close(&q))
        return false;
    if (!whole)
        vg_fail(e, VG_EPARSE, VG_NOWHERE, "the store's table of names is damaged: %s", st->path);
    return whole;
}

static bool send_name(vg_coder *c, int64_t id, vg_str text, vg_err *e)
{
    char *room;
    vg_name_node *node = vg_queue__take(c->queue, VG_NODE_NAME, sizeof *node, 0, &room, e);
    if (!node)
        return false;
    node->id = id;
    node->text = text;
    return true;
}

/* Number of a name in the table; new names are sent ahead of the row. VG_UNKNOWN = empty, -1 = failure. */
static int64_t intern(vg_coder *c, vg_str text, vg_err *e)
{
    if (text.n == 0)
        return VG_UNKNOWN;
    uint64_t hash = vg_ids__mix_text(0, text);
    vg_recent *r = &c->recent[hash % VG_RECENT]; /* the whole map is too large for the processor's cache */
    if (r->hash == hash && vg_eq(r->text, text))
        return r->id;
    bool is_new;
    int32_t number = vg_map_add(&c->st->names, text, &is_new);
    if (number < 0) {
        vg_sql__no_memory(e);
        return -1;
    }
    *r = (vg_recent){ hash, vg_map_name(&c->st->names, number), number + 1 };
    return !is_new || send_name(c, r->id, r->text, e) ? r->id : -1;
}

/* --- rejects, and rows that came twice --- */

bool vg_code__reject(vg_coder *c, const vg_reject *r, vg_err *e)
{
    char *room;
    vg_reject_node *node = vg_queue__take(c->queue, VG_NODE_REJECT, sizeof *node, r->raw.n, &room, e);
    if (!node)
        return false;
    node->reject = *r;
    node->reject.why.at.file = VG_NOSTR; /* borrowed by the caller; the vintage knows its file */
    pack(&node->reject.raw, &room);
    c->n_rejected++;
    return true;
}

typedef enum { WRITE, LEAVE_OUT, TWICE, FAILED } verdict;

/* What to do with a row of this key; one that came before with the same content is counted here. */
static verdict judge(vg_coder *c, uint64_t key, uint64_t content, int64_t line, int64_t *first_line,
                     vg_err *e)
{
    switch (vg_ids__see(&c->ids, key, content, line, first_line)) {
    case VG_ID_NEW: return WRITE;
    case VG_ID_SAME: c->n_duplicates++; return LEAVE_OUT;
    case VG_ID_OTHER: return TWICE;
    case VG_ID_NO_MEMORY: break;
    }
    vg_sql__no_memory(e);
    return FAILED;
}

__attribute__((format(printf, 6, 7))) static bool reject_twice(vg_coder *c, vg_at at, int64_t first_line,
                                                               vg_str raw, vg_err *e, const char *what, ...)
{
    char text[128];
    va_list args;
    va_start(args, what);
    vsnprintf(text, sizeof text, what, args);
    va_end(args);
    vg_reject r = { .raw = raw };
    vg_fail(&r.why, VG_ECONFLICT, at, "%s came before on line %lld with other content", text,
            (long long)first_line);
    vg_why(&r.why, "an id names one thing only; the first row stays and this one (line %lld) was left out",
           (long long)at.line);
    vg_mend(&r.why, "see which of the two rows is right and take the other out of the file");
    return vg_code__reject(c, &r, e);
}

static void cover(vg_coder *c, int32_t first, int32_t last)
{
    if (!c->has_month || first < c->first_month)
        c->first_month = first;
    if (!c->has_month || last > c->last_month)
        c->last_month = last;
    c->has_month = true;
}

/* --- events --- */

/* A point that stands for a country, a sea or a larger area is not a place: it gets no cell, whoever gives one. */
static int32_t cell_of(const vg_event *ev)
{
    if (ev->where_prec >= VG_WHERE_AREA)
        return 0;
    if (ev->cell > 0 && ev->cell <= VG_GRID_CELLS)
        return ev->cell;
    return ev->has_point ? vg_grid_cell(ev->lat_deg, ev->lon_deg) : 0;
}

static int64_t degrees_e7(bool known, double deg)
{
    return known && fabs(deg) <= 180.0 ? llrint(deg * 1e7) : VG_UNKNOWN;
}

/* Month of an event under the rule, and in how many from there on it counts. */
static void code_months(const vg_event *ev, vg_month_rule rule, int64_t *number)
{
    int32_t from = vg_month_of_day(ev->day_from);
    int32_t to = ev->day_to == ev->day_from ? from : vg_month_of_day(ev->day_to);
    number[VG_E_MONTH] = rule == VG_MONTH_END ? to : from;
    number[VG_E_N_MONTHS] = rule == VG_MONTH_EVEN ? to - from + 1 : 1;
}

/* Ids that are whole numbers, as most sources have them, take 3 to 8 bytes as numbers: true when this is one. */
static bool code_id(vg_str id, int64_t *number)
{
    int64_t x = 0;
    bool whole = id.n > 0 && id.n <= 18 && (id.s[0] != '0' || id.n == 1);
    for (ptrdiff_t i = 0; i < id.n && whole; i++) {
        whole = id.s[i] >= '0' && id.s[i] <= '9';
        x = x * 10 + (id.s[i] - '0');
    }
    *number = whole ? x : VG_UNKNOWN;
    return whole;
}

static void code_numbers(const vg_event *ev, vg_month_rule rule, int64_t *number)
{
    code_months(ev, rule, number);
    number[VG_E_TYPE] = (int)ev->type;
    number[VG_E_GWCODE] = ev->gwcode;
    number[VG_E_CELL] = cell_of(ev);
    number[VG_E_BEST] = ev->best;
    number[VG_E_LOW] = ev->low;
    number[VG_E_HIGH] = ev->high;
    number[VG_E_CIVILIANS] = ev->civilians;
    number[VG_E_DAY_FROM] = ev->day_from;
    number[VG_E_DAY_TO] = ev->day_to;
    number[VG_E_DATE_PREC] = (int)ev->date_prec;
    number[VG_E_WHERE_PREC] = (int)ev->where_prec;
    number[VG_E_LAT] = degrees_e7(ev->has_point, ev->lat_deg);
    number[VG_E_LON] = degrees_e7(ev->has_point, ev->lon_deg);
}

static bool code_texts(vg_coder *c, const vg_event *ev, vg_event_node *row, vg_err *e)
{
    const vg_str name[] = { ev->actor_a, ev->actor_b, ev->conflict, ev->adm1, ev->adm2, ev->kind };
    for (int i = 0; i < (int)(sizeof name / sizeof *name); i++)
        if ((row->number[VG_E_ACTOR_A + i] = intern(c, name[i], e)) == -1)
            return false;
    bool in_place = ev->source.n > INTERN_MAX;
    row->number[VG_E_SOURCE] = in_place ? VG_UNKNOWN : intern(c, ev->source, e);
    bool is_number = code_id(ev->external_id, &row->number[VG_E_EXTERNAL_ID]);
    row->text[0] = is_number ? VG_NOSTR : ev->external_id;
    row->text[1] = in_place ? ev->source : VG_NOSTR;
    row->text[2] = ev->text;
    row->text[3] = ev->url;
    return row->number[VG_E_SOURCE] != -1;
}

static uint64_t content_of(const vg_event_node *row)
{
    uint64_t hash = vg_ids__mix(0, row->number, sizeof row->number);
    for (int i = 1; i < VG_E_TEXTS; i++)
        hash = vg_ids__mix_text(hash, row->text[i]);
    return hash;
}

static bool send_event(vg_coder *c, const vg_event_node *row, vg_err *e)
{
    int64_t bytes = 0;
    for (int i = 0; i < VG_E_TEXTS; i++)
        bytes += row->text[i].n;
    char *room;
    vg_event_node *node = vg_queue__take(c->queue, VG_NODE_EVENT, sizeof *node, bytes, &room, e);
    if (!node)
        return false;
    memcpy(node->number, row->number, sizeof node->number);
    memcpy(node->text, row->text, sizeof node->text);
    for (int i = 0; i < VG_E_TEXTS; i++)
        pack(&node->text[i], &room);
    c->n_events++;
    int32_t month = (int32_t)row->number[VG_E_MONTH];
    cover(c, month, month + (int32_t)row->number[VG_E_N_MONTHS] - 1);
    return true;
}

bool vg_code__event(vg_coder *c, const vg_event *ev, vg_at at, vg_err *e)
{
    if (ev->day_from > ev->day_to) {
        vg_reject r = { .raw = ev->external_id };
        vg_fail(&r.why, VG_ERANGE, at, "the event ends before it begins");
        return vg_code__reject(c, &r, e);
    }
    vg_event_node row;
    code_numbers(ev, c->rule, row.number);
    if (!code_texts(c, ev, &row, e))
        return false;
    int64_t first_line = 0;
    verdict v = WRITE;
    if (ev->external_id.n)
        v = judge(c, vg_ids__mix_text(1, ev->external_id), content_of(&row), at.line, &first_line, e);
    if (v == TWICE) {
        vg_str head = vg_utf8_head(ev->external_id, 64);
        return reject_twice(c, at, first_line, ev->external_id, e, "the id \"%.*s\"", VG_P(head));
    }
    return v == WRITE ? send_event(c, &row, e) : v == LEAVE_OUT;
}

/* --- series --- */

static bool too_many_variables(vg_err *e)
{
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "the file has more than %d variables", VG_MAX_VARIABLES);
    return vg_mend(e, "take the columns that are no numbers of a unit and month out of the file");
}

/* The tally of a further variable, made when it is new; rows of one variable often stand together. */
static vg_coded_variable *variable_of(vg_coder *c, int64_t id, vg_err *e)
{
    if (c->last_variable < c->n_variables && c->variable[c->last_variable].id == id)
        return &c->variable[c->last_variable];
    for (int32_t i = 0; i < c->n_variables; i++)
        if (c->variable[i].id == id) {
            c->last_variable = i;
            return &c->variable[i];
        }
    if (c->n_variables == VG_MAX_VARIABLES) {
        too_many_variables(e);
        return NULL;
    }
    if (!c->variable)
        c->variable = calloc(VG_MAX_VARIABLES, sizeof *c->variable);
    if (!c->variable) {
        vg_sql__no_memory(e);
        return NULL;
    }
    c->last_variable = c->n_variables++;
    c->variable[c->last_variable].id = id;
    return &c->variable[c->last_variable];
}

static bool send_point(vg_coder *c, const vg_point *p, double value, int64_t variable, vg_err *e)
{
    char *room;
    vg_point_node *node = vg_queue__take(c->queue, VG_NODE_POINT, sizeof *node, 0, &room, e);
    if (!node)
        return false;
    node->kind = p->kind;
    node->unit = p->unit;
    node->month = p->month;
    node->value = value;
    node->variable = variable;
    c->n_points++;
    cover(c, p->month, p->month);
    return true;
}

/* An empty variable leaves key and row as they were before there were any. */
bool vg_code__point(vg_coder *c, const vg_point *p, vg_at at, vg_err *e)
{
    const int64_t place[] = { p->kind, p->unit, p->month };
    double value = p->value == 0 ? 0 : p->value; /* -0 is 0 */
    int64_t first_line = 0, variable = intern(c, p->variable, e);
    vg_coded_variable *further = p->variable.n && variable >= 0 ? variable_of(c, variable, e) : NULL;
    if (p->variable.n && !further)
        return false;
    uint64_t key = vg_ids__mix(2, place, sizeof place);
    verdict v = judge(c, further ? vg_ids__mix(key, &variable, sizeof variable) : key,
                      vg_ids__mix(0, &value, sizeof value), at.line, &first_line, e);
    if (v == TWICE)
        return reject_twice(c, at, first_line, VG_NOSTR, e, "unit %d in month %d%s%.*s", p->unit, p->month,
                            further ? ", " : "", VG_P(vg_utf8_head(p->variable, 40)));
    if (v != WRITE)
        return v == LEAVE_OUT;
    if (further) {
        further->n++;
        further->kinds |= 1U << p->kind;
    } else {
        c->kinds |= 1U << p->kind;
    }
    return send_point(c, p, value, variable, e);
}

/* --- flows --- */

static bool refuse_flow(vg_coder *c, const vg_flow_record *f, vg_at at, vg_err *e)
{
    vg_reject r = { .raw = f->reason };
    vg_fail(&r.why, VG_ERANGE, at, "%lld people cannot have moved", (long long)f->people);
    vg_why(&r.why, "a flow counts people, from 0 up, between units of one kind");
    return vg_code__reject(c, &r, e);
}

bool vg_code__flow(vg_coder *c, const vg_flow_record *f, vg_at at, vg_err *e)
{
    if (f->people < 0 || f->kind <= 0)
        return refuse_flow(c, f, at, e);
    const int64_t reason = intern(c, f->reason, e);
    if (reason == -1)
        return false;
    const int64_t place[] = { f->kind, f->from, f->to, f->month, reason };
    int64_t first_line = 0;
    verdict v = judge(c, vg_ids__mix(4, place, sizeof place), vg_ids__mix(0, &f->people, sizeof f->people),
                      at.line, &first_line, e);
    if (v == TWICE)
        return reject_twice(c, at, first_line, f->reason, e, "the flow from unit %d to %d in month %d",
                            f->from, f->to, f->month);
    if (v != WRITE)
        return v == LEAVE_OUT;
    char *room;
    vg_flow_node *node = vg_queue__take(c->queue, VG_NODE_FLOW, sizeof *node, 0, &room, e);
    if (!node)
        return false;
    vg_node head = node->head;
    *node = (vg_flow_node){ head, f->kind, f->from, f->to, f->month, reason, f->people };
    c->n_flows++;
    c->flow_kinds |= 1U << f->kind;
    cover(c, f->month, f->month);
    return true;
}

/* --- units --- */

static bool send_unit(vg_coder *c, const vg_unit *u, vg_err *e)
{
    char *room;
    vg_unit_node *node =
        vg_queue__take(c->queue, VG_NODE_UNIT, sizeof *node, u->name.n + u->iso3.n, &room, e);
    if (!node)
        return false;
    node->unit = *u;
    pack(&node->unit.name, &room);
    pack(&node->unit.iso3, &room);
    return true;
}

bool vg_code__unit(vg_coder *c, const vg_unit *u, vg_err *e)
{
    const int64_t numbers[] = { u->gwcode, u->first_month, u->last_month };
    uint64_t content =
        vg_ids__mix_text(vg_ids__mix_text(vg_ids__mix(0, numbers, sizeof numbers), u->name), u->iso3);
    int64_t first_line = 0, number = u->unit;
    switch (vg_ids__see(&c->ids, vg_ids__mix(3, &number, sizeof number), content, 0, &first_line)) {
    case VG_ID_NEW: return send_unit(c, u, e);
    case VG_ID_SAME: return true;
    case VG_ID_OTHER: {
        vg_reject r = { .raw = u->name };
        vg_fail(&r.why, VG_ECONFLICT, VG_NOWHERE, "unit %d is described twice, and differently", u->unit);
        vg_why(&r.why, "the first description stays");
        return vg_code__reject(c, &r, e);
    }
    case VG_ID_NO_MEMORY: break;
    }
    return vg_sql__no_memory(e);
}

/* --- begin and end --- */

bool vg_code__begin(vg_coder *c, vg_store *st, vg_queue *queue, vg_month_rule rule, vg_err *e)
{
    *c = (vg_coder){ .st = st, .queue = queue, .rule = rule, .recent = calloc(VG_RECENT, sizeof(vg_recent)) };
    return (c->recent || vg_sql__no_memory(e)) && load_names(st, e);
}

void vg_code__end(vg_coder *c)
{
    vg_ids__free(&c->ids);
    free(c->recent);
    free(c->variable);
    *c = (vg_coder){ .recent = NULL };
}
