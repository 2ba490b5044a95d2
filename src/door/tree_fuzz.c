/*
 * Bodies of requests as trees, and questions made of them. Whatever bytes come: a tree is whole and can be written and read
 * again, or there is a failure; a property's value never breaks a question. After a first byte of ';' the rest is the
 * header and rows of a file to be screened, whose columns are told.
 */
#include <stdlib.h>
#include <string.h>

#include "door/screening_batch_int.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void demand(bool holds)
{
    if (!holds)
        abort();
}

static void ask(const vg_tree *t, vg_arena *a)
{
    vg_question q;
    vg_err e = VG_NO_ERR;
    bool known;
    if (t->kind != VG_TREE_OBJECT || !vg_question_begin(&q, a, &e))
        return;
    for (const vg_tree *m = t->first; m; m = m->next) {
        vg_err odd = VG_NO_ERR;
        vg_str value = vg_tree_text(m, 0);
        demand(vg_question_add(&q, m->key, value, &known, &odd) || vg_failed(&odd));
        ask(m, a);
    }
    demand(vg_question_end(&q, &e) || vg_failed(&e));
    for (int64_t i = 0; i < q.party.birth.n; i++)
        demand(q.birth[i].day_from <= q.birth[i].day_to);
}

static void read_json(vg_str text, vg_arena *a)
{
    const vg_tree *t, *again;
    vg_err e = VG_NO_ERR;
    vg_out o;
    if (!vg_tree_read(text, a, &t, &e)) {
        demand(vg_failed(&e));
        return;
    }
    demand(vg_out_memory(&o, &e));
    vg_json j = vg_json_to(&o);
    vg_tree_put(&j, t);
    demand(vg_tree_read(vg_out_text(&o), a, &again, &e) && again->kind == t->kind && again->n == t->n);
    vg_out_drop(&o);
    ask(t, a);
}

static void read_columns(vg_str text)
{
    static const vg_str map[] = { { "name=a", 6 } };
    vg_err e = VG_NO_ERR;
    vg_batch *b = calloc(1, sizeof *b);
    char *bytes = malloc((size_t)text.n + 1);
    if (b && bytes && vg_arena_init(&b->arena, 32 << 20, &e)) {
        memcpy(bytes, text.s, (size_t)text.n);
        b->bytes = (vg_str){ bytes, text.n };
        demand(vg_batch_columns(b, map, (int)(text.n % 2), &e) || vg_failed(&e));
        demand(b->n_columns <= VG_BATCH_COLUMNS);
        vg_batch_free(b);
    } else {
        free(b);
        free(bytes);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_str text = { (const char *)data, (ptrdiff_t)n };
    if (n == 0 || n > 1 << 16 || !vg_arena_init(&a, 256 << 20, &e))
        return 0;
    if (data[0] == ';')
        read_columns(vg_sub(text, 1, text.n));
    else
        read_json(text, &a);
    vg_arena_free(&a);
    return 0;
}
