/* The frame of a report: text, head, facts, contents, sections, foot. Invariant: every text that comes from data or a
 * catalogue is escaped; only literals of the program are written as markup. */
#include "page/page.h"

#include "core/date.h"
#include "page/page_int.h"

bool vg_page_init(vg_page *p, vg_out *o, vg_lang lang, vg_arena *a, vg_err *e)
{
    vg_page page = { .o = o, .lang = lang, .a = a };
    if (!vg_out_memory(&page.text, e))
        return false;
    *p = page;
    return true;
}

bool vg_page_done(vg_page *p, vg_err *e)
{
    bool good = !p->text.failed || vg_fail_memory(e, vg_arena_limit(p->a));
    vg_out_drop(&p->text);
    return good;
}

/* --- text --- */

void vg_page_raw(vg_page *p, const char *markup)
{
    vg_put(p->o, vg_str_z(markup));
}

void vg_page_text(vg_page *p, vg_str text)
{
    vg_put_html(p->o, text);
}

vg_out *vg_page_begin(vg_page *p)
{
    p->text.n = 0;
    return &p->text;
}

void vg_page_end(vg_page *p)
{
    vg_put_html(p->o, vg_out_text(&p->text));
}

void vg_page_arg(vg_page *p, vg_arg arg)
{
    vg_arg_put(vg_page_begin(p), p->lang, &arg);
    vg_page_end(p);
}

vg_str vg_page_value_text(vg_page *p, vg_arg arg)
{
    vg_arg_put(vg_page_begin(p), p->lang, &arg);
    return vg_page_made(p, vg_copy(p->a, vg_out_text(&p->text)));
}

vg_str vg_page_made(vg_page *p, vg_str text)
{
    p->text.failed = p->text.failed || !text.s;
    return text;
}

void *vg_page_got(vg_page *p, void *memory)
{
    p->text.failed = p->text.failed || !memory;
    return memory;
}

void vg_page_line(vg_page *p, const char *open, const char *key, const char *close, const vg_arg *arg,
                  int n_args)
{
    vg_page_raw(p, open);
    vg_message_html(p->o, p->lang, key, arg, n_args);
    vg_page_raw(p, close);
}

void vg_page_wrap(vg_page *p, const char *open, const char *key, const char *close)
{
    vg_page_line(p, open, key, close, VG_ARGS(VG_NO_ARG));
}

void vg_page_notice(vg_page *p, const char *key, const vg_arg *arg, int n_args)
{
    vg_page_line(p, "<div class=\"notice\"><p>", key, "</p></div>\n", arg, n_args);
}

/* --- head --- */

static void put_css(vg_page *p, const unsigned char *css, long n)
{
    vg_put(p->o, (vg_str){ (const char *)css, n });
}

