/*
 * Features of name pairs for training: reads lines "schema TAB name TAB name" from standard input and writes the features
 * of each as 32-bit floats to standard output, one row a line; with --names the names of the features, with --parts the
 * parts of the first name for people. One implementation: what is learnt from is what screens.
 */
#include <stdio.h>
#include <stdlib.h>

#include "screening/name_int.h"

static vg_schema schema_of(vg_str word)
{
    static const char *const name[] = { "Any", "Person", "Organization", "Company", "Vessel", "Airplane" };
    for (int i = 0; i < 6; i++)
        if (vg_eq(word, vg_str_z(name[i])))
            return (vg_schema)i;
    return VG_SCHEMA_ANY;
}

static void show(const vg_name *n)
{
    static const char *const kind[] = { "plain",  "given",   "family",  "patronymic", "particle",
                                        "title",  "initial", "ordinal", "suffix",     "legal",
                                        "symbol", "number",  "place",   "stop" };
    for (int i = 0; i < n->n; i++)
        printf("%s:%s:%s:%.1f:%d  ", n->part[i].folded, n->part[i].sound, kind[n->part[i].kind],
               (double)n->part[i].weight, n->part[i].group);
    printf("\n");
}

int main(int argc, char **argv)
{
    static char line[1 << 16];
    vg_name_book *book;
    vg_arena a;
    vg_err e = VG_NO_ERR;
    bool parts = argc == 2 && strcmp(argv[1], "--parts") == 0;
    if (argc == 2 && !parts) {
        for (int i = 0; i < (int)VG_N_FEATURES; i++)
            printf("%s\n", vg_feature_name((vg_feature)i));
        return 0;
    }
    if (!vg_name_book_open(&book, &e) || !vg_arena_init(&a, (int64_t)16 << 20, &e)) {
        vg_err_print(stderr, &e);
        return 3;
    }
    while (fgets(line, sizeof line, stdin)) {
        vg_str rest = vg_trim(vg_str_z(line)), schema = vg_cut(&rest, '\t'), first = vg_cut(&rest, '\t');
        vg_name x, y;
        vg_alignment al;
        vg_name_features f;
        vg_arena_reset(&a);
        if (!vg_name_parse(book, first, schema_of(schema), &a, &x, &e) ||
            !vg_name_parse(book, rest, schema_of(schema), &a, &y, &e))
            return 3;
        if (parts) {
            show(&x);
            show(&y);
            continue;
        }
        vg_name_ordered_features(&x, &y, &al, &f);
        fwrite(f.x, sizeof *f.x, VG_N_FEATURES, stdout);
    }
    vg_arena_free(&a);
    vg_name_book_close(book);
    return 0;
}
