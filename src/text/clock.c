/*
 * Clocks: ICU's time zones as one sorted table of changes each. Invariant: offset[i] holds from at[i] (inclusive) to
 * at[i + 1], at[0] is the beginning of time, and two neighbours differ, so that a local time is looked for in three
 * stretches at most.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <unicode/ucal.h>
#include <unicode/uenum.h>
#include <unicode/ustring.h>

#include "core/date.h"
#include "text/clock.h"
#include "text/distance.h"

enum { NAME_MAX_LEN = 64, CHANGES = 1024 };

struct vg_clock {
    char name[NAME_MAX_LEN];
    int32_t n;
    int64_t at[CHANGES];
    int32_t offset_s[CHANGES];
};

/* --- names that are near a word --- */

static vg_str last_part(vg_str name)
{
    ptrdiff_t i = name.n;
    while (i > 0 && name.s[i - 1] != '/')
        i--;
    return vg_sub(name, i, name.n);
}

/* A zone is near by its whole name, or by that of its town when the continent is wrong or left out. */
static int distance(vg_str word, vg_str name)
{
    int whole = vg_distance_typed(word, name), town = vg_distance_typed(last_part(word), last_part(name)) + 1;
    return whole < town ? whole : town;
}

enum { NEAR = 3 };

typedef struct {
    char name[NEAR][NAME_MAX_LEN];
    int distance[NEAR];
} nearest;

static void consider(nearest *x, vg_str word, vg_str name)
{
    int d = distance(word, name), i = NEAR - 1;
    if (d >= x->distance[i] || vg_find_byte(name, '/') < 0)
        return;
    for (; i > 0 && d < x->distance[i - 1]; i--) {
        x->distance[i] = x->distance[i - 1];
        memcpy(x->name[i], x->name[i - 1], NAME_MAX_LEN);
    }
    x->distance[i] = d;
    snprintf(x->name[i], NAME_MAX_LEN, "%.*s", VG_P(name));
}

static bool unknown(vg_str word, vg_err *e)
{
    UErrorCode status = U_ZERO_ERROR;
    nearest near = { .distance = { 6, 6, 6 } };
    UEnumeration *all = ucal_openTimeZoneIDEnumeration(UCAL_ZONE_TYPE_ANY, NULL, NULL, &status);
    int32_t n;
    const char *name;
    vg_str shown = vg_utf8_head(word, NAME_MAX_LEN - 1);
    while (shown.n > 2 && U_SUCCESS(status) && (name = uenum_next(all, &n, &status)))
        if (n < NAME_MAX_LEN)
            consider(&near, shown, (vg_str){ name, n });
    uenum_close(all);
    for (int i = 1; i < NEAR; i++) /* what is much further than the nearest would only distract */
        if (near.distance[i] > near.distance[0] + 1)
            near.name[i][0] = 0;
    vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "no time zone is called \"%.*s\"", VG_P(shown));
    vg_why(e, "time zones are named as the IANA does: continent, slash, town");
    if (near.name[0][0])
        return vg_mend(e, "is it %s%s%s%s%s?", near.name[0], near.name[1][0] ? ", " : "", near.name[1],
                       near.name[2][0] ? " or " : "", near.name[2]);
    return vg_mend(e, "write for example Europe/Kyiv, Africa/Khartoum or UTC");
}

/* --- the table --- */

static int32_t icu_offset(UCalendar *icu, double ms, UErrorCode *status)
{
    ucal_setMillis(icu, ms, status);
    return (ucal_get(icu, UCAL_ZONE_OFFSET, status) + ucal_get(icu, UCAL_DST_OFFSET, status)) / 1000;
}

static void add(vg_clock *c, int64_t at, int32_t offset_s)
{
    if (c->n && (c->offset_s[c->n - 1] == offset_s || c->n == CHANGES))
        return;
    c->at[c->n] = c->n ? at : INT64_MIN;
    c->offset_s[c->n++] = offset_s;
}

