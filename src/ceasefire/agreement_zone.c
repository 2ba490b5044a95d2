/*
 * Zones of an agreement: from what is written (places, a circle, a line, GeoJSON in the text or in a file) to GeoJSON,
 * and from there to shapes. Invariant: a version without a shape is not kept, so that every version in the agreement
 * can be asked; what was wrong with it is a finding. Distances are on the ellipsoid (geo/zone.h).
 */
#include <math.h>
#include <string.h>

#include "ceasefire/agreement_int.h"
#include "core/input.h"
#include "core/num.h"

static const double MOST_KM = 1000, /* no agreement has a zone or a distance beyond it: metres were meant */
    BARE_LINE_KM = .1;              /* around a line that tells no buffer_km */
enum { MOST_FILE_BYTES = 64 << 20, MOST_SHAPES = 65536 };

static const char *const zone_keys[] = { "id",   "name",    "kind",    "held_by",  "from",      "to",
                                         "area", "line",    "point",   "points",   "radius_km", "buffer_km",
                                         "file", "geojson", "version", "overlaps", "text",      NULL };
static const char *const version_keys[] = { "from",      "to",        "area", "line",    "point", "points",
                                            "radius_km", "buffer_km", "file", "geojson", "text",  NULL };

bool vg_agreement__is_line(vg_zone_kind kind)
{
    return kind == VG_ZONE_CONTACT_LINE || kind == VG_ZONE_WITHDRAWAL_LINE;
}

/* --- places --- */

static bool bad_place(vg_agreement_reading *r, vg_at at)
{
    vg_agreement__find(r, VG_FINDING_ERROR, at, "place-form", VG_NO_FACTS);
    return false;
}

static bool is_number(const vg_toml *x)
{
    return x && (x->kind == VG_TOML_INT || x->kind == VG_TOML_FLOAT);
}

static bool is_place(const vg_toml *x)
{
    return x->kind == VG_TOML_TABLE || (x->kind == VG_TOML_ARRAY && is_number(x->first));
}

static bool place(vg_agreement_reading *r, vg_toml *x, double *lon, double *lat)
{
    vg_toml *east = NULL, *north = NULL;
    if (x->kind == VG_TOML_TABLE && x->n == 2) {
        east = vg_toml_get(x, VG_S("lon"));
        north = vg_toml_get(x, VG_S("lat"));
    } else if (x->kind == VG_TOML_ARRAY && x->n == 2) {
        east = x->first;
        north = east->next;
    }
    if (!east || !north || !is_number(east) || !is_number(north))
        return bad_place(r, x->at);
    *lon = east->number;
    *lat = north->number;
    if (fabs(*lat) <= 90 && fabs(*lon) <= 180)
        return true;
    vg_agreement__find(r, VG_FINDING_ERROR, x->at,
                       fabs(*lat) > 90 && fabs(*lon) <= 90 ? "place-swapped" : "place-range",
                       VG_FACTS(vg_fact__num("lon", *lon), vg_fact__num("lat", *lat)));
    return false;
}

static bool put_place(vg_agreement_reading *r, vg_out *o, vg_toml *x)
{
    double lon, lat;
    if (!place(r, x, &lon, &lat))
        return false;
    vg_put_char(o, '[');
    vg_put_num(o, lon);
    vg_put_char(o, ',');
    vg_put_num(o, lat);
    vg_put_char(o, ']');
    return true;
}

static bool too_few(vg_agreement_reading *r, const vg_toml *x, int32_t least)
{
    vg_agreement__find(r, VG_FINDING_ERROR, x->at, least == 3 ? "area-too-few" : "line-too-few",
                       VG_FACTS(vg_fact__num("n", x->n)));
    return false;
}

