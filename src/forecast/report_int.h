/* What the files of the report share. */
#ifndef VG_FORECAST_REPORT_INT_H
#define VG_FORECAST_REPORT_INT_H

#include "forecast/report.h"
#include "forecast/words.h"

/* Style sheet, built in from report.css. */
extern const unsigned char vg_data_report_css[];
extern const long vg_data_report_css_len;

/* A page at work. */
typedef struct {
    vg_out *o;
    vg_out text; /* a sentence before it is escaped */
    vg_lang lang;
    const vg_kept *k;
    vg_arena *a;
    const vg_vintage *vintage; /* those the run has read */
    int32_t n_vintages;
} vg_page;

/* Literal markup; a message, escaped; one value, escaped; a name in the reader's language. */
void vg_page_raw(vg_page *p, const char *markup);
void vg_page_text(vg_page *p, vg_str text);
void vg_page_arg(vg_page *p, vg_arg arg);
vg_str vg_page_name(vg_page *p, int32_t unit, vg_str iso3, vg_str name);
#define vg_page_say(p, key, ...) vg_say_html((p)->o, (p)->lang, (key), __VA_ARGS__)

/* A sentence made elsewhere: write it into the returned writer, then end it. */
vg_out *vg_page_begin(vg_page *p);
void vg_page_end(vg_page *p);

/* <td> with a number or a dash, and a table's head: keys ended by NULL, the first column holds row names. */
void vg_page_cell(vg_page *p, vg_arg arg);
void vg_page_interval_cell(vg_page *p, double low, double high);
void vg_page_table(vg_page *p, const char *label_key, const char *const *heading);
void vg_page_table_begin(vg_page *p, const char *label_key);
void vg_page_heading(vg_page *p, const char *key, bool first);
void vg_page_table_body(vg_page *p);
void vg_page_table_end(vg_page *p);

/* Charts: the fan of one unit (wide or narrow), and a row's range on a scale that ends at `max`, with its labels. */
void vg_svg_fan(vg_page *p, const vg_kept_unit *u, vg_str name, bool narrow);
void vg_svg_range(vg_page *p, const vg_kept_unit *u, double max);
void vg_svg_scale(vg_page *p, double max);
void vg_svg_key(vg_page *p);

/* Sections. */
void vg_report_country(vg_page *p, const vg_kept_unit *u);
void vg_report_quality(vg_page *p);
void vg_report_sources(vg_page *p);
void vg_report_run(vg_page *p);

#endif
