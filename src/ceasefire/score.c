/* How likely two reports tell of the same incident, against two that are near each other by chance: the association score
 * of multisensor tracking (Bar-Shalom & Li 1995, "Multitarget-multisensor tracking", 6.3),
 *
 *     ln N2(d; si^2 + sj^2) + ln N1(t; ti^2 + tj^2) + ln A(act, act) + weapon + party + count  -  ln (local rate)
 *
 * with a weight for each term, from a logistic regression on pairs of reports: what observers tell is neither as normal
 * nor as independent as the sum would have it, and a rate from three days is a guess. Invariant: symmetric in its two
 * reports, to the last bit. Tables and weights are ours, chosen on simulated worlds with seeds 1 to 9. */
#include "ceasefire/watch_int.h"

#define TWO_PI    6.283185307179586
#define UNNOTICED 0.02 /* share of what a source should not be able to notice, and tells of all the same */

enum { BURST_S = 600, LONG_S = 7200, PART_OF_DAY_S = 6 * 3600 };

/* Weights of the terms, of pairs in the worlds with seeds 1 and 2. The sum is about log odds plus the limit of joining. */
#define FROM         8.2
#define PER_DISTANCE 0.33 /* a squared standard deviation; a normal would have .5 */
#define PER_AREA     0.51
#define PER_TIME     0.54
#define PER_RATE     0.12 /* of each of the two */
#define PER_ACT      0.76
#define PER_WEAPON   0.31
#define PER_COUNT    1.55

/* Errors by kind of source: scatter of its clock, radius where it tells none, share of acts told wrongly, not told. */
static const struct {
    float jitter_s, radius_m, wrong, silent;
} kinds[VG_N_SOURCE_KINDS] = {
    [VG_SOURCE_OTHER] = { 600, 2000, 0.10F, 0.10F },   [VG_SOURCE_PATROL] = { 120, 400, 0.07F, 0.03F },
    [VG_SOURCE_CAMERA] = { 20, 150, 0.04F, 0.02F },    [VG_SOURCE_ACOUSTIC] = { 20, 1200, 0.12F, 0.06F },
    [VG_SOURCE_UAV] = { 30, 120, 0.03F, 0.02F },       [VG_SOURCE_SATELLITE] = { 60, 500, 0.02F, 0.80F },
    [VG_SOURCE_PRESS] = { 1200, 3000, 0.10F, 0.08F },  [VG_SOURCE_PARTY] = { 600, 2000, 0.09F, 0.04F },
    [VG_SOURCE_HOTLINE] = { 600, 1500, 0.16F, 0.12F },
};

/* Acts that are taken for one another. */
static const int8_t alike[][4] = {
    [VG_ACT_UNKNOWN] = { 0 },
    [VG_ACT_SMALL_ARMS] = { VG_ACT_HEAVY_MG },
    [VG_ACT_HEAVY_MG] = { VG_ACT_SMALL_ARMS, VG_ACT_MORTAR },
    [VG_ACT_MORTAR] = { VG_ACT_ARTILLERY, VG_ACT_TANK_FIRE },
    [VG_ACT_ARTILLERY] = { VG_ACT_MORTAR, VG_ACT_MLRS },
    [VG_ACT_MLRS] = { VG_ACT_ARTILLERY, VG_ACT_AIR_STRIKE },
    [VG_ACT_TANK_FIRE] = { VG_ACT_ARTILLERY, VG_ACT_MORTAR },
    [VG_ACT_AIR_STRIKE] = { VG_ACT_DRONE_STRIKE, VG_ACT_MLRS },
    [VG_ACT_DRONE_STRIKE] = { VG_ACT_AIR_STRIKE, VG_ACT_MORTAR },
    [VG_ACT_DRONE_FLIGHT] = { VG_ACT_MANNED_FLIGHT, VG_ACT_DRONE_STRIKE },
    [VG_ACT_MANNED_FLIGHT] = { VG_ACT_DRONE_FLIGHT },
    [VG_ACT_NAVAL] = { VG_ACT_ARTILLERY },
    [VG_ACT_ADVANCE] = { VG_ACT_TROOP_MOVEMENT, VG_ACT_SMALL_ARMS },
    [VG_ACT_TROOP_MOVEMENT] = { VG_ACT_ADVANCE, VG_ACT_WEAPON_PRESENCE },
    [VG_ACT_FORTIFICATION] = { VG_ACT_TROOP_MOVEMENT, VG_ACT_MINE_LAYING },
    [VG_ACT_WEAPON_PRESENCE] = { VG_ACT_TROOP_MOVEMENT, VG_ACT_FORTIFICATION },
    [VG_ACT_MINE_LAYING] = { VG_ACT_FORTIFICATION, VG_ACT_TROOP_MOVEMENT },
    [VG_ACT_DETENTION] = { VG_ACT_OBSTRUCTION_OF_MONITORS, VG_ACT_ATTACK_ON_AID },
    [VG_ACT_OBSTRUCTION_OF_MONITORS] = { VG_ACT_DETENTION, VG_ACT_JAMMING },
    [VG_ACT_JAMMING] = { VG_ACT_OBSTRUCTION_OF_MONITORS, VG_ACT_CYBER_OPERATION },
    [VG_ACT_ATTACK_ON_INFRASTRUCTURE] = { VG_ACT_DRONE_STRIKE, VG_ACT_AIR_STRIKE, VG_ACT_ARTILLERY },
    [VG_ACT_ATTACK_ON_AID] = { VG_ACT_SMALL_ARMS, VG_ACT_DRONE_STRIKE, VG_ACT_DETENTION },
    [VG_ACT_CYBER_OPERATION] = { VG_ACT_JAMMING },
    [VG_ACT_INCITEMENT] = { VG_ACT_CYBER_OPERATION },
};

