/**
 * What the files of the ceasefires' door share: the guards. A guard is one watch of the running server: a thread that
 * owns a desk, a queue of what callers want written, and a queue of short questions.
 */
#ifndef VG_DOOR_CEASEFIRE_INT_H
#define VG_DOOR_CEASEFIRE_INT_H

#include "ceasefire/desk.h"
#include "serve/route.h"

typedef struct vg_guards vg_guards;
typedef struct vg_guard vg_guard;

/* --- ceasefire_guard.c --- */

/** Start, news of other programs, and end: members of the door. */
bool vg_guards__open(vg_serve *s, void **state, vg_err *e);
bool vg_guards__refresh(vg_serve *s, void *state, vg_store *st, vg_err *e);
void vg_guards__close(void *state);

/** Looks for agreements that are new or different in the store, and begins to watch them. */
bool vg_guards__renew(vg_guards *all, vg_store *st, vg_err *e);

/** The watch of the id in the path, its log read; hold it until vg_guard__leave. Fails: VG_ENOTFOUND, VG_EBUSY (opening). */
bool vg_guard__enter(vg_call *c, vg_guard **out, vg_err *e);
void vg_guard__leave(vg_guard *g);

/** The agreement stays as it is while the guard is held. */
const vg_agreement *vg_guard__agreement(const vg_guard *g);

/**
 * Has entries taken, in their order, and returns after the commit, which other callers' entries may share; what became of
 * each is in it. Fails as vg_desk_take; then nothing of the last few hundred is there, and what was before is.
 */
bool vg_guard__take(vg_guard *g, vg_desk_entry *entry, int32_t n, vg_err *e);

/**
 * Asks a question in the guard's thread, between two commits: `ask` must be quick (some milliseconds), since reports wait
 * for it, and copy what it wants to keep. It may write to the caller's memory: the caller waits.
 */
typedef bool vg_guard__question(void *ctx, vg_desk *d, vg_err *e);
bool vg_guard__ask(vg_guard *g, vg_guard__question *ask, void *ctx, vg_err *e);

/** A guard as it is listed. Texts are copied. */
typedef enum { VG_GUARD_OPENING, VG_GUARD_WATCHING, VG_GUARD_FAILED } vg_guard_state;
typedef struct {
    vg_str id, title, version, time_zone; /* all but the id, and from and to: of WATCHING */
    int64_t from, to;
    vg_guard_state state;
    vg_err why; /* of FAILED */
    vg_watch_counts count;
    int64_t watermark, outcome;
} vg_guard_listed;
/** The counts of one that is held; no texts. */
void vg_guard__now(vg_guard *g, vg_guard_listed *out);
bool vg_guards__list(vg_guards *all, vg_arena *a, vg_guard_listed **out, int32_t *n, vg_err *e);

/** Writes "decisions": who decided what and why about the incident with these members, oldest first. */
void vg_guard__put_decisions(vg_guard *g, vg_json *j, const vg_member *member, int32_t n);

/** Numbers of the alerts that were told, ascending, at most the newest 10,000. In `a`. */
bool vg_guard__alerts(vg_guard *g, vg_arena *a, int64_t **out, int64_t *n, vg_err *e);

/** Reports of a source that were refused because it sends too many, since the server began. */
int64_t vg_guard__over_rate(vg_guard *g, vg_str source);

/* --- ceasefire_put.c: members of JSON objects; what is not known is null --- */

void vg_put__text(vg_json *j, const char *name, vg_str text);   /* empty = null */
void vg_put__int(vg_json *j, const char *name, int64_t x);      /* VG_UNKNOWN = null */
void vg_put__num(vg_json *j, const char *name, double x);       /* NaN = null */
void vg_put__instant(vg_json *j, const char *name, int64_t at); /* INT64_MIN, INT64_MAX = null */
void vg_put__bool(vg_json *j, const char *name, bool b);
void vg_put__open(vg_json *j, const char *name, bool array); /* vg_json_close ends it */
void vg_put__party(vg_json *j, const char *name, const vg_agreement *a, int32_t party);
void vg_put__zone(vg_json *j, const char *name, const vg_agreement *a, int32_t zone);
vg_str vg_party__id(const vg_agreement *a, int32_t party); /* empty = nobody */
vg_str vg_zone__id(const vg_agreement *a, int32_t zone);
vg_str vg_clause__id(const vg_agreement *a, int32_t clause);
int32_t vg_clause__find(const vg_agreement *a, vg_str id); /* VG_AGREEMENT_NOBODY = none */

/** An incident's id as 16 hexadecimal digits, and back. */
vg_str vg_incident__text(uint64_t id, char text[17]);
bool vg_incident__read(vg_str text, uint64_t *id);

/** An instant, or a day: its first second; its end where `to`. Fails: VG_EARG, with the parameter's name. */
bool vg_call__instant(vg_call *c, const char *name, bool to, int64_t *at, vg_err *e);

/* --- routes --- */

bool vg_watch_answer__list(vg_call *c, vg_err *e);
bool vg_watch_answer__enter(vg_call *c, vg_err *e);
bool vg_watch_answer__show(vg_call *c, vg_err *e);
bool vg_watch_answer__zones(vg_call *c, vg_err *e);
bool vg_watch_answer__incidents(vg_call *c, vg_err *e);
bool vg_watch_answer__incident(vg_call *c, vg_err *e);
bool vg_watch_answer__verify(vg_call *c, vg_err *e);
bool vg_watch_answer__reports(vg_call *c, vg_err *e);
bool vg_watch_answer__feed(vg_call *c, vg_err *e);
bool vg_watch_answer__figures(vg_call *c, vg_err *e);
bool vg_watch_answer__compliance(vg_call *c, vg_err *e);
bool vg_watch_answer__corrections(vg_call *c, vg_err *e);
bool vg_watch_answer__sources(vg_call *c, vg_err *e);
bool vg_watch_answer__coverage(vg_call *c, vg_err *e);
bool vg_watch_answer__report(vg_call *c, vg_err *e);
bool vg_watch_answer__alerts(vg_call *c, vg_err *e);
bool vg_watch_answer__cap(vg_call *c, vg_err *e);
bool vg_watch_answer__receivers(vg_call *c, vg_err *e);
bool vg_watch_answer__receiver_new(vg_call *c, vg_err *e);
bool vg_watch_answer__receiver_end(vg_call *c, vg_err *e);

#endif
