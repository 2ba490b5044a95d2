/*
 * Harness of the name parser: the first byte says what kind of name, the bytes before the first newline are one name, those
 * behind it another. Any bytes parse; parts lie within the text, the score is a probability, symmetric, and explained.
 */
#include <math.h>
#include <stdlib.h>

#include "screening/name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void must(bool holds)
{
    if (!holds)
        abort();
}

static void check_name(const vg_name *n)
{
    must(n->n >= 0 && n->n <= VG_NAME_PARTS && n->n_joined <= 64 && n->n_core <= n->n);
    for (int i = 0; i < n->n; i++) {
        const vg_name_part *p = &n->part[i];
        must(p->folded[p->n_folded] == 0 && p->sound[p->n_sound] == 0 && p->kind <= VG_PART_STOP &&
             p->weight >= 0);
        must(p->raw.s >= n->text.s && p->raw.s + p->raw.n <= n->text.s + n->text.n);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    static vg_name_book *book;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_name x, y;
    vg_name_explained why;
    if (n == 0 || (!book && !vg_name_book_open(&book, &e)) || !vg_arena_init(&a, 1 << 20, &e))
        return 0;
    vg_schema schema = (vg_schema)(data[0] % 6);
    vg_str second = { (const char *)data + 1, (ptrdiff_t)n - 1 }, first = vg_cut(&second, '\n');
    must(vg_name_parse(book, first, schema, &a, &x, &e) && vg_name_parse(book, second, schema, &a, &y, &e));
    check_name(&x);
    check_name(&y);
    double score = vg_name_score(book, &x, &y);
    must(score >= 0 && score <= 1 && score == vg_name_score(book, &y, &x));
    vg_name_explain(book, &x, &y, &why);
    must(why.score == score);
    vg_arena_free(&a);
    return 0;
}
