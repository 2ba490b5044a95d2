/* The consultation report: frame, key facts, map, method and sources, and the order of its sections. Invariant: texts of
 * statements, answers and files are data and go through the page's escaping; only literals are written as markup. */
#include "consultation/report_int.h"

#include <math.h>
#include <string.h>

enum { DEFAULT_TOP = 8 };

/* --- what sections share --- */

vg_str vg_opinion_text(vg_opinion_page *p, int32_t statement)
{
    const vg_consultation_statement *s = &p->o->votes->statement[statement];
    vg_str text = vg_consultation_text(s, vg_str_z(vg_lang_code(p->page.lang)));
    text = vg_trim(text.n ? text : s->original.text);
    if (!text.n)
        return vg_page_words(&p->page, "consultation.statement", vg_arg_text("id", s->id));
    vg_str head = vg_utf8_head(text, VG_REPORT_TEXT);
    if (head.n == text.n)
        return text;
    vg_str cut = vg_format(p->page.a, "%.*s\xE2\x80\xA6", VG_P(head));
    return cut.s ? cut : head;
}

int32_t vg_opinion_cast(const vg_house_support *s)
{
    return s->n_agree + s->n_pass + s->n_disagree;
}

void vg_opinion_hidden(const vg_opinion_page *p, const vg_house_statement *s,
                       bool hidden[VG_HOUSE_MAX_GROUPS])
{
    int32_t n = p->h->n_groups;
    for (int32_t g = 0; g < n; g++)
        hidden[g] = vg_opinion_cast(&s->group[g]) < VG_REPORT_LEAST;
    for (bool more = true; more;) {
        int32_t n_hidden = 0, people = 0, next = -1;
        for (int32_t g = 0; g < n; g++) {
            int32_t cast = vg_opinion_cast(&s->group[g]);
            n_hidden += hidden[g] && cast > 0;
            people += hidden[g] ? cast : 0;
            if (!hidden[g] && (next < 0 || cast < vg_opinion_cast(&s->group[next])))
                next = g;
        }
        /* Else it would be the total less the others. */
        more = n_hidden > 0 && next >= 0 && (n_hidden == 1 || people < VG_REPORT_LEAST);
        if (more)
            hidden[next] = true;
    }
}

void vg_opinion_share_cell(vg_opinion_page *p, double share, double low, double high)
{
    if (isnan(share)) {
        vg_page_cell(&p->page, vg_arg_percent("", NAN, 0));
        return;
    }
    vg_str text = vg_page_words(&p->page, "consultation.share", vg_arg_percent("share", share, 0),
                                vg_arg_num("low", 100 * low, 0), vg_arg_num("high", 100 * high, 0));
    vg_page_raw(&p->page, "<td>");
    vg_page_text(&p->page, text);
    vg_page_raw(&p->page, "</td>");
}

void vg_opinion_few_cell(vg_page *g)
{
    vg_page_wrap(g, "<td>", "consultation.few-votes", "</td>");
}

/* --- head --- */

static void put_head(vg_opinion_page *p)
{
    const vg_consultation *c = p->o->votes;
    vg_str name = c->topic.n ? c->topic : c->name;
    vg_arg arg[] = { vg_arg_text("name", vg_utf8_head(name, 200)), vg_arg_int("people", c->n_voters),
                     vg_arg_int("statements", p->h->n_statements), vg_arg_int("votes", c->n_votes),
                     vg_arg_int("groups", p->h->n_groups) };
    const char *lead = p->h->n_groups > 1 ? "consultation.lead" : "consultation.lead-one";
    vg_page_head(&p->page, &(vg_page_title){ "consultation.title", lead, arg, 5, true });
}

static int32_t count_place(const vg_house *h, vg_house_place place)
{
    int32_t n = 0;
    for (int32_t i = 0; i < h->n_statements; i++)
        n += h->statement[i].place == place && vg_opinion_cast(&h->statement[i].everyone) >= VG_REPORT_LEAST;
    return n;
}

static void put_facts(vg_opinion_page *p)
{
    const vg_consultation *c = p->o->votes;
    vg_page_facts_begin(&p->page);
    vg_page_fact(&p->page, vg_arg_int("n", c->n_voters), "consultation.fact-people");
    vg_page_fact(&p->page, vg_arg_int("n", c->n_votes), "consultation.fact-votes");
    vg_page_fact(&p->page, vg_arg_int("n", p->h->n_groups), "consultation.fact-groups");
    vg_page_fact(&p->page,
                 vg_arg_int("n", count_place(p->h, VG_HOUSE_COMMON) + count_place(p->h, VG_HOUSE_REFUSED)),
                 "consultation.fact-common");
    vg_page_fact(&p->page, vg_arg_int("n", count_place(p->h, VG_HOUSE_DIVIDES)), "consultation.fact-divides");
    vg_page_facts_end(&p->page);
}

