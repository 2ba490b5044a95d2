/* The one place that sees libexpat. Invariant: after the first failure, ours or the handler's, the parser is stopped and
 * nothing more is handed out. */
#include "core/xml.h"

#include <expat.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 128, BLOCK = 1 << 16 };

typedef struct {
    const vg_xml_handler *handler;
    XML_Parser parser;
    vg_str file;
    vg_err *e;
    bool failed;
    int depth;
    char name[VG_XML_DEPTH + 1][NAME]; /* of the open elements */
    char *text;
    int64_t n_text, cap;
} reading;

static vg_at place(const reading *r)
{
    return (vg_at){ .file = r->file,
                    .line = (int64_t)XML_GetCurrentLineNumber(r->parser),
                    .col = (int64_t)XML_GetCurrentColumnNumber(r->parser) + 1 };
}

static void stop(reading *r)
{
    r->failed = true;
    XML_StopParser(r->parser, XML_FALSE);
}

vg_str vg_xml_attribute(const vg_xml_element *el, const char *name)
{
    for (const char *const *a = el->attr; a && *a; a += 2)
        if (strcmp(a[0], name) == 0)
            return vg_str_z(a[1]);
    return VG_NOSTR;
}

static vg_xml_element innermost(const reading *r)
{
    return (vg_xml_element){ .name = vg_str_z(r->name[r->depth]),
                             .parent = r->depth > 1 ? vg_str_z(r->name[r->depth - 1]) : VG_NOSTR,
                             .depth = r->depth,
                             .at = place(r) };
}

static void open_element(void *ctx, const XML_Char *name, const XML_Char **attr)
{
    reading *r = ctx;
    size_t n = strlen(name);
    if (r->failed)
        return;
    if (r->depth == VG_XML_DEPTH || n >= NAME) {
        vg_fail(r->e, VG_ERANGE, place(r),
                n >= NAME ? "an element's name of %zu letters" : "elements too deep: %zu",
                n >= NAME ? n : (size_t)VG_XML_DEPTH + 1);
        vg_why(r->e, "a list has at most %d levels, and names of at most %d letters", VG_XML_DEPTH, NAME - 1);
        stop(r);
        return;
    }
    memcpy(r->name[++r->depth], name, n + 1);
    r->n_text = 0;
    vg_xml_element el = innermost(r);
    el.attr = (const char *const *)attr;
    if (r->handler->open && !r->handler->open(r->handler->ctx, &el, r->e))
        stop(r);
}

static void close_element(void *ctx, const XML_Char *name)
{
    reading *r = ctx;
    (void)name;
    if (r->failed)
        return;
    vg_xml_element el = innermost(r);
    el.text = (vg_str){ r->text, (ptrdiff_t)r->n_text };
    if (r->handler->close && !r->handler->close(r->handler->ctx, &el, r->e))
        stop(r);
    r->depth--;
    r->n_text = 0;
}

static bool make_room(reading *r, int64_t n)
{
    if (r->n_text + n <= r->cap)
        return true;
    int64_t wider = r->cap ? r->cap : 4096;
    while (wider < r->n_text + n)
        wider *= 2;
    char *moved = realloc(r->text, (size_t)wider);
    if (!moved)
        return false;
    r->text = moved;
    r->cap = wider;
    return true;
}

static void add_text(void *ctx, const XML_Char *s, int n)
{
    reading *r = ctx;
    if (r->failed)
        return;
    if (r->n_text + n > VG_XML_TEXT) {
        vg_fail(r->e, VG_ERANGE, place(r), "a text of more than %d bytes", VG_XML_TEXT);
        stop(r);
    } else if (!make_room(r, n)) {
        vg_fail_memory(r->e, r->n_text + n);
        stop(r);
    } else {
        memcpy(r->text + r->n_text, s, (size_t)n);
        r->n_text += n;
    }
}

static void refuse_doctype(void *ctx, const XML_Char *name, const XML_Char *system_id,
                           const XML_Char *public_id, int has_internal_subset)
{
    reading *r = ctx;
    (void)system_id, (void)public_id, (void)has_internal_subset;
    vg_fail(r->e, VG_EPARSE, place(r), "a document type (DTD) stands in the file: %.60s", name);
    vg_why(r->e, "no list has one, and it can make a program read other files or grow without end");
    vg_mend(r->e, "get the file again from its publisher; do not use this one");
    stop(r);
}

static bool say(reading *r)
{
    if (r->failed)
        return false;
    enum XML_Error code = XML_GetErrorCode(r->parser);
    bool cut =
        code == XML_ERROR_NO_ELEMENTS || code == XML_ERROR_UNCLOSED_TOKEN || code == XML_ERROR_PARTIAL_CHAR;
    vg_fail(r->e, code == XML_ERROR_NO_MEMORY ? VG_ENOMEM : VG_EPARSE, place(r), "not well-formed XML: %s",
            XML_ErrorString(code));
    vg_why(r->e, cut ? "the file ends too early" : "the XML reader cannot go on behind this place");
    return vg_mend(r->e, "get the file again, whole");
}

static bool parse(reading *r, vg_input *in)
{
    for (;;) {
        void *room = XML_GetBuffer(r->parser, BLOCK);
        if (!room)
            return say(r);
        int64_t n = vg_input_read(in, room, BLOCK, r->e);
        if (n < 0)
            return false;
        if (XML_ParseBuffer(r->parser, (int)n, n == 0) != XML_STATUS_OK || r->failed)
            return say(r);
        if (n == 0)
            return true;
    }
}

bool vg_xml_read(vg_input *in, const vg_xml_handler *handler, vg_err *e)
{
    reading *r = calloc(1, sizeof *r);
    vg_err own = VG_NO_ERR;
    if (!r)
        return vg_fail_memory(e, (int64_t)sizeof *r);
    r->handler = handler;
    r->file = vg_input_name(in);
    r->e = e ? e : &own;
    r->parser = XML_ParserCreate(NULL);
    bool good = r->parser || vg_fail_memory(r->e, BLOCK);
    if (good) {
        XML_SetUserData(r->parser, r);
        XML_SetElementHandler(r->parser, open_element, close_element);
        XML_SetCharacterDataHandler(r->parser, add_text);
        XML_SetStartDoctypeDeclHandler(r->parser, refuse_doctype);
        good = parse(r, in);
        XML_ParserFree(r->parser);
    }
    free(r->text);
    free(r);
    return good;
}
