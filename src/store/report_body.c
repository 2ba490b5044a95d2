/* The bodies of entries that are no reports: coverage, decisions, new versions of an agreement. Layout of each: a byte 1,
 * then its numbers as varints and its texts with their length, in the order of the struct. Invariant: as for reports,
 * there is one way to write each, and the readers take no other and nothing beyond the end. */
#include "core/date.h"
#include "store/report_int.h"
#include "store/report_log.h"

enum { LAYOUT = 1, NAME_BYTES = 1000 };
#define FIRST_INSTANT (-62135596800)
#define LAST_INSTANT  253402300799

/* --- writing and reading parts --- */

static void put_number(vg_out *out, uint64_t x)
{
    char room[10], *end = vg_report__put_varint(room, x);
    vg_put(out, (vg_str){ room, end - room });
}

static void put_text(vg_out *out, vg_str s)
{
    put_number(out, (uint64_t)s.n);
    vg_put(out, s);
}

static bool get_number(vg_str *rest, uint64_t *x)
{
    return vg_report__get_varint(rest, x);
}

static bool get_text(vg_str *rest, vg_str *text)
{
    uint64_t n;
    if (!vg_report__get_varint(rest, &n) || n > (uint64_t)rest->n)
        return false;
    *text = (vg_str){ rest->s, (ptrdiff_t)n };
    rest->s += n;
    rest->n -= (ptrdiff_t)n;
    return true;
}

static bool get_layout(vg_str *rest)
{
    if (rest->n == 0 || rest->s[0] != LAYOUT)
        return false;
    rest->s++;
    rest->n--;
    return true;
}

static bool fail_body(vg_err *e, const char *what, vg_str bytes)
{
    vg_fail(e, VG_EPARSE, VG_NOWHERE, "the bytes of %s do not read as such (%lld bytes)", what,
            (long long)bytes.n);
    vg_why(e, "they were changed, or written by a newer program");
    return vg_mend(e, "verify the log; read it with the newest program that wrote to it");
}

/* --- coverage --- */

void vg_coverage_pack(vg_out *out, const vg_coverage *c)
{
    vg_put_char(out, LAYOUT);
    put_number(out, vg_report__zigzag((uint64_t)c->received_at));
    put_number(out, vg_report__zigzag((uint64_t)c->from - (uint64_t)c->received_at));
    put_number(out, vg_report__zigzag((uint64_t)c->to - (uint64_t)c->from));
    put_number(out, c->state >= VG_COVER_WATCHING && c->state <= VG_COVER_DOWN ? (uint64_t)c->state : 0);
    put_text(out, c->source);
    put_text(out, c->zone);
    put_text(out, c->by);
    put_text(out, c->note);
}

bool vg_coverage_unpack(vg_str bytes, vg_coverage *c, vg_err *e)
{
    vg_str rest = bytes;
    vg_coverage x = { .state = 0 };
    uint64_t received, from, to, state;
    if (vg_failed(e))
        return false;
    if (!get_layout(&rest) || !get_number(&rest, &received) || !get_number(&rest, &from) ||
        !get_number(&rest, &to) || !get_number(&rest, &state) || state > VG_COVER_DOWN ||
        !get_text(&rest, &x.source) || !get_text(&rest, &x.zone) || !get_text(&rest, &x.by) ||
        !get_text(&rest, &x.note) || rest.n)
        return fail_body(e, "a record of coverage", bytes);
    received = vg_report__unzigzag(received);
    from = vg_report__unzigzag(from) + received;
    x.received_at = (int64_t)received;
    x.from = (int64_t)from;
    x.to = (int64_t)(vg_report__unzigzag(to) + from);
    x.state = (int8_t)state;
    *c = x;
    return true;
}

