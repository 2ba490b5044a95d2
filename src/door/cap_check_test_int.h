/**
 * For tests: holds a message against the Common Alerting Protocol 1.2 (OASIS Standard, 1 July 2010). Order, number and
 * words of the elements are those of its schema (section 3.4); what a schema cannot say is taken from the notes of the
 * tables in section 3.2 and from 3.3.2: instants with an offset and never "Z", names without blanks, commas, < and &,
 * references in threes, polygons that close, circles with a radius, elements that hold something.
 */
#ifndef VG_DOOR_CAP_CHECK_TEST_H
#define VG_DOOR_CAP_CHECK_TEST_H

#include <stdio.h>
#include <string.h>

#include "core/date.h"
#include "core/num.h"
#include "core/xml.h"

typedef enum {
    CAP_PARENT, /* has children, no text */
    CAP_TEXT,
    CAP_NAME, /* no blank, comma, < or & */
    CAP_INSTANT,
    CAP_WORD, /* one of `words`, each between bars */
    CAP_LANGUAGE,
    CAP_REFERENCES,
    CAP_POLYGON,
    CAP_CIRCLE,
    CAP_NUMBER,
    CAP_URI
} cap_kind;

typedef struct cap_rule {
    const char *name;
    int least, most; /* 0 = any number */
    cap_kind kind;
    const char *words;
    const struct cap_rule *child;
} cap_rule;

static const cap_rule cap_value[] = { { .name = "valueName", .least = 1, .most = 1, .kind = CAP_TEXT },
                                      { .name = "value", .least = 1, .most = 1, .kind = CAP_TEXT },
                                      { .name = NULL } };
static const cap_rule cap_resource[] = { { .name = "resourceDesc", .least = 1, .most = 1, .kind = CAP_TEXT },
                                         { .name = "mimeType", .least = 1, .most = 1, .kind = CAP_TEXT },
                                         { .name = "size", .most = 1, .kind = CAP_NUMBER },
                                         { .name = "uri", .most = 1, .kind = CAP_URI },
                                         { .name = "derefUri", .most = 1, .kind = CAP_TEXT },
                                         { .name = "digest", .most = 1, .kind = CAP_TEXT },
                                         { .name = NULL } };
static const cap_rule cap_area[] = { { .name = "areaDesc", .least = 1, .most = 1, .kind = CAP_TEXT },
                                     { .name = "polygon", .kind = CAP_POLYGON },
                                     { .name = "circle", .kind = CAP_CIRCLE },
                                     { .name = "geocode", .child = cap_value },
                                     { .name = "altitude", .most = 1, .kind = CAP_NUMBER },
                                     { .name = "ceiling", .most = 1, .kind = CAP_NUMBER },
                                     { .name = NULL } };
static const cap_rule cap_info[] = {
    { .name = "language", .most = 1, .kind = CAP_LANGUAGE },
    { .name = "category",
      .least = 1,
      .kind = CAP_WORD,
      .words = "|Geo|Met|Safety|Security|Rescue|Fire|Health|Env|Transport|Infra|CBRNE|Other|" },
    { .name = "event", .least = 1, .most = 1, .kind = CAP_TEXT },
    { .name = "responseType",
      .kind = CAP_WORD,
      .words = "|Shelter|Evacuate|Prepare|Execute|Avoid|Monitor|Assess|AllClear|None|" },
    { .name = "urgency",
      .least = 1,
      .most = 1,
      .kind = CAP_WORD,
      .words = "|Immediate|Expected|Future|Past|Unknown|" },
    { .name = "severity",
      .least = 1,
      .most = 1,
      .kind = CAP_WORD,
      .words = "|Extreme|Severe|Moderate|Minor|Unknown|" },
    { .name = "certainty",
      .least = 1,
      .most = 1,
      .kind = CAP_WORD,
      .words = "|Observed|Likely|Possible|Unlikely|Unknown|" },
    { .name = "audience", .most = 1, .kind = CAP_TEXT },
    { .name = "eventCode", .child = cap_value },
    { .name = "effective", .most = 1, .kind = CAP_INSTANT },
    { .name = "onset", .most = 1, .kind = CAP_INSTANT },
    { .name = "expires", .most = 1, .kind = CAP_INSTANT },
    { .name = "senderName", .most = 1, .kind = CAP_TEXT },
    { .name = "headline", .most = 1, .kind = CAP_TEXT },
    { .name = "description", .most = 1, .kind = CAP_TEXT },
    { .name = "instruction", .most = 1, .kind = CAP_TEXT },
    { .name = "web", .most = 1, .kind = CAP_URI },
    { .name = "contact", .most = 1, .kind = CAP_TEXT },
    { .name = "parameter", .child = cap_value },
    { .name = "resource", .child = cap_resource },
    { .name = "area", .child = cap_area },
    { .name = NULL }
};
static const cap_rule cap_alert[] = {
    { .name = "identifier", .least = 1, .most = 1, .kind = CAP_NAME },
    { .name = "sender", .least = 1, .most = 1, .kind = CAP_NAME },
    { .name = "sent", .least = 1, .most = 1, .kind = CAP_INSTANT },
    { .name = "status",
      .least = 1,
      .most = 1,
      .kind = CAP_WORD,
      .words = "|Actual|Exercise|System|Test|Draft|" },
    { .name = "msgType",
      .least = 1,
      .most = 1,
      .kind = CAP_WORD,
      .words = "|Alert|Update|Cancel|Ack|Error|" },
    { .name = "source", .most = 1, .kind = CAP_TEXT },
    { .name = "scope", .least = 1, .most = 1, .kind = CAP_WORD, .words = "|Public|Restricted|Private|" },
    { .name = "restriction", .most = 1, .kind = CAP_TEXT },
    { .name = "addresses", .most = 1, .kind = CAP_TEXT },
    { .name = "code", .kind = CAP_TEXT },
    { .name = "note", .most = 1, .kind = CAP_TEXT },
    { .name = "references", .most = 1, .kind = CAP_REFERENCES },
    { .name = "incidents", .most = 1, .kind = CAP_TEXT },
    { .name = "info", .child = cap_info },
    { .name = NULL }
};
static const cap_rule cap_root = { .name = "alert", .child = cap_alert };

