/** A guard's inside, for the files that run in its thread. */
#ifndef VG_DOOR_CEASEFIRE_GUARD_INT_H
#define VG_DOOR_CEASEFIRE_GUARD_INT_H

#include <pthread.h>

#include "door/ceasefire_int.h"

enum { GUARD_OVER = 256 };

/* What a caller waits for: entries to be taken, or a question. */
typedef struct guard_job {
    struct guard_job *next;
    vg_desk_entry *entry;
    int32_t n, at, part; /* entries; how many are done; how many are in the batch under way */
    vg_guard__question *ask;
    void *ctx;
    bool done, good;
    vg_err failure;
} guard_job;

typedef struct {
    guard_job *first, *last;
} guard_line;

typedef struct {
    char source[120];
    int64_t n;
} guard_over;

/* A person's decision about the incident of a report. */
typedef struct {
    int64_t at;
    uint64_t incident; /* key of the report */
    int8_t state;
    char *who, *reason;
} guard_decision;

/* What the readers of the stream are told, and when: ceasefire_news.c. */
typedef struct {
    vg_store *st; /* for reading; the guard's own */
    vg_arena arena;
    int64_t told_at;   /* ms */
    int64_t number;    /* the newest outcome that was looked at */
    int64_t audit_seq; /* newest entry of the audit log that was looked at */
    bool more;
} guard_news;

struct vg_guard {
    vg_guard *next;
    vg_guards *all;
    char id[120], sha256[65];
    pthread_t thread;
    bool begun;
    /* the thread's own */
    vg_desk *desk;
    vg_desk_entry *batch;
    int64_t catch_up_at, tick_at; /* ms */
    int64_t test_at;              /* ms; when alerts may be tested again */
    bool untested;                /* something came since alerts were tested */
    guard_news news;
    vg_agreement *agreement; /* settled before the state is WATCHING */
    pthread_mutex_t lock;    /* guards what follows */
    pthread_cond_t filled, emptied;
    guard_line takes, asks;
    vg_guard_state state;
    vg_err why;
    int n_users;
    bool closing;
    vg_watch_counts count;
    int64_t watermark, outcome;
    guard_over over[GUARD_OVER];
    int n_over;
    int64_t *alert; /* numbers of the newest outcomes that are alerts */
    int64_t n_alerts, cap_alerts;
    guard_decision *decision; /* oldest first */
    int64_t n_decisions, cap_decisions;
};

typedef struct vg_sender vg_sender;

struct vg_guards {
    vg_serve *s;
    pthread_mutex_t lock; /* guards the lists; taken before a guard's own */
    vg_guard *first, *retired;
    int n;
    vg_sender *sender;
};

int64_t vg_guard__now_ms(void);

/* ceasefire_news.c, in the guard's thread */
bool vg_guard__begin_news(vg_guard *g, vg_err *e);
void vg_guard__end_news(vg_guard *g);
void vg_guard__tell_news(vg_guard *g);
void vg_guard__tell_state(vg_guard *g, vg_guard_state state);
/** When news are to be told, at most `else_at` (ms). */
int64_t vg_guard__news_at(const vg_guard *g, int64_t else_at);

/* ceasefire_decision.c, in the guard's thread */
void vg_guard__read_decisions(vg_guard *g);
void vg_guard__drop_decisions(vg_guard *g);

/* ceasefire_send.c: one thread that sends to receivers */
bool vg_sender__start(vg_serve *s, vg_sender **out, vg_err *e);
void vg_sender__stop(vg_sender *x);
/** There is something new to send. */
void vg_sender__wake(vg_sender *x);

#endif
