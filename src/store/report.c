/* Reports as values: the empty one, what none may be, its name and content as 64-bit hashes, its JSON. Invariant: two
 * reports that are equal but for received_at have the same key and content on every machine, whatever not-a-number or
 * minus zero they hold: numbers are hashed by value, texts by their bytes, in the order of struct vg_report. */
#include "core/hash.h"
#include "store/report_int.h"

#include <math.h>
#include <string.h>

#include "core/date.h"

__extension__ typedef unsigned __int128 wide;

#define FIRST_INSTANT (-62135596800) /* the year 1 */
#define LAST_INSTANT  253402300799   /* the end of the year 9999 */
#define HALF_ROUND_M  20037508.0     /* half the Earth's girth: no place is further away */
enum { MOST_COUNT = 1000000000, NAME_BYTES = 1000, RAW_BYTES = 1000000, ALL_CLAIMS = 31 };

vg_report vg_report_none(void)
{
    return (vg_report){
        .received_at = VG_UNKNOWN,
        .from = VG_UNKNOWN,
        .to = VG_UNKNOWN,
        .lat_deg = NAN,
        .lon_deg = NAN,
        .radius_m = NAN,
        .bearing_deg = NAN,
        .range_m = NAN,
        .range_to_m = NAN,
        .calibre_mm = NAN,
        .count = VG_UNKNOWN,
        .confidence = NAN,
    };
}

/* --- what no report may be --- */

static bool check_names(const vg_report *r, vg_err *e)
{
    if (r->source.n == 0 || r->id.n == 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the report has no %s", r->source.n == 0 ? "source" : "id");
        vg_why(e, "source and id together name a report: without them the same report cannot be told from "
                  "another one");
        return vg_mend(e, "give each report the name of its source and the number that source gives it");
    }
    const vg_str text[] = { r->source, r->id,       r->revises,   r->place,
                            r->actor,  r->observer, r->text_hash, r->media_hash };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        if (text[i].n > NAME_BYTES) {
            vg_fail(e, VG_ERANGE, VG_NOWHERE, "a name of the report has %lld bytes", (long long)text[i].n);
            vg_why(e, "source, id, place, actor, observer and hashes may have %d bytes each", NAME_BYTES);
            return vg_mend(e, "put long texts into raw");
        }
    if (r->raw.n <= RAW_BYTES)
        return true;
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "raw has %lld bytes", (long long)r->raw.n);
    return vg_mend(e, "keep raw under %d bytes; give a media hash for what is larger", RAW_BYTES);
}

static bool is_instant(int64_t at)
{
    return at >= FIRST_INSTANT && at <= LAST_INSTANT;
}

static bool fail_instant(vg_err *e, const char *which, int64_t at)
{
    if (at == VG_UNKNOWN)
        vg_fail(e, VG_EARG, VG_NOWHERE, "the report does not say %s", which);
    else
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s is not a time between the years 1 and 9999: %lld", which,
                (long long)at);
    vg_why(e, "a report without its time cannot be held against an agreement");
    return vg_mend(e, "give the interval in which it was observed, however long: 2025-03-18T00:00:00Z to "
                      "2025-03-19T00:00:00Z");
}

static bool check_times(const vg_report *r, vg_err *e)
{
    char from[32], to[32], received[32];
    if (!is_instant(r->received_at))
        return fail_instant(e, "when it was received", r->received_at);
    if (r->withdraws && r->from == VG_UNKNOWN && r->to == VG_UNKNOWN)
        return true;
    if (!is_instant(r->from) || !is_instant(r->to))
        return fail_instant(e, "when it was observed", is_instant(r->from) ? r->to : r->from);
    if (r->to < r->from) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "observed until %.*s, which is before it began, %.*s",
                VG_P(vg_instant_text(r->to, to)), VG_P(vg_instant_text(r->from, from)));
        return vg_mend(e, "are from and to swapped, or in different time zones?");
    }
    if (r->to <= r->received_at + VG_REPORT_AHEAD_S)
        return true;
    vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "observed until %.*s, but received at %.*s",
            VG_P(vg_instant_text(r->to, to)), VG_P(vg_instant_text(r->received_at, received)));
    vg_why(e, "nobody sees what is yet to come; clocks may differ by %d seconds", VG_REPORT_AHEAD_S);
    return vg_mend(e, "check the source's clock and time zone, then send the report again as a revision");
}

