/**
 * A small JSON document as a tree, for the bodies of requests whose form is somebody else's (yente, OpenRefine).
 *
 *     const vg_tree *t;
 *     if (!vg_tree_read(body, arena, &t, e)) return false;
 *     for (const vg_tree *q = vg_tree_member(t, "queries")->first; q; q = q->next) ... q->key, q->text ...
 *
 * Only for what comes whole and is small: a node is about 100 bytes. Large files are read as a stream (core/json.h).
 */
#ifndef VG_DOOR_TREE_H
#define VG_DOOR_TREE_H

#include "core/json.h"

#define VG_TREE_DEPTH 32 /* so that a tree can stand inside what is written with vg_json */

typedef enum {
    VG_TREE_NULL,
    VG_TREE_FALSE,
    VG_TREE_TRUE,
    VG_TREE_NUMBER,
    VG_TREE_TEXT,
    VG_TREE_ARRAY,
    VG_TREE_OBJECT
} vg_tree_kind;

typedef struct vg_tree {
    vg_tree_kind kind;
    vg_str key;  /* of a member */
    vg_str text; /* of TEXT, NUMBER (as written), "true", "false" */
    const struct vg_tree *first, *next;
    int64_t n; /* children */
} vg_tree;

/** Reads one value. Fails: VG_EPARSE with line and column, VG_ERANGE (depth above VG_TREE_DEPTH), VG_ENOMEM. */
bool vg_tree_read(vg_str body, vg_arena *a, const vg_tree **out, vg_err *e);

/** The last member of this name; a null node when there is none or `t` is no object. Never NULL. */
const vg_tree *vg_tree_member(const vg_tree *t, const char *name);

/** The i-th text of a node: of a text itself (i = 0), of an array its texts and numbers. Empty after the last. */
vg_str vg_tree_text(const vg_tree *t, int64_t i);

/** Writes it again. */
void vg_tree_put(vg_json *j, const vg_tree *t);

#endif