bool vg_coverage_check(const vg_coverage *c, vg_err *e)
{
    char from[32], to[32];
    if (vg_failed(e))
        return false;
    if (c->source.n == 0 || c->state < VG_COVER_WATCHING || c->state > VG_COVER_DOWN) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the record of coverage has no %s",
                c->source.n == 0 ? "source" : "state");
        return vg_mend(e, "say who watched and how: watching, restricted, jammed, cloud or down");
    }
    if (c->source.n > NAME_BYTES || c->zone.n > NAME_BYTES || c->by.n > NAME_BYTES ||
        c->note.n > 100 * NAME_BYTES) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "a text of the record of coverage is too long");
        return vg_mend(e, "keep source, zone and by under %d bytes", NAME_BYTES);
    }
    if (c->from < FIRST_INSTANT || c->from > LAST_INSTANT || c->to < FIRST_INSTANT || c->to > LAST_INSTANT) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the record of coverage does not say from when to when");
        return vg_mend(e, "give both as times: 2025-03-18T00:00:00Z");
    }
    if (c->from < c->to)
        return true;
    vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "coverage from %.*s ends at %.*s",
            VG_P(vg_instant_text(c->from, from)), VG_P(vg_instant_text(c->to, to)));
    vg_why(e, "the end is exclusive and must be later than the beginning");
    return vg_mend(e, "are from and to swapped?");
}

uint64_t vg_coverage_key(const vg_coverage *c)
{
    vg_report r = vg_report_none();
    r.from = c->from, r.to = c->to;
    r.count = c->state;
    r.place = c->zone, r.actor = c->by, r.raw = c->note, r.observer = c->source;
    return vg_report_content(&r) ^ 0xC0FEC0FEC0FEC0FEULL;
}

static void put_member(vg_json *j, vg_str key, vg_str text)
{
    if (text.n) {
        vg_json_key(j, key);
        vg_json_str(j, text);
    }
}

void vg_coverage_json(vg_json *j, const vg_coverage *c)
{
    char room[32];
    vg_json_object(j);
    vg_json_key(j, VG_S("coverage")), vg_json_str(j, vg_str_z(vg_cover_name(c->state)));
    put_member(j, VG_S("source"), c->source);
    put_member(j, VG_S("zone"), c->zone);
    put_member(j, VG_S("from"), vg_instant_text(c->from, room));
    put_member(j, VG_S("to"), vg_instant_text(c->to, room));
    if (c->received_at != VG_UNKNOWN)
        put_member(j, VG_S("received_at"), vg_instant_text(c->received_at, room));
    put_member(j, VG_S("by"), c->by);
    put_member(j, VG_S("note"), c->note);
    vg_json_close(j);
}

/* --- decisions, agreements --- */

void vg_log_decision_pack(vg_out *out, const vg_log_decision *d)
{
    vg_put_char(out, LAYOUT);
    put_number(out, d->incident);
    put_number(out, (uint64_t)d->state);
    put_number(out, vg_report__zigzag((uint64_t)d->at));
    put_text(out, d->actor);
    put_text(out, d->reason);
}

bool vg_log_decision_unpack(vg_str bytes, vg_log_decision *d, vg_err *e)
{
    vg_str rest = bytes;
    vg_log_decision x = { .incident = 0 };
    uint64_t state, at;
    if (vg_failed(e))
        return false;
    if (!get_layout(&rest) || !get_number(&rest, &x.incident) || !get_number(&rest, &state) ||
        state > VG_VERIFY_REJECTED || !get_number(&rest, &at) || !get_text(&rest, &x.actor) ||
        !get_text(&rest, &x.reason) || rest.n)
        return fail_body(e, "a decision", bytes);
    x.state = (vg_verification)state;
    x.at = (int64_t)vg_report__unzigzag(at);
    *d = x;
    return true;
}

void vg_log_agreement_pack(vg_out *out, const vg_log_agreement *x)
{
    vg_put_char(out, LAYOUT);
    put_number(out, (uint64_t)x->version);
    put_text(out, x->sha256);
    put_text(out, x->actor);
}

bool vg_log_agreement_unpack(vg_str bytes, vg_log_agreement *out, vg_err *e)
{
    vg_str rest = bytes;
    vg_log_agreement x;
    uint64_t version;
    if (vg_failed(e))
        return false;
    if (!get_layout(&rest) || !get_number(&rest, &version) || version > INT64_MAX ||
        !get_text(&rest, &x.sha256) || !get_text(&rest, &x.actor) || rest.n)
        return fail_body(e, "an agreement's version", bytes);
    x.version = (int64_t)version;
    *out = x;
    return true;
}
