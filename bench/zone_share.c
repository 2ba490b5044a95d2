/*
 * Times the question "which of 200 zones does this uncertain place lie in?":   zone_share
 * 200 made-up zones of 60 corners in a district of 5 by 5 degrees, and places in it with errors of 0.1 to 10 km, from one
 * seed. Prints JSON: nanoseconds of processor time a question over all of them, where no circle touches an edge, and a
 * touched zone; the best of several rounds. Peer in the same run: GEOS prepared polygons asked with 256 points drawn from
 * the same circle, for the zones whose box the circle meets; and how far its shares are from ours.
 */
#include <geos_c.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "core/rng.h"
#include "geo/zone.h"

enum { ROUNDS = 7, ZONES = 200, CORNERS = 60, PLACES = 20000, PEER_PLACES = 1000, DRAWS = 256 };

typedef struct {
    double lat, lon, radius;
    bool touches; /* an edge of some zone */
} place;

typedef struct {
    vg_zone *zone[ZONES];
    double corner[ZONES][CORNERS + 1][2];
    vg_zones *all;
    place at[PLACES];
    double sum; /* kept, so that no round can be left out */
} district;

typedef struct {
    GEOSContextHandle_t geos;
    GEOSGeometry *area[ZONES];
    const GEOSPreparedGeometry *ready[ZONES];
    double box[ZONES][4];
} peer;

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static double uniform(vg_rng *r, double low, double high)
{
    return low + (high - low) * vg_rng_unit(r);
}

static vg_zone *make_zone(vg_rng *r, double (*corner)[2])
{
    static char text[CORNERS * 64];
    double lat = uniform(r, 46, 51), lon = uniform(r, 34, 39), size = 1000 * exp(uniform(r, log(2), log(60)));
    vg_zone *z = NULL;
    vg_err e = VG_NO_ERR;
    int n = snprintf(text, sizeof text, "{\"type\":\"Polygon\",\"coordinates\":[[");
    for (int i = 0; i <= CORNERS; i++) {
        double bearing = 360.0 * (i % CORNERS) / CORNERS;
        if (i < CORNERS)
            vg_place_at(lat, lon, bearing, size * uniform(r, 0.5, 1), &corner[i][1], &corner[i][0]);
        else
            corner[i][0] = corner[0][0], corner[i][1] = corner[0][1];
        n += snprintf(text + n, sizeof text - (size_t)n, "%s[%.9f,%.9f]", i ? "," : "", corner[i][0],
                      corner[i][1]);
    }
    snprintf(text + n, sizeof text - (size_t)n, "]]}");
    if (!vg_zone_read(vg_str_z(text), VG_S("bench"), NULL, &z, &e)) {
        vg_err_print(stderr, &e);
        exit(3);
    }
    return z;
}

static void make_district(district *d)
{
    vg_rng r = vg_rng_at(11, 0);
    vg_err e = VG_NO_ERR;
    for (int i = 0; i < ZONES; i++)
        d->zone[i] = make_zone(&r, d->corner[i]);
    if (!vg_zones_make((const vg_zone *const *)d->zone, ZONES, &d->all, &e))
        exit(3);
    for (int i = 0; i < PLACES; i++) {
        place *p = &d->at[i];
        *p = (place){ uniform(&r, 46, 51), uniform(&r, 34, 39), 1000 * exp(uniform(&r, log(0.1), log(10))),
                      false };
        for (int k = 0; k < ZONES; k++) {
            double share = vg_zone_share(d->zone[k], p->lat, p->lon, p->radius);
            p->touches = p->touches || (share > 0 && share < 1);
        }
    }
}

/* Nanoseconds a question over the places that touch an edge (1), that do not (0), or all (-1). */
static double ask_all(district *d, int touching)
{
    int32_t number[64], asked = 0;
    double share[64], began = now_ns();
    for (int i = 0; i < PLACES; i++) {
        const place *p = &d->at[i];
        if (touching >= 0 && p->touches != touching)
            continue;
        asked++;
        int32_t n = vg_zones_share(d->all, p->lat, p->lon, p->radius, 0.01, number, share, 64);
        for (int32_t k = 0; k < n && k < 64; k++)
            d->sum += share[k];
    }
    return (now_ns() - began) / (asked ? asked : 1);
}

