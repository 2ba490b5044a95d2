/* JSON as a tree. Invariant: a tree is whole or was refused; nodes and texts live in the arena, whatever the body does. */
#include "door/tree.h"
#include "core/num.h"

static bool fail_body(vg_err *e, const vg_json_token *t, const char *what)
{
    vg_fail(e, VG_EPARSE, t->at, "%s", what);
    return vg_mend(e, "send one JSON value");
}

static bool new_node(vg_arena *a, vg_tree_kind kind, vg_str text, vg_tree **out, vg_err *e)
{
    vg_tree *node = vg_new(a, vg_tree, 1);
    if (!node)
        return vg_fail_memory(e, vg_arena_limit(a));
    node->kind = kind;
    if (text.n) {
        node->text = vg_copy(a, text);
        if (!node->text.s)
            return vg_fail_memory(e, vg_arena_limit(a));
    }
    *out = node;
    return true;
}

static bool scalar(const vg_json_token *t, vg_arena *a, vg_tree **out, vg_err *e)
{
    switch (t->kind) {
    case VG_JSON_STRING: return new_node(a, VG_TREE_TEXT, t->text, out, e);
    case VG_JSON_NUMBER: return new_node(a, VG_TREE_NUMBER, t->text, out, e);
    case VG_JSON_TRUE: return new_node(a, VG_TREE_TRUE, VG_S("true"), out, e);
    case VG_JSON_FALSE: return new_node(a, VG_TREE_FALSE, VG_S("false"), out, e);
    case VG_JSON_NULL: return new_node(a, VG_TREE_NULL, VG_NOSTR, out, e);
    case VG_JSON_OBJECT: return new_node(a, VG_TREE_OBJECT, VG_NOSTR, out, e);
    case VG_JSON_ARRAY: return new_node(a, VG_TREE_ARRAY, VG_NOSTR, out, e);
    default: return fail_body(e, t, "the body ends too early");
    }
}

/* An open object or array, and where its next child is hung. */
typedef struct {
    vg_tree *node;
    const vg_tree **end;
} place;

static bool hang(place *at, vg_tree *node, vg_str key)
{
    node->key = key;
    *at->end = node;
    at->end = &node->next;
    at->node->n++;
    return true;
}

static bool fail_deep(const vg_json_token *t, vg_err *e)
{
    vg_fail(e, VG_ERANGE, t->at, "the body is nested more than %d deep", VG_TREE_DEPTH);
    return vg_mend(e, "send one JSON value of the form that this address takes");
}

static bool read_value(vg_json_reader *r, vg_arena *a, const vg_tree **out, vg_err *e)
{
    place open[VG_TREE_DEPTH];
    vg_tree *root = NULL, *node;
    vg_str key = VG_NOSTR;
    int depth = 0;
    do {
        vg_json_token t;
        if (!vg_json_next(r, &t, e))
            return false;
        if (t.kind == VG_JSON_OBJECT_END || t.kind == VG_JSON_ARRAY_END) {
            depth--;
            continue;
        }
        if (t.kind == VG_JSON_KEY) {
            key = vg_copy(a, t.text);
            if (!key.s)
                return vg_fail_memory(e, vg_arena_limit(a));
            continue;
        }
        if (!scalar(&t, a, &node, e))
            return false;
        if (depth)
            hang(&open[depth - 1], node, key);
        else
            root = node;
        key = VG_NOSTR;
        if (node->kind < VG_TREE_ARRAY)
            continue;
        if (depth == VG_TREE_DEPTH)
            return fail_deep(&t, e);
        open[depth++] = (place){ node, &node->first };
    } while (depth > 0);
    *out = root;
    return true;
}

bool vg_tree_read(vg_str body, vg_arena *a, const vg_tree **out, vg_err *e)
{
    vg_input *in;
    vg_json_reader *r;
    vg_json_token t = { .at = { .line = 1, .col = 1 } };
    vg_str head = vg_trim(vg_sub(body, 0, 4096));
    if (!head.n || !vg_utf8_valid(body) || (unsigned char)head.s[0] < 0x20 ||
        (unsigned char)head.s[0] >= 0x7F || vg_starts(head, VG_S("PK")))
        return fail_body(e, &t, "the body is not JSON in UTF-8"); /* also no gzip, no zip */
    if (!vg_input_memory(body, VG_S("body"), &in, e))
        return false;
    bool good = vg_json_open(in, a, &r, e) && read_value(r, a, out, e) && vg_json_next(r, &t, e);
    if (good && t.kind != VG_JSON_END)
        good = fail_body(e, &t, "something follows the value");
    vg_input_close(in);
    return good;
}

const vg_tree *vg_tree_member(const vg_tree *t, const char *name)
{
    static const vg_tree nothing = { .kind = VG_TREE_NULL };
    const vg_tree *found = &nothing;
    if (t->kind != VG_TREE_OBJECT)
        return found;
    for (const vg_tree *m = t->first; m; m = m->next)
        if (vg_eq(m->key, vg_str_z(name)))
            found = m;
    return found;
}

static bool has_text(const vg_tree *t)
{
    return (t->kind == VG_TREE_TEXT || t->kind == VG_TREE_NUMBER) && t->text.n;
}

vg_str vg_tree_text(const vg_tree *t, int64_t i)
{
    if (t->kind != VG_TREE_ARRAY)
        return i == 0 && has_text(t) ? t->text : VG_NOSTR;
    for (const vg_tree *m = t->first; m; m = m->next)
        if (has_text(m) && i-- == 0)
            return m->text;
    return VG_NOSTR;
}

static void put_scalar(vg_json *j, const vg_tree *t)
{
    double x;
    if (t->kind == VG_TREE_TEXT)
        vg_json_str(j, t->text);
    else if (t->kind == VG_TREE_NUMBER && vg_num(t->text, &x))
        vg_json_num(j, x);
    else if (t->kind == VG_TREE_TRUE || t->kind == VG_TREE_FALSE)
        vg_json_bool(j, t->kind == VG_TREE_TRUE);
    else
        vg_json_null(j);
}

/* As deep as what was read, which VG_TREE_DEPTH limits. */
void vg_tree_put(vg_json *j, const vg_tree *t)
{
    if (t->kind < VG_TREE_ARRAY) {
        put_scalar(j, t);
        return;
    }
    if (t->kind == VG_TREE_ARRAY)
        vg_json_array(j);
    else
        vg_json_object(j);
    for (const vg_tree *m = t->first; m; m = m->next) {
        if (t->kind == VG_TREE_OBJECT)
            vg_json_key(j, m->key);
        vg_tree_put(j, m);
    }
    vg_json_close(j);
}