/* True for not-a-number, which is "not told", and within the bounds. */
static bool within(double x, double least, double most)
{
    return isnan(x) || (x >= least && x <= most);
}

static bool fail_number(vg_err *e, const char *which, double x, const char *why, const char *mend)
{
    vg_fail(e, VG_ERANGE, VG_NOWHERE, "%s is %g", which, x);
    vg_why(e, "%s", why);
    return vg_mend(e, "%s", mend);
}

static bool check_place(const vg_report *r, vg_err *e)
{
    if (!within(r->lat_deg, -90, 90))
        return fail_number(e, "latitude", r->lat_deg, "it must be between -90 and 90 degrees",
                           "are latitude and longitude swapped?");
    if (!within(r->lon_deg, -180, 180))
        return fail_number(e, "longitude", r->lon_deg, "it must be between -180 and 180 degrees",
                           "write longitudes west of Greenwich with a minus");
    if (isnan(r->lat_deg) != isnan(r->lon_deg)) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the report has a %s only",
                isnan(r->lat_deg) ? "longitude" : "latitude");
        return vg_mend(e, "give both or neither; with neither, name the place");
    }
    if (!within(r->radius_m, 0, HALF_ROUND_M))
        return fail_number(e, "radius in metres", r->radius_m,
                           "it must be 0 or more, and no larger than the Earth",
                           "leave it out where it is not known");
    if (!within(r->bearing_deg, -360, 360))
        return fail_number(e, "bearing", r->bearing_deg, "it must be in degrees from north, clockwise",
                           "leave it out where it is not known");
    if (!within(r->range_m, 0, HALF_ROUND_M) || !within(r->range_to_m, 0, HALF_ROUND_M) ||
        r->range_to_m < r->range_m) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "range from %g to %g metres", r->range_m, r->range_to_m);
        return vg_mend(e, "give the nearest and then the furthest distance, both 0 or more");
    }
    return true;
}

static bool is_one_of(int8_t x, int n)
{
    return x >= 0 && x < n;
}

bool vg_report__words_hold(const vg_report *r)
{
    return is_one_of(r->kind, VG_N_SOURCE_KINDS) && is_one_of(r->act, VG_N_ACTS) &&
           is_one_of(r->weapon, VG_N_WEAPONS) && is_one_of(r->basis, VG_N_BASES) &&
           is_one_of(r->count_kind, VG_COUNT_ABOUT + 1) && is_one_of(r->point_of, VG_POINT_ORIGIN + 1) &&
           is_one_of(r->claims, ALL_CLAIMS + 1);
}

bool vg_report_check(const vg_report *r, vg_err *e)
{
    if (vg_failed(e) || !check_names(r, e) || !check_times(r, e) || !check_place(r, e))
        return false;
    if (r->count != VG_UNKNOWN && (r->count < 0 || r->count > MOST_COUNT)) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "count is %lld", (long long)r->count);
        vg_why(e, "a count is 0 or more, and at most %d", MOST_COUNT);
        return vg_mend(e, "leave it out where it is not known");
    }
    if (!within(r->calibre_mm, 0, 2000))
        return fail_number(e, "calibre in millimetres", r->calibre_mm, "it must be between 0 and 2000",
                           "leave it out where it is not known");
    if (!within((double)r->confidence, 0, 1))
        return fail_number(e, "confidence", (double)r->confidence, "it must be between 0 and 1",
                           "write 0.8 for 80 %, or leave it out");
    if (vg_report__words_hold(r))
        return true;
    vg_fail(e, VG_EARG, VG_NOWHERE, "act, weapon, basis, kind, point or claim is none of those known");
    return vg_mend(e, "use the words of README.md; what has no word goes into raw");
}