static void make_peer(const district *d, peer *g)
{
    g->geos = GEOS_init_r();
    for (int i = 0; i < ZONES; i++) {
        GEOSCoordSequence *s = GEOSCoordSeq_copyFromBuffer_r(g->geos, &d->corner[i][0][0], CORNERS + 1, 0, 0);
        g->area[i] = GEOSGeom_createPolygon_r(g->geos, GEOSGeom_createLinearRing_r(g->geos, s), NULL, 0);
        g->ready[i] = GEOSPrepare_r(g->geos, g->area[i]);
        GEOSGeom_getExtent_r(g->geos, g->area[i], &g->box[i][0], &g->box[i][1], &g->box[i][2], &g->box[i][3]);
    }
}

static bool meets(const double box[4], const place *p)
{
    double lat = p->radius * 2.33 / 111000, lon = lat / cos(p->lat * 0.017453292519943295);
    return p->lat + lat > box[1] && p->lat - lat < box[3] && p->lon + lon > box[0] && p->lon - lon < box[2];
}

/* Points of the circle, as GEOS takes them; drawn once a place, for all zones. */
static void draw(peer *g, vg_rng *r, const place *p, GEOSGeometry *point[DRAWS])
{
    double sigma = p->radius / sqrt(2 * log(10)) / 111000;
    for (int k = 0; k < DRAWS; k++) {
        double far = sigma * sqrt(-2 * log(1 - vg_rng_unit(r))), turn = uniform(r, 0, 6.283185307179586);
        point[k] = GEOSGeom_createPointFromXY_r(
            g->geos, p->lon + far * sin(turn) / cos(p->lat * 0.017453292519943295), p->lat + far * cos(turn));
    }
}

/* Nanoseconds a question, and the mean difference of the shares between 0 and 1. */
static double ask_peer(const district *d, peer *g, int touching, double *difference)
{
    vg_rng r = vg_rng_at(12, 0);
    GEOSGeometry *point[DRAWS];
    double spent = 0, off = 0;
    int32_t asked = 0, compared = 0;
    for (int i = 0; i < PLACES && asked < PEER_PLACES; i++) {
        const place *p = &d->at[i];
        double share[ZONES], began = now_ns();
        if (touching >= 0 && p->touches != touching)
            continue;
        asked++;
        draw(g, &r, p, point);
        for (int z = 0; z < ZONES; z++) {
            int inside = 0;
            for (int k = 0; k < DRAWS && meets(g->box[z], p); k++)
                inside += GEOSPreparedContains_r(g->geos, g->ready[z], point[k]) == 1;
            share[z] = (double)inside / DRAWS;
        }
        for (int k = 0; k < DRAWS; k++)
            GEOSGeom_destroy_r(g->geos, point[k]);
        spent += now_ns() - began;
        for (int z = 0; z < ZONES; z++) {
            double ours = vg_zone_share(d->zone[z], p->lat, p->lon, p->radius);
            if (ours > 0.01 && ours < 0.99) {
                off += fabs(ours - share[z]);
                compared++;
            }
        }
    }
    *difference = compared ? off / compared : 0;
    return asked ? spent / asked : 0;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

int main(void)
{
    static district d;
    static peer g;
    double all = 1e18, clear = 1e18, touching = 1e18, off, off_clear, edges = 0;
    make_district(&d);
    make_peer(&d, &g);
    for (int round = 0; round < ROUNDS; round++) {
        all = least(all, ask_all(&d, -1));
        clear = least(clear, ask_all(&d, 0));
        touching = least(touching, ask_all(&d, 1));
    }
    for (int i = 0; i < PLACES; i++)
        edges += d.at[i].touches;
    double peer_touching = ask_peer(&d, &g, 1, &off), peer_clear = ask_peer(&d, &g, 0, &off_clear);
    double part = edges / PLACES, peer_all = part * peer_touching + (1 - part) * peer_clear;
    printf("{\"zones\":%d,\"places\":%d,\"touching\":%.4f,\"all_ns\":%.1f,\"clear_ns\":%.1f,\"touching_ns\":%"
           ".1f,"
           "\"geos_all_ns\":%.0f,\"geos_touching_ns\":%.0f,\"ratio_all\":%.1f,\"ratio_touching\":%.1f,\"geos_"
           "off\":%.4f,"
           "\"sum\":%.6f}\n",
           ZONES, PLACES, part, all, clear, touching, peer_all, peer_touching, peer_all / all,
           peer_touching / touching, off, d.sum);
    return 0;
}