/* By act. */
const vg_usual_weapon vg_usual_weapons[] = {
    { VG_ACT_SMALL_ARMS, VG_WEAPON_SMALL_ARMS, 0.97 },
    { VG_ACT_HEAVY_MG, VG_WEAPON_HEAVY_MG, 0.90 },
    { VG_ACT_HEAVY_MG, VG_WEAPON_ANTI_AIRCRAFT, 0.08 },
    { VG_ACT_MORTAR, VG_WEAPON_MORTAR, 0.98 },
    { VG_ACT_ARTILLERY, VG_WEAPON_HOWITZER, 0.97 },
    { VG_ACT_MLRS, VG_WEAPON_MLRS, 0.98 },
    { VG_ACT_TANK_FIRE, VG_WEAPON_TANK, 0.95 },
    { VG_ACT_TANK_FIRE, VG_WEAPON_ANTI_TANK, 0.04 },
    { VG_ACT_AIR_STRIKE, VG_WEAPON_BOMB, 0.55 },
    { VG_ACT_AIR_STRIKE, VG_WEAPON_AIRCRAFT, 0.08 },
    { VG_ACT_AIR_STRIKE, VG_WEAPON_MISSILE, 0.30 },
    { VG_ACT_AIR_STRIKE, VG_WEAPON_HELICOPTER, 0.05 },
    { VG_ACT_DRONE_STRIKE, VG_WEAPON_UAV, 0.95 },
    { VG_ACT_DRONE_STRIKE, VG_WEAPON_MISSILE, 0.03 },
    { VG_ACT_DRONE_FLIGHT, VG_WEAPON_UAV, 0.98 },
    { VG_ACT_MANNED_FLIGHT, VG_WEAPON_AIRCRAFT, 0.50 },
    { VG_ACT_MANNED_FLIGHT, VG_WEAPON_HELICOPTER, 0.48 },
    { VG_ACT_NAVAL, VG_WEAPON_SHIP, 0.95 },
    { VG_ACT_ADVANCE, VG_WEAPON_SMALL_ARMS, 0.90 },
    { VG_ACT_TROOP_MOVEMENT, VG_WEAPON_NONE, 0.80 },
    { VG_ACT_FORTIFICATION, VG_WEAPON_NONE, 0.90 },
    { VG_ACT_WEAPON_PRESENCE, VG_WEAPON_TANK, 0.27 },
    { VG_ACT_WEAPON_PRESENCE, VG_WEAPON_HOWITZER, 0.22 },
    { VG_ACT_WEAPON_PRESENCE, VG_WEAPON_MORTAR, 0.17 },
    { VG_ACT_WEAPON_PRESENCE, VG_WEAPON_ANTI_AIRCRAFT, 0.13 },
    { VG_ACT_WEAPON_PRESENCE, VG_WEAPON_ANTI_TANK, 0.12 },
    { VG_ACT_WEAPON_PRESENCE, VG_WEAPON_MLRS, 0.08 },
    { VG_ACT_MINE_LAYING, VG_WEAPON_MINE, 0.98 },
    { VG_ACT_DETENTION, VG_WEAPON_NONE, 0.95 },
    { VG_ACT_OBSTRUCTION_OF_MONITORS, VG_WEAPON_NONE, 0.95 },
    { VG_ACT_JAMMING, VG_WEAPON_NONE, 0.95 },
    { VG_ACT_ATTACK_ON_INFRASTRUCTURE, VG_WEAPON_UAV, 0.55 },
    { VG_ACT_ATTACK_ON_INFRASTRUCTURE, VG_WEAPON_MISSILE, 0.35 },
    { VG_ACT_ATTACK_ON_INFRASTRUCTURE, VG_WEAPON_HOWITZER, 0.05 },
    { VG_ACT_ATTACK_ON_AID, VG_WEAPON_SMALL_ARMS, 0.80 },
    { VG_ACT_CYBER_OPERATION, VG_WEAPON_NONE, 0.98 },
    { VG_ACT_INCITEMENT, VG_WEAPON_NONE, 0.98 },
};
const int32_t vg_n_usual_weapons = sizeof vg_usual_weapons / sizeof *vg_usual_weapons;

