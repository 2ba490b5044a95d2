/*
 * Exports of the early-warning dashboard of FSNAU and FAO SWALIM, by region or by district and month: arrivals,
 * departures, conflict, rain, vegetation, prices, diseases. Invariant: every column behind region, district and month is
 * a variable under its own name, and an empty cell stays not known.
 */
#include "source/source_int.h"

/* Arrivals are the vintage's own variable; without them the first column is. */
static int32_t list_columns(const vg_reading *r, const vg_column_holds *holds, const int32_t *place,
                            int n_places, vg_region_column *column)
{
    int32_t n = 0, arrivals = vg_table__column(r, "arrivals");
    if (arrivals >= 0)
        column[n++] = (vg_region_column){ .col = arrivals, .variable = r->header[arrivals], .counted = true };
    for (int32_t c = 0; c < r->n_header && n < VG_REGION_COLUMNS; c++) {
        bool taken = c == arrivals || !r->header[c].n || holds[c] == VG_HOLDS_TEXT;
        for (int i = 0; i < n_places; i++)
            taken = taken || c == place[i];
        if (!taken)
            column[n++] = (vg_region_column){ .col = c,
                                              .variable = r->header[c],
                                              .counted = vg_regional__counted(r->header[c]) };
    }
    return n;
}

bool vg_dashboard__read(vg_reading *r, vg_err *e)
{
    static const char *const needed[] = { "region", "month", "a column of numbers" };
    vg_region_column *column = vg_new(r->a, vg_region_column, VG_REGION_COLUMNS);
    if (!column)
        return vg_fail_memory(e, vg_arena_limit(r->a));
    if (!vg_table__open(r, &(vg_csv_opts){ .latin1_ok = true }, e))
        return false;
    const int32_t place[] = { vg_table__column(r, "region|admin1|adm1_name"),
                              vg_table__column(r, "district|admin2|adm2_name"),
                              vg_table__column(r, "month") };
    const vg_column_holds *holds;
    if (!vg_regional__holds(r, r->decimal_comma, &holds, e))
        return false;
    int32_t n = list_columns(r, holds, place, 3, column);
    if (!vg_table__need(r, "fsnau-dashboard", needed, (int32_t[]){ place[0], place[2], n ? 0 : -1 }, 3, e))
        return false;
    return vg_regional__read(r,
                             &(vg_region_table){ .region = place[0],
                                                 .code = -1,
                                                 .district = place[1],
                                                 .month = place[2],
                                                 .column = column,
                                                 .n_columns = n },
                             e);
}
