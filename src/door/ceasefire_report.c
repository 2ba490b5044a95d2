/* Reports in: a body of any of the readers' formats is read in pieces, each piece is taken by the guard and is on the disk
 * before the next one is read. Invariant: what the answer counts as taken is committed; nothing of a body stands in memory
 * but one piece, and the same body may be sent again at any time. */
#include <string.h>

#include "core/date.h"
#include "door/ceasefire_int.h"
#include "source/report.h"

enum { PIECE = 400, TOLD = 1000, RETRY_S = 30, VERDICTS = VG_VERDICT_QUARANTINED + 1 };

/* A record that was not taken as it is. */
typedef struct told {
    struct told *next;
    int64_t line;
    const char *verdict;
    vg_str source, report;
    vg_err why;
} told;

typedef struct {
    vg_guard *guard;
    vg_arena *keep; /* of what is told */
    vg_arena piece; /* of the piece under way: empty after each */
    vg_str actor;
    vg_desk_entry *entry;
    int64_t *line;
    int32_t n;
    int64_t n_reports, n_coverage, n_verdict[VERDICTS], n_rejected, n_over_rate, newest;
    told *first, **last;
    int32_t n_told;
} intake;

/* --- what is told --- */

static bool tell(intake *x, told what, vg_err *e)
{
    if (x->n_told >= TOLD)
        return true;
    told *t = vg_new(x->keep, told, 1);
    if (!t)
        return vg_fail_memory(e, vg_arena_limit(x->keep));
    *t = what;
    t->source = vg_copy(x->keep, vg_utf8_head(what.source, 200));
    t->report = vg_copy(x->keep, vg_utf8_head(what.report, 200));
    t->why.at.file = VG_NOSTR; /* borrowed from what goes */
    t->next = NULL;
    *x->last = t;
    x->last = &t->next;
    x->n_told++;
    return true;
}

static bool note(intake *x, const vg_desk_entry *r, int64_t line, vg_err *e)
{
    bool report = r->kind == VG_DESK_REPORT;
    told what = { .line = line,
                  .source = report ? r->report.source : r->coverage.source,
                  .report = report ? r->report.id : VG_NOSTR,
                  .why = r->why };
    x->newest = r->seq > x->newest ? r->seq : x->newest;
    if (r->over_rate) {
        what.verdict = "over_rate";
        x->n_over_rate++;
        return tell(x, what, e);
    }
    if (!report) {
        x->n_coverage++;
        return true;
    }
    x->n_verdict[r->verdict]++;
    what.verdict = "quarantined";
    return r->verdict != VG_VERDICT_QUARANTINED || tell(x, what, e);
}

static bool take_piece(intake *x, vg_err *e)
{
    if (!x->n)
        return true;
    bool good = vg_guard__take(x->guard, x->entry, x->n, e);
    for (int32_t i = 0; good && i < x->n; i++)
        good = note(x, &x->entry[i], x->line[i], e);
    x->n = 0;
    vg_arena_reset(&x->piece);
    return good;
}

/* --- what the reader gives --- */

static bool copy_texts(intake *x, vg_str *const *text, int n, vg_err *e)
{
    for (int i = 0; i < n; i++) {
        vg_str copy = text[i]->n ? vg_copy(&x->piece, *text[i]) : VG_NOSTR;
        if (text[i]->n && !copy.s)
            return vg_fail_memory(e, vg_arena_limit(&x->piece));
        *text[i] = copy;
    }
    return true;
}

/* The piece's arena is small against what a report may hold: a piece also ends when it is half full. */
static bool end_entry(intake *x, vg_at at, vg_err *e)
{
    x->line[x->n++] = at.line;
    bool full = x->n == PIECE || vg_arena_used(&x->piece) > vg_arena_limit(&x->piece) / 2;
    return !full || take_piece(x, e);
}

static bool on_report(void *ctx, const vg_report *r, vg_at at, vg_err *e)
{
    intake *x = ctx;
    vg_desk_entry *to = &x->entry[x->n];
    *to = (vg_desk_entry){ .kind = VG_DESK_REPORT, .report = *r, .actor = x->actor };
    vg_report *k = &to->report;
    vg_str *const text[] = { &k->source,    &k->id,         &k->place,   &k->actor, &k->observer,
                             &k->text_hash, &k->media_hash, &k->revises, &k->raw };
    x->n_reports++;
    return copy_texts(x, text, (int)(sizeof text / sizeof *text), e) && end_entry(x, at, e);
}

static bool on_coverage(void *ctx, const vg_coverage *r, vg_at at, vg_err *e)
{
    intake *x = ctx;
    vg_desk_entry *to = &x->entry[x->n];
    *to = (vg_desk_entry){ .kind = VG_DESK_COVERAGE, .coverage = *r, .actor = x->actor };
    vg_coverage *k = &to->coverage;
    vg_str *const text[] = { &k->source, &k->zone, &k->by, &k->note };
    return copy_texts(x, text, (int)(sizeof text / sizeof *text), e) && end_entry(x, at, e);
}

static bool on_reject(void *ctx, const vg_reject *r, vg_err *e)
{
    intake *x = ctx;
    x->n_rejected++;
    return tell(x, (told){ .line = r->why.at.line, .verdict = "rejected", .why = r->why }, e);
}