/* Calibres in use, millimetres, with their shares among the weapons of a class. */
static const struct {
    int8_t weapon;
    float calibre_mm, p;
} calibres[] = {
    { VG_WEAPON_SMALL_ARMS, 5.45F, 0.5F },  { VG_WEAPON_SMALL_ARMS, 7.62F, 0.5F },
    { VG_WEAPON_HEAVY_MG, 12.7F, 0.75F },   { VG_WEAPON_HEAVY_MG, 14.5F, 0.25F },
    { VG_WEAPON_MORTAR, 60, 0.33F },        { VG_WEAPON_MORTAR, 82, 0.34F },
    { VG_WEAPON_MORTAR, 120, 0.33F },       { VG_WEAPON_HOWITZER, 105, 0.02F },
    { VG_WEAPON_HOWITZER, 122, 0.33F },     { VG_WEAPON_HOWITZER, 152, 0.35F },
    { VG_WEAPON_HOWITZER, 155, 0.3F },      { VG_WEAPON_MLRS, 107, 0.02F },
    { VG_WEAPON_MLRS, 122, 0.36F },         { VG_WEAPON_MLRS, 220, 0.32F },
    { VG_WEAPON_MLRS, 300, 0.3F },          { VG_WEAPON_TANK, 100, 0.33F },
    { VG_WEAPON_TANK, 115, 0.33F },         { VG_WEAPON_TANK, 125, 0.34F },
    { VG_WEAPON_ANTI_TANK, 85, 0.34F },     { VG_WEAPON_ANTI_TANK, 100, 0.66F },
    { VG_WEAPON_ANTI_AIRCRAFT, 23, 0.34F }, { VG_WEAPON_ANTI_AIRCRAFT, 30, 0.33F },
    { VG_WEAPON_ANTI_AIRCRAFT, 57, 0.33F }, { VG_WEAPON_SHIP, 76, 0.4F },
    { VG_WEAPON_SHIP, 100, 0.3F },          { VG_WEAPON_SHIP, 130, 0.3F },
};

double vg_watch_jitter_s(int kind)
{
    return (double)kinds[kind].jitter_s;
}

double vg_watch_default_radius_m(int kind)
{
    return (double)kinds[kind].radius_m;
}

double vg_watch_calibre_above(int weapon, double least_mm)
{
    double above = 0, all = 0;
    for (size_t i = 0; i < sizeof calibres / sizeof *calibres; i++)
        if (calibres[i].weapon == weapon) {
            all += (double)calibres[i].p;
            above += (double)calibres[i].calibre_mm >= least_mm - 0.5 ? (double)calibres[i].p : 0.0;
        }
    return all > 0 ? above / all : 0;
}