/* Places of a line or a ring; a ring that is not closed is closed. */
static bool put_places(vg_agreement_reading *r, vg_out *o, const vg_toml *x, bool ring)
{
    if (x->kind != VG_TOML_ARRAY)
        return bad_place(r, x->at);
    double lon[2], lat[2];
    bool closed = ring && x->n > 3 && x->first && x->last && place(r, x->first, &lon[0], &lat[0]) &&
                  place(r, x->last, &lon[1], &lat[1]) && !(fabs(lon[0] - lon[1]) > 0) &&
                  !(fabs(lat[0] - lat[1]) > 0);
    if (x->n - closed < (ring ? 3 : 2))
        return too_few(r, x, ring ? 3 : 2);
    vg_put_char(o, '[');
    for (vg_toml *i = x->first; i; i = i->next) {
        if (i != x->first)
            vg_put_char(o, ',');
        if (!put_place(r, o, i))
            return false;
    }
    if (ring && !closed && x->first) {
        vg_put_char(o, ',');
        if (!put_place(r, o, x->first))
            return false;
    }
    vg_put_char(o, ']');
    return true;
}

/* One list of places, or several of them. */
static bool put_lists(vg_agreement_reading *r, vg_out *o, const vg_toml *x, bool ring)
{
    if (x->kind != VG_TOML_ARRAY || !x->first)
        return bad_place(r, x->at);
    vg_print(o, "{\"type\":\"%s\",\"coordinates\":[", ring ? "MultiPolygon" : "MultiLineString");
    bool one = is_place(x->first);
    for (const vg_toml *i = one ? x : x->first; i; i = one ? NULL : i->next) {
        if (!one && i != x->first)
            vg_put_char(o, ',');
        if (ring)
            vg_put_char(o, '[');
        if (!put_places(r, o, i, ring))
            return false;
        if (ring)
            vg_put_char(o, ']');
    }
    vg_put(o, VG_S("]}"));
    return true;
}

static bool put_points(vg_agreement_reading *r, vg_out *o, vg_toml *x)
{
    if (is_place(x)) {
        vg_put(o, VG_S("{\"type\":\"Point\",\"coordinates\":"));
        if (!put_place(r, o, x))
            return false;
    } else {
        if (x->kind != VG_TOML_ARRAY || x->n == 0)
            return bad_place(r, x->at);
        vg_put(o, VG_S("{\"type\":\"MultiPoint\",\"coordinates\":["));
        for (vg_toml *i = x->first; i; i = i->next) {
            if (i != x->first)
                vg_put_char(o, ',');
            if (!put_place(r, o, i))
                return false;
        }
        vg_put_char(o, ']');
    }
    vg_put_char(o, '}');
    return true;
}

/* --- files --- */

static bool slurp(vg_agreement_reading *r, const char *path, vg_str *out, vg_err *e)
{
    vg_input *in;
    vg_out all;
    char buf[65536];
    int64_t n = 0;
    if (!vg_input_open(path, &in, e))
        return false;
    if (!vg_out_memory(&all, e)) {
        vg_input_close(in);
        return false;
    }
    while (all.n <= MOST_FILE_BYTES && (n = vg_input_read(in, buf, sizeof buf, e)) > 0)
        vg_put(&all, (vg_str){ buf, (ptrdiff_t)n });
    vg_input_close(in);
    bool good = n >= 0 && !vg_failed(e);
    if (good && all.n > MOST_FILE_BYTES)
        good = vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s is larger than %d MiB", path, MOST_FILE_BYTES >> 20);
    *out = good ? vg_copy(r->arena, vg_out_text(&all)) : VG_NOSTR;
    if (good && !out->s)
        good = vg_fail_memory(e, vg_arena_limit(r->arena));
    vg_out_drop(&all);
    return good;
}

/* A file lies in the agreement's folder or below it, so that an agreement from elsewhere cannot read the machine. */
static bool stays_below(vg_str path)
{
    if (path.n == 0 || path.s[0] == '/' || vg_find_byte(path, 0) >= 0 || vg_find_byte(path, '\\') >= 0)
        return false;
    while (path.n)
        if (vg_eq(vg_cut(&path, '/'), VG_S("..")))
            return false;
    return true;
}

static bool refuse_file(vg_agreement_reading *r, const vg_toml *x)
{
    vg_agreement__find(r, VG_FINDING_ERROR, x->at, r->folder ? "file-elsewhere" : "file-alone",
                       VG_FACTS(vg_fact__text("file", x->text)));
    return false;
}