typedef struct {
    const cap_rule *rule;
    int last, count[24];
} cap_open;

typedef struct {
    cap_open open[8];
    int depth;
    char scope[16], type[16];
    bool has_restriction, has_addresses, has_references;
    char *why; /* 200 bytes; empty = nothing wrong */
} cap_walk;

static inline bool cap_wrong(cap_walk *w, const char *what, vg_str text, vg_err *e)
{
    if (!w->why[0])
        snprintf(w->why, 200, "%s: \"%.*s\"", what, VG_P(vg_utf8_head(text, 100)));
    return vg_fail(e, VG_EPARSE, VG_NOWHERE, "%s", w->why);
}

/* --- values --- */

static inline bool cap_is_instant(vg_str s)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddsdd:dd";
    int64_t at;
    if (s.n != (ptrdiff_t)sizeof form - 1 || !vg_instant_parse(s, &at) || vg_ends(s, VG_S("+00:00")))
        return false;
    for (ptrdiff_t i = 0; i < s.n; i++) {
        bool digit = s.s[i] >= '0' && s.s[i] <= '9';
        if (form[i] == 'd' ? !digit : form[i] == 's' ? s.s[i] != '+' && s.s[i] != '-' : s.s[i] != form[i])
            return false;
    }
    return true;
}

static inline bool cap_is_name(vg_str s)
{
    for (ptrdiff_t i = 0; i < s.n; i++)
        if ((unsigned char)s.s[i] <= ' ' || strchr(",<&", s.s[i]))
            return false;
    return s.n > 0;
}

static inline bool cap_is_pair(vg_str s)
{
    double lat, lon;
    vg_str rest = s, first = vg_cut(&rest, ',');
    return vg_num(first, &lat) && vg_num(rest, &lon) && lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180;
}

/* Words between single blanks, each held against `is_one`; how many, or -1. */
static inline int cap_each(vg_str s, bool (*is_one)(vg_str))
{
    int n = 0;
    while (s.n) {
        if (!is_one(vg_cut(&s, ' ')))
            return -1;
        n++;
    }
    return n;
}

static inline bool cap_is_reference(vg_str s)
{
    vg_str rest = s, sender = vg_cut(&rest, ','), identifier = vg_cut(&rest, ',');
    return cap_is_name(sender) && cap_is_name(identifier) && cap_is_instant(rest);
}

static inline bool cap_is_polygon(vg_str s)
{
    ptrdiff_t first = vg_find_byte(s, ' ');
    return cap_each(s, cap_is_pair) >= 4 && vg_ends(s, vg_sub(s, 0, first)) && s.s[s.n - first - 1] == ' ';
}

static inline bool cap_is_circle(vg_str s)
{
    double km;
    vg_str rest = s, centre = vg_cut(&rest, ' ');
    return cap_is_pair(centre) && vg_num(rest, &km) && km >= 0;
}

/* RFC 3066: letters, then parts of letters and digits, of at most eight each. */
static inline bool cap_is_language(vg_str s)
{
    bool first = true;
    if (!s.n)
        return false;
    while (s.n) {
        vg_str part = vg_cut(&s, '-');
        if (part.n < 1 || part.n > 8)
            return false;
        for (ptrdiff_t i = 0; i < part.n; i++) {
            char x = vg_lower(part.s[i]);
            if (!((x >= 'a' && x <= 'z') || (!first && x >= '0' && x <= '9')))
                return false;
        }
        first = false;
    }
    return true;
}

static inline bool cap_is_word(vg_str s, const char *words)
{
    char one[40];
    int n = snprintf(one, sizeof one, "|%.*s|", VG_P(s));
    return n > 2 && n < (int)sizeof one && vg_find_byte(s, '|') < 0 && strstr(words, one);
}

