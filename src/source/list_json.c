/* Lists as JSON lines: each line flattened into pairs, and the reader of Senzing's records over them. Invariant: a line is
 * read by itself, so one that is broken is refused and the next one read. */
#include "source/list_json_int.h"

#include <math.h>
#include <string.h>

#include "core/json.h"

enum { MAX_PAIRS = 1 << 16, MAX_OBJECTS = 1 << 15, LINE_BYTES = 256 << 20 };

typedef struct {
    vg_str key; /* last key of this level */
    int32_t object;
    bool is_array;
    vg_str parent;
} level;

typedef struct {
    vg_arena *keep;
    vg_list_pair *pair;
    int64_t n, cap;
    level stack[VG_JSON_DEPTH + 1];
    int depth;
    int32_t n_objects;
    bool no_memory;
} flattener;

static void add_pair(flattener *f, vg_str key, vg_str value, const level *at)
{
    if (f->n == f->cap) {
        int64_t wider = f->cap ? f->cap * 2 : 64;
        vg_list_pair *moved = wider > MAX_PAIRS ? NULL : vg_new(f->keep, vg_list_pair, wider);
        if (!moved) {
            f->no_memory = true;
            return;
        }
        if (f->n)
            memcpy(moved, f->pair, (size_t)f->n * sizeof *moved);
        f->pair = moved;
        f->cap = wider;
    }
    vg_str kept = vg_copy(f->keep, value);
    f->no_memory |= !kept.s;
    f->pair[f->n++] = (vg_list_pair){ at->parent, key, kept, at->object };
}

/* The object that a value stands in: the innermost level that is no array. */
static const level *object_of(const flattener *f, vg_str *key)
{
    int at = f->depth;
    while (at > 0 && f->stack[at].is_array)
        at--;
    *key = f->stack[at].key;
    return &f->stack[at];
}

static void open_level(flattener *f, bool is_array)
{
    vg_str key = VG_NOSTR;
    const level *in = f->depth ? object_of(f, &key) : NULL;
    level next = { .is_array = is_array, .parent = key, .object = in ? in->object : 0 };
    if (!is_array)
        next.object = f->n_objects++;
    f->stack[++f->depth] = next;
}

static void take_token(flattener *f, const vg_json_token *t)
{
    vg_str key;
    switch (t->kind) {
    case VG_JSON_OBJECT:
    case VG_JSON_ARRAY: open_level(f, t->kind == VG_JSON_ARRAY); break;
    case VG_JSON_OBJECT_END:
    case VG_JSON_ARRAY_END: f->depth--; break;
    case VG_JSON_KEY:
        f->stack[f->depth].key = vg_copy(f->keep, t->text);
        f->no_memory |= !f->stack[f->depth].key.s;
        break;
    case VG_JSON_STRING:
    case VG_JSON_NUMBER:
        if (f->depth) {
            const level *in = object_of(f, &key);
            add_pair(f, key, t->text, in);
        }
        break;
    default: break;
    }
}

/* A line as pairs. False: why in `why` (the line is refused). */
static bool flatten(flattener *f, vg_str line, vg_str file, vg_list_record *rec, vg_err *why)
{
    vg_input *in;
    vg_json_reader *json;
    vg_json_token t = { .kind = VG_JSON_NULL };
    if (!vg_input_memory(line, file, &in, why))
        return false;
    bool good = vg_json_open(in, f->keep, &json, why);
    int64_t n_values = 0;
    while (good && !f->no_memory && f->n_objects < MAX_OBJECTS) {
        good = vg_json_next(json, &t, why);
        if (!good || t.kind == VG_JSON_END)
            break;
        n_values += f->depth == 0;
        take_token(f, &t);
    }
    vg_input_close(in);
    if (good && (f->no_memory || f->n_objects >= MAX_OBJECTS))
        good = vg_fail(why, VG_ERANGE, rec->at, "a line with too many values");
    if (good && (n_values != 1 || f->n_objects == 0 || line.s[0] != '{'))
        good = vg_fail(why, VG_EPARSE, rec->at, "a line that is not one JSON object");
    *rec = (vg_list_record){ f->pair, f->n, f->n_objects, line, rec->at };
    return good;
}

