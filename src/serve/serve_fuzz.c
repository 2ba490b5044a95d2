/*
 * Router harness. The bytes are a request's target, or, after a first byte of '{', a JSON body. Whatever is taken must be
 * UTF-8 without NUL, have no segment that goes up, and give the same route again; parameters of the route are read too.
 */
#include <stdlib.h>

#include "serve/serve_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void check_target(const vg_target *t)
{
    for (int i = 0; i < t->n_segments; i++) {
        demand(vg_utf8_valid(t->segment[i]) && vg_find_byte(t->segment[i], '\0') < 0);
        demand(vg_find_byte(t->segment[i], '/') < 0 && !vg_eq(t->segment[i], VG_S("..")));
    }
    for (int i = 0; i < t->n_pairs; i++) {
        demand(vg_utf8_valid(t->pair[i].name) && vg_utf8_valid(t->pair[i].value));
        demand(vg_find_byte(t->pair[i].value, '\0') < 0);
    }
}

static void read_values(const vg_route *r, const vg_target *t, vg_arena *a)
{
    for (int i = 0; r->param && r->param[i].name; i++)
        for (int k = 0; k < t->n_pairs; k++) {
            vg_err e = VG_NO_ERR;
            vg_value v;
            vg_event_place place;
            const vg_param *p = &r->param[i];
            if (!vg_eq(vg_str_z(p->name), t->pair[k].name) || !vg_query__value(p, t->pair[k].value, &v, &e))
                continue;
            demand(p->kind != VG_P_INT || ((double)v.whole >= p->min && (double)v.whole <= p->max));
            demand(p->kind != VG_P_DAYS || v.from <= v.to);
            demand(p->kind != VG_P_BOX || (v.box[1] <= v.box[3] && v.box[0] >= -180 && v.box[2] <= 180));
            if (p->kind == VG_P_CURSOR && vg_query__place(v.text, VG_S("q"), &place, &e))
                demand(vg_query__place(vg_query__cursor(a, &place, VG_S("q")), VG_S("q"), &place, &e));
        }
}

static void read_countries(vg_str list, vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_selection *sel = vg_new(a, vg_selection, 1);
    bool good = sel && vg_selection__countries(sel, list, &e);
    demand(good || vg_failed(&e) || !sel);
    demand(!sel || (sel->filter.n_gwcodes >= 0 && sel->filter.n_gwcodes <= VG_MOST_COUNTRIES));
}

static void read_target(vg_str text, vg_arena *a)
{
    vg_target t, again;
    vg_err e = VG_NO_ERR;
    vg_as suffix;
    char allow[48];
    if (!vg_query__target(text, a, &t, &e)) {
        demand(vg_failed(&e));
        return;
    }
    check_target(&t);
    demand(vg_query__target(text, a, &again, &e) && again.n_segments == t.n_segments);
    const vg_route *r = vg_router__find(NULL, VG_S("GET"), &t, &suffix, allow);
    demand(r == vg_router__find(NULL, VG_S("HEAD"), &again, &suffix, allow));
    if (r)
        read_values(r, &t, a);
    for (int k = 0; k < t.n_pairs; k++)
        if (vg_eq(t.pair[k].name, VG_S("country")))
            read_countries(t.pair[k].value, a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_str text = { (const char *)data, (ptrdiff_t)n };
    if (n == 0 || n > 1 << 16 || !vg_arena_init(&a, 32 << 20, &e))
        return 0;
    if (data[0] == '{') {
        vg_target t = { .n_pairs = 0 };
        if (vg_query__json(text, &a, &t, &e))
            check_target(&t);
    } else {
        read_target(text, &a);
    }
    vg_arena_free(&a);
    return 0;
}
