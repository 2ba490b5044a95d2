/** Inside of core: what the two files of the TOML reader share. The reader stands at byte `next` of the text. */
#ifndef VG_CORE_TOML_INT_H
#define VG_CORE_TOML_INT_H

#include "core/toml.h"

typedef struct {
    vg_str text, name;
    ptrdiff_t next;
    int64_t line;
    ptrdiff_t line_at; /* byte at which the line begins */
    ptrdiff_t
        col_at; /* byte of this line whose column was asked last, and that column: long lines stay linear */
    int64_t col;
    vg_arena *a;
    vg_arena index;    /* of the table below */
    vg_toml **slot;    /* values by table and key */
    vg_toml **slot_of; /* the table each lies in */
    int64_t n_slots, n_taken;
    int depth;
    vg_err *e;
} vg_toml_reader;

/** One part of a dotted key. */
typedef struct {
    vg_str name;
    vg_at at;
} vg_toml_part;

/** How a table came to be: decides who may still add to it. */
enum {
    VG_TOML_BY_VALUE = 0, /* no table */
    VG_TOML_BY_PATH,      /* named on the way to another: [a.b] makes a */
    VG_TOML_BY_HEADER,
    VG_TOML_BY_DOTS,   /* a.b = 1 makes a */
    VG_TOML_BY_INLINE, /* whole where it is written */
    VG_TOML_BY_LIST    /* an array of tables by [[name]] */
};

static inline bool vg_toml__more(const vg_toml_reader *r)
{
    return r->next < r->text.n;
}

/** The byte `ahead` of the next one; 0 behind the end. */
static inline char vg_toml__byte(const vg_toml_reader *r, ptrdiff_t ahead)
{
    return r->next + ahead < r->text.n ? r->text.s[r->next + ahead] : 0;
}

/** The place of a byte of the current line. */
vg_at vg_toml__at(vg_toml_reader *r, ptrdiff_t byte);

/** A failure at a byte of the current line; then `why`, `mend` (may be NULL). Returns false. */
bool vg_toml__fail(vg_toml_reader *r, vg_code code, ptrdiff_t byte, const char *what, const char *why,
                   const char *mend);

/** Takes spaces and tabs; a line end, if one is next; a comment, if one is next. */
void vg_toml__space(vg_toml_reader *r);
bool vg_toml__line_end(vg_toml_reader *r);
bool vg_toml__comment(vg_toml_reader *r);

/** A key of one or more parts; at most VG_TOML_DEPTH. */
bool vg_toml__key(vg_toml_reader *r, vg_toml_part part[VG_TOML_DEPTH], int *n);

/** key = value into a table. */
bool vg_toml__pair(vg_toml_reader *r, vg_toml *table);

/** A value into `out`; a text in quotes. */
bool vg_toml__value(vg_toml_reader *r, vg_toml *out);
bool vg_toml__text(vg_toml_reader *r, bool over_lines, vg_str *out);
void vg_toml__append(vg_toml *to, vg_toml *child);
vg_toml *vg_toml__new(vg_toml_reader *r);

#endif
