/**
 * JSON (RFC 8259), written and read as a stream; no tree is built.
 *
 *     vg_json j = vg_json_to(&out);                      {"unit":"MLI","q":[0,3,17]}
 *     vg_json_object(&j);
 *     vg_json_key(&j, VG_S("unit"));  vg_json_str(&j, VG_S("MLI"));
 *     vg_json_key(&j, VG_S("q"));     vg_json_array(&j); ... vg_json_close(&j);
 *     vg_json_close(&j);
 *
 * The reader is a pull reader for the ingest path: it hands out one token at a time with its line and column,
 * keeps nothing, and refuses what RFC 8259 refuses (trailing commas, comments, NaN, lone surrogates, raw control
 * characters, bytes that are not UTF-8). Depth is limited to VG_JSON_DEPTH. A byte-order mark at the front is passed
 * over, numbers may be of any size (vg_num says whether one fits), keys may come twice, \u0000 is a NUL in `text`.
 *
 *     vg_json_token t;
 *     while (vg_json_next(r, &t, e) && t.kind != VG_JSON_END)
 *         if (t.kind == VG_JSON_KEY && vg_eq(t.text, VG_S("deaths"))) ...
 */
#ifndef VG_CORE_JSON_H
#define VG_CORE_JSON_H

#include "core/input.h"
#include "core/out.h"

#define VG_JSON_DEPTH 64

/* --- writing --- */

typedef struct {
    vg_out *out;
    int depth;
    bool comma[VG_JSON_DEPTH]; /* something was written at this depth */
    char close[VG_JSON_DEPTH]; /* ']' or '}' */
    bool after_key;
} vg_json;

vg_json vg_json_to(vg_out *out);
void vg_json_object(vg_json *j);
void vg_json_array(vg_json *j);
void vg_json_close(vg_json *j); /* the innermost object or array */
void vg_json_key(vg_json *j, vg_str key);
void vg_json_str(vg_json *j, vg_str s); /* bytes that are not UTF-8 become U+FFFD */
void vg_json_num(vg_json *j, double x); /* not-a-number and infinity become null: "not known" is never zero */
void vg_json_fixed(vg_json *j, double x, int decimals);
void vg_json_int(vg_json *j, int64_t x);
void vg_json_bool(vg_json *j, bool b);
void vg_json_null(vg_json *j);

/* --- reading --- */

typedef enum {
    VG_JSON_END, /* end of the input (several values one after another, as in JSON lines, are taken) */
    VG_JSON_OBJECT,
    VG_JSON_OBJECT_END,
    VG_JSON_ARRAY,
    VG_JSON_ARRAY_END,
    VG_JSON_KEY,
    VG_JSON_STRING,
    VG_JSON_NUMBER,
    VG_JSON_TRUE,
    VG_JSON_FALSE,
    VG_JSON_NULL
} vg_json_kind;

typedef struct {
    vg_json_kind kind;
    vg_str text; /* key or string unescaped, number as written; valid until the next token */
    vg_at at;    /* of its first character; columns count characters */
} vg_json_token;

typedef struct vg_json_reader vg_json_reader;

/**
 * Reader over an input; its memory lives in `a`: 64 KiB, and about twice the longest string or number once one is
 * longer, which may have 16 MiB. Fails: VG_ENOMEM.
 */
bool vg_json_open(vg_input *in, vg_arena *a, vg_json_reader **out, vg_err *e);

/**
 * Next token; VG_JSON_END again and again at the end. Fails: VG_EPARSE with line and column, VG_ERANGE (depth, length),
 * VG_ENOMEM, and as vg_input_read. After a failure the reader stays failed and repeats it.
 */
bool vg_json_next(vg_json_reader *r, vg_json_token *t, vg_err *e);

/**
 * Skips the value that begins with the token just read: nothing to do for scalars; for a key, its value. The text of
 * `t` is dead afterwards.
 */
bool vg_json_skip(vg_json_reader *r, const vg_json_token *t, vg_err *e);

#endif
