/* From cells to records: by which names members and columns go, and what their texts mean. Invariant: a record either
 * goes to the sink with every cell understood, or to the reject list with the first that was not; nothing is guessed. */
#include "source/report_int.h"

#include <math.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"

enum { WORD = 64 };
#define MILLISECONDS_FROM 100000000000 /* in seconds that is the year 5138 */

static const struct {
    const char *name;
    vg_report_member member;
} names[] = {
    { "source", VG_MEMBER_SOURCE },
    { "source_id", VG_MEMBER_SOURCE },
    { "id", VG_MEMBER_ID },
    { "report_id", VG_MEMBER_ID },
    { "source_report_id", VG_MEMBER_ID },
    { "received_at", VG_MEMBER_RECEIVED_AT },
    { "received", VG_MEMBER_RECEIVED_AT },
    { "from", VG_MEMBER_FROM },
    { "observed_from", VG_MEMBER_FROM },
    { "start", VG_MEMBER_FROM },
    { "start_time", VG_MEMBER_FROM },
    { "to", VG_MEMBER_TO },
    { "until", VG_MEMBER_TO },
    { "observed_to", VG_MEMBER_TO },
    { "end", VG_MEMBER_TO },
    { "end_time", VG_MEMBER_TO },
    { "at", VG_MEMBER_AT },
    { "time", VG_MEMBER_AT },
    { "date", VG_MEMBER_AT },
    { "datetime", VG_MEMBER_AT },
    { "timestamp", VG_MEMBER_AT },
    { "observed_at", VG_MEMBER_AT },
    { "lat", VG_MEMBER_LAT },
    { "latitude", VG_MEMBER_LAT },
    { "lat_deg", VG_MEMBER_LAT },
    { "lon", VG_MEMBER_LON },
    { "lng", VG_MEMBER_LON },
    { "long", VG_MEMBER_LON },
    { "longitude", VG_MEMBER_LON },
    { "lon_deg", VG_MEMBER_LON },
    { "radius_m", VG_MEMBER_RADIUS_M },
    { "accuracy_m", VG_MEMBER_RADIUS_M },
    { "bearing_deg", VG_MEMBER_BEARING_DEG },
    { "bearing", VG_MEMBER_BEARING_DEG },
    { "range_m", VG_MEMBER_RANGE_M },
    { "range_from_m", VG_MEMBER_RANGE_M },
    { "range_to_m", VG_MEMBER_RANGE_TO_M },
    { "place", VG_MEMBER_PLACE },
    { "place_name", VG_MEMBER_PLACE },
    { "location", VG_MEMBER_PLACE },
    { "act", VG_MEMBER_ACT },
    { "act_class", VG_MEMBER_ACT },
    { "weapon", VG_MEMBER_WEAPON },
    { "weapon_class", VG_MEMBER_WEAPON },
    { "calibre_mm", VG_MEMBER_CALIBRE_MM },
    { "caliber_mm", VG_MEMBER_CALIBRE_MM },
    { "count", VG_MEMBER_COUNT },
    { "count_kind", VG_MEMBER_COUNT_KIND },
    { "actor", VG_MEMBER_ACTOR },
    { "actor_claim", VG_MEMBER_ACTOR },
    { "basis", VG_MEMBER_BASIS },
    { "claim_basis", VG_MEMBER_BASIS },
    { "observer", VG_MEMBER_OBSERVER },
    { "observer_party", VG_MEMBER_OBSERVER },
    { "confidence", VG_MEMBER_CONFIDENCE },
    { "kind", VG_MEMBER_KIND },
    { "source_kind", VG_MEMBER_KIND },
    { "point_of", VG_MEMBER_POINT_OF },
    { "claims", VG_MEMBER_CLAIMS },
    { "text_hash", VG_MEMBER_TEXT_HASH },
    { "media_hash", VG_MEMBER_MEDIA_HASH },
    { "revises", VG_MEMBER_REVISES },
    { "withdraws", VG_MEMBER_WITHDRAWS },
    { "raw", VG_MEMBER_RAW },
    { "coverage", VG_MEMBER_COVERAGE },
    { "zone", VG_MEMBER_ZONE },
    { "by", VG_MEMBER_BY },
    { "note", VG_MEMBER_NOTE },
};
enum { N_NAMES = sizeof names / sizeof *names };

/* --- names --- */

