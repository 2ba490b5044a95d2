/* What the files of the page share. */
#ifndef VG_PAGE_PAGE_INT_H
#define VG_PAGE_PAGE_INT_H

#include "page/chart.h"

/* Style sheets, built in from page.css and chart.css. */
extern const unsigned char vg_data_page_css[], vg_data_chart_css[];
extern const long vg_data_page_css_len, vg_data_chart_css_len;

#define DASH  "\xE2\x80\x93"
#define SPACE "\xC2\xA0" /* no break */

/* A drawing's measure: the plot lies between the margins. */
typedef struct {
    double width, height, left, right, top, bottom;
} vg_chart_box;

/* <svg ...> with its title and description, and </svg>. `size` is "wide", "narrow" or "" for one that fits both. */
void vg_chart_svg_begin(vg_page *p, const vg_chart_words *w, double width, double height, const char *size);
void vg_chart_svg_end(vg_page *p);

/* <figure>, its caption and its end. */
void vg_chart_figure_begin(vg_page *p);
void vg_chart_figure_end(vg_page *p, const vg_chart_words *w);

/* The same figures as a table that opens: begin, headings, body, rows, end. */
void vg_chart_figures_begin(vg_page *p, const vg_chart_words *w);
void vg_chart_figures_end(vg_page *p);

/* A line of the key: a drawing of 28 x 14 made of literal markup, or of what the caller writes between the two. */
void vg_chart_key_item(vg_page *p, const char *mark, vg_str name);
void vg_chart_key_open(vg_page *p);
void vg_chart_key_close(vg_page *p, vg_str name);

/* <text> at a place; `anchor` "start", "middle", "end"; `name` its class or "". Escaped. */
void vg_chart_text(vg_page *p, double x, double y, const char *anchor, const char *name, vg_str text);
void vg_chart_line(vg_page *p, const char *name, double x1, double y1, double x2, double y2);

/* The largest of 1, 2, 2.5, 5 times a power of ten that is not above x; and the smallest that is not below. */
double vg_chart_nice_below(double x);
double vg_chart_nice_above(double x);

/* About how wide a text of the charts' 12 px is. */
double vg_chart_text_width(vg_str text);

/* The room that a number's label takes to the left of an axis. */
double vg_chart_label_width(vg_page *p, double value);

/* A text cut to that width, with an ellipsis. Lives in the page's arena. */
vg_str vg_chart_fit(vg_page *p, vg_str text, double width);

/* The fill patterns f0..f6 of parts, once a page; and the 12 px marks of groups, of size r, as a path's steps. */
void vg_chart_patterns(vg_page *p);
void vg_chart_mark_path(vg_page *p, int kind, double x, double y, double r);

#endif
