/* Coded rows to the file. Runs in the queue's thread between vg_writer__begin and vg_writer__end, and nobody else
 * uses the connection meanwhile. Invariant: rows are appended; each table's rows of one import are one range. */
#include "store/store_int.h"

static const char INSERT_EVENT[] =
    "INSERT INTO event (month, n_months, type, gwcode, cell, best, low, high, civilians, day_from, day_to, "
    "date_prec,"
    " where_prec, lat_e7, lon_e7, actor_a, actor_b, conflict, adm1, adm2, kind, external_id, source, text, "
    "url) VALUES"
    " (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21,?22,?23,?24,?25)";

static bool write_event(vg_sql *q, const vg_event_node *row)
{
    for (int i = 0; i < VG_E_NUMBERS; i++) /* parameters count from 1 */
        if (row->number[i] != VG_UNKNOWN)
            vg_sql__bind_int(q, 1 + i, row->number[i]);
        else
            sqlite3_bind_null(q->stmt, 1 + i);
    for (int i = 0; i < VG_E_TEXTS; i++)
        if (VG_E_EXTERNAL_ID + i >= VG_E_NUMBERS || row->text[i].n)
            vg_sql__bind_optional(q, 1 + VG_E_EXTERNAL_ID + i, row->text[i]);
    return vg_sql__run(q);
}

static bool write_point(vg_sql *q, const vg_point_node *p)
{
    vg_sql__bind_int(q, 1, VG_KIND_OF(p->kind, p->variable == VG_UNKNOWN ? 0 : p->variable));
    vg_sql__bind_int(q, 2, p->unit);
    vg_sql__bind_int(q, 3, p->month);
    vg_sql__bind_real(q, 4, p->value);
    return vg_sql__run(q);
}

static bool write_flow(vg_sql *q, const vg_flow_node *f)
{
    vg_sql__bind_int(q, 1, f->kind);
    vg_sql__bind_int(q, 2, f->from);
    vg_sql__bind_int(q, 3, f->to);
    vg_sql__bind_int(q, 4, f->month);
    if (f->reason != VG_UNKNOWN)
        vg_sql__bind_int(q, 5, f->reason);
    else
        sqlite3_bind_null(q->stmt, 5);
    vg_sql__bind_int(q, 6, f->people);
    return vg_sql__run(q);
}

static bool write_unit(vg_sql *q, int64_t vintage, const vg_unit *u)
{
    vg_sql__bind_int(q, 1, vintage);
    vg_sql__bind_int(q, 2, u->unit);
    vg_sql__bind_text(q, 3, u->name);
    vg_sql__bind_text(q, 4, u->iso3);
    vg_sql__bind_int(q, 5, u->gwcode);
    vg_sql__bind_int(q, 6, u->first_month);
    vg_sql__bind_int(q, 7, u->last_month);
    return vg_sql__run(q);
}

static bool write_reject(vg_sql *q, const vg_reject *r)
{
    vg_sql__bind_int(q, 1, r->why.at.line);
    vg_sql__bind_int(q, 2, r->why.at.col);
    vg_sql__bind_int(q, 3, r->why.code);
    vg_sql__bind_text(q, 4, vg_str_z(r->why.what));
    vg_sql__bind_text(q, 5, vg_str_z(r->why.why));
    vg_sql__bind_text(q, 6, vg_str_z(r->why.mend));
    vg_sql__bind_text(q, 7, r->raw);
    return vg_sql__run(q);
}

static bool write_name(vg_sql *q, const vg_name_node *name)
{
    vg_sql__bind_int(q, 1, name->id);
    vg_sql__bind_text(q, 2, name->text);
    return vg_sql__run(q);
}

static bool write_node(vg_writer *w, const vg_node *node)
{
    switch (node->kind) {
    case VG_NODE_EVENT: return write_event(&w->event, (const vg_event_node *)node);
    case VG_NODE_POINT: return write_point(&w->point, (const vg_point_node *)node);
    case VG_NODE_UNIT: return write_unit(&w->unit, w->vintage, &((const vg_unit_node *)node)->unit);
    case VG_NODE_REJECT: return write_reject(&w->reject, &((const vg_reject_node *)node)->reject);
    case VG_NODE_FLOW: return write_flow(&w->flow, (const vg_flow_node *)node);
    case VG_NODE_NAME: break;
    }
    return write_name(&w->name, (const vg_name_node *)node);
}

bool vg_writer__batch(void *writer, const vg_node *first, vg_err *e)
{
    vg_writer *w = writer;
    w->event.e = w->point.e = w->unit.e = w->reject.e = w->name.e = w->flow.e = e;
    bool ok = true;
    for (const vg_node *node = first; node && ok; node = node->next)
        ok = write_node(w, node);
    return ok;
}

bool vg_writer__begin(vg_writer *w, vg_store *st, vg_err *e)
{
    *w = (vg_writer){ .st = st };
    return vg_sql__one_int(st, "SELECT coalesce(max(id), 0) + 1 FROM vintage", &w->vintage, e) &&
           vg_sql__one_int(st, "SELECT coalesce(max(id), 0) FROM event", &w->events_before, e) &&
           vg_sql__one_int(st, "SELECT coalesce(max(id), 0) FROM series", &w->series_before, e) &&
           vg_sql__one_int(st, "SELECT coalesce(max(id), 0) FROM reject", &w->rejects_before, e) &&
           vg_sql__open(&w->event, st, INSERT_EVENT, e) &&
           vg_sql__open(&w->point, st,
                        "INSERT INTO series (kind, unit, month, value) VALUES (?1, ?2, ?3, ?4)", e) &&
           vg_sql__one_int(st, "SELECT coalesce(max(id), 0) FROM flow", &w->flows_before, e) &&
           vg_sql__open(&w->flow, st,
                        "INSERT INTO flow (kind, from_unit, to_unit, month, reason, people)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                        e) &&
           vg_sql__open(&w->unit, st, "INSERT INTO unit VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", e) &&
           vg_sql__open(&w->name, st, "INSERT INTO name (id, text) VALUES (?1, ?2)", e) &&
           vg_sql__open(&w->reject, st,
                        "INSERT INTO reject (line, col, code, what, why, mend, raw)"
                        " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                        e);
}

void vg_writer__end(vg_writer *w)
{
    vg_sql__close(&w->event);
    vg_sql__close(&w->point);
    vg_sql__close(&w->unit);
    vg_sql__close(&w->reject);
    vg_sql__close(&w->name);
    vg_sql__close(&w->flow);
}