vg_str vg_list__pair(const vg_list_record *rec, const char *parent, const char *key)
{
    for (int64_t i = 0; i < rec->n; i++)
        if (vg_eq(rec->pair[i].key, vg_str_z(key)) && vg_eq(rec->pair[i].parent, vg_str_z(parent)))
            return rec->pair[i].value;
    return VG_NOSTR;
}

static bool take_line(vg_list_reading *r, vg_str line, int64_t number, vg_arena scratch,
                      bool (*take)(void *ctx, const vg_list_record *rec, vg_err *e), void *ctx, vg_err *e)
{
    vg_err why = VG_NO_ERR;
    flattener f = { .keep = &scratch };
    vg_list_record rec = { .at = { .file = vg_input_name(r->in), .line = number } };
    if (vg_starts(line, VG_S("\xEF\xBB\xBF")))
        line = vg_sub(line, 3, line.n);
    line = vg_trim(line);
    if (!line.n)
        return true;
    if (flatten(&f, line, rec.at.file, &rec, &why))
        return take(ctx, &rec, e);
    if (why.code == VG_ENOMEM) {
        *e = why;
        return false;
    }
    why.at.line = number; /* the reader saw one line */
    return vg_list__reject(r, &why, vg_utf8_valid(line) ? line : VG_NOSTR, e);
}

bool vg_list__records(vg_list_reading *r, bool (*take)(void *ctx, const vg_list_record *rec, vg_err *e),
                      void *ctx, vg_err *e)
{
    vg_list_lines lines = { .in = r->in };
    vg_arena scratch;
    vg_str line;
    bool good = vg_arena_init(&scratch, LINE_BYTES, e);
    while (good && vg_list__line(&lines, &line, e)) {
        good = take_line(r, line, lines.line, scratch, take, ctx, e);
        if (good && lines.line % 4096 == 0)
            good = vg_progress_step(&r->opts->progress, "reading", vg_input_done(r->in), vg_input_size(r->in),
                                    e);
    }
    vg_list__end_lines(&lines);
    vg_arena_free(&scratch);
    return good && !vg_failed(e);
}

/* --- Senzing --- */

typedef struct {
    vg_list_draft d;
    const vg_list_record *rec;
    int32_t object;
} senzing;

static vg_str attribute(const senzing *s, const char *key)
{
    for (int64_t i = 0; i < s->rec->n; i++)
        if (s->rec->pair[i].object == s->object && vg_eq(s->rec->pair[i].key, vg_str_z(key)))
            return s->rec->pair[i].value;
    return VG_NOSTR;
}

static void take_senzing_name(senzing *s)
{
    vg_str type = attribute(s, "NAME_TYPE"), whole = attribute(s, "NAME_FULL");
    vg_str first = attribute(s, "NAME_FIRST"), middle = attribute(s, "NAME_MIDDLE"),
           last = attribute(s, "NAME_LAST");
    vg_name_kind kind = !type.n || vg_eq_nocase(type, VG_S("PRIMARY")) ? VG_NAME_PRIMARY
                        : vg_eq_nocase(type, VG_S("FORMER"))           ? VG_NAME_FORMER
                                                                       : VG_NAME_ALIAS;
    if (!whole.n)
        whole = attribute(s, "NAME_ORG");
    if (!whole.n) {
        const vg_str part[] = { first, middle, last };
        whole = vg_list__join(s->d.r, part, 3, " ");
    }
    if (kind == VG_NAME_PRIMARY && s->d.p.name.n)
        kind = VG_NAME_ALIAS;
    vg_party_name *name = vg_list__name(&s->d, whole, kind);
    if (!name)
        return;
    name->given = vg_list__copy(s->d.r, first);
    name->middle = vg_list__copy(s->d.r, middle);
    name->family = vg_list__copy(s->d.r, last);
}

