/* For the tests of the screening's door: a store with two lists of made-up parties, and the server over it. */
#ifndef VG_DOOR_SCREENING_TEST_H
#define VG_DOOR_SCREENING_TEST_H

#include "core/date.h"
#include "door/client_test_int.h"
#include "serve/token.h"
#include "store/browse.h"
#include "store/party.h"

typedef struct {
    char dir[256], path[300];
    vg_serve *s;
    vg_serve_opts o;
    client c;
    char viewer[VG_TOKEN_LEN + 1], analyst[VG_TOKEN_LEN + 1];
    vg_err e;
} desk;

typedef struct {
    const char *id, *name, *alias, *weak, *country, *passport, *imo, *programme, *owner;
    vg_schema schema;
    int year; /* of birth; 0 = not said */
    char gender;
    double share;
} made_up;

static const made_up made_up_un[] = {
    { .id = "QD.1",
      .name = "Tamsin Orlovesku Brandt",
      .alias = "Тамсин Орловеску Брандт",
      .weak = "The Heron",
      .country = "MD",
      .passport = "ZX9081726",
      .programme = "MADE-UP-1",
      .schema = VG_SCHEMA_PERSON,
      .year = 1965,
      .gender = 'f' },
    { .id = "QD.2",
      .name = "Ibrahim al-Qasimovi",
      .alias = "ابراهيم القاسموفي",
      .country = "SY",
      .programme = "MADE-UP-1",
      .schema = VG_SCHEMA_PERSON,
      .year = 1971,
      .gender = 'm' },
    { .id = "QE.1",
      .name = "Zephyrine Bulk Carriers Limited",
      .alias = "ZBC Ltd",
      .country = "PA",
      .programme = "MADE-UP-2",
      .schema = VG_SCHEMA_COMPANY,
      .owner = "QD.1",
      .share = 60 },
    { .id = "QV.1",
      .name = "MV Quillon Star",
      .country = "LR",
      .imo = "9074729",
      .programme = "MADE-UP-2",
      .schema = VG_SCHEMA_VESSEL },
};
static const made_up made_up_eu[] = {
    { .id = "EU/1~2",
      .name = "Orlovesku-Brandt, Tamsin",
      .country = "MD",
      .programme = "MADE-UP-3",
      .schema = VG_SCHEMA_PERSON,
      .year = 1965,
      .gender = 'f' },
    { .id = "EU.9",
      .name = "Wenceslas Tarquinnius",
      .country = "AT",
      .programme = "MADE-UP-3",
      .schema = VG_SCHEMA_PERSON },
};

static inline void feed_made_up(vg_party_sink *sink, const made_up *m, vg_err *e)
{
    vg_party_name name[3] = { { .text = vg_str_z(m->name) } };
    vg_str country = vg_str_z(m->country), programme = vg_str_z(m->programme);
    vg_party_date birth;
    vg_party_number number = { .kind = m->passport ? VG_S("passport") : VG_S("imo"),
                               .value = vg_str_z(m->passport ? m->passport : m->imo) };
    vg_party_link link = { .kind = VG_S("owner"), .to = vg_str_z(m->owner), .share = m->share };
    vg_party p = { .id = vg_str_z(m->id),
                   .schema = m->schema,
                   .gender = m->gender,
                   .changed_on = VG_NO_DAY,
                   .ended_on = VG_NO_DAY };
    vg_day_from_civil((vg_civil){ 2020, 5, 17 }, &p.listed_on);
    p.name.item = name;
    p.name.n = 1;
    if (m->alias)
        name[p.name.n++] = (vg_party_name){ .text = vg_str_z(m->alias), .kind = VG_NAME_ALIAS };
    if (m->weak)
        name[p.name.n++] = (vg_party_name){ .text = vg_str_z(m->weak), .kind = VG_NAME_WEAK };
    if (m->year) {
        vg_day_from_civil((vg_civil){ m->year, 1, 1 }, &birth.day_from);
        vg_day_from_civil((vg_civil){ m->year, 12, 31 }, &birth.day_to);
        birth.approximate = false;
        p.birth.item = &birth;
        p.birth.n = 1;
    }
    p.country = (vg_texts){ &country, 1 };
    p.programme = (vg_texts){ &programme, 1 };
    if (m->passport || m->imo) {
        p.number.item = &number;
        p.number.n = 1;
    }
    if (m->owner) {
        p.link.item = &link;
        p.link.n = 1;
    }
    CHECK_OK(sink->party(sink->ctx, &p, VG_NOWHERE, e), e);
}

static inline void add_list(const char *path, const char *list, const char *version, const made_up *m, int n,
                            int64_t known_at)
{
    vg_err e = VG_NO_ERR;
    vg_store *st;
    vg_party_import *im;
    vg_party_outcome out;
    char sha[65];
    snprintf(sha, sizeof sha, "%s-%s", list, version);
    CHECK_OK(vg_store_open(path, VG_STORE_WRITE, &st, &e), &e);
    CHECK_OK(vg_party_import_begin(st, vg_str_z(list), false, &im, &e), &e);
    for (int i = 0; i < n; i++)
        feed_made_up(vg_party_import_sink(im), &m[i], &e);
    CHECK_OK(vg_party_import_end(im,
                                 &(vg_vintage){ .source = vg_str_z(list),
                                                .version = vg_str_z(version),
                                                .file = VG_S("made-up.xml"),
                                                .sha256 = vg_str_z(sha),
                                                .known_at = known_at },
                                 &out, &e),
             &e);
    vg_store_close(st);
}

static inline desk *new_desk(void)
{
    desk *g = calloc(1, sizeof *g);
    temp_dir(g->dir);
    snprintf(g->path, sizeof g->path, "%s/s.db", g->dir);
    return g;
}

static inline void add_desk_tokens(desk *g)
{
    vg_store *st;
    CHECK_OK(vg_store_open(g->path, VG_STORE_WRITE, &st, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("reader"), VG_ROLE_VIEWER, 0, g->viewer, &g->e), &g->e);
    CHECK_OK(vg_token_add(st, VG_S("desk-1"), VG_ROLE_ANALYST, 0, g->analyst, &g->e), &g->e);
    vg_store_close(st);
}

static inline void add_desk_lists(desk *g)
{
    add_list(g->path, "un-sc", "1", made_up_un, 4, 1000);
    add_list(g->path, "eu-fsf", "7", made_up_eu, 2, 1000);
}

static inline void open_desk(desk *g)
{
    static const vg_door *const doors[] = { &vg_screening_door };
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

#endif
