/*
 * The task of Project Jetson (UNHCR) as a CSV: arrivals by region and month, which part a row belongs to, and which rows
 * the published scores were computed on. Invariant: arrivals that are absent stay absent; the other columns become
 * variables of the same vintage (train 1 or 0, scored_h1, scored_h3).
 */
#include "source/source_int.h"

bool vg_jetson__read(vg_reading *r, vg_err *e)
{
    static const char *const needed[] = { "region", "month", "arrivals" };
    if (!vg_table__open(r, &(vg_csv_opts){ .latin1_ok = true }, e))
        return false;
    const int32_t col[] = { vg_table__column(r, "region|admin1|adm1_name"), vg_table__column(r, "month"),
                            vg_table__column(r, "arrivals") };
    if (!vg_table__need(r, "jetson-task", needed, col, 3, e))
        return false;
    vg_region_column column[4] = { { .col = col[2], .variable = VG_S("arrivals"), .counted = true } };
    int32_t n = 1;
    static const char *const further[] = { "scored_h1", "scored_h3", "split" };
    for (int i = 0; i < 3; i++) {
        int32_t at = vg_table__column(r, further[i]);
        vg_str name = i == 2 ? VG_S("train") : vg_str_z(further[i]);
        if (at >= 0)
            column[n++] =
                (vg_region_column){ .col = at, .variable = name, .counted = i < 2, .train = i == 2 };
    }
    return vg_regional__read(
        r,
        &(vg_region_table){
            .region = col[0], .code = -1, .district = -1, .month = col[1], .column = column, .n_columns = n },
        e);
}
