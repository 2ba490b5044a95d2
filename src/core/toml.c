/*
 * TOML: the lines of a document, its keys and tables. Values are read in toml_value.c. Invariant: every child of a
 * table is in the index under (table, key), so that a second definition is seen at once however large the table is.
 */
#include "core/toml_int.h"

#include "core/utf8_int.h"

/* --- places and failures --- */

vg_at vg_toml__at(vg_toml_reader *r, ptrdiff_t byte)
{
    if (r->col_at < r->line_at || r->col_at > byte) {
        r->col_at = r->line_at;
        r->col = 1;
    }
    for (; r->col_at < byte; r->col_at++)
        r->col += ((unsigned char)r->text.s[r->col_at] & 0xC0) != 0x80;
    return (vg_at){ .file = r->name, .line = r->line, .col = r->col };
}

bool vg_toml__fail(vg_toml_reader *r, vg_code code, ptrdiff_t byte, const char *what, const char *why,
                   const char *mend)
{
    vg_fail(r->e, code, vg_toml__at(r, byte), "%s", what);
    if (why)
        vg_why(r->e, "%s", why);
    if (mend)
        vg_mend(r->e, "%s", mend);
    return false;
}

static bool fail_twice(vg_toml_reader *r, const vg_toml_part *part, const vg_toml *before)
{
    vg_fail(r->e, VG_ECONFLICT, part->at, "\"%.*s\" is defined twice; first in line %lld", VG_P(part->name),
            (long long)(before->key_at.line ? before->key_at.line : before->at.line));
    vg_why(r->e, "a key or a table may be defined once, and a table only in one way");
    return vg_mend(r->e, "take one of them out, or write [[%.*s]] before each of several tables",
                   VG_P(part->name));
}

/* --- the tree --- */

vg_toml *vg_toml__new(vg_toml_reader *r)
{
    vg_toml *x = vg_new(r->a, vg_toml, 1);
    if (!x)
        vg_fail_memory(r->e, vg_arena_limit(r->a));
    return x;
}

void vg_toml__append(vg_toml *to, vg_toml *child)
{
    if (to->last)
        to->last->next = child;
    else
        to->first = child;
    to->last = child;
    to->n++;
}

static int64_t slot_of(const vg_toml_reader *r, const vg_toml *table, vg_str key)
{
    uint64_t h = vg_hash(key) ^ ((uint64_t)(uintptr_t)table * 0x9E3779B97F4A7C15ULL);
    int64_t i = (int64_t)((h ^ h >> 32) & (uint64_t)(r->n_slots - 1));
    while (r->slot[i] && !(r->slot_of[i] == table && vg_eq(r->slot[i]->key, key)))
        i = (i + 1) & (r->n_slots - 1);
    return i;
}

static bool grow(vg_toml_reader *r)
{
    vg_toml **slot = r->slot, **of = r->slot_of;
    int64_t n = r->n_slots;
    r->n_slots = n ? 2 * n : 256;
    r->slot = vg_new(&r->index, vg_toml *, r->n_slots);
    r->slot_of = vg_new(&r->index, vg_toml *, r->n_slots);
    if (!r->slot || !r->slot_of)
        return vg_fail_memory(r->e, vg_arena_limit(&r->index));
    for (int64_t i = 0; i < n; i++)
        if (slot[i]) {
            int64_t to = slot_of(r, of[i], slot[i]->key);
            r->slot[to] = slot[i];
            r->slot_of[to] = of[i];
        }
    return true;
}

static vg_toml *find(const vg_toml_reader *r, const vg_toml *table, vg_str key)
{
    return r->slot[slot_of(r, table, key)];
}

/* A new child of a table under a key that is free. */
static vg_toml *add(vg_toml_reader *r, vg_toml *table, const vg_toml_part *part)
{
    vg_toml *x = vg_toml__new(r);
    if (!x || (2 * r->n_taken >= r->n_slots && !grow(r)))
        return NULL;
    x->key = part->name;
    x->key_at = x->at = part->at;
    int64_t i = slot_of(r, table, part->name);
    r->slot[i] = x;
    r->slot_of[i] = table;
    r->n_taken++;
    vg_toml__append(table, x);
    return x;
}

static vg_toml *add_table(vg_toml_reader *r, vg_toml *table, const vg_toml_part *part, uint8_t made_by)
{
    vg_toml *x = add(r, table, part);
    if (x)
        x->made_by = made_by;
    return x;
}

/* --- spaces, lines, comments --- */

void vg_toml__space(vg_toml_reader *r)
{
    while (vg_toml__byte(r, 0) == ' ' || vg_toml__byte(r, 0) == '\t')
        r->next++;
}