static void put_contents(vg_opinion_page *p)
{
    vg_page *g = &p->page;
    vg_page_contents_begin(g);
    vg_page_contents_say(g, "map", "consultation.map");
    vg_page_contents_say(g, "groups", "consultation.groups");
    vg_page_contents_say(g, "common", "consultation.common");
    vg_page_contents_say(g, "divides", "consultation.divides");
    vg_page_contents_say(g, "unheard", "consultation.unheard");
    if (p->o->segments)
        vg_page_contents_say(g, "segments", "consultation.segments");
    if (p->o->survey)
        vg_page_contents_say(g, "survey", "consultation.survey");
    vg_page_contents_say(g, "statements", "consultation.statements");
    vg_page_contents_say(g, "method", "consultation.method");
    vg_page_contents_say(g, "sources", "consultation.sources");
    vg_page_contents_end(g);
}

static void put_reading(vg_opinion_page *p)
{
    static const char *const key[] = { "consultation.read-share", "consultation.read-estimate",
                                       "consultation.read-small", "consultation.read-sample", NULL };
    vg_arg arg[] = { vg_arg_percent("level", p->level, 0), vg_arg_int("least", VG_REPORT_LEAST) };
    vg_page_reading(&p->page, key, arg, 2);
}

/* --- the map --- */

static vg_str group_people(vg_opinion_page *p, int32_t group)
{
    int32_t size = p->h->size[group];
    return size < VG_REPORT_LEAST
               ? vg_page_words(&p->page, "consultation.few", vg_arg_int("least", VG_REPORT_LEAST))
               : vg_page_words(&p->page, "consultation.people", vg_arg_int("n", size));
}

static void put_map(vg_opinion_page *p)
{
    const vg_house *h = p->h;
    vg_page *g = &p->page;
    vg_str text[VG_HOUSE_MAX_GROUPS];
    for (int32_t k = 0; k < h->n_groups; k++)
        text[k] = group_people(p, k);
    vg_page_section(g, "map", "consultation.map");
    vg_page_para(g, h->n_groups > 1 ? "consultation.map-text" : "consultation.map-one", VG_NO_ARG);
    vg_arg x = vg_arg_percent("x", h->map_share[0], 0), y = vg_arg_percent("y", h->map_share[1], 0);
    vg_arg n = vg_arg_int("n", h->n_groups), people = vg_arg_int("people", p->o->votes->n_voters);
    vg_chart_scatter(g, &(vg_chart_scatter_opts){
                            .words = { "opinions", vg_page_words(g, "consultation.map-title", people),
                                       vg_page_words(g, "consultation.map-words", n, people),
                                       vg_page_words(g, "consultation.map-caption", x, y) },
                            .n = p->o->votes->n_participants,
                            .x = h->map_x,
                            .y = h->map_y,
                            .group = h->group,
                            .n_groups = h->n_groups,
                            .group_name = p->group_name,
                            .group_text = text,
                            .least = VG_REPORT_LEAST });
    if (h->n_groups > 1)
        vg_page_note(g, "consultation.stability", vg_arg_num("ari", h->stability, 2));
    vg_page_section_end(g);
}

/* --- method and sources --- */

static void put_record(vg_opinion_page *p)
{
    const vg_consultation *c = p->o->votes;
    vg_page *g = &p->page;
    vg_page_record_begin(g);
    vg_page_record_text(g, "consultation.record-name", c->name);
    vg_page_record_text(g, "consultation.record-format", c->format);
    vg_page_record_value(g, "consultation.record-rows", vg_arg_int("", c->n_rows));
    vg_page_record_value(g, "consultation.record-repeated", vg_arg_int("", c->n_repeated));
    vg_page_record_value(g, "consultation.record-rejected", vg_arg_int("", c->n_rejected));
    vg_page_record_value(g, "consultation.record-unknown", vg_arg_int("", c->n_unknown));
    vg_page_record_term(g, "consultation.record-sign");
    vg_page_say(g, c->sign == VG_SIGN_STORED ? "consultation.sign-stored" : "consultation.sign-export",
                VG_NO_ARG);
    vg_page_record_term_end(g);
    vg_page_record_value(g, "consultation.record-seed", vg_arg_int("", (int64_t)p->o->how.seed));
    vg_page_record_value(g, "consultation.record-level", vg_arg_percent("", p->level, 0));
    if (p->o->how.n_groups)
        vg_page_record_value(g, "consultation.record-forced", vg_arg_int("", p->o->how.n_groups));
    vg_page_record_end(g);
}

