/* The report's people: who was heard poorly, and segments. Invariant: a count under 5 is never written, and no share of
 * a segment that the written ones and their total give away. */
#include <math.h>

#include "consultation/report_int.h"

enum { MAX_ANSWERS = 30 };

/* A count that may be shown: 0 or at least 5. */
static void put_count(vg_page *g, int32_t n)
{
    if (n > 0 && n < VG_REPORT_LEAST)
        vg_opinion_few_cell(g);
    else
        vg_page_cell(g, vg_arg_int("", n));
}

static void put_cover(vg_opinion_page *p, vg_str name, const vg_house_cover *c)
{
    vg_page *g = &p->page;
    vg_page_row(g, name);
    put_count(g, c->n_people);
    put_count(g, c->n_few_votes);
    put_count(g, c->n_between);
    put_count(g, c->n_unlike);
    put_count(g, c->n_unexplained);
    vg_page_row_end(g);
}

static void put_presence(vg_opinion_page *p)
{
    static const char *const heading[] = { "consultation.column-segment", "consultation.column-here",
                                           "consultation.column-there", "consultation.column-verdict", NULL };
    const vg_weights *w = p->o->weights;
    const vg_segments *s = p->o->segments;
    vg_page *g = &p->page;
    vg_page_wrap(g, "<h3>", "consultation.presence", "</h3>\n");
    vg_page_para(g, "consultation.presence-text", vg_arg_int("n", w->n_people),
                 vg_arg_num("effective", w->effective_size, 0));
    vg_page_table(g, "consultation.presence", heading, 1);
    for (int32_t i = 0; i < w->n_presence; i++) {
        const vg_presence *r = &w->presence[i];
        const vg_question *q = &s->question[r->question];
        vg_page_row(g, vg_page_words(g, "consultation.segment", vg_arg_text("question", q->name),
                                     vg_arg_text("answer", q->answer[r->answer])));
        vg_opinion_share_cell(p, r->hidden ? NAN : r->share_here, r->low, r->high);
        vg_page_cell(g, vg_arg_percent("", r->share_there, 0));
        vg_page_cell_say(g, r->hidden    ? "consultation.few-people"
                            : r->missing ? "consultation.under"
                                         : "consultation.fair");
        vg_page_row_end(g);
    }
    vg_page_table_end(g);
}

void vg_opinion_unheard(vg_opinion_page *p)
{
    static const char *const heading[] = { "consultation.column-name",
                                           "consultation.column-people",
                                           "consultation.column-few",
                                           "consultation.column-between",
                                           "consultation.column-unlike",
                                           "consultation.column-unexplained",
                                           NULL };
    const vg_house *h = p->h;
    vg_page *g = &p->page;
    vg_page_section(g, "unheard", "consultation.unheard");
    vg_page_para(g, "consultation.unheard-text", VG_NO_ARG);
    vg_page_table(g, "consultation.unheard", heading, 1);
    for (int32_t k = 0; k < h->n_groups; k++)
        put_cover(p, p->group_name[k], &h->cover[k]);
    put_cover(p, vg_message(g->lang, "consultation.no-group"), &h->cover[h->n_groups]);
    vg_page_table_end(g);
    vg_page_note(g, "consultation.unheard-note", VG_NO_ARG);
    if (p->o->weights && p->o->segments)
        put_presence(p);
    else
        vg_page_note(g, "consultation.no-margins", VG_NO_ARG);
    vg_page_section_end(g);
}

/* --- segments --- */

/* The statements shown by segment: the common ground first, then what divides. */
static int32_t choose(const vg_opinion_page *p, int32_t *out, int32_t cap)
{
    const vg_house *h = p->h;
    int32_t n = 0;
    for (int32_t i = 0; i < h->n_statements && n < cap / 2; i++)
        if (h->statement[h->by_bridging[i]].place == VG_HOUSE_COMMON)
            out[n++] = h->by_bridging[i];
    for (int32_t i = 0; i < h->n_statements && n < cap; i++)
        if (h->n_groups > 1 && h->statement[h->by_gap[i]].place == VG_HOUSE_DIVIDES)
            out[n++] = h->by_gap[i];
    for (int32_t i = 0; i < h->n_statements && n == 0 && i < cap; i++)
        out[n++] = h->by_bridging[i];
    return n;
}

static void put_segment_row(vg_opinion_page *p, const vg_question *q, int32_t position)
{
    vg_page *g = &p->page;
    vg_segment_cell cell[MAX_ANSWERS + 1];
    vg_err ignored = VG_NO_ERR;
    int32_t statement = p->h->statement[position].statement;
    vg_page_raw(g, "<tr>");
    vg_page_cell_wrap(g, vg_opinion_text(p, statement));
    bool good = vg_segment_support(p->o->votes, q, statement, p->level, cell, &ignored);
    for (int32_t k = 0; k < q->n_answers; k++)
        vg_opinion_share_cell(p, !good || cell[k].hidden ? NAN : cell[k].share, cell[k].low, cell[k].high);
    vg_page_row_end(g);
}

static void put_question(vg_opinion_page *p, const vg_question *q, const int32_t *position, int32_t n)
{
    vg_page *g = &p->page;
    vg_page_raw(g, "<h3>");
    vg_page_text(g, q->name);
    vg_page_raw(g, "</h3>\n");
    if (q->n_answers > MAX_ANSWERS) {
        vg_page_note(g, "consultation.many-answers", vg_arg_int("n", q->n_answers));
        return;
    }
    vg_page_table_begin_text(g, q->name);
    vg_page_heading(g, "consultation.column-statement", true);
    for (int32_t k = 0; k < q->n_answers; k++)
        vg_page_heading_text(g, q->answer[k], false);
    vg_page_table_body(g);
    for (int32_t i = 0; i < n; i++)
        put_segment_row(p, q, position[i]);
    vg_page_table_end(g);
}

void vg_opinion_segments(vg_opinion_page *p)
{
    enum { SHOWN = 10 };
    int32_t position[SHOWN], n = choose(p, position, SHOWN);
    vg_page_section(&p->page, "segments", "consultation.segments");
    vg_page_para(&p->page, "consultation.segments-text", vg_arg_int("least", VG_SEGMENT_LEAST));
    for (int32_t i = 0; i < p->o->segments->n_questions; i++)
        put_question(p, &p->o->segments->question[i], position, n);
    vg_page_section_end(&p->page);
}