static char plain(char c)
{
    return c == '-' || c == '.' || c == ' ' ? '_' : vg_lower(c);
}

/* FNV-1a; the same for "Observed from" and "observed_from". */
static uint32_t slot_of(vg_str name)
{
    uint32_t h = 2166136261U;
    for (ptrdiff_t i = 0; i < name.n; i++)
        h = (h ^ (uint8_t)plain(name.s[i])) * 16777619U;
    return (h ^ h >> 15) % VG_REPORT_SLOTS;
}

void vg_report__names(vg_report_reading *r)
{
    memset(r->slot, 0, sizeof r->slot);
    for (int i = 0; i < N_NAMES; i++) {
        uint32_t at = slot_of(vg_str_z(names[i].name));
        while (r->slot[at])
            at = (at + 1) % VG_REPORT_SLOTS;
        r->slot[at] = (uint8_t)(i + 1);
    }
}

static bool same_name(vg_str name, const char *known)
{
    ptrdiff_t i = 0;
    for (; i < name.n && known[i]; i++)
        if (plain(name.s[i]) != known[i])
            return false;
    return i == name.n && !known[i];
}

int vg_report__cell(const vg_report_reading *r, vg_str name)
{
    for (uint32_t at = slot_of(name); r->slot[at]; at = (at + 1) % VG_REPORT_SLOTS)
        if (same_name(name, names[r->slot[at] - 1].name))
            return (int)names[r->slot[at] - 1].member;
    return -1;
}

/* --- the record being read --- */

void vg_report__begin(vg_report_reading *r, int64_t line, int64_t col, vg_str row)
{
    r->d.given = 0;
    r->d.at_line = line;
    r->d.at_col = col;
    r->d.row = row;
    r->d.extra.n = 0;
    r->d.extra_json = vg_json_to(&r->d.extra);
    r->why.code = VG_OK;
}

void vg_report__put(vg_report_reading *r, int cell, vg_str text, int64_t line, int64_t col)
{
    if (!text.n || vg_report__has(r, cell))
        return;
    r->d.given |= UINT64_C(1) << cell;
    r->d.cell[cell] = text;
    r->d.line[cell] = line;
    r->d.col[cell] = col;
}

vg_json *vg_report__extra(vg_report_reading *r)
{
    if (!r->d.extra_json.depth)
        vg_json_object(&r->d.extra_json);
    return &r->d.extra_json;
}

void vg_report__extra_text(vg_report_reading *r, vg_str key, vg_str text)
{
    vg_json_key(vg_report__extra(r), key);
    vg_json_str(&r->d.extra_json, text);
}

vg_str vg_report__extra_end(vg_report_reading *r)
{
    if (r->d.extra_json.depth)
        vg_json_close(&r->d.extra_json);
    return vg_out_text(&r->d.extra);
}

vg_at vg_report__at(const vg_report_reading *r, int cell)
{
    return (vg_at){ .file = r->file, .line = r->d.line[cell], .col = r->d.col[cell] };
}

static vg_at record_at(const vg_report_reading *r)
{
    return (vg_at){ .file = r->file, .line = r->d.at_line, .col = r->d.at_col };
}

static vg_str told(const vg_report_reading *r, int cell)
{
    return vg_report__has(r, cell) ? r->d.cell[cell] : VG_NOSTR;
}

/* --- values: each sets r->why when the text is none --- */

static const char *member_name(int cell)
{
    for (int i = 0; i < N_NAMES; i++)
        if ((int)names[i].member == cell)
            return names[i].name;
    return "";
}

static void refuse(vg_report_reading *r, int cell, const char *what, const char *why)
{
    if (vg_failed(&r->why))
        return;
    vg_fail(&r->why, VG_EPARSE, vg_report__at(r, cell), "%s is not %s: \"%.*s\"", member_name(cell), what,
            VG_P(vg_utf8_head(r->d.cell[cell], 60)));
    vg_why(&r->why, "%s", why);
    vg_mend(&r->why, "leave it out where it is not known");
}

bool vg_report__number(const vg_report_reading *r, vg_str s, double *out)
{
    return vg_num(s, out) || (r->decimal_comma && vg_num_comma(s, out));
}

static void number(vg_report_reading *r, int cell, double *out)
{
    if (vg_report__has(r, cell) && !vg_report__number(r, r->d.cell[cell], out))
        refuse(r, cell, "a number", "it holds one decimal number, as 12.5");
}