/* How often acts are told of, in hundredths: most of it is fire. */
static const float often[VG_N_ACTS] = {
    [VG_ACT_UNKNOWN] = 0.2F,
    [VG_ACT_SMALL_ARMS] = 28,
    [VG_ACT_HEAVY_MG] = 11,
    [VG_ACT_MORTAR] = 13,
    [VG_ACT_ARTILLERY] = 8,
    [VG_ACT_MLRS] = 2,
    [VG_ACT_TANK_FIRE] = 3,
    [VG_ACT_AIR_STRIKE] = 2,
    [VG_ACT_DRONE_STRIKE] = 5,
    [VG_ACT_DRONE_FLIGHT] = 8,
    [VG_ACT_MANNED_FLIGHT] = 1,
    [VG_ACT_NAVAL] = 0.5F,
    [VG_ACT_ADVANCE] = 1,
    [VG_ACT_TROOP_MOVEMENT] = 3,
    [VG_ACT_FORTIFICATION] = 2,
    [VG_ACT_WEAPON_PRESENCE] = 6,
    [VG_ACT_MINE_LAYING] = 0.7F,
    [VG_ACT_DETENTION] = 0.8F,
    [VG_ACT_OBSTRUCTION_OF_MONITORS] = 1.5F,
    [VG_ACT_JAMMING] = 2,
    [VG_ACT_ATTACK_ON_INFRASTRUCTURE] = 1.5F,
    [VG_ACT_ATTACK_ON_AID] = 0.5F,
    [VG_ACT_CYBER_OPERATION] = 0.5F,
    [VG_ACT_INCITEMENT] = 0.6F,
};

/* --- how acts are told --- */

static int n_alike(int act)
{
    int n = 0;
    while (n < 4 && alike[act][n])
        n++;
    return n;
}

/* P(told | act): nothing, the act itself, one like it (four fifths of the errors), or any. */
static double told_given(double wrong, double silent, int act, int told)
{
    if (act == VG_ACT_UNKNOWN) /* an act that has no word of its own */
        return told == VG_ACT_UNKNOWN ? 0.5 : 0.5 / (VG_N_ACTS - 1);
    if (told == VG_ACT_UNKNOWN)
        return silent;
    if (told == act)
        return (1 - silent) * (1 - wrong);
    double p = 0.2 / (VG_N_ACTS - 2);
    int n = n_alike(act);
    for (int i = 0; i < n; i++)
        p += alike[act][i] == told ? 0.8 / n : 0.0;
    return (1 - silent) * wrong * p;
}

/* Whether a kind of source can notice an act at all: heat from space, noise by microphones. */
static bool notices(int kind, int act)
{
    bool hot = act == VG_ACT_ARTILLERY || act == VG_ACT_MLRS || act == VG_ACT_AIR_STRIKE ||
               act == VG_ACT_DRONE_STRIKE || act == VG_ACT_ATTACK_ON_INFRASTRUCTURE;
    if (kind == VG_SOURCE_SATELLITE)
        return hot;
    return kind != VG_SOURCE_ACOUSTIC || act <= VG_ACT_DRONE_STRIKE || act == VG_ACT_NAVAL || hot;
}

static vg_hearing hearing(int kind)
{
    return kind == VG_SOURCE_SATELLITE  ? VG_HEARS_HEAT
           : kind == VG_SOURCE_ACOUSTIC ? VG_HEARS_NOISE
                                        : VG_HEARS_ALL;
}

/* P(told, and noticed at all | act), of a usual source that notices so. */
static double told_and_noticed(int hears, int act, int told)
{
    if (hears == VG_HEARS_ALL)
        return told_given(0.08, 0.08, act, told);
    int kind = hears == VG_HEARS_HEAT ? VG_SOURCE_SATELLITE : VG_SOURCE_ACOUSTIC;
    return told_given((double)kinds[kind].wrong, (double)kinds[kind].silent, act, told) *
           (notices(kind, act) ? 1 : UNNOTICED);
}

/* P(word) of sources that notice so. */
static double word_of(const vg_watch_words *words, int hears, int told)
{
    double sum = 0;
    for (int a = 0; a < VG_N_ACTS; a++)
        sum += words->prior[a] * told_and_noticed(hears, a, told);
    return sum;
}

/* Symmetric: the product of two terms in either order is the same. */
static void make_agree(vg_watch_words *words, int h, int g)
{
    double of_h[VG_N_ACTS], of_g[VG_N_ACTS];
    for (int i = 0; i < VG_N_ACTS; i++) {
        of_h[i] = word_of(words, h, i);
        of_g[i] = word_of(words, g, i);
    }
    for (int i = 0; i < VG_N_ACTS; i++)
        for (int j = 0; j < VG_N_ACTS; j++) {
            double both = 0;
            for (int a = 0; a < VG_N_ACTS; a++)
                both += words->prior[a] * (told_and_noticed(h, a, i) * told_and_noticed(g, a, j));
            words->agree[h][g][i][j] = (float)log(both / (of_h[i] * of_g[j]));
        }
}

