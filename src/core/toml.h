/**
 * TOML 1.0: settings that people write, read into a tree in which every value knows its line and column.
 *
 *     vg_toml *root;
 *     if (!vg_toml_read(text, VG_S("agreement.toml"), &arena, &root, e)) return false;
 *     vg_toml *zone = vg_toml_get(root, VG_S("zone"));                    NULL when it is not there
 *     for (vg_toml *x = zone ? zone->first : NULL; x; x = x->next) ...      in the order of the file
 *     for (vg_toml *x = vg_toml_unasked(root, NULL); x; x = vg_toml_unasked(root, x)) ...    misspelt keys
 *
 * The whole language is taken: tables and arrays of tables, dotted and quoted keys, the four kinds of text, numbers
 * with underscores, the four kinds of dates and times, arrays over several lines, inline tables, comments. What the
 * language refuses is refused (a key or table twice, control characters, bytes that are not UTF-8, numbers with leading
 * zeros), and also: a 60th second, a fraction of seconds finer than nanoseconds is cut, a number that no double or
 * int64 holds, nesting deeper than VG_TOML_DEPTH. Source: https://toml.io/en/v1.0.0.
 */
#ifndef VG_CORE_TOML_H
#define VG_CORE_TOML_H

#include "core/arena.h"

enum { VG_TOML_DEPTH = 64 };

typedef enum {
    VG_TOML_TABLE,
    VG_TOML_ARRAY, /* also of tables, [[name]] */
    VG_TOML_TEXT,
    VG_TOML_INT,
    VG_TOML_FLOAT,
    VG_TOML_BOOL,
    VG_TOML_INSTANT, /* date and time with an offset */
    VG_TOML_LOCAL,   /* date and time of no particular place */
    VG_TOML_DATE,
    VG_TOML_TIME
} vg_toml_kind;

/** A value, with its key when it stands in a table. Lives in the arena; texts may point into the document. */
typedef struct vg_toml vg_toml;
struct vg_toml {
    vg_toml_kind kind;
    vg_str key;
    vg_at at;     /* of the value; of a table, of its header or first key */
    vg_at key_at; /* of its key */
    vg_str
        written; /* the value as it stands in the document; empty for tables and arrays of tables with headers */
    vg_str text;   /* TEXT */
    double number; /* FLOAT and INT */
    int64_t
        whole; /* INT; BOOL 0 or 1; INSTANT seconds from 1970 UTC; LOCAL and DATE the same as if UTC; TIME of the day */
    int32_t nanos; /* of the second */
    int32_t n;     /* values in it (TABLE, ARRAY) */
    vg_toml *first, *last, *next;
    bool asked;      /* vg_toml_get has handed it out */
    uint8_t made_by; /* for the reader: how a table came to be */
};

/**
 * Reads a document. `text` and `name` (what errors call it) are borrowed and must outlive the tree.
 * Fails: VG_EPARSE with line and column, VG_ECONFLICT (defined twice), VG_ERANGE (number, depth), VG_ENOMEM.
 * Time: linear in the text.
 */
bool vg_toml_read(vg_str text, vg_str name, vg_arena *a, vg_toml **root, vg_err *e);

/** The value of a key, marked as asked for; NULL when there is none or `table` is no table (or NULL). */
vg_toml *vg_toml_get(vg_toml *table, vg_str key);

/** The first value of a table after `after` (NULL = from the front) whose key nobody asked for; NULL = none. */
vg_toml *vg_toml_unasked(const vg_toml *table, const vg_toml *after);

/** What a kind is called in a sentence: "a text", "a whole number", "a table" ... */
const char *vg_toml_kind_words(vg_toml_kind kind);

#endif