static bool tabulate(vg_clock *c, UCalendar *icu, UErrorCode *status)
{
    const double first = -2208988800e3, last = 4102444800e3; /* 1900-01-01 and 2100-01-01 */
    UDate next;
    add(c, 0, icu_offset(icu, first, status));
    while (U_SUCCESS(*status) &&
           ucal_getTimeZoneTransitionDate(icu, UCAL_TZ_TRANSITION_NEXT, &next, status) && next < last)
        add(c, (int64_t)floor(next / 1000), icu_offset(icu, next, status));
    return U_SUCCESS(*status);
}

/* ICU knows every name it can make a clock of; for others it would give one that stands at UTC. */
static bool is_known(const UChar *id)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar canonical[NAME_MAX_LEN];
    UBool is_system;
    ucal_getCanonicalTimeZoneID(id, -1, canonical, NAME_MAX_LEN, &is_system, &status);
    return U_SUCCESS(status) && is_system && u_strcmp(canonical, u"Etc/Unknown") != 0;
}

bool vg_clock_open(vg_str name, vg_clock **out, vg_err *e)
{
    UChar id[NAME_MAX_LEN];
    UErrorCode status = U_ZERO_ERROR;
    if (vg_failed(e))
        return false;
    for (ptrdiff_t i = 0; i < name.n; i++)
        if ((unsigned char)name.s[i] >= 0x80 || name.s[i] == 0)
            return unknown(name, e);
    if (name.n == 0 || name.n >= NAME_MAX_LEN)
        return unknown(name, e);
    vg_clock *c = calloc(1, sizeof *c);
    if (!c)
        return vg_fail_memory(e, (int64_t)sizeof *c);
    snprintf(c->name, sizeof c->name, "%.*s", VG_P(name));
    u_charsToUChars(c->name, id, (int32_t)name.n + 1);
    if (!is_known(id)) {
        free(c);
        return unknown(name, e);
    }
    UCalendar *icu = ucal_open(id, -1, "en", UCAL_GREGORIAN, &status);
    bool good = U_SUCCESS(status) && tabulate(c, icu, &status);
    ucal_close(icu);
    if (good) {
        *out = c;
        return true;
    }
    free(c);
    vg_fail(e, VG_EIO, VG_NOWHERE, "ICU cannot tell the time zone \"%.*s\": %s", VG_P(name),
            u_errorName(status));
    return vg_mend(e, "install the data of ICU (libicu72)");
}

void vg_clock_close(vg_clock *c)
{
    free(c);
}

vg_str vg_clock_name(const vg_clock *c)
{
    return vg_str_z(c->name);
}

/* --- questions --- */

/* The stretch an instant lies in. */
static int32_t stretch(const vg_clock *c, int64_t at)
{
    int32_t low = 0, high = c->n;
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (c->at[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    return low;
}

int32_t vg_clock_offset_s(const vg_clock *c, int64_t at)
{
    return c->offset_s[stretch(c, at)];
}

int64_t vg_clock_utc(const vg_clock *c, int64_t local_s, vg_clock_kind *kind)
{
    enum { WIDEST = 2 * 86400 }; /* no offset, and no change of one, is wider */
    int32_t first = stretch(c, local_s < INT64_MIN + WIDEST ? INT64_MIN : local_s - WIDEST);
    int64_t found = 0, change = 0;
    int n = 0;
    for (int32_t i = first; i < c->n && (i == first || c->at[i] - WIDEST <= local_s); i++) {
        int64_t at;
        if (__builtin_sub_overflow(local_s, (int64_t)c->offset_s[i], &at))
            at = local_s;
        bool begun = i == 0 || at >= c->at[i], over = i + 1 < c->n && at >= c->at[i + 1];
        if (begun && !over && n++ == 0)
            found = at;
        if (!begun && i > first && change == 0 && n == 0)
            change = c->at[i]; /* too late for the stretch before, too early for this one */
    }
    if (kind)
        *kind = n == 0 ? VG_CLOCK_SKIPPED : n == 1 ? VG_CLOCK_ONCE : VG_CLOCK_TWICE;
    return n ? found : change;
}

int64_t vg_clock_change(const vg_clock *c, int64_t from, int64_t to)
{
    int32_t i = stretch(c, from) + 1;
    return i < c->n && c->at[i] > from && c->at[i] <= to ? c->at[i] : 0;
}