void vg_watch_words_make(vg_watch_words *words)
{
    double sum = 0;
    for (int a = 0; a < VG_N_ACTS; a++)
        sum += (double)often[a];
    for (int a = 0; a < VG_N_ACTS; a++)
        words->prior[a] = (double)often[a] / sum;
    for (int k = 0; k < VG_N_SOURCE_KINDS; k++)
        for (int told = 0; told < VG_N_ACTS; told++)
            for (int a = 0; a < VG_N_ACTS; a++)
                words->told[k][told][a] =
                    told_given((double)kinds[k].wrong, (double)kinds[k].silent, a, told) *
                    (notices(k, a) ? 1 : UNNOTICED);
    for (int h = 0; h < VG_N_HEARINGS; h++)
        for (int g = 0; g < VG_N_HEARINGS; g++)
            make_agree(words, h, g);
    for (int32_t a = 0, i = 0; a <= VG_N_ACTS; a++) {
        while (i < vg_n_usual_weapons && vg_usual_weapons[i].act < a)
            i++;
        words->first_usual[a] = i;
    }
}

/* --- two reports --- */

static double distance2_m2(const vg_slot *a, const vg_slot *b)
{
    const double metres = 111195.0; /* a degree of latitude: only for what is near */
    double north = (a->lat_deg - b->lat_deg) * metres, east = fabs(a->lon_deg - b->lon_deg);
    east = (east > 180 ? 360 - east : east) * metres * 0.5 * ((double)a->cos_lat + (double)b->cos_lat);
    return north * north + east * east;
}

/* A source that tells more of the same: somewhere within the time it told before. */
static double burst_score(const vg_slot *a, const vg_slot *b, int64_t gap)
{
    double longer = (double)(a->to - a->from > b->to - b->from ? a->to - a->from : b->to - b->from);
    double slack = (double)gap > 0 ? BURST_S : 60;
    return -log(longer + slack) - (gap > 0 ? 2.0 : 0.0) + (a->act == b->act ? 0.5 : -3.0);
}

/* A satellite tells the time between two passes; of the others, who tells hours tells little. */
static double window_cost(const vg_slot *a, const vg_slot *b)
{
    if (a->kind == VG_SOURCE_SATELLITE || b->kind == VG_SOURCE_SATELLITE)
        return 0.3;
    return a->to - a->from > LONG_S || b->to - b->from > LONG_S ? 2.5 : 1.6;
}

/* "During the night": long, and from one full hour to another. Two who say so have not both timed the same act. */
static bool is_part_of_day(const vg_slot *s)
{
    return s->to - s->from >= PART_OF_DAY_S && s->from % 3600 == 0 && s->to % 3600 == 0;
}

/*
 * ln of the density of the time between two reports, against a rate a second. Either both tell the extent of the act, and
 * begin and end together but for their clocks (lengths of acts are spread evenly over the logarithm); or one of them
 * tells a window within which the act lay, and the middles differ by the widths. The better of the two, with the weight
 * that it has among reports.
 */
static double time_score(const vg_slot *a, const vg_slot *b)
{
    int64_t gap = (a->from > b->from ? a->from : b->from) - (a->to < b->to ? a->to : b->to);
    bool same_source = a->source == b->source;
    if (same_source && gap > BURST_S)
        return VG_SCORE_NEVER;
    double begin = (double)(a->from - b->from), end = (double)(a->to - b->to), apart = 0.5 * (begin + end);
    if (same_source)
        return burst_score(a, b, gap);
    double var = (double)a->var_s2 + (double)b->var_s2;
    double window = -0.5 * apart * apart / var - 0.5 * log(TWO_PI * var) - window_cost(a, b);
    if (is_part_of_day(a) || is_part_of_day(b))
        return window;
    double ends = (double)a->ends_s2 + (double)b->ends_s2,
           length = 0.5 * (double)((a->to - a->from) + (b->to - b->from));
    double extent = -0.5 * (begin * begin + end * end) / ends - log(TWO_PI * ends / (length + 60)) + 1.5;
    return fmax(extent, window);
}

static double weapon_score(const vg_slot *a, const vg_slot *b)
{
    double sum = 0;
    if (a->weapon && b->weapon && a->weapon != b->weapon)
        sum -= 1.0;
    if (a->act == VG_ACT_WEAPON_PRESENCE && b->act == a->act && a->weapon && b->weapon)
        sum += a->weapon == b->weapon ? 1.5 : -1.5; /* many weapons stand about: the same one says more */
    if (a->calibre_mm > 0 && b->calibre_mm > 0)
        sum += fabs((double)(a->calibre_mm - b->calibre_mm)) < 1.0 ? 1.0 : -3.0;
    return sum;
}

