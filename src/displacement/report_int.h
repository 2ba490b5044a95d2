/* What the files of the report share. */
#ifndef VG_DISPLACEMENT_REPORT_INT_H
#define VG_DISPLACEMENT_REPORT_INT_H

#include "displacement/flow_kept.h"
#include "displacement/report.h"
#include "page/chart.h"

/* Quantiles by their place in vg_displacement_levels. */
enum { DIS_Q05, DIS_Q25, DIS_Q50, DIS_Q75, DIS_Q95 };

/* One camp as things are, and under the supposition; either may be NULL. */
typedef struct {
    const vg_flow_kept_camp *is, *what;
} vg_displacement_told_camp;

/* A run of arrivals with the one it is to be compared with. */
typedef struct {
    const vg_flow_kept *is;   /* the baseline; the supposition itself when no baseline was kept */
    const vg_flow_kept *what; /* the same conflict under a supposition, or NULL */
    vg_str supposition;       /* as the user wrote it; empty = none */
    int32_t first_date;       /* day 0, as days since 1970-01-01; 0 = not known */
    int32_t n_camps;
    const vg_displacement_told_camp *camp; /* most people at the end first */
} vg_displacement_told_camps;

/* A report at work: either part may be missing. */
typedef struct {
    vg_page page;
    int32_t top;
    const vg_displacement_kept *k;       /* NULL = no forecast of regions */
    const vg_displacement_told_camps *c; /* NULL = no arrivals in camps */
    const vg_page_source *source;        /* the vintages that the runs have read */
    int32_t n_sources;
} vg_displacement_page;

/* The whole page. What data holds is escaped, whatever it is. */
void vg_displacement_page_put(vg_displacement_page *d);

/* The vintages that the page's runs have read, into `source`. */
bool vg_displacement_page_sources(vg_store *st, vg_displacement_page *d, vg_arena *a, vg_err *e);

/* Puts the two runs side by side, camp by camp; `what` may be NULL. False when memory is out. */
bool vg_displacement_told(const vg_flow_kept *is, const vg_flow_kept *what, vg_arena *a,
                          vg_displacement_told_camps *out);

/* Pieces: a name ("#12" where it is empty), the level of a month, the drawn quantiles, a section's id. */
vg_str vg_displacement_region_name(vg_displacement_page *d, vg_str name, int32_t unit);
int vg_displacement_level_of(vg_str alarm);
vg_str vg_displacement_level_words(vg_displacement_page *d, int level);
vg_chart_bands vg_displacement_bands(const vg_displacement_kept_month *m);

/* Sections. */
void vg_displacement_put_region(vg_displacement_page *d, int32_t at);
void vg_displacement_put_origins(vg_displacement_page *d);
void vg_displacement_put_supposition(vg_displacement_page *d);
void vg_displacement_put_camps(vg_displacement_page *d);
void vg_displacement_put_quality(vg_displacement_page *d);
void vg_displacement_put_sources(vg_displacement_page *d);
void vg_displacement_put_method(vg_displacement_page *d);
void vg_displacement_put_runs(vg_displacement_page *d);

/* Key facts of the camps, and their lines in the contents. */
void vg_displacement_camp_facts(vg_displacement_page *d);

#endif
