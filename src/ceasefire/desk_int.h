/** What the files of the desk share: the handle, and how entries of the log reach the watch. */
#ifndef VG_CEASEFIRE_DESK_INT_H
#define VG_CEASEFIRE_DESK_INT_H

#include "ceasefire/desk.h"
#include "core/map.h"

/** A source's account: how many reports it may still send, as of an instant. */
typedef struct {
    double left, per_minute;
    int64_t at;
} vg_desk_account;

/** An alert that was told, by what it is of. */
typedef struct {
    uint64_t subject;
    int64_t at;
} vg_desk_told;

struct vg_desk {
    char *path, *id;
    vg_store *st;
    vg_report_log *log;
    vg_agreement *agreement;
    vg_watch *watch;
    vg_figures *figures;
    vg_watch_sink below; /* of the figures */
    vg_watch_shelf shelf;
    vg_arena arena; /* scratch of one call */

    vg_publication *publication; /* those that were there when the log began to be read, by seq */
    int64_t n_publications, next_publication;
    vg_arena kept;          /* of them */
    int32_t last_day;       /* published last; INT32_MIN = none */
    int64_t first_received; /* least received_at; INT64_MAX = none */
    int64_t unsettled;      /* entries since the last settling while the log is read */

    bool followed; /* the log was read to its end as of this version of the store's data */
    int64_t version;

    bool stale;   /* state may not be that of the log: to be made anew */
    bool renewed; /* an entry said that the agreement has a new version */
    bool telling; /* changes of incidents go to the outcomes */
    int64_t told_at, told_seq;
    vg_out text;

    vg_map source;
    vg_desk_account *account;
    int64_t cap_accounts, per_minute, n_over_rate;

    int64_t tested_at, tested_seq, alerts_read;
    vg_desk_told *told;
    int64_t n_told, cap_told;
};

/** One entry of the log to the watch (vg_log_take; ctx is the desk). */
bool vg_desk__apply(void *desk, const vg_log_entry *x, vg_err *e);

/** Reads what others have added and settles; within a transaction or outside. `renewed` may be set by it. */
bool vg_desk__follow(vg_desk *d, vg_err *e);

/** Settles; with `telling`, incidents that change become outcomes at `at`. */
bool vg_desk__settle(vg_desk *d, bool telling, int64_t at, vg_err *e);

/** Makes watch and figures anew from the log. */
bool vg_desk__renew(vg_desk *d, vg_err *e);

/** Tells the corrections and publishes a day, in memory; corrections become outcomes where `telling`. */
bool vg_desk__publish(vg_desk *d, const vg_publication *p, bool telling, vg_err *e);

/** The sink of the watch: the figures', then the outcomes. */
bool vg_desk__changed(void *desk, const vg_incident *was, const vg_incident *now, vg_err *e);

/** Adds an outcome whose body is d->text. */
bool vg_desk__outcome(vg_desk *d, vg_outcome_kind kind, uint64_t subject, int64_t seq, int64_t at, vg_err *e);

/** Whether a source may send one more at `now`; takes it from its account. */
bool vg_desk__may_send(vg_desk *d, vg_str source, int64_t now, bool *may, vg_err *e);

#endif
