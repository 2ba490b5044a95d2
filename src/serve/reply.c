/* Answers: rows as JSON or CSV from one call a cell, the next link, ETag, "not modified" and gzip. Invariant: the same
 * question to the same store gives the same bytes, so that the hash of the bytes is a strong ETag. */
#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/gzip.h"
#include "core/hash.h"
#include "core/num.h"
#include "serve/serve_int.h"

enum { WORTH_PACKING = 1024, PACK_LEVEL = 4, LARGE = 256 << 10 };

vg_rows vg_rows_begin(vg_call *c, const char *const *column, int n_columns)
{
    vg_rows r = { .out = &c->r->body, .csv = c->as == VG_AS_CSV, .column = column, .n_columns = n_columns };
    r.call = c;
    if (r.csv)
        vg_rows__head(&r, c->hxl);
    else
        vg_put(r.out, VG_S("{\"items\":["));
    return r;
}

void vg_rows__head(vg_rows *r, bool hxl)
{
    for (int i = 0; i < r->n_columns; i++)
        vg_print(r->out, "%s%s", i ? "," : "", r->column[i]);
    for (int i = 0; i < r->n_columns && hxl; i++)
        vg_print(r->out, "%c%.*s", i ? ',' : '\n', VG_P(vg_hxl__tag(r->column[i])));
}

/* What stands before a cell; the row's end behind the last one is written with the next row. */
static void before_cell(vg_rows *r)
{
    if (r->csv) {
        vg_put(r->out, r->at ? VG_S(",") : VG_S("\n"));
    } else {
        if (r->at == 0)
            vg_put(r->out, r->n ? VG_S(",{") : VG_S("{"));
        vg_print(r->out, "%s\"%s\":", r->at ? "," : "", r->column[r->at]);
    }
}

static void after_cell(vg_rows *r)
{
    if (++r->at < r->n_columns)
        return;
    r->at = 0;
    r->n++;
    if (!r->csv)
        vg_put_char(r->out, '}');
}

static void nothing(vg_rows *r)
{
    before_cell(r);
    if (!r->csv)
        vg_put(r->out, VG_S("null"));
    after_cell(r);
}

static void put_json_text(vg_out *o, vg_str text)
{
    vg_json j = vg_json_to(o);
    vg_json_str(&j, text);
}

/* A cell that a spreadsheet would take for a formula is one no longer. */
static void put_csv_text(vg_out *o, vg_str text)
{
    if (!strchr("=+-@\t\r", text.s[0])) {
        vg_put_csv(o, text);
        return;
    }
    vg_put(o, VG_S("\"'"));
    for (ptrdiff_t i = 0; i < text.n; i++) {
        if (text.s[i] == '"')
            vg_put_char(o, '"');
        vg_put_char(o, text.s[i]);
    }
    vg_put_char(o, '"');
}

void vg_rows_text(vg_rows *r, vg_str text)
{
    if (!text.n) {
        nothing(r);
        return;
    }
    before_cell(r);
    if (r->csv)
        put_csv_text(r->out, text);
    else
        put_json_text(r->out, text);
    after_cell(r);
}

void vg_rows_int(vg_rows *r, int64_t x)
{
    if (x == VG_UNKNOWN) {
        nothing(r);
        return;
    }
    before_cell(r);
    vg_put_int(r->out, x);
    after_cell(r);
}

void vg_rows_num(vg_rows *r, double x)
{
    if (!isfinite(x)) {
        nothing(r);
        return;
    }
    before_cell(r);
    vg_put_num(r->out, x);
    after_cell(r);
}

void vg_rows_month(vg_rows *r, int32_t month)
{
    char buf[16];
    vg_rows_text(r, month ? vg_month_text(month, buf) : VG_NOSTR);
}

void vg_rows_instant(vg_rows *r, int64_t at)
{
    char buf[32];
    vg_rows_text(r, at ? vg_instant_text(at, buf) : VG_NOSTR);
}

void vg_rows_raw(vg_rows *r, vg_str json)
{
    if (!json.n) {
        nothing(r);
        return;
    }
    before_cell(r);
    if (r->csv)
        vg_put_csv(r->out, json);
    else
        vg_put(r->out, json);
    after_cell(r);
}

void vg_rows_end(vg_rows *r, vg_str next)
{
    if (r->csv) {
        vg_put_char(r->out, '\n');
        if (next.n && r->call)
            vg_reply__link(r->call, next);
        return;
    }
    vg_put(r->out, VG_S("],\"next\":"));
    if (next.n)
        put_json_text(r->out, next);
    else
        vg_put(r->out, VG_S("null"));
    vg_put(r->out, VG_S("}\n"));
}

/* --- the next page --- */

static void put_escaped(vg_out *o, vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++) {
        unsigned char b = (unsigned char)s.s[i];
        bool plain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-' ||
                     b == '.' || b == '_' || b == '~' || b == ',' || b == ':';
        if (plain)
            vg_put_char(o, (char)b);
        else
            vg_print(o, "%%%02X", b);
    }
}

