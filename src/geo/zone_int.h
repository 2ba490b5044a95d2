/**
 * What the files of zones share: the rings a zone is made of, its cut edges in a grid, and one question asked of it.
 *
 * Longitudes of a zone are unwrapped: a ring never jumps by 360 degrees, `west` lies in -180..180 and `east` may lie
 * past 180. A question's longitude is moved by whole turns to where the zone is, never the zone.
 */
#ifndef VG_GEO_ZONE_INT_H
#define VG_GEO_ZONE_INT_H

#include "geo/zone.h"

#define VG_EARTH_A  6378137.0         /* WGS 84, metres */
#define VG_EARTH_E2 0.006694379990141 /* first eccentricity squared */
#define VG_RADIAN   0.017453292519943295

/* Radius of 90 % in standard deviations of an isotropic normal: sqrt(2 ln 10). */
#define VG_SIGMAS_90 2.145966026289347

/* Masses beyond this many standard deviations are left out (6.3e-5 in all directions together). */
#define VG_REACH_SIGMAS 4.4

/* Closed rings (the last place is the first again) in degrees, longitude first. Outer rings run counter-clockwise. */
typedef struct {
    double (*at)[2];
    int32_t *first; /* n + 1 of them: ring i is at[first[i]] .. at[first[i + 1] - 1] */
    bool *hole;     /* holes come after the ring they lie in */
    int32_t n, n_at;
} vg_zone_rings;

/* A straight piece of the boundary that lies in one cell, the inside on its left. */
typedef struct {
    double x1, y1, x2, y2;
} vg_zone_edge;

/* Four edges that follow one another, as they are uncut: their corners; past the ring's end that corner again. */
enum { VG_ZONE_RUN = 4, VG_ZONE_RUNS = 4 };
typedef struct {
    double x[VG_ZONE_RUN + 1], y[VG_ZONE_RUN + 1];
    bool first; /* of its ring */
} vg_zone_corners;

/* Where four runs lie, degrees from (middle, south), and the squares of their longest edges, in degrees of latitude. */
typedef struct {
    float west[VG_ZONE_RUNS], south[VG_ZONE_RUNS], east[VG_ZONE_RUNS], north[VG_ZONE_RUNS],
        longest2[VG_ZONE_RUNS];
} vg_zone_runs;

struct vg_zone {
    vg_arena memory;
    vg_zone_rings rings;
    double west, south, east, north, middle; /* middle of the longitudes */
    double area_km2;
    double x0, y0, cell_x, cell_y, per_x, per_y; /* grid: corner, size of a cell, cells per degree */
    int32_t cols, rows;
    int32_t *first;     /* of each cell, by rows: its edges are edge[first[c]] .. edge[first[c + 1] - 1] */
    uint8_t *inside;    /* of each cell: is its point of reference inside? */
    vg_zone_edge *edge; /* in the order of the cells */
    vg_zone_runs *runs; /* by rings */
    vg_zone_corners *corner;
    int32_t n_runs;
};

/* The plane about a place, lengths in standard deviations: see zone_share.c. */
typedef struct {
    double lon, lat;         /* degrees; longitude in the zone's own turn */
    double kx, ky;           /* per degree */
    double kxy, kxx, kyy;    /* per degree squared */
    double bend;             /* sagitta of a chord is at most bend times the square of its length */
    bool wide;               /* the projection itself is needed */
    double sin_lat, cos_lat; /* then */
    double rx, ry;
    bool corner; /* set when the place lies on a corner */
} vg_zone_plane;

/* A place as it is asked: made once, put to many zones. */
typedef struct {
    double lat, lon, radius_m;
    double reach_lat, reach_lon; /* half of the box, in degrees, of all that matters; 180 = all longitudes */
    vg_zone_plane plane;         /* made when the first edge is met: radius_m > 0 and plane.kx > 0 */
} vg_zone_question;

/* A point of a cell that no data coordinate is likely to hit; in cells. */
#define VG_ZONE_REF_X 0.46372918
#define VG_ZONE_REF_Y 0.53819247

/* A zone over rings that do not cross (both orientations are taken). Fails: VG_ENODATA (no ring), VG_ENOMEM. */
bool vg_zone__make(const vg_zone_rings *r, vg_zone **out, vg_err *e);

/* False when it is not known where the place is, or how surely. */
bool vg_zone__ask(double lat_deg, double lon_deg, double radius_m, vg_zone_question *q);
double vg_zone__share(const vg_zone *z, vg_zone_question *q);

/* Chords may leave the curve they stand for by this many standard deviations. */
#define VG_ZONE_SAGITTA 2e-4

/* zone_share.c, zone_run.c: the sum over one edge, and over all runs within reach; the plane must not be wide. */
double vg_zone__edge_term(vg_zone_plane *p, const vg_zone_edge *e);
double vg_zone__run_terms(const vg_zone *z, vg_zone_plane *p);
bool vg_zone__lay_runs(vg_zone *z);
int64_t vg_zone__runs_size(const vg_zone_rings *r);

/* The longitude, moved by whole turns to within half a turn of the zone's middle. */
double vg_zone__turn(const vg_zone *z, double lon_deg);

/* Area within rings whose edges are straight in longitude and latitude, on the ellipsoid. */
double vg_zone__area_km2(const vg_zone_rings *r);

/* Cells touched by west..east and south..north (the zone's own longitudes). False when there are none. */
typedef struct {
    int32_t c0, c1, r0, r1;
} vg_zone_cells;
bool vg_zone__cells(const vg_zone *z, double west, double east, double south, double north, vg_zone_cells *c);

#endif