/* Contents of the GeoJSON file that a table names; remembered for the whole text. */
static bool file(vg_agreement_reading *r, const vg_toml *x, vg_str *out)
{
    if (!r->folder || !stays_below(x->text))
        return refuse_file(r, x);
    vg_err why = VG_NO_ERR;
    vg_str path = vg_format(r->arena, "%s/%.*s", r->folder, VG_P(x->text));
    vg_agreement_insert *i = vg_new(r->arena, vg_agreement_insert, 1);
    if (!path.s || !i)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    if (!slurp(r, path.s, out, &why)) {
        vg_agreement__find(r, VG_FINDING_ERROR, x->at, "file-unreadable",
                           VG_FACTS(vg_fact__text("file", x->text),
                                    vg_fact__text("reason", vg_copy(r->arena, vg_str_z(why.what)))));
        return false;
    }
    *i = (vg_agreement_insert){ .instead_of = x->written, .key = x->key, .content = *out };
    if (r->last_insert)
        r->last_insert->next = i;
    else
        r->insert = i;
    r->last_insert = i;
    return true;
}

/* --- drawings --- */

static bool too_far(vg_agreement_reading *r, const vg_toml *table, const char *key, double km)
{
    const vg_toml *x = table->first;
    while (!vg_eq(x->key, vg_str_z(key)))
        x = x->next;
    if (km > 0 && km <= MOST_KM)
        return false;
    vg_agreement__find(r, VG_FINDING_ERROR, x->at, km > 0 ? "size-metres" : "size-range",
                       VG_FACTS(vg_fact__text("key", vg_str_z(key)), vg_fact__code("km", km),
                                vg_fact__num("most", MOST_KM), vg_fact__code("mended", km / 1000)));
    return true;
}

static const char *const drawn_by[] = { "area", "line", "point", "points", "file", "geojson" };

/* The one key of a table that draws the zone; NULL with a finding when there are several, NULL when there is none. */
static vg_toml *drawn(vg_agreement_reading *r, vg_toml *table, bool *several)
{
    vg_toml *x = NULL;
    *several = false;
    for (size_t i = 0; i < sizeof drawn_by / sizeof *drawn_by; i++) {
        vg_toml *y = vg_toml_get(table, vg_str_z(drawn_by[i]));
        if (x && y) {
            vg_agreement__find(r, VG_FINDING_ERROR, y->at, "drawn-twice",
                               VG_FACTS(vg_fact__text("key", y->key), vg_fact__text("other", x->key)));
            *several = true;
            return NULL;
        }
        x = y ? y : x;
    }
    return x;
}

static bool geojson_of(vg_agreement_reading *r, vg_toml *x, vg_str *out)
{
    bool named = vg_eq(x->key, VG_S("file")), written = vg_eq(x->key, VG_S("geojson"));
    if ((named || written) && x->kind != VG_TOML_TEXT) {
        vg_agreement__find(r, VG_FINDING_ERROR, x->at, "not-quoted", VG_FACTS(vg_fact__text("key", x->key)));
        return false;
    }
    *out = x->text;
    if (named)
        return file(r, x, out);
    if (written)
        return true;
    vg_out o;
    if (!vg_out_memory(&o, r->e))
        return false;
    bool good = vg_eq(x->key, VG_S("area"))   ? put_lists(r, &o, x, true)
                : vg_eq(x->key, VG_S("line")) ? put_lists(r, &o, x, false)
                                              : put_points(r, &o, x);
    *out = good ? vg_copy(r->arena, vg_out_text(&o)) : VG_NOSTR;
    vg_out_drop(&o);
    return good && (out->s || vg_fail_memory(r->e, vg_arena_limit(r->arena)));
}

static void bare_line(vg_agreement_reading *r, vg_agreement_drawing *d)
{
    d->buffer_km = BARE_LINE_KM;
    vg_agreement__find(r, VG_FINDING_NOTE, d->at, "bare-line",
                       VG_FACTS(vg_fact__num("metres", BARE_LINE_KM * 1000)));
}