static void whole(vg_report_reading *r, int cell, int64_t *out)
{
    if (vg_report__has(r, cell) && !vg_int_lenient(r->d.cell[cell], out))
        refuse(r, cell, "a whole number", "it holds one whole number; count_kind says about or at_least");
}

bool vg_report__instant(vg_str s, int64_t *at, bool *is_day)
{
    int32_t day;
    int64_t x;
    double seconds;
    *is_day = false;
    if (vg_instant_parse(s, at))
        return true;
    if (vg_day_parse(s, VG_DATE_ISO, &day)) {
        *at = (int64_t)day * 86400;
        *is_day = true;
        return s.n == 10;
    }
    if (!vg_int_lenient(s, &x)) {
        if (!vg_num(s, &seconds) || !(fabs(seconds) < 1e11))
            return false;
        x = (int64_t)floor(seconds);
    }
    if (x <= -MILLISECONDS_FROM || x >= MILLISECONDS_FROM)
        return false;
    *at = x;
    return true;
}

/* `end`: of a day alone, its end is meant. */
static void instant(vg_report_reading *r, int cell, bool end, int64_t *out)
{
    int64_t at;
    bool is_day;
    if (!vg_report__has(r, cell))
        return;
    if (vg_report__instant(r->d.cell[cell], &at, &is_day))
        *out = at + (end && is_day ? 86400 : 0);
    else
        refuse(r, cell, "a time",
               "times are written 2024-03-31T12:00:00Z, with another offset than Z, or as UTC seconds (not "
               "milliseconds)");
}

static void refuse_word(vg_report_reading *r, int cell, const char *(*name)(int), int first, int n)
{
    char list[2][200] = { "", "" };
    int part = 0, used = 0;
    for (int i = first; i < n; i++) {
        if (part == 0 && used + (int)strlen(name(i)) + 3 > (int)sizeof list[0])
            part = 1, used = 0;
        used +=
            snprintf(list[part] + used, sizeof list[part] - (size_t)used, "%s%s", used ? ", " : "", name(i));
    }
    vg_fail(&r->why, VG_EPARSE, vg_report__at(r, cell), "%s is none of the words it may be: \"%.*s\"",
            member_name(cell), VG_P(vg_utf8_head(r->d.cell[cell], 60)));
    vg_why(&r->why, "it may be %s%s", list[0], part ? " ..." : "");
    vg_mend(&r->why, "%s%s%sor leave it out, and keep the source's own word under another name",
            part ? "or " : "", part ? list[1] : "", part ? "; " : "");
}

/* The word in the house's way of writing: small letters, underscores. */
static vg_str plain_word(vg_str s, char room[WORD])
{
    if (s.n > WORD)
        return s;
    for (ptrdiff_t i = 0; i < s.n; i++)
        room[i] = plain(s.s[i]);
    return (vg_str){ room, s.n };
}

static void word(vg_report_reading *r, int cell, int (*by_name)(vg_str), const char *(*name)(int), int first,
                 int n, int8_t *out)
{
    char room[WORD];
    if (!vg_report__has(r, cell) || vg_failed(&r->why))
        return;
    int at = by_name(plain_word(r->d.cell[cell], room));
    if (at >= first)
        *out = (int8_t)at;
    else
        refuse_word(r, cell, name, first, n);
}

static const char *claim_name(int i)
{
    return vg_claim_name(1 << i);
}

static void claims(vg_report_reading *r, int8_t *out)
{
    char room[WORD];
    vg_str s = told(r, VG_MEMBER_CLAIMS);
    int bits = 0;
    for (ptrdiff_t i = 0, from = 0; i <= s.n; i++) {
        if (i < s.n && s.s[i] != '|' && s.s[i] != ',' && s.s[i] != ';' && s.s[i] != ' ')
            continue;
        vg_str one = vg_sub(s, from, i - from);
        int bit = one.n ? vg_claim_by_name(plain_word(one, room)) : 0;
        if (bit < 0) {
            refuse_word(r, VG_MEMBER_CLAIMS, claim_name, 0, 5);
            return;
        }
        bits |= bit;
        from = i + 1;
    }
    *out = (int8_t)bits;
}