static inline bool cap_holds(const cap_rule *r, vg_str s)
{
    double x;
    switch (r->kind) {
    case CAP_PARENT: return true;
    case CAP_TEXT: return vg_trim(s).n > 0;
    case CAP_NAME: return cap_is_name(s);
    case CAP_INSTANT: return cap_is_instant(s);
    case CAP_WORD: return cap_is_word(s, r->words);
    case CAP_LANGUAGE: return cap_is_language(s);
    case CAP_REFERENCES: return cap_each(s, cap_is_reference) >= 1;
    case CAP_POLYGON: return cap_is_polygon(s);
    case CAP_CIRCLE: return cap_is_circle(s);
    case CAP_NUMBER: return vg_num(s, &x);
    case CAP_URI: return cap_is_name(s) && vg_find_byte(s, ':') > 0;
    }
    return false;
}

/* --- elements --- */

static inline const cap_rule *cap_enter(cap_walk *w, const vg_xml_element *el, vg_err *e)
{
    cap_open *parent = &w->open[w->depth - 1];
    const cap_rule *list = parent->rule->child;
    for (int i = 0; list && list[i].name; i++) {
        if (!vg_eq(el->name, vg_str_z(list[i].name)))
            continue;
        if (i < parent->last)
            cap_wrong(w, "an element out of its order", el->name, e);
        parent->last = i;
        if (list[i].most && parent->count[i] == list[i].most)
            cap_wrong(w, "an element too often", el->name, e);
        parent->count[i]++;
        return &list[i];
    }
    cap_wrong(w, "an element that does not belong there", el->name, e);
    return NULL;
}

static inline bool cap_opens(void *ctx, const vg_xml_element *el, vg_err *e)
{
    cap_walk *w = ctx;
    const cap_rule *r = &cap_root;
    if (el->depth == 1) {
        if (!vg_eq(el->name, VG_S("alert")) ||
            !vg_eq(vg_xml_attribute(el, "xmlns"), VG_S("urn:oasis:names:tc:emergency:cap:1.2")))
            return cap_wrong(w, "not an alert of version 1.2", el->name, e);
    } else {
        r = cap_enter(w, el, e);
        if (el->attr && el->attr[0])
            return cap_wrong(w, "an attribute", el->name, e);
    }
    if (w->why[0])
        return false;
    w->open[w->depth++] = (cap_open){ .rule = r };
    return true;
}

static inline void cap_note(cap_walk *w, const char *name, vg_str text)
{
    if (strcmp(name, "scope") == 0)
        snprintf(w->scope, sizeof w->scope, "%.*s", VG_P(text));
    else if (strcmp(name, "msgType") == 0)
        snprintf(w->type, sizeof w->type, "%.*s", VG_P(text));
    w->has_restriction |= strcmp(name, "restriction") == 0;
    w->has_addresses |= strcmp(name, "addresses") == 0;
    w->has_references |= strcmp(name, "references") == 0;
}

/* What one element asks of another. */
static inline const char *cap_asked(const cap_walk *w)
{
    if ((strcmp(w->scope, "Restricted") == 0) != w->has_restriction)
        return "restriction goes with scope Restricted";
    if (strcmp(w->scope, "Private") == 0 && !w->has_addresses)
        return "scope Private asks for addresses";
    if (strcmp(w->type, "Alert") != 0 && !w->has_references)
        return "references say what is updated or cancelled";
    return NULL;
}

static inline bool cap_closes(void *ctx, const vg_xml_element *el, vg_err *e)
{
    cap_walk *w = ctx;
    cap_open *me = &w->open[--w->depth];
    const cap_rule *list = me->rule->child;
    const char *asked;
    for (int i = 0; list && list[i].name; i++)
        if (me->count[i] < list[i].least)
            return cap_wrong(w, "an element that must be there is not", vg_str_z(list[i].name), e);
    if (list == cap_area && me->count[5] && !me->count[4])
        return cap_wrong(w, "a ceiling without an altitude", el->name, e);
    if (list && vg_trim(el->text).n)
        return cap_wrong(w, "text between elements", el->text, e);
    if (!list && !cap_holds(me->rule, el->text))
        return cap_wrong(w, me->rule->name, el->text, e);
    if (el->depth == 2)
        cap_note(w, me->rule->name, el->text);
    return el->depth > 1 || !(asked = cap_asked(w)) || cap_wrong(w, asked, VG_NOSTR, e);
}

/* What is wrong with a message, in 200 bytes; empty = it holds. */
static inline void cap_check(const char *xml, char why[200])
{
    vg_err e = VG_NO_ERR;
    vg_input *in;
    cap_walk w = { .why = why };
    vg_xml_handler handler = { .ctx = &w, .open = cap_opens, .close = cap_closes };
    why[0] = '\0';
    if (!vg_input_memory(vg_str_z(xml), VG_S("message"), &in, &e)) {
        snprintf(why, 200, "%s", e.what);
        return;
    }
    if (!vg_xml_read(in, &handler, &e) && !why[0])
        snprintf(why, 200, "%s", e.what);
    vg_input_close(in);
}

#define CHECK_CAP(xml)                                                                                       \
    do {                                                                                                     \
        char cap_why[200];                                                                                   \
        cap_check((xml), cap_why);                                                                           \
        if (cap_why[0])                                                                                      \
            fail_msg("%s in: %.3000s", cap_why, (xml));                                                      \
    } while (0)

#endif
