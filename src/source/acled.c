/*
 * ACLED events, CSV and JSON (an object with "data", an array, or one object a line). Both ways lead to the same row of
 * fields. Layout: ACLED Codebook, 2023. Invariant: a field is a cell of r->cell at the place of its number in `fields`.
 *
 * Types of violence are UCDP's, and ACLED does not code them; the mapping follows the actors:
 *     Battles                          state-based when one side is a state's own force (inter 1), else non-state
 *     Violence against civilians       one-sided
 *     Explosions/Remote violence       one-sided against civilians (inter 7), else as battles
 *     Protests, Riots, Strategic developments      other: never counted among deaths in organised violence
 */
#include <math.h>
#include <string.h>

#include "core/json.h"
#include "source/source_int.h"

enum {
    EVENT_ID,
    EVENT_DATE,
    TIME_PRECISION,
    EVENT_TYPE,
    SUB_EVENT_TYPE,
    ACTOR1,
    INTER1,
    ACTOR2,
    INTER2,
    ISO,
    COUNTRY,
    ADMIN1,
    ADMIN2,
    LATITUDE,
    LONGITUDE,
    GEO_PRECISION,
    SOURCE,
    NOTES,
    FATALITIES,
    N_FIELDS
};

enum { JSON_ROW_BYTES = 64 << 20 };

static const char *const fields[N_FIELDS] = {
    "event_id_cnty", "event_date", "time_precision", "event_type", "sub_event_type",
    "actor1",        "inter1",     "actor2",         "inter2",     "iso",
    "country",       "admin1",     "admin2",         "latitude",   "longitude",
    "geo_precision", "source",     "notes",          "fatalities",
};

static bool is_one_of(vg_str s, const char *code, const char *word)
{
    return vg_eq(s, vg_str_z(code)) || vg_eq_nocase(s, vg_str_z(word));
}

static bool is_state(vg_str inter)
{
    return is_one_of(inter, "1", "State Forces");
}

static bool is_civilian(vg_str inter)
{
    return is_one_of(inter, "7", "Civilians");
}

static vg_type type_of(vg_str event_type, vg_str inter1, vg_str inter2)
{
    vg_type by_actor = is_state(inter1) || is_state(inter2) ? VG_TYPE_STATE : VG_TYPE_NON_STATE;
    if (vg_eq_nocase(event_type, VG_S("Battles")))
        return by_actor;
    if (vg_eq_nocase(event_type, VG_S("Violence against civilians")))
        return VG_TYPE_ONE_SIDED;
    if (vg_eq_nocase(event_type, VG_S("Explosions/Remote violence")))
        return is_civilian(inter1) || is_civilian(inter2) ? VG_TYPE_ONE_SIDED : by_actor;
    return VG_TYPE_OTHER;
}

/* Places: ACLED's 2 is "near, or part of, a district", 3 "a larger region"; each taken as the coarser of UCDP's. */
static void read_precision(vg_reading *r, const int32_t col[N_FIELDS], vg_event *ev)
{
    static const int8_t where[] = { VG_WHERE_UNKNOWN, VG_WHERE_EXACT, VG_WHERE_ADMIN2, VG_WHERE_ADMIN1 };
    int8_t geo = 0;
    vg_field__code(r, col[GEO_PRECISION], "geo_precision", 1, 3, &geo);
    vg_field__code(r, col[TIME_PRECISION], "time_precision", 1, 3, &ev->date_prec);
    ev->where_prec = where[geo];
}

/* The M49 number first; ACLED writes 0 for Kosovo, where only the name is left. */
static void read_country(vg_reading *r, const int32_t col[N_FIELDS], vg_event *ev)
{
    int64_t iso = 0;
    const vg_country *c = NULL;
    vg_str s = vg_cell(r, col[ISO]);
    if (s.n && !vg_int_lenient(s, &iso)) {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col[ISO]), "iso is not a number: \"%.*s\"",
                VG_P(vg_utf8_head(s, 40)));
        return;
    }
    if (iso > 0 && iso < 1000) {
        c = vg_country_by_m49((int32_t)iso);
        if (!c) {
            vg_fail(&r->why, VG_ENOTFOUND, vg_field__at(r, col[ISO]),
                    "there is no country with the number %lld", (long long)iso);
            vg_why(&r->why, "iso is a number of ISO 3166-1 (466 is Mali)");
            return;
        }
    } else if (!vg_field__country(r, col[COUNTRY], &c)) {
        return;
    }
    if (!c) {
        vg_fail(&r->why, VG_EPARSE, vg_field__at(r, col[COUNTRY]), "the row names no country");
        return;
    }
    ev->gwcode = c->gwcode;
}