/* Names travel in file names, subjects and log lines: no control characters. */
static void name(vg_report_reading *r, int cell, vg_str *out)
{
    vg_str s = told(r, cell);
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.s[i] < 0x20 || s.s[i] == 0x7F) {
            refuse(r, cell, "a name", "a name holds no control characters");
            return;
        }
    *out = s.n ? s : *out;
}

/* "withdraws": true, or the id of what is taken back. */
static void withdraws(vg_report_reading *r, vg_report *rep)
{
    vg_str s = told(r, VG_MEMBER_WITHDRAWS);
    bool no = !s.n || vg_eq(s, VG_S("0")) || vg_eq_nocase(s, VG_S("false")) || vg_eq_nocase(s, VG_S("no"));
    bool yes = vg_eq(s, VG_S("1")) || vg_eq_nocase(s, VG_S("true")) || vg_eq_nocase(s, VG_S("yes"));
    rep->withdraws = !no;
    if (!no && !yes && !rep->revises.n)
        name(r, VG_MEMBER_WITHDRAWS, &rep->revises);
}

/* --- records --- */

static void times(vg_report_reading *r, int64_t *from, int64_t *to)
{
    instant(r, VG_MEMBER_AT, false, from);
    instant(r, VG_MEMBER_AT, true, to);
    if (vg_report__has(r, VG_MEMBER_FROM)) {
        instant(r, VG_MEMBER_FROM, false, from);
        if (!vg_report__has(r, VG_MEMBER_AT) && !vg_report__has(r, VG_MEMBER_TO))
            instant(r, VG_MEMBER_FROM, true, to);
    }
    instant(r, VG_MEMBER_TO, true, to);
    if (*from == VG_UNKNOWN && vg_report__has(r, VG_MEMBER_TO))
        instant(r, VG_MEMBER_TO, false, from);
}

static int64_t received(const vg_report_reading *r, int64_t to)
{
    if (r->o->replay && to != VG_UNKNOWN)
        return to;
    return r->o->received_at ? r->o->received_at : r->now;
}

static void need_name(vg_report_reading *r, vg_str got, const char *what, const char *mend)
{
    if (got.n || vg_failed(&r->why))
        return;
    vg_fail(&r->why, VG_EPARSE, record_at(r), "the record has no %s", what);
    vg_why(&r->why, "source and id together name a report; without them it cannot be told from another one");
    vg_mend(&r->why, "%s", mend);
}

static void report_of(vg_report_reading *r, vg_report *rep)
{
    double confidence = NAN;
    *rep = vg_report_none();
    rep->source = r->o->source;
    rep->kind = (int8_t)r->o->kind;
    name(r, VG_MEMBER_SOURCE, &rep->source);
    name(r, VG_MEMBER_ID, &rep->id);
    name(r, VG_MEMBER_REVISES, &rep->revises);
    times(r, &rep->from, &rep->to);
    rep->received_at = received(r, rep->to);
    instant(r, VG_MEMBER_RECEIVED_AT, false, &rep->received_at);
    number(r, VG_MEMBER_LAT, &rep->lat_deg);
    number(r, VG_MEMBER_LON, &rep->lon_deg);
    number(r, VG_MEMBER_RADIUS_M, &rep->radius_m);
    number(r, VG_MEMBER_BEARING_DEG, &rep->bearing_deg);
    number(r, VG_MEMBER_RANGE_M, &rep->range_m);
    number(r, VG_MEMBER_RANGE_TO_M, &rep->range_to_m);
    number(r, VG_MEMBER_CALIBRE_MM, &rep->calibre_mm);
    number(r, VG_MEMBER_CONFIDENCE, &confidence);
    rep->confidence = (float)confidence;
    whole(r, VG_MEMBER_COUNT, &rep->count);
    word(r, VG_MEMBER_ACT, vg_act_by_name, vg_act_name, 0, VG_N_ACTS, &rep->act);
    word(r, VG_MEMBER_WEAPON, vg_weapon_by_name, vg_weapon_name, 0, VG_N_WEAPONS, &rep->weapon);
    word(r, VG_MEMBER_BASIS, vg_basis_by_name, vg_basis_name, 0, VG_N_BASES, &rep->basis);
    word(r, VG_MEMBER_KIND, vg_source_kind_by_name, vg_source_kind_name, 0, VG_N_SOURCE_KINDS, &rep->kind);
    word(r, VG_MEMBER_COUNT_KIND, vg_count_kind_by_name, vg_count_kind_name, 0, VG_COUNT_ABOUT + 1,
         &rep->count_kind);
    word(r, VG_MEMBER_POINT_OF, vg_point_of_by_name, vg_point_of_name, 0, VG_POINT_ORIGIN + 1,
         &rep->point_of);
    claims(r, &rep->claims);
    withdraws(r, rep);
    rep->place = told(r, VG_MEMBER_PLACE);
    rep->actor = told(r, VG_MEMBER_ACTOR);
    rep->observer = told(r, VG_MEMBER_OBSERVER);
    rep->text_hash = told(r, VG_MEMBER_TEXT_HASH);
    rep->media_hash = told(r, VG_MEMBER_MEDIA_HASH);
}

