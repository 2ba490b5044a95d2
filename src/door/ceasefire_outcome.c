/* Outcomes as they leave the server. Invariant: each is one GeoJSON Feature on one line with its number in front; the same
 * bytes on the feed and to every receiver. */
#include "door/ceasefire_outcome_int.h"

#include "core/date.h"
#include "core/num.h"
#include "door/ceasefire_int.h"
#include "door/tree.h"

/* --- as a line --- */

void vg_outcome__put(vg_out *out, vg_str ceasefire, const vg_outcome *o)
{
    char at[32];
    bool feature = vg_starts(o->body, VG_S("{\"type\":\"Feature\""));
    vg_print(out,
             "{\"ceasefire\":\"%.*s\",\"number\":%lld,\"event\":\"%s\",\"at\":\"%.*s\",\"because\":%lld,",
             VG_P(ceasefire), (long long)o->n, vg_outcome__event(o), VG_P(vg_instant_text(o->at, at)),
             (long long)o->seq);
    if (feature)
        vg_put(out, vg_sub(o->body, 1, o->body.n));
    else
        vg_print(out, "\"type\":\"Feature\",\"geometry\":null,\"properties\":%.*s}", VG_P(o->body));
}

vg_str vg_outcome__body(vg_arena *a, vg_str ceasefire, const vg_outcome *o)
{
    vg_out out;
    if (!vg_out_memory(&out, NULL))
        return VG_NOSTR;
    vg_outcome__put(&out, ceasefire, o);
    vg_str body = out.failed ? VG_NOSTR : vg_copy(a, vg_out_text(&out));
    vg_out_drop(&out);
    return body;
}

const char *vg_outcome__event(const vg_outcome *o)
{
    return vg_outcome_kind_name(o->kind);
}

const char *vg_outcome__type(const vg_outcome *o)
{
    (void)o;
    return "application/geo+json";
}

/* --- what is asked of it --- */

static int level_of(vg_str name)
{
    for (int i = VG_LEVEL_NONE; i <= VG_LEVEL_VIOLATION; i++)
        if (vg_eq(name, vg_str_z(vg_level_name(i))))
            return i;
    return VG_LEVEL_NONE;
}

bool vg_outcome__head(vg_arena *a, const vg_outcome *o, vg_outcome_head *out, vg_err *e)
{
    const vg_tree *t;
    int64_t severity = 0;
    if (!vg_tree_read(o->body, a, &t, e))
        return false;
    const vg_tree *p = vg_tree_member(t, "properties");
    const vg_tree *breaches = vg_tree_member(p, "breaches");
    vg_int(vg_tree_member(p, "severity")->text, &severity);
    *out = (vg_outcome_head){ .level = vg_tree_text(vg_tree_member(p, "level"), 0),
                              .change = vg_tree_text(vg_tree_member(t, "change"), 0),
                              .severity = (int)severity };
    if (breaches->first)
        out->clause = vg_tree_text(vg_tree_member(breaches->first, "clause"), 0);
    out->level_number = level_of(out->level);
    return true;
}

/* --- what a receiver wants --- */

static const char *const WHAT[] = { "incidents", "alerts", "both" };

const char *vg_filter__what(const vg_filter *f)
{
    return WHAT[f->what];
}

vg_str vg_filter__text(vg_arena *a, const vg_filter *f)
{
    return vg_format(a, "%s %d %d", WHAT[f->what], f->level, f->severity);
}

vg_filter vg_filter__read(vg_str text)
{
    vg_filter f = { .what = 2, .level = VG_LEVEL_VIOLATION };
    vg_str what = vg_cut(&text, ' '), level = vg_cut(&text, ' ');
    int64_t number;
    for (int i = 0; i < 3; i++)
        if (vg_eq(what, vg_str_z(WHAT[i])))
            f.what = i;
    if (vg_int(level, &number) && number >= VG_LEVEL_NONE && number <= VG_LEVEL_VIOLATION)
        f.level = (int)number;
    if (vg_int(text, &number) && number >= 0 && number <= 5)
        f.severity = (int)number;
    return f;
}

bool vg_filter__lets(const vg_filter *f, const vg_outcome *o, vg_arena scratch)
{
    vg_outcome_head head;
    vg_err none = VG_NO_ERR;
    vg_str event = vg_str_z(vg_outcome__event(o));
    if (vg_eq(event, VG_S("alert")))
        return f->what != 0;
    if (!vg_eq(event, VG_S("incident")) || f->what == 1 || !vg_outcome__head(&scratch, o, &head, &none))
        return false;
    return head.level_number >= f->level && head.severity >= f->severity;
}

/* --- the feed --- */

bool vg_watch_answer__feed(vg_call *c, vg_err *e)
{
    vg_guard *g;
    vg_outcome *o;
    int64_t n;
    bool seq = vg_call_whole(c, "seq");
    vg_out *out = vg_call_out(c);
    if (!vg_guard__enter(c, &g, e))
        return false;
    bool good = vg_report_outcomes(vg_call_store(c), vg_guard__agreement(g)->id, vg_call_whole(c, "after"),
                                   vg_call_whole(c, "limit"), vg_call_arena(c), &o, &n, NULL, e);
    for (int64_t i = 0; good && i < n; i++) {
        if (seq)
            vg_put_char(out, '\x1e');
        vg_outcome__put(out, vg_guard__agreement(g)->id, &o[i]);
        vg_put_char(out, '\n');
    }
    vg_guard__leave(g);
    vg_call_type(c, seq ? "application/geo+json-seq" : "application/x-ndjson");
    return good;
}
