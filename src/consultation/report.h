/**
 * The consultation report: one self-contained HTML page about a consultation, for the people who asked and those who
 * answered. No script, nothing loaded from elsewhere; light and dark, left to right and right to left.
 *
 *     vg_consultation_report_opts o = { .votes = &c, .opinions = &h, .lang = VG_LANG_FR };
 *     if (!vg_consultation_report(&o, &arena, &out, e)) return false;
 *
 * It shows the map of opinions, each group with its size and the statements it stands for, the common ground, what
 * divides, who was heard poorly, segments and surveys where they are given, method, limits and sources. Nobody is named. A
 * figure that rests on fewer than 5 votes or people is kept back; where one group's is, a second group's is too, so that the
 * total gives nothing away.
 *
 * A statement stands for a group when more than half of the group's votes on it agree (or disagree) and the share is
 * above that of all other grouped people: ranked by the lower end of the interval of the difference (Newcombe 1998, Stat.
 * Med. 17, 873-890, method 10: Wilson's limits of both shares).
 */
#ifndef VG_CONSULTATION_REPORT_H
#define VG_CONSULTATION_REPORT_H

#include "consultation/house.h"
#include "consultation/segment.h"
#include "consultation/survey.h"
#include "page/page.h"

typedef struct {
    const vg_consultation *votes;
    const vg_house *opinions;
    const vg_segments *segments; /* NULL = none */
    const vg_weights *weights;   /* presence beside the population; NULL = none */
    const vg_survey *survey;     /* before and after; NULL = none */
    const vg_page_source *source;
    int32_t n_sources;
    vg_house_opts how; /* as the opinions were analysed */
    int32_t top;       /* statements a list; 0 = 8 */
    vg_lang lang;
} vg_consultation_report_opts;

/** Writes the page. Fails: VG_ENOMEM. Time O(statements x groups + people drawn). */
bool vg_consultation_report(const vg_consultation_report_opts *o, vg_arena *a, vg_out *out, vg_err *e);

/* --- what the report chooses, for others to show too --- */

/** A statement that a group stands for. */
typedef struct {
    int32_t position;   /* in vg_house.statement */
    bool agree;         /* else the group disagrees */
    int32_t n, n_rest;  /* votes cast in the group and by the other groups */
    double share, rest; /* of the group, of the other groups together: those who agree (or disagree) */
    vg_bounds bounds, difference;
} vg_consultation_stand;

/**
 * The statements a group stands for, best first; at most `cap`. With one group: those it agrees with most, by the lower
 * end of the share's interval, and `rest` is NaN. level of the intervals: 0 = 0.9.
 */
int32_t vg_consultation_stands(const vg_house *h, int32_t group, double level, vg_consultation_stand *out,
                               int32_t cap);

#endif