/* What was told under `raw`, and members of other names beside it. */
static vg_str raw_of(vg_report_reading *r)
{
    static const int of_coverage[] = { VG_MEMBER_ZONE, VG_MEMBER_BY, VG_MEMBER_NOTE };
    for (size_t i = 0; i < sizeof of_coverage / sizeof *of_coverage; i++)
        if (vg_report__has(r, of_coverage[i]))
            vg_report__extra_text(r, vg_str_z(member_name(of_coverage[i])), told(r, of_coverage[i]));
    if (!r->d.extra_json.depth)
        return told(r, VG_MEMBER_RAW);
    if (vg_report__has(r, VG_MEMBER_RAW))
        vg_report__extra_text(r, VG_S("raw"), told(r, VG_MEMBER_RAW));
    return vg_report__extra_end(r);
}

bool vg_report__reject(vg_report_reading *r, vg_err *e)
{
    vg_reject bad = { .why = r->why, .raw = vg_utf8_head(r->d.row, VG_REPORT_SHOWN_BYTES) };
    r->found->n_rejected++;
    r->why = VG_NO_ERR;
    return !r->sink->reject || r->sink->reject(r->sink->ctx, &bad, e);
}

bool vg_report__hand_over(vg_report_reading *r, vg_report *rep, vg_err *e)
{
    if (!vg_failed(&r->why) && r->d.extra.failed)
        return vg_fail_memory(e, r->d.extra.cap);
    if (vg_failed(&r->why))
        return vg_report__reject(r, e);
    r->found->n_reports++;
    return r->sink->report(r->sink->ctx, rep, record_at(r), e);
}

static bool end_coverage(vg_report_reading *r, vg_err *e)
{
    vg_coverage c = { .source = r->o->source, .from = VG_UNKNOWN, .to = VG_UNKNOWN };
    name(r, VG_MEMBER_SOURCE, &c.source);
    name(r, VG_MEMBER_ZONE, &c.zone);
    need_name(r, c.source, "source", "say whose view it was");
    times(r, &c.from, &c.to);
    c.received_at = received(r, c.to);
    instant(r, VG_MEMBER_RECEIVED_AT, false, &c.received_at);
    word(r, VG_MEMBER_COVERAGE, vg_cover_by_name, vg_cover_name, VG_COVER_WATCHING, VG_COVER_DOWN + 1,
         &c.state);
    c.by = told(r, VG_MEMBER_BY);
    c.note = told(r, VG_MEMBER_NOTE);
    if (!vg_failed(&r->why) && (c.from == VG_UNKNOWN || c.to == VG_UNKNOWN || c.from >= c.to)) {
        vg_fail(&r->why, VG_ERANGE, record_at(r), "coverage without an interval");
        vg_why(&r->why, "it says from when until when a source could see; the end lies behind the beginning");
        vg_mend(&r->why, "give from and to");
    }
    if (vg_failed(&r->why))
        return vg_report__reject(r, e);
    r->found->n_coverage++;
    return !r->sink->coverage || r->sink->coverage(r->sink->ctx, &c, record_at(r), e);
}

bool vg_report__end(vg_report_reading *r, vg_err *e)
{
    vg_report rep;
    if (vg_report__has(r, VG_MEMBER_COVERAGE))
        return end_coverage(r, e);
    report_of(r, &rep);
    need_name(r, rep.source, "source", "name it in each record, or once for the whole file with --source");
    need_name(r, rep.id, "id", "give each report the number its source gives it");
    rep.raw = raw_of(r);
    return vg_report__hand_over(r, &rep, e);
}