bool vg_toml__line_end(vg_toml_reader *r)
{
    ptrdiff_t n = vg_toml__byte(r, 0) == '\n'                                  ? 1
                  : vg_toml__byte(r, 0) == '\r' && vg_toml__byte(r, 1) == '\n' ? 2
                                                                               : 0;
    if (!n)
        return false;
    r->next += n;
    r->line++;
    r->line_at = r->next;
    return true;
}

bool vg_toml__comment(vg_toml_reader *r)
{
    if (vg_toml__byte(r, 0) != '#')
        return true;
    for (; vg_toml__more(r); r->next++) {
        unsigned char c = (unsigned char)vg_toml__byte(r, 0);
        if (c == '\n' || (c == '\r' && vg_toml__byte(r, 1) == '\n'))
            break;
        if ((c < 0x20 && c != '\t') || c == 0x7F)
            return vg_toml__fail(r, VG_EPARSE, r->next, "a control character in a comment",
                                 "a comment may hold any character but control characters", "delete it");
    }
    return true;
}

static bool rest_of_line(vg_toml_reader *r)
{
    vg_toml__space(r);
    if (!vg_toml__comment(r))
        return false;
    if (!vg_toml__more(r) || vg_toml__line_end(r))
        return true;
    return vg_toml__fail(r, VG_EPARSE, r->next, "something stands behind the value",
                         "a line holds one key with its value, or one table's name",
                         "put it on a line of its own, or # before it if it is a remark");
}

/* --- keys --- */

