/* A file of people or ships that is screened in the background, as its own files see it. Only door/screening_batch*.c
 * include this. */
#ifndef VG_DOOR_SCREENING_BATCH_INT_H
#define VG_DOOR_SCREENING_BATCH_INT_H

#include <pthread.h>

#include "door/screening_int.h"

enum { VG_BATCH_COLUMNS = 200 };

typedef enum {
    VG_BATCH_WAITING,
    VG_BATCH_RUNNING,
    VG_BATCH_DONE,
    VG_BATCH_FAILED,
    VG_BATCH_STOPPED
} vg_batch_state;

/* A row with at least one hit. */
typedef struct {
    int64_t line;
    vg_party query;
    char key[33];
    const vg_screening_candidate *candidate;
    int32_t n;
} vg_batch_hit;

typedef struct vg_batch {
    struct vg_batch *next; /* older */
    int64_t id, at;
    char who[72], name[120], sha256[65];
    vg_batch_state state;
    vg_err why;                        /* of FAILED */
    vg_arena arena;                    /* what is kept */
    vg_arena scratch;                  /* of a row */
    vg_str bytes;                      /* the file; gone when it is done */
    vg_str column[VG_BATCH_COLUMNS];   /* headers */
    vg_str property[VG_BATCH_COLUMNS]; /* what each is read as; empty = not looked at */
    int32_t n_columns;
    vg_screening_ask_opts opts;
    vg_schema schema;
    int64_t n_lines, line, n_rows, n_bad, n_hits, n_excepted;
    vg_batch_hit *hit;
    int64_t n_rows_hit, cap;
    bool stop;
} vg_batch;

struct vg_batches {
    vg_screen *screen;
    vg_serve *s;
    pthread_mutex_t lock; /* guards what follows, and all of a batch but its bytes */
    pthread_cond_t changed;
    vg_batch *newest;
    int64_t n_ids;
    bool closing, has_thread;
    pthread_t thread;
};

/* Reads the header and says what each column is; `map` are texts "property=column" that win over guesses. */
bool vg_batch_columns(vg_batch *b, const vg_str *map, int n_map, vg_err *e);

/* Takes the batch over (also on failure) and lets the thread do it; its number is told, for it may be gone again soon. */
bool vg_batches_add(vg_batches *all, vg_batch *b, int64_t *id, vg_err *e);

/* With the lock held: the batch of this number, or NULL. */
vg_batch *vg_batches_find(vg_batches *all, int64_t id);

void vg_batch_free(vg_batch *b);

/* Stops and forgets it. False when there is none. */
bool vg_batches_drop(vg_batches *all, int64_t id);

#endif