/* What a table draws, with the buffer that belongs to it. */
static bool draw(vg_agreement_reading *r, vg_toml *table, vg_agreement_drawing *d)
{
    bool several;
    vg_toml *x = drawn(r, table, &several);
    const char *size = x && vg_starts(x->key, VG_S("point")) ? "radius_km" : "buffer_km";
    *d = (vg_agreement_drawing){ .buffer_km = 0 };
    if (!x)
        return false;
    d->at = x->at;
    bool sized = vg_agreement__number(r, table, size, &d->buffer_km);
    if (sized && too_far(r, table, size, d->buffer_km))
        return false;
    if (!sized && size[0] == 'r') {
        vg_agreement__find(r, VG_FINDING_ERROR, x->at, "point-no-radius", VG_NO_FACTS);
        return false;
    }
    if (!sized && vg_eq(x->key, VG_S("line")))
        bare_line(r, d);
    return geojson_of(r, x, &d->geojson);
}

/* --- shapes --- */

static bool keep_shape(vg_agreement_reading *r, vg_zone *z)
{
    vg_agreement_kept *k = r->kept;
    if (k->n_shapes == k->cap_shapes) {
        int32_t cap = k->cap_shapes ? 2 * k->cap_shapes : 64;
        vg_zone **shape = vg_new(r->arena, vg_zone *, cap);
        if (!shape) {
            vg_zone_free(z);
            return vg_fail_memory(r->e, vg_arena_limit(r->arena));
        }
        if (k->n_shapes)
            memcpy(shape, k->shape, (size_t)k->n_shapes * sizeof(void *));
        k->shape = shape;
        k->cap_shapes = cap;
    }
    k->shape[k->n_shapes++] = z;
    return true;
}

static bool make(vg_agreement_reading *r, const vg_agreement_drawing *d, const vg_zone_opts *o, vg_zone **out,
                 vg_err *why)
{
    if (r->kept->n_shapes >= MOST_SHAPES)
        return vg_fail(why, VG_ERANGE, VG_NOWHERE, "more than %d shapes", MOST_SHAPES);
    if (!vg_zone_read(d->geojson, VG_NOSTR, o, out, why))
        return false;
    if (vg_zone_area_km2(*out) > 1e-9)
        return keep_shape(r, *out);
    vg_zone_free(*out);
    vg_fail(why, VG_ENODATA, VG_NOWHERE, "the zone is empty: its area is 0");
    return vg_why(why, "nothing can lie inside it");
}

/* The number behind a word of what the shape's reader says; NaN where there is none. */
static double number_behind(vg_str text, vg_str word)
{
    ptrdiff_t at = vg_find(text, word);
    double number;
    if (at < 0)
        return NAN;
    vg_str rest = vg_sub(text, at + word.n, text.n), first = vg_cut(&rest, ' ');
    while (first.n && first.s[first.n - 1] == ',')
        first.n--;
    return vg_num(first, &number) ? number : NAN;
}

/* What was wrong with a shape, at the line of the agreement that draws it. */
static void say_shape(vg_agreement_reading *r, const vg_agreement_drawing *d, const vg_err *why)
{
    if (why->code == VG_ENOMEM || vg_failed(r->e)) {
        vg_fail(r->e, why->code, why->at, "%s", why->what);
        return;
    }
    vg_str what = vg_copy(r->arena, vg_str_z(why->what));
    double lon = number_behind(what, VG_S("longitude ")), lat = number_behind(what, VG_S("latitude "));
    const char *id = why->code == VG_ENODATA                                          ? "zone-empty"
                     : why->code == VG_ECONFLICT && !isnan(lon) && !isnan(lat)        ? "zone-crosses"
                     : why->code == VG_ERANGE && (vg_find(what, VG_S("itude ")) >= 0) ? "zone-range"
                                                                                      : "zone-shape";
    vg_agreement__find(
        r, VG_FINDING_ERROR, d->at, id,
        VG_FACTS(vg_fact__text("reason", what), vg_fact__num("lon", lon), vg_fact__num("lat", lat)));
}

