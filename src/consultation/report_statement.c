/* The report's statements: what each group stands for, the common ground, what divides, and all of them. Invariant: a
 * share stands with its interval, and is kept back where it rests on fewer than 5 votes, and so is the statement's place
 * among the others. */
#include <math.h>

#include "consultation/report_int.h"

enum { STANDS = 5, MAX_LISTED = 300, DIVISIONS = 6 };

/* --- what a group stands for --- */

typedef struct {
    double share;
    vg_bounds bounds;
} share_of;

static share_of share(int32_t k, int32_t n, double level)
{
    share_of s = { n ? (double)k / n : NAN, { NAN, NAN } };
    if (n)
        s.bounds = vg_wilson(s.share, n, level);
    return s;
}

/* Newcombe's interval of a - b from the limits of both. */
static vg_bounds difference_of(share_of a, share_of b)
{
    double d = a.share - b.share;
    return (vg_bounds){ d - hypot(a.share - a.bounds.low, b.bounds.high - b.share),
                        d + hypot(a.bounds.high - a.share, b.share - b.bounds.low) };
}

static bool stands(const vg_house *h, int32_t position, int32_t group, bool agree, double level,
                   vg_consultation_stand *out)
{
    const vg_house_statement *s = &h->statement[position];
    int32_t n = vg_opinion_cast(&s->group[group]),
            k = agree ? s->group[group].n_agree : s->group[group].n_disagree;
    int32_t n_rest = 0, k_rest = 0;
    for (int32_t g = 0; g < h->n_groups; g++)
        if (g != group) {
            n_rest += vg_opinion_cast(&s->group[g]);
            k_rest += agree ? s->group[g].n_agree : s->group[g].n_disagree;
        }
    share_of own = share(k, n, level), rest = share(k_rest, n_rest, level);
    *out = (vg_consultation_stand){ .position = position,
                                    .agree = agree,
                                    .n = n,
                                    .n_rest = n_rest,
                                    .share = own.share,
                                    .rest = rest.share,
                                    .bounds = own.bounds,
                                    .difference = difference_of(own, rest) };
    if (n < VG_REPORT_LEAST || !(own.share > 0.5))
        return false;
    return h->n_groups == 1 ? own.bounds.low > 0.5 : n_rest >= VG_REPORT_LEAST && out->difference.low > 0;
}

static double worth(const vg_house *h, const vg_consultation_stand *s)
{
    return h->n_groups == 1 ? s->bounds.low : s->difference.low;
}

int32_t vg_consultation_stands(const vg_house *h, int32_t group, double level, vg_consultation_stand *out,
                               int32_t cap)
{
    int32_t n = 0;
    vg_consultation_stand s;
    level = level > 0 ? level : 0.9;
    for (int32_t i = 0; i < h->n_statements; i++)
        for (int agree = 1; agree >= 0; agree--) {
            if (!stands(h, i, group, agree == 1, level, &s))
                continue;
            int32_t at = n < cap ? n++ : cap;
            while (at > 0 && worth(h, &out[at - 1]) < worth(h, &s)) { /* insertion; the last falls off */
                if (at < cap)
                    out[at] = out[at - 1];
                at--;
            }
            if (at < cap)
                out[at] = s;
        }
    return n;
}

static void put_stand(vg_opinion_page *p, const vg_consultation_stand *s)
{
    vg_page *g = &p->page;
    vg_page_raw(g, "<tr>");
    vg_page_cell_wrap(g, vg_opinion_text(p, p->h->statement[s->position].statement));
    vg_page_cell_say(g, s->agree ? "consultation.agrees" : "consultation.disagrees");
    vg_opinion_share_cell(p, s->share, s->bounds.low, s->bounds.high);
    if (p->h->n_groups > 1)
        vg_page_cell(g, vg_arg_percent("", s->rest, 0));
    vg_page_cell(g, vg_arg_int("", s->n));
    vg_page_row_end(g);
}

static void put_group(vg_opinion_page *p, int32_t group)
{
    static const char *const many[] = { "consultation.column-statement", "consultation.column-position",
                                        "consultation.column-group",     "consultation.column-rest",
                                        "consultation.column-cast",      NULL };
    static const char *const one[] = { "consultation.column-statement", "consultation.column-position",
                                       "consultation.column-group", "consultation.column-cast", NULL };
    vg_page *g = &p->page;
    vg_consultation_stand s[STANDS];
    int32_t n = vg_consultation_stands(p->h, group, p->level, s, STANDS), size = p->h->size[group],
            grouped = 0;
    for (int32_t k = 0; k < p->h->n_groups; k++)
        grouped += p->h->size[k];
    vg_page_raw(g, "<h3>");
    vg_page_text(g, p->group_name[group]);
    vg_page_raw(g, "</h3>\n");
    if (size < VG_REPORT_LEAST) {
        vg_page_note(g, "consultation.group-few", vg_arg_int("least", VG_REPORT_LEAST));
        return;
    }
    vg_page_para(g, "consultation.group-size", vg_arg_int("n", size),
                 vg_arg_percent("share", (double)size / grouped, 0));
    if (!n) {
        vg_page_note(g, "consultation.group-nothing", VG_NO_ARG);
        return;
    }
    vg_page_table(g, "consultation.group-table", p->h->n_groups > 1 ? many : one, 2);
    for (int32_t i = 0; i < n; i++)
        put_stand(p, &s[i]);
    vg_page_table_end(g);
}

