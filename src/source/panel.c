/*
 * Numbers by unit and month: which pairs were met, zeros for those a file leaves out, coverage. Invariant: a bit is set
 * for each (unit, month) handed over, and only for those.
 */
#include <math.h>

#include "source/source_int.h"

enum { ARENA_BYTES = 512 << 20, MONTH_BYTES = VG_PANEL_MONTHS / 8 };

bool vg_panel__init(vg_panel_seen *p, vg_err *e)
{
    *p = (vg_panel_seen){ .n_units = 0 };
    if (!vg_arena_init(&p->arena, ARENA_BYTES, e))
        return false;
    p->months = vg_new(&p->arena, uint8_t *, VG_PANEL_UNITS);
    p->unit = vg_new(&p->arena, int32_t, VG_PANEL_UNITS);
    return p->months && p->unit ? true : vg_fail_memory(e, ARENA_BYTES);
}

void vg_panel__free(vg_panel_seen *p)
{
    vg_arena_free(&p->arena);
}

int vg_panel__mark(vg_panel_seen *p, int32_t unit, int32_t month)
{
    int is_new = 0;
    if (!p->months[unit]) {
        p->months[unit] = vg_new(&p->arena, uint8_t, MONTH_BYTES);
        if (!p->months[unit])
            return -2;
        p->unit[p->n_units++] = unit;
        is_new = 1;
    }
    uint8_t *byte = &p->months[unit][month / 8], bit = (uint8_t)(1U << (month % 8));
    if (*byte & bit)
        return -1;
    *byte |= bit;
    p->first_month = p->first_month == 0 || month < p->first_month ? month : p->first_month;
    p->last_month = month > p->last_month ? month : p->last_month;
    return is_new;
}

static bool in_range(vg_reading *r, const vg_point *point)
{
    if (point->unit <= 0 || point->unit >= VG_PANEL_UNITS) {
        vg_fail(&r->why, VG_ERANGE, r->at, "unit number %d is outside 1..%d", point->unit,
                VG_PANEL_UNITS - 1);
        return vg_why(&r->why, "units are countries or PRIO-GRID cells");
    }
    if (point->month <= 0 || point->month >= VG_PANEL_MONTHS) {
        vg_fail(&r->why, VG_ERANGE, r->at, "month number %d is outside 1..%d", point->month,
                VG_PANEL_MONTHS - 1);
        return vg_why(&r->why, "months are counted from January 1980, which is 1");
    }
    return true;
}

bool vg_panel__put(vg_panel_seen *p, vg_reading *r, const vg_point *point, const vg_unit *u, vg_err *e)
{
    if (vg_failed(&r->why) || !in_range(r, point))
        return vg_reading__reject(r, e);
    int mark = vg_panel__mark(p, point->unit, point->month);
    if (mark == -2)
        return vg_fail_memory(e, ARENA_BYTES);
    if (mark == -1) {
        char month[16];
        vg_fail(&r->why, VG_ECONFLICT, r->at, "unit %d has two rows for %.*s", point->unit,
                VG_P(vg_month_text(point->month, month)));
        vg_why(&r->why, "a series has one number for a unit and month; the first one stays");
        return vg_reading__reject(r, e);
    }
    if (mark == 1 && u && !r->sink->unit(r->sink->ctx, u, e))
        return false;
    p->n_points++;
    p->n_zero += point->value == 0.0;
    return vg_reading__point(r, point, e);
}

bool vg_panel__fill_zeros(vg_panel_seen *p, vg_reading *r, int64_t *n, vg_err *e)
{
    *n = 0;
    r->at = (vg_at){ .file = vg_input_name(r->in) };
    for (int32_t i = 0; i < p->n_units; i++) {
        const uint8_t *months = p->months[p->unit[i]];
        for (int32_t m = p->first_month; m <= p->last_month; m++) {
            vg_point zero = { .kind = VG_UNIT_COUNTRY, .unit = p->unit[i], .month = m, .value = 0.0 };
            if (months[m / 8] >> (m % 8) & 1)
                continue;
            if (!vg_reading__point(r, &zero, e))
                return false;
            ++*n;
        }
    }
    return true;
}

void vg_panel__cover(vg_panel_seen *p, vg_reading *r)
{
    r->found->about.first_month = p->first_month;
    r->found->about.last_month = p->last_month;
}
