/**
 * PRIO-GRID: the world in half-degree cells, the grid that conflict research counts on.
 *
 *     int32_t gid = vg_grid_cell(12.65, -8.0);        Bamako: 147,945
 *     vg_grid_centre(gid, &lat_deg, &lon_deg);
 *
 * 360 rows x 720 columns; gid 1 is the south-west corner, numbering runs eastward, then northward:
 *     row = floor((lat + 90) * 2), col = floor((lon + 180) * 2), clamped to 359 / 719;   gid = row * 720 + col + 1.
 * Source: Tollefsen, Strand, Buhaug 2012, "PRIO-GRID: a unified spatial data structure", doi 10.1177/0022343311431287.
 */
#ifndef VG_GEO_GRID_H
#define VG_GEO_GRID_H

#include <stdint.h>

#define VG_GRID_CELLS 259200

/** gid of a point, or 0 when it is outside -90..90, -180..180 or not a number. */
int32_t vg_grid_cell(double lat_deg, double lon_deg);

/** Centre of a cell in degrees; NaN for a gid that does not exist. */
void vg_grid_centre(int32_t gid, double *lat_deg, double *lon_deg);

/** The up to eight cells around one, east and west joined over the date line; returns how many were written. */
int vg_grid_neighbours(int32_t gid, int32_t out[8]);

#endif