void vg_opinion_groups(vg_opinion_page *p)
{
    vg_page_section(&p->page, "groups", "consultation.groups");
    vg_page_para(&p->page, p->h->n_groups > 1 ? "consultation.groups-text" : "consultation.groups-one",
                 vg_arg_int("n", p->h->n_groups));
    for (int32_t g = 0; g < p->h->n_groups; g++)
        put_group(p, g);
    vg_page_section_end(&p->page);
}

/* --- tables by group --- */

static void put_heads(vg_opinion_page *p, bool gap)
{
    vg_page *g = &p->page;
    vg_page_heading(g, "consultation.column-statement", true);
    vg_page_heading(g, "consultation.column-everyone", false);
    for (int32_t k = 0; k < p->h->n_groups && p->h->n_groups > 1; k++)
        vg_page_heading_text(g, p->group_name[k], false);
    if (gap)
        vg_page_heading(g, "consultation.column-gap", false);
    vg_page_heading(g, "consultation.column-cast", false);
    vg_page_table_body(g);
}

static void put_support(vg_opinion_page *p, const vg_house_support *s, bool hidden)
{
    vg_opinion_share_cell(p, hidden ? NAN : s->all, s->all_low, s->all_high);
}

static void put_statement(vg_opinion_page *p, const vg_house_statement *s, bool gap)
{
    vg_page *g = &p->page;
    bool hidden[VG_HOUSE_MAX_GROUPS], few = vg_opinion_cast(&s->everyone) < VG_REPORT_LEAST;
    vg_opinion_hidden(p, s, hidden);
    vg_page_raw(g, "<tr>");
    vg_page_cell_wrap(g, vg_opinion_text(p, s->statement));
    put_support(p, &s->everyone, few);
    for (int32_t k = 0; k < p->h->n_groups && p->h->n_groups > 1; k++)
        put_support(p, &s->group[k], hidden[k]);
    if (gap) {
        bool shown = !hidden[s->high_group] && !hidden[s->low_group];
        vg_opinion_share_cell(p, shown ? s->gap : NAN, s->gap_low, s->gap_high);
    }
    if (few)
        vg_opinion_few_cell(g);
    else
        vg_page_cell(g, vg_arg_int("", vg_opinion_cast(&s->everyone)));
    vg_page_row_end(g);
}

/* Too few votes to be placed among others: what a handful of people said would follow from the list they are in. */
static bool too_few(const vg_house_statement *s)
{
    return vg_opinion_cast(&s->everyone) < VG_REPORT_LEAST;
}

/* The first `top` of an order that stand at a place. Returns how many there are in all. */
static int32_t put_list(vg_opinion_page *p, vg_house_place place, bool backwards, const char *label)
{
    const vg_house *h = p->h;
    int32_t n = 0;
    for (int32_t i = 0; i < h->n_statements; i++) {
        int32_t at = h->by_bridging[backwards ? h->n_statements - 1 - i : i];
        if (h->statement[at].place != place || too_few(&h->statement[at]))
            continue;
        if (n++ == 0) {
            vg_page_table_begin(&p->page, label);
            put_heads(p, false);
        }
        if (n <= p->top)
            put_statement(p, &h->statement[at], false);
    }
    if (n)
        vg_page_table_end(&p->page);
    if (n > p->top)
        vg_page_note(&p->page, "consultation.more", vg_arg_int("n", n - p->top));
    return n;
}

void vg_opinion_common(vg_opinion_page *p)
{
    vg_page *g = &p->page;
    vg_page_section(g, "common", "consultation.common");
    vg_page_para(g, "consultation.common-text", VG_NO_ARG);
    vg_page_wrap(g, "<h3>", "consultation.common-agreed", "</h3>\n");
    if (!put_list(p, VG_HOUSE_COMMON, false, "consultation.common-agreed"))
        vg_page_note(g, "consultation.common-none", VG_NO_ARG);
    vg_page_wrap(g, "<h3>", "consultation.common-refused", "</h3>\n");
    if (!put_list(p, VG_HOUSE_REFUSED, true, "consultation.common-refused"))
        vg_page_note(g, "consultation.refused-none", VG_NO_ARG);
    vg_page_section_end(g);
}

