/* Shared by the files of the report only. */
#ifndef VG_CONSULTATION_REPORT_INT_H
#define VG_CONSULTATION_REPORT_INT_H

#include "consultation/report.h"
#include "page/chart.h"

enum { VG_REPORT_LEAST = 5, VG_REPORT_TEXT = 420 };

typedef struct {
    vg_page page;
    const vg_consultation_report_opts *o;
    const vg_house *h;
    double level;
    int32_t top;
    vg_str group_name[VG_HOUSE_MAX_GROUPS];
} vg_opinion_page;

/** Text of a statement in the page's language, shortened; "Statement 12" where the source has none. */
vg_str vg_opinion_text(vg_opinion_page *p, int32_t statement);

/** Votes cast that a support rests on. */
int32_t vg_opinion_cast(const vg_house_support *s);

/** Which groups' figures on a statement are kept back. */
void vg_opinion_hidden(const vg_opinion_page *p, const vg_house_statement *s,
                       bool hidden[VG_HOUSE_MAX_GROUPS]);

/** A share as a table cell with its interval: 63 % (51-74). */
void vg_opinion_share_cell(vg_opinion_page *p, double share, double low, double high);

/** A count that is kept back, as a cell among numbers: "under 5". */
void vg_opinion_few_cell(vg_page *g);

/** The sections, in their order. */
void vg_opinion_groups(vg_opinion_page *p);
void vg_opinion_common(vg_opinion_page *p);
void vg_opinion_divides(vg_opinion_page *p);
void vg_opinion_unheard(vg_opinion_page *p);
void vg_opinion_segments(vg_opinion_page *p);
void vg_opinion_statements(vg_opinion_page *p);
void vg_opinion_survey(vg_opinion_page *p, const vg_survey *r);

#endif