vg_str vg_call_next(vg_call *c, vg_str cursor)
{
    vg_out o;
    vg_str query = c->q->target, path = vg_cut(&query, '?');
    if (!vg_out_memory(&o, NULL))
        return VG_NOSTR;
    vg_put(&o, vg_call_base(c));
    vg_put(&o, path);
    vg_put_char(&o, '?');
    for (int i = 0; i < c->target.n_pairs; i++) {
        if (vg_eq(c->target.pair[i].name, VG_S("cursor")))
            continue;
        put_escaped(&o, c->target.pair[i].name);
        vg_put_char(&o, '=');
        put_escaped(&o, c->target.pair[i].value);
        vg_put_char(&o, '&');
    }
    vg_put(&o, VG_S("cursor="));
    put_escaped(&o, cursor);
    vg_str next = vg_copy(&c->w->arena, vg_out_text(&o));
    vg_out_drop(&o);
    return next;
}

void vg_reply__link(vg_call *c, vg_str next)
{
    if (asprintf(&c->r->link, "<%.*s>; rel=\"next\"", VG_P(next)) < 0)
        c->r->link = NULL;
}

/* --- ETag, 304, gzip --- */

/* Whether a list of what the client accepts names the coding, and not with q=0. */
bool vg_reply__takes_gzip(vg_str list)
{
    while (list.n) {
        vg_str rest = vg_cut(&list, ','), name = vg_trim(vg_cut(&rest, ';'));
        if (!vg_eq_nocase(name, VG_S("gzip")))
            continue;
        rest = vg_trim(rest);
        double weight = 1;
        if (vg_starts(rest, VG_S("q=")))
            vg_num(vg_sub(rest, 2, rest.n), &weight);
        return weight > 0;
    }
    return false;
}

bool vg_reply__names_tag(vg_str list, vg_str tag)
{
    while (list.n) {
        vg_str one = vg_trim(vg_cut(&list, ','));
        if (vg_starts(one, VG_S("W/")))
            one = vg_sub(one, 2, one.n);
        if (vg_eq(one, tag) || vg_eq(one, VG_S("*")))
            return true;
    }
    return false;
}

static void set_tag(vg_http__reply *r, bool packed)
{
    vg_sha256 h;
    char hex[65];
    vg_sha256_init(&h);
    vg_sha256_add(&h, vg_out_text(&r->body));
    vg_sha256_hex(&h, hex);
    snprintf(r->etag, sizeof r->etag, "\"%.32s%s\"", hex, packed ? "-gz" : "");
}

bool vg_reply__is_known(vg_call *c, const vg_str *part, int n)
{
    vg_http__reply *r = c->r;
    vg_sha256 h;
    char hex[65], packed[80];
    vg_sha256_init(&h);
    vg_sha256_add(&h, VG_S(VG_VERSION));
    for (int i = 0; i < n; i++) {
        vg_sha256_add(&h, VG_S("\n"));
        vg_sha256_add(&h, part[i]);
    }
    vg_sha256_hex(&h, hex);
    snprintf(r->etag, sizeof r->etag, "\"%.32s\"", hex);
    snprintf(packed, sizeof packed, "\"%.32s-gz\"", hex);
    bool plain = vg_reply__names_tag(c->q->if_none_match, vg_str_z(r->etag));
    if (!plain && !vg_reply__names_tag(c->q->if_none_match, vg_str_z(packed)))
        return false;
    if (!plain)
        memcpy(r->etag, packed, sizeof r->etag);
    r->status = 304;
    return true;
}

void vg_reply__finish(vg_call *c)
{
    vg_http__reply *r = c->r;
    vg_out packed;
    if (r->stream || r->more.state || r->whole || r->status != 200)
        return;
    bool pack = r->body.n >= WORTH_PACKING && vg_reply__takes_gzip(c->q->accept_encoding);
    if (r->etag[0]) { /* known without looking at the bytes; packed it is another one */
        size_t n = strlen(r->etag);
        if (pack && n + 3 < sizeof r->etag)
            memcpy(r->etag + n - 1, "-gz\"", 5);
    } else if (!c->route->plain) {
        set_tag(r, pack);
        if (vg_reply__names_tag(c->q->if_none_match, vg_str_z(r->etag))) {
            r->status = 304;
            r->body.n = 0;
            return;
        }
    }
    if (!pack || !vg_out_memory(&packed, NULL))
        return;
    int level = r->body.n > LARGE ? 1 : PACK_LEVEL;
    if (!vg_gzip(vg_out_text(&r->body), level, &packed, NULL)) {
        vg_out_drop(&packed);
        return;
    }
    vg_out_drop(&r->body);
    r->body = packed;
    r->gzipped = true;
}
