/* What the files of the report share. */
#ifndef VG_FORECAST_REPORT_INT_H
#define VG_FORECAST_REPORT_INT_H

#include "forecast/report.h"
#include "forecast/words.h"
#include "page/chart.h"

/* A report at work. */
typedef struct {
    vg_page page;
    const vg_kept *k;
    const vg_page_source *source; /* the vintages the run has read */
    const vg_str *file;           /* and the file each came from */
    int32_t n_sources;
} vg_report;

/* A name in the reader's language; a unit's place in the page, as an id. */
vg_str vg_report_name(vg_report *r, int32_t unit, vg_str iso3, vg_str name);
const char *vg_report_id(int32_t unit, char id[32]);

/* The five quantiles of a summary that charts draw. */
vg_chart_bands vg_report_bands(const vg_forecast_summary *s);

/* Sections. */
void vg_report_country(vg_report *r, const vg_kept_unit *u);
void vg_report_quality(vg_report *r);
void vg_report_sources(vg_report *r);
void vg_report_run(vg_report *r);

#endif
