/**
 * Charts as inline SVG, from plain arrays. Each is a whole figure: key, drawing (one for wide and one for narrow
 * screens), caption, and the same figures as a table that opens below it. No chart needs colour: bands differ by
 * outline, lines by dashes and marks, bars by pattern, groups by mark and outline, and all are labelled where they are.
 *
 *     vg_chart_series s[] = { { .name = camp, .y = median, .low = q05, .high = q95 } };
 *     vg_chart_lines(p, &(vg_chart_lines_opts){ .words = { "camp-1", title, text, caption }, .x_kind = VG_X_DAY_NUMBER,
 *                                               .n_x = 300, .n_series = 1, .series = s, .limit = 12000,
 *                                               .limit_name = vg_message(p->lang, "camp.capacity") });
 *
 * NaN is "not known": a gap, never a zero. All texts may hold anything; they are escaped here. `words.id` is the
 * program's own word and unique on the page. Arrays are borrowed for the call. Cost: linear in what is drawn.
 */
#ifndef VG_PAGE_CHART_H
#define VG_PAGE_CHART_H

#include "page/page.h"

/** What every chart says in words. */
typedef struct {
    const char *id; /* unique on the page: ids inside are made from it */
    vg_str title;   /* names the drawing: "Arrivals per month, Bay: recorded and forecast" */
    vg_str text;    /* the finding in a sentence or two: read out in place of the drawing */
    vg_str caption; /* units, scale, what the marks are; shown below */
} vg_chart_words;

/* --- fan: recorded months, then quantile bands --- */

/** One month ahead: the 5, 25, 50, 75 and 95 % quantiles. */
typedef struct {
    double low90, low50, median, high50, high90;
} vg_chart_bands;

/** A level drawn across: a threshold, a capacity. */
typedef struct {
    double value;
    vg_str name;
} vg_chart_level;

typedef struct {
    vg_chart_words words;
    int32_t last_month; /* month_id of the last recorded month: the origin */
    int32_t n_history;
    const double *history; /* oldest first, ends at last_month; NaN = not known */
    int32_t n_ahead;
    const vg_chart_bands *ahead;
    const double *baseline; /* n_ahead values drawn as a dashed line beside the median, or NULL */
    vg_str baseline_name;
    const double *scenario; /* n_ahead values: the median under a scenario, or NULL */
    vg_str scenario_name;
    const double *known; /* n_ahead values that came to be known since, NaN = not yet, or NULL */
    int32_t n_levels;
    const vg_chart_level *level; /* those far above the picture are left out of it */
    int32_t past, past_narrow;   /* months of history shown; 0 = 36 and 18 */
} vg_chart_fan_opts;

/**
 * The fan as a whole figure with its key. The scale is the square root, so that a quiet month and a catastrophe are
 * read in one picture (the caption should say so). The table of months is the report's own, next to it.
 */
void vg_chart_fan(vg_page *p, const vg_chart_fan_opts *c);

/** Only the drawing, wide or narrow, and only the key. For figures put together by hand. */
void vg_chart_fan_svg(vg_page *p, const vg_chart_fan_opts *c, bool narrow);
void vg_chart_fan_key(vg_page *p, const vg_chart_fan_opts *c);

/** A range in a table's cell, on the scale ln(1 + x) that ends at `max`, and that scale's labels for the heading. */
void vg_chart_range(vg_page *p, const vg_chart_bands *b, double max);
void vg_chart_range_scale(vg_page *p, double max);

/* --- lines --- */

#define VG_CHART_MAX_SERIES 6
#define VG_CHART_MAX_PARTS  7
#define VG_CHART_MAX_GROUPS 8

typedef struct {
    vg_str name;       /* stands at the line's end and in the key */
    const double *y;   /* n_x values, NaN = not known: the line breaks */
    const double *low; /* n_x values each: a band around it, or both NULL */
    const double *high;
    bool points; /* marks only: counts that were taken at some of the x */
} vg_chart_series;

typedef enum {
    VG_X_NUMBER,     /* x_first, x_first + 1 ... */
    VG_X_DAY_NUMBER, /* the same, said as "day 40" */
    VG_X_MONTH,      /* x_first is a month_id */
    VG_X_DAY         /* x_first is a day since 1970-01-01 */
} vg_chart_x;