/* --- the answer --- */

static void put_told(vg_json *j, const told *t)
{
    vg_json_object(j);
    vg_put__int(j, "line", t->line > 0 ? t->line : VG_UNKNOWN);
    vg_put__text(j, "verdict", vg_str_z(t->verdict));
    vg_put__text(j, "source", t->source);
    vg_put__text(j, "report", t->report);
    vg_put__text(j, "code", t->why.code ? vg_str_z(vg_code_name(t->why.code)) : VG_NOSTR);
    vg_put__text(j, "what", vg_str_z(t->why.what));
    vg_put__text(j, "why", vg_str_z(t->why.why));
    vg_put__text(j, "mend", vg_str_z(t->why.mend));
    vg_json_close(j);
}

static void put_answer(vg_call *c, const intake *x, vg_str format)
{
    vg_json j = vg_json_to(vg_call_out(c));
    vg_json_object(&j);
    vg_put__text(&j, "format", format);
    vg_put__int(&j, "reports", x->n_reports);
    vg_put__int(&j, "coverage", x->n_coverage);
    vg_put__open(&j, "verdicts", false);
    for (int i = 0; i < VERDICTS; i++)
        vg_put__int(&j, vg_watch_verdict_name(i), x->n_verdict[i]);
    vg_json_close(&j);
    vg_put__int(&j, "rejected", x->n_rejected);
    vg_put__int(&j, "over_rate", x->n_over_rate);
    vg_put__int(&j, "newest", x->newest ? x->newest : VG_UNKNOWN);
    vg_put__open(&j, "items", true);
    for (const told *t = x->first; t; t = t->next)
        put_told(&j, t);
    vg_json_close(&j);
    vg_json_close(&j);
    vg_put_char(vg_call_out(c), '\n');
    if (x->n_over_rate) {
        vg_call_status(c, 429);
        vg_call_retry_after(c, RETRY_S);
    }
}

/* --- a body --- */

/* The readers unpack by themselves: a small body could be a very large one. */
static bool is_packed(vg_str body)
{
    return vg_starts(body, VG_S("\x1f\x8b")) || vg_starts(body, VG_S("PK\x03\x04"));
}

static const char *format_of(vg_str type)
{
    return vg_ends(type, VG_S("csv"))               ? "csv"
           : vg_ends(type, VG_S("xml"))             ? "cap"
           : vg_eq_nocase(type, VG_S("text/plain")) ? ""
                                                    : "jsonl";
}

/* RFC 7464 sets a byte in front of each text that JSON lines do not have. */
static vg_str without_marks(vg_arena *a, vg_str body)
{
    char *to = vg_new(a, char, body.n);
    for (ptrdiff_t i = 0; to && i < body.n; i++)
        to[i] = body.s[i] == '\x1e' ? ' ' : body.s[i];
    return (vg_str){ to, to ? body.n : 0 };
}

static bool read_body(vg_call *c, intake *x, vg_str body, vg_report_source_found *found, vg_err *e)
{
    vg_input *in;
    vg_report_source_opts o = { .as = vg_call_text(c, "format"), .source = vg_call_text(c, "source") };
    vg_report_source_sink sink = { x, on_report, on_coverage, on_reject };
    if (!o.as.n)
        o.as = vg_str_z(format_of(vg_call_body_type(c)));
    if (!vg_input_memory(body, VG_S("body"), &in, e))
        return false;
    bool good = vg_report_source_read_input(in, &o, &sink, found, e) && take_piece(x, e);
    vg_input_close(in);
    return good;
}

static bool begin(vg_call *c, intake *x, vg_err *e)
{
    enum { PIECE_BYTES = 64 << 20 };
    vg_arena *a = vg_call_arena(c);
    *x = (intake){ .keep = a,
                   .actor = vg_call_who(c),
                   .entry = vg_new(a, vg_desk_entry, PIECE),
                   .line = vg_new(a, int64_t, PIECE) };
    x->last = &x->first;
    if (!x->entry || !x->line)
        return vg_fail_memory(e, vg_arena_limit(a));
    return vg_arena_init(&x->piece, PIECE_BYTES, e);
}

bool vg_watch_answer__reports(vg_call *c, vg_err *e)
{
    intake x;
    vg_str body = vg_call_body(c);
    vg_report_source_found found = { .format = VG_NOSTR };
    if (!body.n)
        return vg_call_refuse(c, 400, e, VG_EARG, "no reports were sent", "send them as application/json");
    if (is_packed(body))
        return vg_call_refuse(c, 415, e, VG_EARG, "the body is packed", "send it as plain text");
    if (vg_eq_nocase(vg_call_body_type(c), VG_S("application/json-seq"))) {
        body = without_marks(vg_call_arena(c), body);
        if (!body.s)
            return vg_fail_memory(e, vg_arena_limit(vg_call_arena(c)));
    }
    if (!begin(c, &x, e))
        return false;
    bool good = vg_guard__enter(c, &x.guard, e);
    if (good) {
        good = read_body(c, &x, body, &found, e);
        vg_guard__leave(x.guard);
    }
    if (good)
        put_answer(c, &x, found.format);
    vg_arena_free(&x.piece);
    return good;
}
