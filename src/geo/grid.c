/*
 * PRIO-GRID arithmetic. Invariant: rows and columns are counted from 0 at the south-west corner, gids from 1; row
 * and column appear only in this file.
 */
#include "geo/grid.h"

#include <math.h>
#include <stdbool.h>

enum { ROWS = 360, COLS = 720 };

static bool is_cell(int32_t gid)
{
    return gid >= 1 && gid <= VG_GRID_CELLS;
}

int32_t vg_grid_cell(double lat_deg, double lon_deg)
{
    if (!(fabs(lat_deg) <= 90.0) || !(fabs(lon_deg) <= 180.0)) /* also refuses NaN */
        return 0;
    int32_t row = (int32_t)floor((lat_deg + 90.0) * 2.0), col = (int32_t)floor((lon_deg + 180.0) * 2.0);
    row = row < ROWS ? row : ROWS - 1; /* the north pole and the date line belong to the last cell */
    col = col < COLS ? col : COLS - 1;
    return row * COLS + col + 1;
}

void vg_grid_centre(int32_t gid, double *lat_deg, double *lon_deg)
{
    int32_t row = (gid - 1) / COLS, col = (gid - 1) % COLS;
    *lat_deg = is_cell(gid) ? row / 2.0 - 89.75 : (double)NAN;
    *lon_deg = is_cell(gid) ? col / 2.0 - 179.75 : (double)NAN;
}

int vg_grid_neighbours(int32_t gid, int32_t out[8])
{
    int n = 0;
    if (!is_cell(gid))
        return 0;
    int32_t row = (gid - 1) / COLS, col = (gid - 1) % COLS;
    for (int32_t r = row - 1; r <= row + 1; r++)
        for (int32_t c = col - 1; c <= col + 1; c++)
            if (r >= 0 && r < ROWS && (r != row || c != col))
                out[n++] = r * COLS + (c + COLS) % COLS + 1;
    return n;
}
