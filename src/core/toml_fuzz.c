/*
 * TOML harness. A tree that was read is sound: counts, places within the text, text that is UTF-8, keys that come once;
 * what stands as written, read again as the value of a key, is a value again.
 */
#include <stdlib.h>

#include "core/toml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void look(const vg_toml *x, vg_str text, int depth)
{
    int32_t n = 0;
    demand(depth < 4 * VG_TOML_DEPTH && x->at.line > 0 && x->at.col > 0);
    demand(vg_utf8_valid(x->key) && vg_utf8_valid(x->text));
    demand(!x->written.n || (x->written.s >= text.s && x->written.s + x->written.n <= text.s + text.n));
    for (const vg_toml *y = x->first; y; y = y->next, n++) {
        look(y, text, depth + 1);
        if (x->kind == VG_TOML_TABLE && n < 50)
            for (const vg_toml *z = x->first; z != y; z = z->next)
                demand(!vg_eq(z->key, y->key));
    }
    demand(n == x->n);
}

static void read_again(const vg_toml *x)
{
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_toml *root;
    demand(vg_arena_init(&a, 1 << 24, &e));
    vg_str text = vg_format(&a, "x = %.*s", VG_P(x->written));
    if (text.s && vg_find_byte(x->written, 0) < 0) {
        demand(vg_toml_read(text, VG_S("again"), &a, &root, &e) || e.code == VG_ENOMEM);
        demand(vg_failed(&e) || root->first->kind == x->kind);
    }
    vg_arena_free(&a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_str text = { (const char *)data, (ptrdiff_t)n };
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_toml *root = NULL;
    demand(vg_arena_init(&a, 1 << 26, &e));
    if (vg_toml_read(text, VG_S("fuzz.toml"), &a, &root, &e)) {
        look(root, text, 0);
        for (const vg_toml *x = root->first; x; x = x->next)
            if (x->written.n && x->written.n < 4096)
                read_again(x);
    } else {
        demand(vg_failed(&e) && (e.code == VG_ENOMEM || e.at.line > 0));
    }
    vg_arena_free(&a);
    return 0;
}