static void put_method(vg_opinion_page *p)
{
    static const char *const method[] = { "consultation.method-model", "consultation.method-groups",
                                          "consultation.method-stand", "consultation.method-common", NULL };
    static const char *const limit[] = { "consultation.limit-sample", "consultation.limit-model",
                                         "consultation.limit-groups", "consultation.limit-small", NULL };
    vg_page *g = &p->page;
    vg_page_section(g, "method", "consultation.method");
    vg_page_raw(g, "<ul>\n");
    for (int i = 0; method[i]; i++)
        vg_page_item(g, method[i], vg_arg_percent("level", p->level, 0));
    vg_page_raw(g, "</ul>\n");
    vg_page_wrap(g, "<h3>", "consultation.limits", "</h3>\n");
    vg_page_raw(g, "<ul>\n");
    for (int i = 0; limit[i]; i++)
        vg_page_item(g, limit[i], vg_arg_int("least", VG_REPORT_LEAST));
    vg_page_raw(g, "</ul>\n");
    vg_page_section_end(g);
}

/* The files with their fingerprints, and the terms of the data as a whole. */
static void put_sources(vg_opinion_page *p)
{
    static const char *const heading[] = { "column.file", "column.vintage", "consultation.record-rows",
                                           "column.sha256", NULL };
    vg_page *g = &p->page;
    vg_page_section(g, "sources", "consultation.sources");
    vg_page_table(g, "consultation.sources", heading, 1);
    for (int32_t i = 0; i < p->o->n_sources; i++) {
        const vg_page_source *s = &p->o->source[i];
        vg_page_row(g, s->source);
        vg_page_cell(g, s->vintage ? vg_arg_int("", s->vintage) : vg_arg_num("", NAN, 0));
        vg_page_cell(g, s->n_accepted ? vg_arg_int("", s->n_accepted) : vg_arg_num("", NAN, 0));
        vg_page_raw(g, "<td><code>");
        vg_page_text(g, s->sha256);
        vg_page_raw(g, "</code></td>");
        vg_page_row_end(g);
    }
    vg_page_table_end(g);
    if (p->o->n_sources) {
        vg_page_source whole = p->o->source[0];
        whole.source = p->o->votes->name;
        vg_page_terms(g, &whole, 1);
    }
    vg_page_wrap(g, "<h3>", "consultation.record", "</h3>\n");
    put_record(p);
    vg_page_section_end(g);
}

/* --- the page --- */

static void put_page(vg_opinion_page *p)
{
    put_head(p);
    put_facts(p);
    put_contents(p);
    vg_page_main(&p->page);
    put_reading(p);
    put_map(p);
    vg_opinion_groups(p);
    vg_opinion_common(p);
    vg_opinion_divides(p);
    vg_opinion_unheard(p);
    if (p->o->segments)
        vg_opinion_segments(p);
    if (p->o->survey)
        vg_opinion_survey(p, p->o->survey);
    vg_opinion_statements(p);
    put_method(p);
    put_sources(p);
    vg_page_foot(&p->page);
}

bool vg_consultation_report(const vg_consultation_report_opts *o, vg_arena *a, vg_out *out, vg_err *e)
{
    vg_opinion_page p = { .o = o,
                          .h = o->opinions,
                          .level = o->how.level > 0 ? o->how.level : 0.9,
                          .top = o->top ? o->top : DEFAULT_TOP };
    if (!vg_page_init(&p.page, out, o->lang, a, e))
        return false;
    for (int32_t g = 0; g < p.h->n_groups; g++) {
        char letter[2] = { (char)('A' + g), '\0' };
        vg_arg arg = vg_arg_text("letter", vg_str_z(letter));
        p.group_name[g] = p.h->n_groups > 1 ? vg_page_words(&p.page, "consultation.group", arg)
                                            : vg_message(o->lang, "consultation.column-everyone");
    }
    put_page(&p);
    return vg_page_done(&p.page, e);
}