/*
 * Two observers who counted shots or explosions: the same exact number is rare by chance, the rarer the larger it is;
 * "about" scatters by a third; "at least" is half of the number or more. ln of the likelihood ratio.
 */
static double count_score(const vg_slot *a, const vg_slot *b)
{
    if (a->count < 1 || b->count < 1 || a->source == b->source) /* not told; a burst's counts add */
        return 0;
    bool least_a = a->count_kind == VG_COUNT_AT_LEAST, least_b = b->count_kind == VG_COUNT_AT_LEAST;
    if (a->count_kind == VG_COUNT_EXACT && b->count_kind == VG_COUNT_EXACT)
        return a->count == b->count ? log(1.5 * (double)a->count) : -1.5;
    double apart =
        log((double)a->count) - log((double)b->count); /* the other way round it is exactly minus this */
    if (least_a && least_b)
        return fmax(-2, 0.6 - apart * apart);
    if (!least_a && !least_b)
        return fmax(-2, 1.23 - 0.5 * apart * apart / (0.35 * 0.35));
    double below = least_a ? -apart : apart, off = below < 0 ? below : fmax(0, below - 0.75);
    return fmax(-2, 0.7 - 0.5 * off * off / (0.35 * 0.35));
}

/* ln P(both names | one party did it) / (P(name) P(name)): an answer to fire comes soon, near, and from the other side. */
static double party_score(const vg_watch *w, const vg_slot *a, const vg_slot *b)
{
    int32_t others = w->a->n_parties - 1;
    if (a->party == VG_AGREEMENT_NOBODY || b->party == VG_AGREEMENT_NOBODY || others < 1)
        return 0;
    double p = vg_watch_right(a), q = vg_watch_right(b), not_p = (1 - p) / others, not_q = (1 - q) / others;
    double both = a->party == b->party ? p * q + others * (not_p * not_q)
                                       : (p * not_q + q * not_p) + (others - 1) * (not_p * not_q);
    return log((others + 1) * both);
}

/* The same words or pictures twice: an article tells of one thing, wherever its places were found. */
static bool same_text(const vg_slot *a, const vg_slot *b)
{
    int64_t apart = a->from > b->from ? a->from - b->from : b->from - a->from;
    return apart <= 2 * 86400 && ((a->text && a->text == b->text) || (a->media && a->media == b->media));
}

/* The index finds everything within the gate, and what is beyond it is found or not by chance: it must not count. */
static bool is_apart(const vg_slot *a, const vg_slot *b)
{
    double apart = 0.5 * (double)((a->from - b->from) + (a->to - b->to));
    return apart * apart > VG_SCORE_GATE2 * ((double)a->var_s2 + (double)b->var_s2);
}

double vg_watch_score(const vg_watch *w, const vg_slot *a, const vg_slot *b)
{
    bool quoted = w->opts.hash_media && same_text(a, b);
    double var_m2 = (double)a->var_m2 + (double)b->var_m2, score = 0;
    if (a->point_of != b->point_of && a->point_of && b->point_of) /* where it struck, and from where */
        score -= 3;
    double d2 = isnan(a->lat_deg) || isnan(b->lat_deg) ? 0 : distance2_m2(a, b);
    bool far = is_apart(a, b) || d2 > VG_SCORE_GATE2 * var_m2;
    if (far)
        return quoted ? 6.0 : VG_SCORE_NEVER;
    double time = time_score(a, b);
    if (time <= VG_SCORE_NEVER)
        return quoted ? 6.0 : VG_SCORE_NEVER;
    score += FROM - PER_DISTANCE * d2 / var_m2 - PER_AREA * log(var_m2) + PER_TIME * time -
             PER_RATE * ((double)a->log_rate + (double)b->log_rate) +
             PER_ACT * (double)w->words.agree[hearing(a->kind)][hearing(b->kind)][(int)a->act][(int)b->act] +
             PER_WEAPON * weapon_score(a, b) + party_score(w, a, b) + PER_COUNT * count_score(a, b);
    return quoted ? fmax(score + 8.0, 6.0) : fmax(score, VG_SCORE_NEVER);
}