/* Of geojson and files only: lines and points in them need a buffer, which nobody can see from the agreement. */
static bool shape_of(vg_agreement_reading *r, vg_agreement_drawing *d, const vg_zone **out)
{
    vg_err why = VG_NO_ERR;
    vg_zone *z;
    bool good = make(r, d, &(vg_zone_opts){ .buffer_km = d->buffer_km }, &z, &why);
    bool line = vg_find(d->geojson, VG_S("LineString")) >= 0 || vg_find(d->geojson, VG_S("Point")) >= 0;
    if (!good && line && why.code == VG_ENODATA && !(d->buffer_km > 0)) {
        vg_err again = VG_NO_ERR;
        if ((good = make(r, d, &(vg_zone_opts){ .buffer_km = BARE_LINE_KM }, &z, &again)))
            bare_line(r, d);
    }
    if (!good)
        say_shape(r, d, &why);
    else
        *out = z;
    return good;
}

bool vg_agreement__closer(vg_agreement_reading *r, vg_clause *c)
{
    if (c->relation != VG_RELATION_CLOSER_THAN || c->zone < 0 || !(c->distance_km > 0) ||
        c->distance_km > MOST_KM)
        return true;
    const vg_agreement_zone *z = &r->zone[c->zone];
    const vg_zone **shape = vg_new(r->arena, const vg_zone *, z->n_versions + 1);
    bool line = vg_agreement__is_line(z->kind);
    if (!shape)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    for (int32_t i = 0; i < z->n_versions; i++) {
        const vg_agreement_drawing *d = &r->extra[c->zone].drawing[i];
        vg_zone_opts o = { .buffer_km = line ? c->distance_km : d->buffer_km + c->distance_km,
                           .only_buffer = line };
        vg_err why = VG_NO_ERR;
        vg_zone *buffer = NULL;
        if (!make(r, d, &o, &buffer, &why)) {
            say_shape(r, d, &why);
            return !vg_failed(r->e);
        }
        shape[i] = buffer;
    }
    c->closer = z->n_versions;
    c->closer_shape = shape;
    return true;
}

/* --- zones --- */

static bool version(vg_agreement_reading *r, vg_toml *table, vg_agreement_version *v, vg_agreement_drawing *d)
{
    *v = (vg_agreement_version){ .from = INT64_MIN, .to = INT64_MAX, .line = vg_agreement__line(table) };
    vg_agreement__instant(r, table, "from", false, &v->from);
    vg_agreement__instant(r, table, "to", true, &v->to);
    return draw(r, table, d) && shape_of(r, d, &v->shape);
}

static void sort_by_time(vg_agreement_version *v, vg_agreement_drawing *d, int32_t n)
{
    for (int32_t i = 1; i < n; i++)
        for (int32_t k = i; k > 0 && v[k].from < v[k - 1].from; k--) {
            vg_agreement_version one = v[k];
            vg_agreement_drawing drawing = d[k];
            v[k] = v[k - 1], d[k] = d[k - 1];
            v[k - 1] = one, d[k - 1] = drawing;
        }
}

static void no_outline(vg_agreement_reading *r, const vg_agreement_zone *z, vg_at at)
{
    if (z->kind == VG_ZONE_WHOLE_TERRITORY)
        return;
    vg_agreement__find(r, VG_FINDING_ERROR, at, "zone-not-drawn", VG_FACTS(vg_fact__text("zone", z->id)));
}