/* --- name and content --- */

/* 128-bit product folded: each bit of both depends on all of them. */
static inline uint64_t fold(uint64_t a, uint64_t b)
{
    wide x = (wide)a * b;
    return (uint64_t)x ^ (uint64_t)(x >> 64);
}

#define K0 0x9E3779B97F4A7C15ULL
#define K1 0xD6E8FEB86659FD93ULL
#define K2 0xA0761D6478BD642FULL

static inline uint64_t add_pair(uint64_t h, uint64_t a, uint64_t b)
{
    return fold(h ^ a ^ K0, b ^ K1) ^ (h * K2);
}

/* The bytes with their number, sixteen at a time; the last ones are read again over the end or padded. */
static uint64_t add_text(uint64_t h, vg_str s)
{
    uint64_t a = 0, b = 0;
    ptrdiff_t i = 0;
    for (; i + 16 < s.n; i += 16)
        h = add_pair(h, vg_report__get64(s.s + i), vg_report__get64(s.s + i + 8));
    if (s.n - i >= 8) {
        a = vg_report__get64(s.s + i);
        b = vg_report__get64(s.s + s.n - 8);
    } else {
        for (ptrdiff_t k = i; k < s.n; k++)
            a = a << 8 | (unsigned char)s.s[k];
    }
    return add_pair(h, a, b ^ ((uint64_t)s.n << 32) ^ ((uint64_t)s.n * K2));
}

static uint64_t finish(uint64_t h)
{
    h = fold(h ^ K2, K0);
    return fold(h ^ K1, h | 1);
}

/* A report with another's key would act as its revision: nobody may be able to make one. A mix can be turned round. */
uint64_t vg_report_key(vg_str source, vg_str id)
{
    vg_sha256 h;
    unsigned char sum[32], length[8];
    uint64_t key = 0;
    for (int i = 0; i < 8; i++)
        length[i] = (unsigned char)((uint64_t)source.n >> 8 * i);
    vg_sha256_init(&h);
    vg_sha256_add(&h, (vg_str){ (const char *)length, sizeof length });
    vg_sha256_add(&h, source);
    vg_sha256_add(&h, id);
    vg_sha256_bytes(&h, sum);
    for (int i = 7; i >= 0; i--)
        key = key << 8 | sum[i];
    return key;
}

uint64_t vg_report_content(const vg_report *r)
{
    const vg_str text[] = {
        r->place, r->actor, r->observer, r->text_hash, r->media_hash, r->revises, r->raw
    };
    uint64_t words = (uint64_t)(uint8_t)r->kind | (uint64_t)(uint8_t)r->act << 8 |
                     (uint64_t)(uint8_t)r->weapon << 16 | (uint64_t)(uint8_t)r->basis << 24 |
                     (uint64_t)(uint8_t)r->count_kind << 32 | (uint64_t)(uint8_t)r->point_of << 40 |
                     (uint64_t)(uint8_t)r->claims << 48 | (uint64_t)r->withdraws << 56;
    uint64_t h = add_pair(K1, (uint64_t)r->from, (uint64_t)r->to);
    h = add_pair(h, vg_report__bits(r->lat_deg), vg_report__bits(r->lon_deg));
    h = add_pair(h, vg_report__bits(r->radius_m), vg_report__bits(r->bearing_deg));
    h = add_pair(h, vg_report__bits(r->range_m), vg_report__bits(r->range_to_m));
    h = add_pair(h, vg_report__bits(r->calibre_mm), (uint64_t)r->count);
    h = add_pair(h, vg_report__bits((double)r->confidence), words);
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        if (text[i].n) /* which one it is stands beside it */
            h = add_text(h ^ (i + 1) * K0, text[i]);
    return finish(h);
}

/* --- JSON --- */