static void read_row(vg_reading *r, const int32_t col[N_FIELDS], vg_event *ev)
{
    vg_str event_type = VG_NOSTR;
    *ev = (vg_event){ .low = VG_UNKNOWN, .high = VG_UNKNOWN, .best = VG_UNKNOWN, .civilians = VG_UNKNOWN };
    vg_field__needed(r, col[EVENT_ID], "event_id_cnty", &ev->external_id);
    vg_field__needed(r, col[EVENT_TYPE], "event_type", &event_type);
    vg_field__day(r, col[EVENT_DATE], "event_date", VG_DATE_ISO | VG_DATE_LONG, &ev->day_from);
    ev->day_to = ev->day_from;
    vg_field__point(r, col[LATITUDE], col[LONGITUDE], ev);
    read_country(r, col, ev);
    read_precision(r, col, ev);
    vg_field__count(r, col[FATALITIES], "fatalities", &ev->best);
    ev->type = (int8_t)type_of(event_type, vg_cell(r, col[INTER1]), vg_cell(r, col[INTER2]));
    vg_str sub = vg_cell(r, col[SUB_EVENT_TYPE]);
    ev->kind = sub.n ? sub : event_type;
    ev->actor_a = vg_cell(r, col[ACTOR1]);
    ev->actor_b = vg_cell(r, col[ACTOR2]);
    ev->adm1 = vg_cell(r, col[ADMIN1]);
    ev->adm2 = vg_cell(r, col[ADMIN2]);
    ev->text = vg_cell(r, col[NOTES]);
    ev->source = vg_cell(r, col[SOURCE]);
}

static bool put_row(vg_reading *r, const int32_t col[N_FIELDS], vg_err *e)
{
    vg_event ev;
    read_row(r, col, &ev);
    return vg_reading__event(r, &ev, e);
}

static bool read_csv(vg_reading *r, vg_err *e)
{
    int32_t col[N_FIELDS];
    if (!vg_table__open(r, &(vg_csv_opts){ .latin1_ok = true }, e))
        return false;
    for (int i = 0; i < N_FIELDS; i++)
        col[i] = vg_table__column(r, fields[i]);
    col[EVENT_TYPE] = col[EVENT_TYPE] >= 0 ? col[EVENT_TYPE] : vg_table__column(r, "event_type|type");
    static const char *const names[] = { "event_id_cnty", "event_date", "event_type", "country",
                                         "fatalities" };
    const int32_t needed[] = { col[EVENT_ID], col[EVENT_DATE], col[EVENT_TYPE],
                               col[COUNTRY] >= 0 ? col[COUNTRY] : col[ISO], col[FATALITIES] };
    if (!vg_table__need(r, "not an ACLED table", names, needed, 5, e))
        return false;
    while (vg_table__next(r, e))
        if (!put_row(r, col, e))
            return false;
    return !vg_failed(e);
}

/* --- JSON --- */

typedef struct {
    vg_reading *r;
    vg_json_reader *json;
    vg_arena texts; /* of one object; apart from r->a, in which the JSON reader grows */
    int32_t col[N_FIELDS];
} json_state;

static int field_named(vg_str key)
{
    for (int i = 0; i < N_FIELDS; i++)
        if (vg_eq_nocase(key, vg_str_z(fields[i])))
            return i;
    return -1;
}

static bool put_object(json_state *js, const vg_str cell[N_FIELDS], vg_at at, vg_err *e)
{
    vg_reading *r = js->r;
    r->cell = cell;
    r->n_cells = N_FIELDS;
    r->at = at;
    r->row.raw = cell[EVENT_ID];
    return vg_reading__count(r, e) && put_row(r, js->col, e);
}

