/**
 * Records on their way to the desk, in batches of at most VG_INTAKE_MOST. What the desk keeps back because its source
 * sends too much waits here and is sent again; a desk that is busy or whose disk is full is asked again, so that nothing
 * is lost and nothing is acknowledged before it is on the disk. Only src/cli includes this.
 */
#ifndef VG_CLI_CEASEFIRE_INTAKE_H
#define VG_CLI_CEASEFIRE_INTAKE_H

#include "ceasefire/desk.h"
#include "cli/verb.h"
#include "source/report.h"

enum { VG_INTAKE_MOST = 100, VG_INTAKE_HELD = 2000, VG_INTAKE_VERDICTS = VG_VERDICT_QUARANTINED + 1 };

typedef struct {
    int64_t by_verdict[VG_INTAKE_VERDICTS], n_coverage;
    int64_t n_rejected;  /* records that could not be read */
    int64_t n_kept_back; /* times that a record was over the rate of its source */
    int64_t n_waited;    /* times that the desk could not take a batch at once */
} vg_intake_counts;

/** Records kept by value with texts of their own. */
typedef struct {
    vg_arena texts;
    vg_desk_entry *entry;
    int32_t owner[VG_INTAKE_HELD]; /* message of the batch that an entry came with; -1 = none */
    int32_t n, cap;
} vg_intake_list;

typedef struct {
    vg_cli *c;
    vg_desk *desk;
    vg_intake_list batch, held, spare;
    bool *
        is_late; /* by owner: set when one of its entries was kept back, to be sent again by whom it came from */
    int32_t owner;  /* of what is added now */
    vg_out rejects; /* CSV, or unused */
    bool has_rejects;
    vg_str file; /* what rejects are said to come from, where their place names nothing */
    vg_intake_counts count;
    double held_since_s;
    bool told_busy;
    bool (*taken)(void *ctx, vg_err *e); /* after each batch; may be NULL */
    void *ctx;
} vg_intake;

bool vg_intake_open(vg_intake *k, vg_cli *c, vg_desk *desk, vg_err *e);
void vg_intake_close(vg_intake *k);

/** Where a reader puts what it reads. */
vg_report_source_sink vg_intake_sink(vg_intake *k);

/** Sends what is gathered; returns when it is committed. Fails: VG_ESTOPPED (by Ctrl-C while it waited), and as the desk. */
bool vg_intake_flush(vg_intake *k, vg_err *e);

/** Sends again what was kept back, when a second has gone by (`now`: at once). */
bool vg_intake_again(vg_intake *k, bool now, vg_err *e);

/** One line of the list of rejects, and where there is none a message on standard error (the first 20). */
bool vg_intake_reject(vg_intake *k, const vg_reject *r, vg_err *e);

/** Begins and ends a list of rejects; the file appears when there was one. */
bool vg_intake_rejects_begin(vg_intake *k, const char *path, vg_err *e);
bool vg_intake_rejects_end(vg_intake *k, vg_err *e);

#endif