typedef struct {
    vg_chart_words words;
    vg_chart_x x_kind;
    int32_t x_first, n_x;
    int32_t x_step;   /* of the axis' unit from one x to the next: 0 = 1 */
    int32_t n_series; /* at most VG_CHART_MAX_SERIES; the first is the thickest */
    const vg_chart_series *series;
    double limit; /* a level across with its name, as a capacity; 0 = none */
    vg_str limit_name;
    double cut; /* a value of the axis marked across: "border closes on day 40"; NaN or 0 = none */
    vg_str cut_name;
    int32_t decimals;   /* of the numbers in axis and table */
    int32_t table_rows; /* at most so many, evenly taken; 0 = 40 */
    bool short_drawing; /* half as high: for one of many */
} vg_chart_lines_opts;

/** Lines over time from zero on, with bands, and a capacity. Fewer than two x, or nothing known: only the table. */
void vg_chart_lines(vg_page *p, const vg_chart_lines_opts *c);

/* --- bars in parts: shares of each row, stacked or diverging --- */

typedef struct {
    vg_str name; /* of the row: a group, a statement, a region; may be long */
    vg_str note; /* small, below the name; may be empty */
    const double *
        share; /* one a part, 0..1, adding up to at most 1; the rest stays empty. NaN in the first: suppressed */
    int64_t n; /* what the shares are of; 0 = not shown */
} vg_chart_bar;

typedef struct {
    vg_chart_words words; /* the id may be NULL: rows are the text */
    int32_t n_parts;      /* at most VG_CHART_MAX_PARTS */
    const vg_str *part;   /* from the left: "disagree", "pass", "agree" */
    int32_t middle; /* diverging: the part that straddles the middle line; -1 = stacked from the start */
    bool split;     /* diverging without a neutral part: the middle line is before part `middle` */
    int32_t n_bars;
    const vg_chart_bar *bar;
    const char *name_key; /* message: heading of the names */
} vg_chart_bars_opts;

/**
 * A table with a bar in each row and the shares as numbers beside it, so it is its own text. Likert answers: five
 * parts, middle 2. Votes of a group: disagree, pass, agree, middle 1. Reasons of movement: middle -1.
 */
void vg_chart_bars(vg_page *p, const vg_chart_bars_opts *c);

/* --- points with the outlines of their groups --- */

typedef struct {
    vg_chart_words words;
    int64_t n;
    const double *x, *y;  /* any unit; both axes get the same scale; NaN = not drawn */
    const int32_t *group; /* 0..n_groups-1, -1 = in none */
    int32_t n_groups;     /* at most VG_CHART_MAX_GROUPS */
    const vg_str *group_name;
    const vg_str *group_text; /* one a group for the table: what it holds; may be NULL */
    int64_t max_points;       /* drawn, evenly taken in their order; 0 = 2,000 */
    int64_t least;            /* smaller counts are a dash in the table; 0 = all are shown */
} vg_chart_scatter_opts;

/** The map of opinions. Outlines are convex hulls of all points of a group. Table: group, people, share. */
void vg_chart_scatter(vg_page *p, const vg_chart_scatter_opts *c);

/* --- flows --- */

typedef struct {
    int32_t from, to; /* indices of the names or places */
    double value;     /* > 0 */
} vg_chart_flow;

typedef struct {
    vg_chart_words words;
    int32_t n_from, n_to; /* drawn in the given order; up to about 14 a side stay readable */
    const vg_str *from, *to;
    int32_t n_flows;
    const vg_chart_flow *flow;                 /* one a pair */
    const char *from_key, *to_key, *value_key; /* messages: headings of sides and of the table */
} vg_chart_flows_opts;

/** From origins on one side to destinations on the other, as bands as wide as the flow. Table: origin, destination, value. */
void vg_chart_flows(vg_page *p, const vg_chart_flows_opts *c);

typedef enum { VG_PLACE_POINT, VG_PLACE_CAMP, VG_PLACE_CONFLICT, VG_PLACE_TOWN } vg_chart_mark;

typedef struct {
    vg_str name;
    double lat_deg, lon_deg; /* NaN = not known: not drawn, and said */
    vg_chart_mark mark;
    double value; /* NaN = none; the mark's area grows with it */
} vg_chart_place;

typedef struct {
    vg_chart_words words;
    int32_t n_places;
    const vg_chart_place *place;
    int32_t n_flows;
    const vg_chart_flow *flow; /* indices of places */
    int32_t n_links;           /* roads: thin lines below; values are not read */
    const vg_chart_flow *link;
    const char *value_key; /* message: heading of the flows' value */
} vg_chart_map_opts;

/** Places where they lie (north up, no background) with flows as tapering lines that grow with the number, and a scale in km. */
void vg_chart_map(vg_page *p, const vg_chart_map_opts *c);

#endif