/* --- what divides --- */

/* One dividing statement: a bar for each group, disagree to the start side, agree to the end side. */
static void put_division(vg_opinion_page *p, const vg_house_statement *s)
{
    vg_page *g = &p->page;
    vg_str part[3] = { vg_message(g->lang, "consultation.disagree"), vg_message(g->lang, "consultation.pass"),
                       vg_message(g->lang, "consultation.agree") };
    vg_chart_bar bar[VG_HOUSE_MAX_GROUPS];
    double shares[VG_HOUSE_MAX_GROUPS][3];
    bool hidden[VG_HOUSE_MAX_GROUPS];
    vg_opinion_hidden(p, s, hidden);
    for (int32_t k = 0; k < p->h->n_groups; k++) {
        const vg_house_support *v = &s->group[k];
        double n = vg_opinion_cast(v);
        shares[k][0] = hidden[k] ? NAN : v->n_disagree / n;
        shares[k][1] = hidden[k] ? NAN : v->n_pass / n;
        shares[k][2] = hidden[k] ? NAN : v->n_agree / n;
        bar[k] = (vg_chart_bar){ .name = p->group_name[k],
                                 .note = VG_NOSTR,
                                 .share = shares[k],
                                 .n = hidden[k] ? 0 : vg_opinion_cast(v) };
    }
    vg_str text = vg_opinion_text(p, s->statement);
    vg_page_raw(g, "<h3>");
    vg_page_text(g, text);
    vg_page_raw(g, "</h3>\n");
    vg_chart_bars(g, &(vg_chart_bars_opts){ .words = { NULL, text, VG_NOSTR, VG_NOSTR },
                                            .n_parts = 3,
                                            .part = part,
                                            .middle = 1,
                                            .n_bars = p->h->n_groups,
                                            .bar = bar,
                                            .name_key = "consultation.column-name" });
}

void vg_opinion_divides(vg_opinion_page *p)
{
    const vg_house *h = p->h;
    vg_page *g = &p->page;
    int32_t n = 0;
    vg_page_section(g, "divides", "consultation.divides");
    if (h->n_groups < 2) {
        vg_page_para(g, "consultation.divides-one", VG_NO_ARG);
        vg_page_section_end(g);
        return;
    }
    vg_page_para(g, "consultation.divides-text", vg_arg_percent("gap", 0.2, 0));
    for (int32_t i = 0; i < h->n_statements && n < DIVISIONS; i++)
        if (h->statement[h->by_gap[i]].place == VG_HOUSE_DIVIDES) {
            put_division(p, &h->statement[h->by_gap[i]]);
            n++;
        }
    if (!n) {
        vg_page_note(g, "consultation.divides-none", VG_NO_ARG);
        vg_page_section_end(g);
        return;
    }
    vg_page_wrap(g, "<h3>", "consultation.divides-all", "</h3>\n");
    vg_page_table_begin(g, "consultation.divides-all");
    put_heads(p, true);
    n = 0;
    for (int32_t i = 0; i < h->n_statements; i++)
        if (h->statement[h->by_gap[i]].place == VG_HOUSE_DIVIDES && n++ < 2 * p->top)
            put_statement(p, &h->statement[h->by_gap[i]], true);
    vg_page_table_end(g);
    if (n > 2 * p->top)
        vg_page_note(g, "consultation.more", vg_arg_int("n", n - 2 * p->top));
    vg_page_section_end(g);
}

/* --- all statements --- */

void vg_opinion_statements(vg_opinion_page *p)
{
    const vg_house *h = p->h;
    vg_page *g = &p->page;
    int32_t open = 0, shown = h->n_statements < MAX_LISTED ? h->n_statements : MAX_LISTED;
    for (int32_t i = 0; i < h->n_statements; i++)
        open += h->statement[i].place == VG_HOUSE_OPEN;
    vg_page_section(g, "statements", "consultation.statements");
    vg_page_para(g, "consultation.statements-text", vg_arg_int("n", h->n_statements),
                 vg_arg_int("open", open));
    vg_arg arg = vg_arg_int("n", shown);
    vg_page_details(g, "consultation.statements-open", &arg, 1);
    vg_page_table_begin(g, "consultation.statements");
    put_heads(p, false);
    int32_t listed = 0;
    for (int32_t i = 0; i < h->n_statements && listed < shown; i++)
        if (!too_few(&h->statement[h->by_bridging[i]])) {
            put_statement(p, &h->statement[h->by_bridging[i]], false);
            listed++;
        }
    for (int32_t i = 0; i < h->n_statements && listed < shown; i++) /* last, in the order of the record */
        if (too_few(&h->statement[i])) {
            put_statement(p, &h->statement[i], false);
            listed++;
        }
    vg_page_table_end(g);
    vg_page_details_end(g);
    vg_page_section_end(g);
}
