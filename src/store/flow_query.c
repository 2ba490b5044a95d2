/* Questions about flows: people who moved from one unit to another. Invariant: as for panels, a month's flows come from
 * one vintage only, the latest release that covers it. */
#include <stdlib.h>

#include "store/store_int.h"

typedef struct {
    vg_flow_record *flow;
    int64_t n, cap;
} flow_list;

static int compare_flows(const void *pa, const void *pb)
{
    const vg_flow_record *a = pa, *b = pb;
    if (a->month != b->month)
        return a->month < b->month ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    return vg_cmp(a->reason, b->reason);
}

static bool open_rows(vg_sql *q, vg_store *st, const vg_vintage_rows *v, const vg_flow_query *asked,
                      vg_err *e)
{
    if (!vg_sql__open(q, st,
                      "SELECT f.from_unit, f.to_unit, f.month, f.people, n.text FROM flow f"
                      " LEFT JOIN name n ON n.id = f.reason WHERE f.id BETWEEN ?1 AND ?2 AND f.kind = ?3"
                      " AND (?4 = 0 OR f.from_unit = ?4) AND (?5 = 0 OR f.to_unit = ?5)"
                      " AND (?6 = 0 OR f.month >= ?6) AND (?7 = 0 OR f.month <= ?7)"
                      " AND (?8 = '' OR n.text = ?8)",
                      e))
        return false;
    const int64_t number[] = { v->flow_from, v->flow_to,         asked->kind,      asked->from,
                               asked->to,    asked->first_month, asked->last_month };
    for (int i = 0; i < (int)(sizeof number / sizeof *number); i++)
        vg_sql__bind_int(q, 1 + i, number[i]);
    vg_sql__bind_text(q, 8, asked->reason);
    return true;
}

static bool add_flows(flow_list *list, vg_store *st, const vg_stream *s, int32_t vintage,
                      const vg_flow_query *asked, vg_arena *a, vg_err *e)
{
    vg_sql q;
    vg_str last = VG_NOSTR; /* reasons repeat: most rows share the text of the row before */
    if (!open_rows(&q, st, &s->vintage[vintage], asked, e))
        return false;
    while (vg_sql__next(&q)) {
        int64_t m = vg_sql__int(&q, 2) - s->first_month;
        if (m < 0 || m >= s->n_months || s->owner[m] != vintage)
            continue;
        list->flow = vg_sql__grow(a, list->flow, list->n, &list->cap, sizeof *list->flow, e);
        if (!last.s || !vg_eq(last, vg_sql__text(&q, 4)))
            last = vg_sql__copy(&q, 4, a);
        q.failed = !list->flow || !last.s;
        if (q.failed)
            break;
        list->flow[list->n++] = (vg_flow_record){ .kind = asked->kind,
                                                  .from = vg_sql__i32(&q, 0),
                                                  .to = vg_sql__i32(&q, 1),
                                                  .month = vg_sql__i32(&q, 2),
                                                  .people = vg_sql__int(&q, 3),
                                                  .reason = last };
    }
    return vg_sql__close(&q);
}

/* The vintages that own a month, as a panel lists them. */
static bool list_owners(const vg_stream *s, vg_arena *a, int64_t **vintage, int32_t *n, vg_err *e)
{
    int64_t *id = vg_new(a, int64_t, s->n);
    if (!id)
        return vg_fail_memory(e, vg_arena_limit(a));
    *n = 0;
    for (int32_t i = 0; i < s->n; i++) {
        bool owns = false;
        for (int32_t m = 0; m < s->n_months && !owns; m++)
            owns = s->owner[m] == i;
        if (owns)
            id[(*n)++] = s->vintage[i].about.id;
    }
    *vintage = id;
    return true;
}

bool vg_store_flows(vg_store *st, const vg_flow_query *q, vg_arena *a, vg_flow_record **out, int64_t *n,
                    int64_t **vintage, int32_t *n_vintages, vg_err *e)
{
    vg_flow_query asked = *q;
    asked.kind = q->kind ? q->kind : VG_UNIT_ADMIN1;
    vg_stream_query wanted = {
        .source = q->source, .scope = q->scope, .kind = asked.kind, .flows_only = true, .as_of = q->as_of
    };
    vg_stream s;
    flow_list list = { .n = 0 };
    int64_t *owner = NULL;
    int32_t n_owners = 0;
    if (!vg_store__ready(st, e) || !vg_stream__choose(st, &wanted, a, &s, e))
        return false;
    for (int32_t i = 0; i < s.n; i++)
        if (!add_flows(&list, st, &s, i, &asked, a, e))
            return false;
    if (!list_owners(&s, a, &owner, &n_owners, e))
        return false;
    if (list.n)
        qsort(list.flow, (size_t)list.n, sizeof *list.flow, compare_flows);
    *out = list.flow;
    *n = list.n;
    if (vintage)
        *vintage = owner;
    if (n_vintages)
        *n_vintages = n_owners;
    return true;
}
