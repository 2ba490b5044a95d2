/* For the tests of the ceasefires' door: a store with a made-up agreement, the server over it, and tokens of all roles. */
#ifndef VG_DOOR_CEASEFIRE_TEST_H
#define VG_DOOR_CEASEFIRE_TEST_H

#include "ceasefire/desk.h"
#include "core/date.h"
#include "door/client_test_int.h"
#include "serve/token.h"

typedef struct {
    char dir[256], path[300];
    vg_serve *s;
    vg_serve_opts o;
    client c;
    char viewer[VG_TOKEN_LEN + 1], analyst[VG_TOKEN_LEN + 1], admin[VG_TOKEN_LEN + 1];
    vg_err e;
} desk;

#define BASE  "/api/v1/ceasefires"
#define TRUCE BASE "/truce"

static const char truce_text[] =
    "id = \"truce\"\n"
    "title = \"Truce of the two banks\"\n"
    "version = \"1\"\n"
    "time_zone = \"UTC\"\n"
    "cut_off = \"18:00\"\n"
    "from = 2026-03-01\n"
    "to = 2027-12-31\n"
    "[[party]]\nid = \"north\"\nname = \"North Bank\"\n"
    "[[party]]\nid = \"south\"\nname = \"South Bank\"\n"
    "[[zone]]\nid = \"river\"\nname = \"River zone\"\nkind = \"security_zone\"\n"
    "area = [[32.0, 48.0], [33.0, 48.0], [33.0, 49.0], [32.0, 49.0]]\n"
    "[[zone]]\nid = \"mill\"\nname = \"Old mill\"\nkind = \"protected_site\"\n"
    "point = [34.5, 48.5]\nradius_km = 2\n"
    "[[clause]]\nid = \"1\"\ntitle = \"Ceasefire\"\n"
    "text = \"All fire in the river zone ceases.\"\n"
    "parties = \"all\"\nacts = \"all_fire\"\nzone = \"river\"\nseverity = 3\n"
    "[[clause]]\nid = \"2\"\ntitle = \"The mill\"\n"
    "text = \"No fire at the mill.\"\n"
    "parties = \"all\"\nacts = \"all_fire\"\nzone = \"mill\"\n"
    "relation = \"target_inside\"\nseverity = 5\n"
    "[[threshold]]\nid = \"three\"\nscope = \"zone\"\nof = \"river\"\n"
    "within_hours = 24\nleast_count = 3\naction = \"the duty officer is called\"\n"
    "[[source]]\nid = \"patrol-1\"\nkind = \"patrol\"\ndelay_minutes = 30\nradius_m = 300\n"
    "[[source]]\nid = \"camera\"\nkind = \"camera\"\ndelay_minutes = 1\n"
    "most_per_minute = 100000\n"
    "[[source]]\nid = \"flood\"\nkind = \"acoustic\"\nmost_per_minute = 5\n";

/* A report of mortar fire in the river zone, `minute` minutes after 2026-03-10 00:00. */
static inline int put_report(char *to, size_t cap, const char *source, int number, int minute, double lat,
                             double lon)
{
    char from[32], until[32], received[32];
    int64_t at = INT64_C(1773100800) + (int64_t)minute * 60;
    return snprintf(to, cap,
                    "{\"source\":\"%s\",\"id\":\"%d\",\"kind\":\"patrol\",\"from\":\"%.*s\",\"to\":\"%.*s\","
                    "\"received_at\":\"%.*s\",\"lat\":%.5f,\"lon\":%.5f,\"radius_m\":200,\"act\":\"mortar\","
                    "\"weapon\":\"mortar\",\"calibre_mm\":120,\"count\":3,\"actor\":\"North Bank\",\"basis\":"
                    "\"seen\"}\n",
                    source, number, VG_P(vg_instant_text(at, from)), VG_P(vg_instant_text(at + 120, until)),
                    VG_P(vg_instant_text(at + 600, received)), lat, lon);
}

static inline void enter_text(desk *g, const char *text)
{
    vg_store *st;
    vg_agreement *a;
    CHECK_OK(vg_agreement_parse(vg_str_z(text), VG_S("truce.toml"), NULL, &a, &g->e), &g->e);
    assert_int_equal(a->n_errors, 0);
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_desk_enter(st, a, VG_S("test"), &g->e), &g->e);
    vg_store_close(st);
    vg_agreement_free(a);
}

static inline desk *new_desk(void)
{
    vg_store *st;
    desk *g = calloc(1, sizeof *g);
    temp_dir(g->dir);
    snprintf(g->path, sizeof g->path, "%s/s.db", g->dir);
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("reader"), VG_ROLE_VIEWER, 0, g->viewer, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("desk-1"), VG_ROLE_ANALYST, 0, g->analyst, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("keeper"), VG_ROLE_ADMIN, 0, g->admin, &g->e), &g->e);
    vg_store_close(st);
    return g;
}

static inline void open_desk(desk *g)
{
    static const vg_door *const doors[] = { &vg_ceasefire_door };
    g->o.store = g->path;
    g->o.poll_ms = 20;
    g->o.door = doors;
    g->o.n_doors = 1;
    CHECK_OK(vg_serve_start(&g->o, &g->s, &g->e), &g->e);
    g->c = new_client(vg_serve_port(g->s));
}

static inline void end_desk(desk *g)
{
    end_server(g->s, &g->c, g->path, g->dir);
    free(g);
}

static inline int ask(desk *g, const char *target)
{
    return request(&g->c, g->viewer, "GET", target, NULL, NULL);
}

static inline int send_lines(desk *g, client *c, const char *lines)
{
    return request(c, g->analyst, "POST", TRUCE "/reports", "application/x-ndjson", lines);
}

/* The whole number behind `"name":` at its first place; -1 = none. */
static inline long number_of(const client *c, const char *name)
{
    char key[80];
    snprintf(key, sizeof key, "\"%s\":", name);
    const char *at = strstr(c->answer, key);
    return at ? strtol(at + strlen(key), NULL, 10) : -1;
}

static inline long times_in(const client *c, const char *text)
{
    long n = 0;
    for (const char *at = c->answer; (at = strstr(at, text)); at++)
        n++;
    return n;
}

#endif