/* The value of a key that is no list of rows: kept when it is a field of ours, else passed over. */
static bool read_value(json_state *js, int field, vg_json_token *t, vg_arena *texts, vg_str cell[N_FIELDS],
                       vg_err *e)
{
    bool text = t->kind == VG_JSON_STRING || t->kind == VG_JSON_NUMBER;
    if (field < 0 || !text)
        return vg_json_skip(js->json, t, e);
    cell[field] = vg_copy(texts, t->text);
    return cell[field].s ? true : vg_fail_memory(e, vg_arena_limit(texts));
}

static bool read_rows(json_state *js, vg_err *e);

/*
 * An object whose '{' was read: a row, or, on the outside only, a wrapper that holds the rows under "data". `texts` is a
 * copy, so that what the object took is given back at its end.
 */
static bool read_object(json_state *js, bool outside, vg_at at, vg_arena texts, vg_err *e)
{
    vg_json_token t;
    bool wrapper = false;
    vg_str cell[N_FIELDS] = { VG_NOSTR };
    while (vg_json_next(js->json, &t, e)) {
        if (t.kind == VG_JSON_OBJECT_END)
            return wrapper || put_object(js, cell, at, e);
        int field = field_named(t.text);
        bool data = outside && vg_eq(t.text, VG_S("data"));
        if (!vg_json_next(js->json, &t, e))
            return false;
        bool rows = data && t.kind == VG_JSON_ARRAY;
        wrapper = wrapper || rows;
        if (!(rows ? read_rows(js, e) : read_value(js, field, &t, &texts, cell, e)))
            return false;
    }
    return false;
}

static bool refuse_value(json_state *js, const vg_json_token *t, vg_err *e)
{
    vg_reading *r = js->r;
    r->at = t->at;
    r->row.raw = VG_NOSTR;
    vg_fail(&r->why, VG_EPARSE, t->at, "this is no event: an object was looked for");
    return vg_reading__count(r, e) && vg_reading__reject(r, e) && vg_json_skip(js->json, t, e);
}

/* Rows of an array whose '[' was read. */
static bool read_rows(json_state *js, vg_err *e)
{
    vg_json_token t;
    while (vg_json_next(js->json, &t, e)) {
        if (t.kind == VG_JSON_ARRAY_END)
            return true;
        if (!(t.kind == VG_JSON_OBJECT ? read_object(js, false, t.at, js->texts, e)
                                       : refuse_value(js, &t, e)))
            return false;
    }
    return false;
}

static bool read_values(json_state *js, vg_err *e)
{
    vg_json_token t;
    while (vg_json_next(js->json, &t, e)) {
        if (t.kind == VG_JSON_END)
            return true;
        bool ok = t.kind == VG_JSON_OBJECT  ? read_object(js, true, t.at, js->texts, e)
                  : t.kind == VG_JSON_ARRAY ? read_rows(js, e)
                                            : refuse_value(js, &t, e);
        if (!ok)
            return false;
    }
    return false;
}

static bool read_json(vg_reading *r, vg_err *e)
{
    json_state js = { .r = r };
    for (int i = 0; i < N_FIELDS; i++)
        js.col[i] = i;
    bool ok = vg_arena_init(&js.texts, JSON_ROW_BYTES, e) && vg_json_open(r->in, r->a, &js.json, e) &&
              read_values(&js, e);
    vg_arena_free(&js.texts);
    return ok;
}

static bool begins_json(vg_str head)
{
    head = vg_starts(head, VG_S("\xEF\xBB\xBF")) ? vg_sub(head, 3, head.n) : head;
    head = vg_trim(head);
    return head.n && (head.s[0] == '{' || head.s[0] == '[');
}

bool vg_acled__read(vg_reading *r, vg_err *e)
{
    vg_str head;
    if (!vg_input_peek(r->in, VG_PEEK, &head, e))
        return false;
    return begins_json(head) ? read_json(r, e) : read_csv(r, e);
}
