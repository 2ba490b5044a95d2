/* A page in memory for the tests of this folder, and what is asked of it. */
#ifndef VG_PAGE_PAGE_TEST_INT_H
#define VG_PAGE_PAGE_TEST_INT_H

#include "test.h"

#include "page/chart.h"

static vg_out sheet_out;
static vg_arena sheet_arena;
static vg_page sheet;

static inline int open_sheet(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    setenv("VIGIE_NOW", "2025-01-15T12:00:00Z", 1);
    return vg_out_memory(&sheet_out, &e) && vg_arena_init(&sheet_arena, 64 << 20, &e) ? 0 : 1;
}

static inline int close_sheet(void **state)
{
    (void)state;
    vg_out_drop(&sheet_out);
    vg_arena_free(&sheet_arena);
    return 0;
}

/* An empty sheet in that language. */
static inline vg_page *fresh(vg_lang lang)
{
    vg_err e = VG_NO_ERR;
    vg_out_drop(&sheet.text);
    sheet_out.n = 0;
    vg_arena_reset(&sheet_arena);
    CHECK_OK(vg_page_init(&sheet, &sheet_out, lang, &sheet_arena, &e), &e);
    return &sheet;
}

static inline vg_str written(void)
{
    return vg_out_text(&sheet_out);
}

static inline int count(const char *what)
{
    vg_str rest = written();
    int n = 0;
    for (ptrdiff_t at; (at = vg_find(rest, vg_str_z(what))) >= 0; n++)
        rest = vg_sub(rest, at + 1, rest.n);
    return n;
}

static inline void has(const char *what)
{
    if (vg_find(written(), vg_str_z(what)) < 0)
        fail_msg("the page lacks \"%s\": %.*s", what, VG_P(vg_sub(written(), 0, 4000)));
}

/* Every tag that opens is closed, in order; NULL when so, else the tag. */
static inline const char *unbalanced(void)
{
    static char open[64][16];
    int depth = 0;
    vg_str rest = written();
    for (ptrdiff_t at; (at = vg_find_byte(rest, '<')) >= 0;) {
        rest = vg_sub(rest, at + 1, rest.n);
        ptrdiff_t end = vg_find_byte(rest, '>');
        bool closing = rest.s[0] == '/', alone = end > 0 && rest.s[end - 1] == '/';
        ptrdiff_t n = 0, from = closing ? 1 : 0;
        while (from + n < rest.n && ((rest.s[from + n] >= 'a' && rest.s[from + n] <= 'z') ||
                                     (rest.s[from + n] >= '0' && rest.s[from + n] <= '9')))
            n++;
        char name[16];
        snprintf(name, sizeof name, "%.*s", (int)n, rest.s + from);
        if (end < 0 || rest.s[0] == '!' || alone || strcmp(name, "meta") == 0)
            continue;
        if (!closing && depth < 64)
            memcpy(open[depth++], name, sizeof name);
        else if (depth == 0 || strcmp(open[--depth], name) != 0)
            return "a tag closes what is not open";
    }
    return depth ? open[depth - 1] : NULL;
}

#endif