static bool versions(vg_agreement_reading *r, vg_agreement_zone *z, vg_agreement_zone_extra *x)
{
    int32_t n;
    bool several;
    vg_toml *own = drawn(r, x->toml, &several);
    if (own && vg_toml_get(x->toml, VG_S("version")))
        vg_agreement__find(r, VG_FINDING_ERROR, own->at, "drawn-beside-versions",
                           VG_FACTS(vg_fact__text("key", own->key)));
    vg_toml *t = vg_agreement__tables(r, x->toml, "version", VG_AGREEMENT_ZONES, &n);
    vg_agreement_version *v = vg_new(r->arena, vg_agreement_version, n + 1);
    vg_agreement_drawing *d = vg_new(r->arena, vg_agreement_drawing, n + 1);
    if (!v || !d)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    z->version = v;
    x->drawing = d;
    if (n == 0) {
        x->has_outline = own != NULL;
        z->n_versions += own && version(r, x->toml, v, d);
        const vg_toml *list = vg_toml_get(x->toml, VG_S("version"));
        if (!own && !several && (!list || (list->kind == VG_TOML_ARRAY && list->n == 0)))
            no_outline(r, z, x->toml->at);
    }
    for (; n > 0 && t; t = t->next, n--) {
        bool none;
        x->has_outline = true;
        if (!drawn(r, t, &none) && !none)
            no_outline(r, &(vg_agreement_zone){ .id = z->id, .kind = VG_ZONE_BUFFER }, t->at);
        z->n_versions += version(r, t, &v[z->n_versions], &d[z->n_versions]);
        vg_agreement__unknown_keys(r, t, version_keys);
    }
    sort_by_time(v, d, z->n_versions);
    return !vg_failed(r->e);
}

static vg_zone_kind kind_of(vg_agreement_reading *r, vg_toml *t)
{
    vg_str word = VG_NOSTR;
    if (!vg_agreement__text(r, t, "kind", &word)) {
        if (!vg_toml_get(t, VG_S("kind")))
            vg_agreement__find(r, VG_FINDING_ERROR, t->at, "zone-no-kind", VG_NO_FACTS);
        return VG_ZONE_BUFFER;
    }
    for (int i = 0; i < VG_N_ZONE_KINDS; i++)
        if (vg_eq(word, vg_str_z(vg_zone_kind_name(i))))
            return (vg_zone_kind)i;
    vg_agreement__bad_word(r, vg_toml_get(t, VG_S("kind"))->at, "zone-kind-unknown", word, vg_zone_kind_name,
                           VG_N_ZONE_KINDS);
    return VG_ZONE_BUFFER;
}

static bool zone(vg_agreement_reading *r, vg_toml *t, int32_t i)
{
    vg_agreement_zone *z = &r->zone[i];
    vg_agreement_zone_extra *x = &r->extra[i];
    *z = (vg_agreement_zone){ .line = vg_agreement__line(t) };
    x->toml = t;
    z->id = z->name = vg_agreement__id(r, t, "zone-no-id");
    vg_agreement__text(r, t, "name", &z->name);
    z->kind = kind_of(r, t);
    if (vg_agreement__text(r, t, "held_by", &z->held_by)) {
        int32_t p = vg_agreement__party_named(r, z->held_by, vg_toml_get(t, VG_S("held_by"))->at);
        z->held_by = p >= 0 ? r->party[p].id : VG_NOSTR;
    }
    x->overlap_words = vg_toml_get(t, VG_S("overlaps"));
    vg_toml_get(t, VG_S("text"));
    if (!versions(r, z, x))
        return false;
    int32_t before = z->id.n ? vg_agreement__index_add(&r->kept->zone, z->id, i) : VG_AGREEMENT_NOBODY;
    if (before >= 0)
        vg_agreement__find(r, VG_FINDING_ERROR, t->at, "zone-double",
                           VG_FACTS(vg_fact__text("id", z->id), vg_fact__num("line", r->zone[before].line)));
    vg_agreement__unknown_keys(r, t, zone_keys);
    return true;
}

bool vg_agreement__zones(vg_agreement_reading *r)
{
    int32_t n;
    vg_toml *t = vg_agreement__tables(r, r->root, "zone", VG_AGREEMENT_ZONES, &n);
    r->zone = vg_new(r->arena, vg_agreement_zone, n + 1);
    r->extra = vg_new(r->arena, vg_agreement_zone_extra, n + 1);
    if (!r->zone || !r->extra)
        return vg_fail_memory(r->e, vg_arena_limit(r->arena));
    r->a->zone = r->zone;
    r->a->n_zones = n;
    if (!vg_agreement__index_open(r, &r->kept->zone, n))
        return false;
    for (int32_t i = 0; i < n; i++, t = t->next)
        if (!zone(r, t, i))
            return false;
    return true;
}