static bool is_bare(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

static bool key_part(vg_toml_reader *r, vg_toml_part *part)
{
    ptrdiff_t from = r->next;
    part->at = vg_toml__at(r, from);
    if (vg_toml__byte(r, 0) == '"' || vg_toml__byte(r, 0) == '\'')
        return vg_toml__text(r, false, &part->name);
    while (is_bare(vg_toml__byte(r, 0)))
        r->next++;
    part->name = vg_sub(r->text, from, r->next - from);
    return r->next > from ||
           vg_toml__fail(r, VG_EPARSE, from, "a key is missing or holds a character it may not",
                         "a key is made of a-z, A-Z, 0-9, _ and -", "put quotes around any other key");
}

bool vg_toml__key(vg_toml_reader *r, vg_toml_part part[VG_TOML_DEPTH], int *n)
{
    for (*n = 0;;) {
        if (*n == VG_TOML_DEPTH)
            return vg_toml__fail(r, VG_ERANGE, r->next, "a key of more than 64 parts", NULL, NULL);
        if (!key_part(r, &part[*n]))
            return false;
        ++*n;
        vg_toml__space(r);
        if (vg_toml__byte(r, 0) != '.')
            return true;
        r->next++;
        vg_toml__space(r);
    }
}

/* The table that `a.b` of a.b.c = 1 names, made where it is not there yet. */
static vg_toml *dotted(vg_toml_reader *r, vg_toml *table, const vg_toml_part *part)
{
    vg_toml *x = find(r, table, part->name);
    if (!x)
        return add_table(r, table, part, VG_TOML_BY_DOTS);
    if (x->made_by == VG_TOML_BY_PATH)
        x->made_by = VG_TOML_BY_DOTS;
    if (x->made_by == VG_TOML_BY_DOTS)
        return x;
    fail_twice(r, part, x);
    return NULL;
}

bool vg_toml__pair(vg_toml_reader *r, vg_toml *table)
{
    vg_toml_part part[VG_TOML_DEPTH];
    int n;
    if (!vg_toml__key(r, part, &n))
        return false;
    for (int i = 0; i + 1 < n; i++)
        if (!(table = dotted(r, table, &part[i])))
            return false;
    vg_toml *x = find(r, table, part[n - 1].name);
    if (x)
        return fail_twice(r, &part[n - 1], x);
    if (vg_toml__byte(r, 0) != '=')
        return vg_toml__fail(r, VG_EPARSE, r->next,
                             "a key without =", "a key and its value are written key = value",
                             "write = between them, or # before the line if it is a remark");
    r->next++;
    vg_toml__space(r);
    x = add(r, table, &part[n - 1]);
    return x && vg_toml__value(r, x);
}

/* --- [tables] and [[arrays of tables]] --- */

static vg_toml *element(vg_toml_reader *r, vg_toml *list, vg_at at)
{
    vg_toml *x = vg_toml__new(r);
    if (!x)
        return NULL;
    x->made_by = VG_TOML_BY_HEADER;
    x->at = at;
    vg_toml__append(list, x);
    return x;
}

/* One step of a header's path. */
static vg_toml *step(vg_toml_reader *r, vg_toml *table, const vg_toml_part *part)
{
    vg_toml *x = find(r, table, part->name);
    if (!x)
        return add_table(r, table, part, VG_TOML_BY_PATH);
    if (x->made_by == VG_TOML_BY_LIST)
        return x->last;
    if (x->made_by != VG_TOML_BY_VALUE && x->made_by != VG_TOML_BY_INLINE)
        return x;
    fail_twice(r, part, x);
    return NULL;
}

static vg_toml *last_step(vg_toml_reader *r, vg_toml *table, const vg_toml_part *part, bool list)
{
    vg_toml *x = find(r, table, part->name);
    if (!list) {
        if (!x)
            return add_table(r, table, part, VG_TOML_BY_HEADER);
        if (x->made_by == VG_TOML_BY_PATH) {
            x->made_by = VG_TOML_BY_HEADER;
            x->at = x->key_at = part->at;
            return x;
        }
    } else {
        if (!x && (x = add_table(r, table, part, VG_TOML_BY_LIST)))
            x->kind = VG_TOML_ARRAY;
        if (!x || x->made_by == VG_TOML_BY_LIST)
            return x ? element(r, x, part->at) : NULL;
    }
    fail_twice(r, part, x);
    return NULL;
}

static vg_toml *header(vg_toml_reader *r, vg_toml *root)
{
    vg_toml_part part[VG_TOML_DEPTH];
    int n;
    bool list = vg_toml__byte(r, 1) == '[';
    r->next += list ? 2 : 1;
    vg_toml__space(r);
    if (!vg_toml__key(r, part, &n))
        return NULL;
    if (vg_toml__byte(r, 0) != ']' || (list && vg_toml__byte(r, 1) != ']')) {
        vg_toml__fail(r, VG_EPARSE, r->next, list ? "]] is missing" : "] is missing",
                      "a table's name is written [name], that of one of several [[name]]", NULL);
        return NULL;
    }
    r->next += list ? 2 : 1;
    vg_toml *table = root;
    for (int i = 0; table && i + 1 < n; i++)
        table = step(r, table, &part[i]);
    return table ? last_step(r, table, &part[n - 1], list) : NULL;
}

/* --- the document --- */

static bool utf8(vg_toml_reader *r)
{
    if (vg_utf8_valid(r->text))
        return true;
    ptrdiff_t good = vg_utf8__front(r->text);
    for (ptrdiff_t i = 0; i < good; i++)
        if (r->text.s[i] == '\n') {
            r->line++;
            r->line_at = i + 1;
        }
    return vg_toml__fail(r, VG_EPARSE, good, "the text is not UTF-8", "TOML is written in UTF-8",
                         "save the file as UTF-8 in your editor");
}

static bool document(vg_toml_reader *r, vg_toml *root)
{
    vg_toml *table = root;
    while (vg_toml__more(r)) {
        vg_toml__space(r);
        char c = vg_toml__byte(r, 0);
        if (c == '[') {
            if (!(table = header(r, root)))
                return false;
        } else if (vg_toml__more(r) && c != '#' && c != '\n' && c != '\r') {
            if (!vg_toml__pair(r, table))
                return false;
        }
        if (!rest_of_line(r))
            return false;
    }
    return true;
}

bool vg_toml_read(vg_str text, vg_str name, vg_arena *a, vg_toml **out, vg_err *e)
{
    vg_err own = VG_NO_ERR;
    vg_toml_reader r = { .text = text, .name = name, .line = 1, .col = 1, .a = a, .e = e ? e : &own };
    if (vg_failed(r.e) || !vg_arena_init(&r.index, (int64_t)1 << 30, r.e))
        return false;
    if (vg_starts(text, VG_S("\xEF\xBB\xBF")))
        r.next = r.line_at = 3;
    vg_toml *root = vg_toml__new(&r);
    bool good = root && grow(&r) && utf8(&r) && document(&r, root);
    if (good) {
        root->made_by = VG_TOML_BY_HEADER;
        root->at = (vg_at){ .file = name, .line = 1, .col = 1 };
        *out = root;
    }
    vg_arena_free(&r.index);
    return good;
}

vg_toml *vg_toml_get(vg_toml *table, vg_str key)
{
    if (!table || table->kind != VG_TOML_TABLE)
        return NULL;
    for (vg_toml *x = table->first; x; x = x->next)
        if (vg_eq(x->key, key)) {
            x->asked = true;
            return x;
        }
    return NULL;
}

vg_toml *vg_toml_unasked(const vg_toml *table, const vg_toml *after)
{
    vg_toml *x = after ? after->next : table && table->kind == VG_TOML_TABLE ? table->first : NULL;
    while (x && x->asked)
        x = x->next;
    return x;
}

const char *vg_toml_kind_words(vg_toml_kind kind)
{
    static const char *const words[] = { "a table",
                                         "a list",
                                         "a text",
                                         "a whole number",
                                         "a number",
                                         "true or false",
                                         "a date with time and offset",
                                         "a date with time",
                                         "a date",
                                         "a time" };
    return words[kind];
}
