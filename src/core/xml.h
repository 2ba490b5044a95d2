/**
 * XML as data: elements with attributes and text, read as a stream in constant memory. libexpat is seen only behind
 * this header.
 *
 *     static bool close(void *ctx, const vg_xml_element *el, vg_err *e) { ... el->name, el->parent, el->text ... }
 *     if (!vg_xml_read(in, &(vg_xml_handler){ .ctx = &x, .close = close }, e)) return false;
 *
 * Meant for files of strangers: a document type (DTD) is refused before anything in it is read, so there are no entities
 * to expand and none to fetch; elements deeper than VG_XML_DEPTH and texts over VG_XML_TEXT are refused. Text between
 * child elements (mixed content) is not kept: an element's text is what stands behind its last child.
 */
#ifndef VG_CORE_XML_H
#define VG_CORE_XML_H

#include "core/input.h"

enum { VG_XML_DEPTH = 64, VG_XML_TEXT = 1 << 20 };

/** Slices are borrowed for the call. */
typedef struct {
    vg_str name, parent;     /* parent of the root: empty */
    vg_str text;             /* when it closes; as it stands, spaces too */
    const char *const *attr; /* when it opens: name, value, name, value ... NULL */
    int depth;               /* root = 1 */
    vg_at at;
} vg_xml_element;

/** Either may be NULL. Returning false ends the reading with the failure in `e`. */
typedef struct {
    void *ctx;
    bool (*open)(void *ctx, const vg_xml_element *el, vg_err *e);
    bool (*close)(void *ctx, const vg_xml_element *el, vg_err *e);
} vg_xml_handler;

/** Value of an attribute, or the empty slice. */
vg_str vg_xml_attribute(const vg_xml_element *el, const char *name);

/**
 * Reads a whole document: UTF-8, UTF-16, ISO 8859-1 or US-ASCII, as it says. Fails: VG_EPARSE (not well-formed, cut off,
 * a document type, an encoding that is not known), VG_ERANGE (depth, text), VG_ENOMEM, and as vg_input_read.
 */
bool vg_xml_read(vg_input *in, const vg_xml_handler *handler, vg_err *e);

#endif