static void take_senzing_values(senzing *s)
{
    static const struct {
        const char *key, *kind, *country;
    } number[] = { { "PASSPORT_NUMBER", "passport", "PASSPORT_COUNTRY" },
                   { "NATIONAL_ID_NUMBER", "national_id", "NATIONAL_ID_COUNTRY" },
                   { "SSN_NUMBER", "national_id", "" },
                   { "DRIVERS_LICENSE_NUMBER", "national_id", "" },
                   { "TAX_ID_NUMBER", "tax", "TAX_ID_COUNTRY" },
                   { "LEI_NUMBER", "lei", "" },
                   { "OTHER_ID_NUMBER", "other", "OTHER_ID_COUNTRY" },
                   { "TRUSTED_ID_NUMBER", "other", "" } };
    vg_party *p = &s->d.p;
    for (size_t i = 0; i < sizeof number / sizeof *number; i++) {
        vg_str country = attribute(s, number[i].country);
        vg_list__number(&s->d, number[i].kind, attribute(s, number[i].key),
                        country.n ? vg_list_country(country) : VG_NOSTR);
    }
    vg_list__birth(&s->d, attribute(s, "DATE_OF_BIRTH"), false);
    vg_list__birth(&s->d, attribute(s, "REGISTRATION_DATE"), false);
    vg_list__gender(&s->d, attribute(s, "GENDER"));
    vg_list__text(&s->d, &p->birth_place, attribute(s, "PLACE_OF_BIRTH"));
    vg_list__country(&s->d, &p->nationality, attribute(s, "NATIONALITY"));
    vg_list__country(&s->d, &p->nationality, attribute(s, "CITIZENSHIP"));
    vg_list__country(&s->d, &p->country, attribute(s, "COUNTRY_OF_ASSOCIATION"));
    vg_list__country(&s->d, &p->country, attribute(s, "REGISTRATION_COUNTRY"));
    vg_list__country(&s->d, &p->country, attribute(s, "ADDR_COUNTRY"));
    vg_list__text(&s->d, &p->address, attribute(s, "ADDR_FULL"));
    vg_list__text(&s->d, &p->topic, attribute(s, "TOPIC"));
    vg_list__text(&s->d, &p->url, attribute(s, "URL"));
    vg_list__link(&s->d, "linked", attribute(s, "REL_POINTER_KEY"), NAN, attribute(s, "REL_POINTER_ROLE"));
}

static bool take_senzing(void *ctx, const vg_list_record *rec, vg_err *e)
{
    vg_list_reading *r = ctx;
    vg_arena before = r->work; /* what the draft takes is given back */
    senzing s = { .rec = rec };
    vg_list__begin(&s.d, r, rec->at);
    s.d.p.id = vg_list__pair(rec, "", "RECORD_ID");
    s.d.p.schema_name = vg_list__pair(rec, "", "RECORD_TYPE");
    s.d.p.schema = vg_schema_from_word(s.d.p.schema_name);
    s.d.p.changed_on = vg_list__day(vg_sub(vg_list__pair(rec, "", "LAST_CHANGE"), 0, 10), false);
    if (!s.d.p.id.n) {
        vg_err why = VG_NO_ERR;
        vg_fail(&why, VG_EPARSE, rec->at, "a record without RECORD_ID");
        return vg_list__reject(r, &why, rec->raw, e);
    }
    for (s.object = 0; s.object < rec->n_objects; s.object++) {
        take_senzing_name(&s);
        take_senzing_values(&s);
    }
    bool good = vg_list__put(&s.d, e);
    r->work = before;
    return good;
}

bool vg_list_senzing__read(vg_list_reading *r, vg_err *e)
{
    return vg_list__records(r, take_senzing, r, e);
}