void vg_page_head(vg_page *p, const vg_page_title *t)
{
    const char *code = vg_lang_code(p->lang);
    vg_print(p->o, "<!DOCTYPE html>\n<html lang=\"%s\" dir=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", code,
             vg_lang_rtl(p->lang) ? "rtl" : "ltr");
    vg_page_raw(p, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    vg_page_line(p, "<title>", t->title, "</title>\n<style>\n", t->arg, t->n_args);
    put_css(p, vg_data_page_css, vg_data_page_css_len);
    if (t->charts)
        put_css(p, vg_data_chart_css, vg_data_chart_css_len);
    vg_page_raw(p, "</style>\n</head>\n<body>\n<div class=\"page\">\n");
    vg_page_wrap(p, "<a class=\"skip\" href=\"#main\">", "report.skip", "</a>\n");
    vg_page_raw(p, "<header>\n<p class=\"kicker\">vigie</p>\n");
    vg_page_line(p, "<h1>", t->title, "</h1>\n", t->arg, t->n_args);
    vg_page_line(p, "<p class=\"lead\">", t->lead, "</p>\n</header>\n", t->arg, t->n_args);
}

void vg_page_facts_begin(vg_page *p)
{
    vg_page_raw(p, "<ul class=\"facts\">\n");
}

void vg_page_fact(vg_page *p, vg_arg number, const char *key)
{
    vg_page_raw(p, "<li><b>");
    vg_page_arg(p, number);
    vg_page_raw(p, "</b>");
    vg_page_say(p, key, number);
    vg_page_raw(p, "</li>\n");
}

void vg_page_facts_end(vg_page *p)
{
    vg_page_raw(p, "</ul>\n");
}

void vg_page_contents_begin(vg_page *p)
{
    vg_page_wrap(p, "<nav aria-label=\"", "report.contents", "\"><ol>\n");
}

void vg_page_contents_item(vg_page *p, const char *id, vg_str name)
{
    vg_print(p->o, "<li><a href=\"#%s\">", id);
    vg_page_text(p, name);
    vg_page_raw(p, "</a></li>\n");
}

void vg_page_contents_say(vg_page *p, const char *id, const char *key)
{
    vg_page_contents_item(p, id, vg_message(p->lang, key));
}

void vg_page_contents_end(vg_page *p)
{
    vg_page_raw(p, "</ol></nav>\n");
}

/* --- body --- */

void vg_page_main(vg_page *p)
{
    vg_page_raw(p, "<main id=\"main\">\n");
}

void vg_page_section(vg_page *p, const char *id, const char *key)
{
    vg_print(p->o, "<section id=\"%s\" aria-labelledby=\"h-%s\">\n<h2 id=\"h-%s\">", id, id, id);
    vg_page_say(p, key, VG_NO_ARG);
    vg_page_raw(p, "</h2>\n");
}

void vg_page_section_named(vg_page *p, const char *id, vg_str above, vg_str name)
{
    vg_print(p->o, "<section class=\"country\" id=\"%s\" aria-labelledby=\"h-%s\">\n", id, id);
    if (above.n) {
        vg_page_raw(p, "<p class=\"place\">");
        vg_page_text(p, above);
        vg_page_raw(p, "</p>\n");
    }
    vg_print(p->o, "<h2 id=\"h-%s\">", id);
    vg_page_text(p, name);
    vg_page_raw(p, "</h2>\n");
}

void vg_page_section_end(vg_page *p)
{
    vg_page_raw(p, "</section>\n");
}

void vg_page_reading(vg_page *p, const char *const *key, const vg_arg *arg, int n_args)
{
    vg_page_raw(p, "<section aria-labelledby=\"h-read\">\n");
    vg_page_wrap(p, "<h2 id=\"h-read\">", "report.read", "</h2>\n<ul>\n");
    for (int i = 0; key[i]; i++)
        vg_page_line(p, "<li>", key[i], "</li>\n", arg, n_args);
    vg_page_raw(p, "</ul>\n</section>\n");
}

void vg_page_two_begin(vg_page *p)
{
    vg_page_raw(p, "<div class=\"two\">\n");
}

void vg_page_block(vg_page *p, const char *key)
{
    vg_page_wrap(p, "<div><h3>", key, "</h3>\n");
}

void vg_page_block_end(vg_page *p)
{
    vg_page_raw(p, "</div>\n");
}

void vg_page_two_end(vg_page *p)
{
    vg_page_raw(p, "</div>\n");
}

void vg_page_details(vg_page *p, const char *key, const vg_arg *arg, int n_args)
{
    vg_page_line(p, "<details><summary>", key, "</summary>\n", arg, n_args);
}

void vg_page_details_end(vg_page *p)
{
    vg_page_raw(p, "</details>\n");
}

void vg_page_foot(vg_page *p)
{
    vg_page_foot_at(p, vg_now());
}

void vg_page_foot_at(vg_page *p, int64_t at)
{
    vg_page_wrap(p, "</main>\n<footer>\n<p>", "report.names", "</p>\n<p>");
    vg_page_say(p, "report.made", vg_arg_text("version", VG_S(VG_VERSION)), vg_arg_day("date", at));
    vg_page_raw(p, "</p>\n</footer>\n</div>\n</body>\n</html>\n");
}
