/**
 * Zones on the earth, ready for many questions: which share of an uncertain place lies inside?
 *
 *     vg_zone *z;
 *     if (!vg_zone_read(geojson, name, &(vg_zone_opts){ .buffer_km = 0 }, &z, e)) return false;   e.at has line and column
 *     double p = vg_zone_share(z, lat_deg, lon_deg, radius_m);                               0..1
 *     vg_zone_free(z);
 *
 * A place is a circle in which it lies with 90 %: an isotropic normal with sigma = radius / 2.146. A radius of 0 is a
 * point. The share is exact but for quadrature (error under 1e-4 for radii to 50 km, 1e-3 to 500 km): the mass of a normal
 * over a polygon is its winding number minus one term per edge near the place. Zones may lie across the date line or hold
 * a pole. GEOS and PROJ are seen in shape.c only; a zone that is made needs neither, allocates nothing and may be asked
 * from any thread. Edges are straight in longitude and latitude, as RFC 7946 has them; an edge over more than half a turn
 * of longitude is meant the short way round (but one from -180 to 180 is the world's width), and a ring that goes round
 * the earth holds the nearer pole.
 */
#ifndef VG_GEO_ZONE_H
#define VG_GEO_ZONE_H

#include "core/arena.h"
#include "core/json.h"

typedef struct vg_zone vg_zone;

typedef struct {
    double buffer_km; /* 0..1000, of lines and points, and around areas; on the ellipsoid, right to 0.5 % */
    bool only_buffer; /* of an area: the band on both sides of its edge, without the area itself */
} vg_zone_opts;

/**
 * From GeoJSON (RFC 7946): Polygon, MultiPolygon, LineString, MultiLineString, Point, MultiPoint (the latter with a
 * buffer), a GeometryCollection, a Feature, or a FeatureCollection of them (joined). Fails, with the place in `geojson`:
 * VG_EPARSE (not GeoJSON), VG_ERANGE (a coordinate outside its range, the buffer, too many positions), VG_ECONFLICT (a
 * ring that crosses itself: where; one that only touches itself is taken), VG_ENODATA (nothing with an area: a line or
 * point without a buffer), VG_ENOMEM.
 */
bool vg_zone_read(vg_str geojson, vg_str name, const vg_zone_opts *o, vg_zone **out, vg_err *e);

/** The zone within a distance of a place, a polygon of 128 corners. Fails: VG_ERANGE (0 < radius_km <= 1000), VG_ENOMEM. */
bool vg_zone_circle(double lat_deg, double lon_deg, double radius_km, vg_zone **out, vg_err *e);
void vg_zone_free(vg_zone *z);

/**
 * Share of the place inside, 0..1. A radius under 0.1 m is a point, with share 0 or 1 (on an edge: either). NaN when it is
 * not known where or how surely: a coordinate that is NaN or out of range, a radius that is NaN, below 0 or above 5,000 km.
 */
double vg_zone_share(const vg_zone *z, double lat_deg, double lon_deg, double radius_m);
bool vg_zone_has(const vg_zone *z, double lat_deg, double lon_deg);

/**
 * Whether an edge comes within so many metres of a place, or may: false is sure but for 2 % of the radius. True where the
 * zone is wide (180 degrees), and where the circle is wide for its latitude (250 km at 45 degrees). Several times cheaper
 * than a share. The place is one that vg_zone_share takes.
 */
bool vg_zone_near_edge(const vg_zone *z, double lat_deg, double lon_deg, double radius_m);

/**
 * The same with the distance, metres: INFINITY where no edge comes within the radius, 0 where it may but is not known. Once
 * an edge within `enough_m` is found, no nearer one is looked for.
 */
double vg_zone_edge_m(const vg_zone *z, double lat_deg, double lon_deg, double radius_m, double enough_m);

/**
 * Metres to the nearest edge of the zone (of a line zone: to the line's buffer), negative inside; NaN when the place is
 * not known. O(edges nearby); all edges where the place is more than 10 degrees off, or the zone very wide or polar.
 */
double vg_zone_distance_m(const vg_zone *z, double lat_deg, double lon_deg);

/** West, south, east, north; west > east where it lies across the date line. And its area on the ellipsoid. */
void vg_zone_box(const vg_zone *z, double box[4]);
double vg_zone_area_km2(const vg_zone *z);

/** Area that two zones share, km2. Fails: VG_ENOMEM. */
bool vg_zone_overlap_km2(const vg_zone *a, const vg_zone *b, double *km2, vg_err *e);

/** The zone as a GeoJSON MultiPolygon, cut at the date line, coordinates with 5 decimals; null when memory is out. */
void vg_zone_json(vg_json *j, const vg_zone *z);

/** Metres between two places on the WGS 84 ellipsoid (Karney 2013, PROJ's geodesic.h), and the bearing from the first. */
double vg_distance_m(double lat1_deg, double lon1_deg, double lat2_deg, double lon2_deg);
void vg_place_at(double lat_deg, double lon_deg, double bearing_deg, double distance_m, double *to_lat_deg,
                 double *to_lon_deg);

/**
 * Many zones at once: which of them a place may lie in. A grid over their boxes, so that most questions touch a few.
 */
typedef struct vg_zones vg_zones;
bool vg_zones_make(const vg_zone *const *zone, int32_t n, vg_zones **out, vg_err *e);
void vg_zones_free(vg_zones *z);

/**
 * Numbers of the zones whose share of the place is above 0 and at least `least`, ascending, with the shares; at most
 * `most`. Returns how many there are (which may be more than `most`), 0 where vg_zone_share says NaN. The zones are
 * borrowed. Cost: one grid cell, and an exact share only where the circle touches an edge.
 */
int32_t vg_zones_share(const vg_zones *z, double lat_deg, double lon_deg, double radius_m, double least,
                       int32_t *number, double *share, int32_t most);

#endif