static void put_text(vg_json *j, vg_str key, vg_str text)
{
    if (text.n) {
        vg_json_key(j, key);
        vg_json_str(j, text);
    }
}

static void put_number(vg_json *j, vg_str key, double x)
{
    if (!isnan(x)) {
        vg_json_key(j, key);
        vg_json_num(j, x);
    }
}

static void put_instant(vg_json *j, vg_str key, int64_t at)
{
    char room[32];
    if (at != VG_UNKNOWN) {
        vg_json_key(j, key);
        vg_json_str(j, vg_instant_text(at, room));
    }
}

static void put_word(vg_json *j, vg_str key, const char *word, bool is_told)
{
    if (is_told) {
        vg_json_key(j, key);
        vg_json_str(j, vg_str_z(word));
    }
}

/* The decimal number with the fewest digits that is this float: 0.8, not 0.800000011920929. */
static double shortest(float x)
{
    double power = 1;
    for (int digits = 0; digits < 9; digits++, power *= 10) {
        double near = nearbyint((double)x * power) / power;
        if ((float)near == x)
            return near;
    }
    return (double)x;
}

static void put_claims(vg_json *j, int claims)
{
    if (!claims)
        return;
    vg_json_key(j, VG_S("claims"));
    vg_json_array(j);
    for (int bit = 1; bit <= VG_CLAIM_THIRD_PARTY; bit <<= 1)
        if (claims & bit)
            vg_json_str(j, vg_str_z(vg_claim_name(bit)));
    vg_json_close(j);
}

void vg_report_json(vg_json *j, const vg_report *r)
{
    vg_json_object(j);
    put_text(j, VG_S("source"), r->source);
    put_text(j, VG_S("id"), r->id);
    put_instant(j, VG_S("received_at"), r->received_at);
    put_instant(j, VG_S("from"), r->from);
    put_instant(j, VG_S("to"), r->to);
    put_number(j, VG_S("lat"), r->lat_deg);
    put_number(j, VG_S("lon"), r->lon_deg);
    put_number(j, VG_S("radius_m"), r->radius_m);
    put_number(j, VG_S("bearing_deg"), r->bearing_deg);
    put_number(j, VG_S("range_m"), r->range_m);
    put_number(j, VG_S("range_to_m"), r->range_to_m);
    put_text(j, VG_S("place"), r->place);
    put_word(j, VG_S("act"), vg_act_name(r->act), r->act != VG_ACT_UNKNOWN);
    put_word(j, VG_S("weapon"), vg_weapon_name(r->weapon), r->weapon != VG_WEAPON_UNKNOWN);
    put_number(j, VG_S("calibre_mm"), r->calibre_mm);
    if (r->count != VG_UNKNOWN) {
        vg_json_key(j, VG_S("count"));
        vg_json_int(j, r->count);
    }
    put_word(j, VG_S("count_kind"), vg_count_kind_name(r->count_kind),
             r->count != VG_UNKNOWN || r->count_kind);
    put_text(j, VG_S("actor"), r->actor);
    put_word(j, VG_S("basis"), vg_basis_name(r->basis), r->basis != VG_BASIS_NONE);
    put_text(j, VG_S("observer"), r->observer);
    put_number(j, VG_S("confidence"), shortest(r->confidence));
    put_word(j, VG_S("kind"), vg_source_kind_name(r->kind), r->kind != VG_SOURCE_OTHER);
    put_word(j, VG_S("point_of"), vg_point_of_name(r->point_of), r->point_of != VG_POINT_PLACE);
    put_claims(j, r->claims);
    put_text(j, VG_S("text_hash"), r->text_hash);
    put_text(j, VG_S("media_hash"), r->media_hash);
    put_text(j, VG_S("revises"), r->revises);
    if (r->withdraws) {
        vg_json_key(j, VG_S("withdraws"));
        vg_json_bool(j, true);
    }
    put_text(j, VG_S("raw"), r->raw);
    vg_json_close(j);
}
