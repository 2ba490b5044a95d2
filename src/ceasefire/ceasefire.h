/**
 * A ceasefire watched: reports of many observers, late, repeated and contradictory, become incidents; incidents are
 * held against the clauses of an agreement; each answer carries how sure it is and on which reports it rests.
 *
 *     vg_watch *w;
 *     if (!vg_watch_open(agreement, &(vg_watch_opts){ 0 }, &w, e)) return false;
 *     vg_watch_report(w, &report, seq, &verdict, e);          as they arrive, in any order
 *     vg_watch_settle(w, e);                                  incidents again, where something is new
 *     vg_watch_each(w, from, to, take, ctx);                  incidents by time
 *     vg_watch_close(w);
 *
 * The state after vg_watch_settle is a function of the set of reports, coverage and decisions alone: any order of
 * arrival, and any partition into batches, ends in the same bytes. The method, its sources and its measured scores are
 * in README.md. A watch belongs to one thread at a time.
 *
 * The other headers of this folder: agreement.h (what was agreed), desk.h (a watch whose log is in the store),
 * figures.h (counts, corrections, reports), rates.h (is it getting worse), simulate.h (replays with a known truth).
 */
#ifndef VG_CEASEFIRE_CEASEFIRE_H
#define VG_CEASEFIRE_CEASEFIRE_H

#include "ceasefire/agreement.h"

enum {
    VG_INCIDENT_CLAUSES = 8, /* clauses one incident is held against at most: the surest, then by number */
    VG_INCIDENT_ZONES = 4
};

typedef enum { VG_LEVEL_NONE, VG_LEVEL_POSSIBLE, VG_LEVEL_PROBABLE, VG_LEVEL_VIOLATION } vg_level;
const char *vg_level_name(int level); /* "none" "possible" ... */

/** Who did it, as far as can be said. */
typedef enum {
    VG_ATTRIBUTION_NONE,    /* nobody claims to know: "unattributed" */
    VG_ATTRIBUTION_ALLEGED, /* only the other side says so, or the claims do not reach the limit: "alleged" */
    VG_ATTRIBUTION_DISPUTED, /* claims against several parties, none surer than the limit */
    VG_ATTRIBUTION_ATTRIBUTED,
    VG_ATTRIBUTION_ADMITTED
} vg_attribution;
const char *vg_attribution_name(int attribution);

/** One clause held against one incident. P(broken) = where x when x act, as TASK.md section 3.4 has it. */
typedef struct {
    int32_t clause;
    float p; /* of the three below; times p_party where the clause binds some parties only */
    float where, when,
        act;       /* shares of the error region, the interval; P(the act, weapon and calibre are meant) */
    float bound;   /* P(done by a party that the clause binds); 1 where it binds all */
    int8_t level;  /* vg_level */
    uint8_t flags; /* bits VG_FLAG_* */
} vg_breach;

enum {
    VG_FLAG_EXEMPT = 1, /* an exception covers it (exercise, demining, medical): level is VG_LEVEL_NONE */
    VG_FLAG_SELF_DEFENCE = 2, /* claimed */
    VG_FLAG_SILENCE = 4,      /* within a window of silence for repairs */
    VG_FLAG_ALLY = 8,         /* done by an ally of the party that is bound */
    VG_FLAG_THIRD_PARTY = 16  /* claimed to be an actor who is not bound */
};

/** Reports that are taken to tell of the same thing. Its id is the least key among its members: the same in any order. */
typedef struct {
    uint64_t id;
    int64_t from, to;            /* when: the interval that its members agree on */
    double lat_deg, lon_deg;     /* fused; NaN = nowhere known */
    double radius_m;             /* 90 % */
    double calibre_mm;           /* NaN = not known */
    int64_t count, count_median; /* explosions: the most one source told, the lower median; VG_UNKNOWN */
    int32_t n_reports, n_sources;
    int8_t act, weapon;
    float p_act;        /* of that act */
    int8_t severity;    /* highest among its breaches */
    int8_t level;       /* highest */
    int8_t attribution; /* vg_attribution */
    int8_t party;       /* index, or VG_AGREEMENT_NOBODY: whom it is attributed to, or alleged against */
    float p_party[VG_AGREEMENT_PARTIES];
    int8_t verification;             /* vg_verification */
    uint8_t claims;                  /* of its members */
    int32_t zone[VG_INCIDENT_ZONES]; /* it most likely lies in, surest first; VG_AGREEMENT_NOBODY ends them */
    float p_zone[VG_INCIDENT_ZONES];
    vg_breach breach[VG_INCIDENT_CLAUSES];
    int32_t n_breaches;
    int64_t last_seq; /* newest entry of the log among its members */
} vg_incident;

typedef struct vg_watch vg_watch;

/**
 * Called by vg_watch_settle for every incident that is new, gone or different, `was` and `now` in the order in which they
 * are to be subtracted and added; either may be NULL. What is kept about the incidents (figures, feeds) is kept from here.
 */
typedef struct {
    void *ctx;
    bool (*changed)(void *ctx, const vg_incident *was, const vg_incident *now, vg_err *e);
} vg_watch_sink;

/** Where reports come from that the watch has put away: the store. Without it nothing is ever put away. */
typedef struct {
    void *ctx;
    /** A report that was put away, by its name (vg_report_key): false and no error = there is none. */
    bool (*known)(void *ctx, uint64_t key, uint64_t *content, int64_t *received_at, int64_t *seq, vg_err *e);
    /** Gives the reports (the versions in force) whose interval touches [from, to], in any order, to `take`. */
    bool (*reload)(void *ctx, int64_t from, int64_t to,
                   bool (*take)(void *take_ctx, const vg_report *r, int64_t seq, vg_err *e), void *take_ctx,
                   vg_err *e);
    /**
     * Gives all contents that stand under a name, and all reports that name it in `revises`, in any order; `known` is then
     * also true of a name that was only named (content 0, received at INT64_MIN). NULL: reports with such a history are never put away.
     */
    bool (*versions)(void *ctx, uint64_t key,
                     bool (*take)(void *take_ctx, const vg_report *r, int64_t seq, vg_err *e), void *take_ctx,
                     vg_err *e);
} vg_watch_shelf;

typedef struct {
    /* Incidents older than this before the stream are put away; 0 = 7 days; needs `shelf`. The stream is where three in
     * four of the last 64 observations are not newer, so that wrong dates far ahead do not move it. */
    int64_t horizon_s;
    double fusion;   /* log odds from which reports are taken to be of one incident; NaN or 0 = the house's */
    bool hash_media; /* the same text or media hash may join reports; off = time, place and kind only */
    vg_watch_sink sink;
    const vg_watch_shelf *shelf;
} vg_watch_opts;

bool vg_watch_open(const vg_agreement *a, const vg_watch_opts *o, vg_watch **out, vg_err *e);
void vg_watch_close(vg_watch *w);
const vg_agreement *vg_watch_agreement(const vg_watch *w);

/** What became of a report. */
typedef enum {
    VG_VERDICT_NEW,
    VG_VERDICT_SAME,    /* the same source, id and content were there: no effect */
    VG_VERDICT_EARLIER, /* the same, but received before the one that was there: its time is taken over */
    VG_VERDICT_REVISION, /* the same id with other content, or `revises` names it: the one received last is in force */
    VG_VERDICT_SUPERSEDED, /* a revision of it had come before */
    VG_VERDICT_WITHDRAWAL,
    VG_VERDICT_QUARANTINED /* vg_report_check refuses it: kept, counted nowhere */
} vg_watch_verdict;
const char *vg_watch_verdict_name(int verdict);

/**
 * What a report would be, without taking it: `why` (may be NULL) gets the reason of a quarantine. Which entries of the log
 * are needed is known from this: all but VG_VERDICT_SAME.
 */
bool vg_watch_ask(vg_watch *w, const vg_report *r, vg_watch_verdict *verdict, vg_err *why, vg_err *e);

/**
 * Takes a report; `seq` is its number in the log (from 1). It is copied where it must last. Its effect is seen after
 * vg_watch_settle. Never fails for what a report holds. Fails: VG_ENOMEM, and as the shelf does; then the watch must be
 * closed and made again from the log.
 */
bool vg_watch_report(vg_watch *w, const vg_report *r, int64_t seq, vg_watch_verdict *verdict, vg_err *e);

/** Takes a record of coverage. The same again has no effect. */
bool vg_watch_cover(vg_watch *w, const vg_coverage *c, int64_t seq, vg_err *e);

/** A person's decision about the incident that the report with this key belongs to; the one with the highest `seq` holds. */
bool vg_watch_verify(vg_watch *w, uint64_t key, vg_verification state, int64_t seq, vg_err *e);

/** Brings the incidents up to date and tells the sink. Time: that of the reports near those that are new. */
bool vg_watch_settle(vg_watch *w, vg_err *e);

/** Incidents (settled) whose interval touches [from, to], by `from`, then id. `take` returns false to stop. */
bool vg_watch_each(vg_watch *w, int64_t from, int64_t to, bool (*take)(void *ctx, const vg_incident *x),
                   void *ctx, vg_err *e);
bool vg_watch_incident(vg_watch *w, uint64_t id, vg_incident *out, vg_err *e); /* VG_ENOTFOUND */

/** Why: the members of an incident, with what each adds. */
typedef struct {
    uint64_t key;
    int64_t seq;
    float fit; /* log likelihood ratio of belonging here against chance coincidence; 0 for the only member */
    double lat_deg, lon_deg, radius_m;
    int64_t from, to;
    int8_t kind, act, weapon, basis, claims;
    int8_t party, observer; /* indexes as resolved, or VG_AGREEMENT_NOBODY */
    bool repeats;           /* counted with another member of the same source (a burst) */
} vg_member;
bool vg_watch_members(vg_watch *w, uint64_t id, vg_arena *a, vg_member **out, int32_t *n, vg_err *e);

/** What is known of a source by now. Agreement is with the other sources' verdict on incidents both report. */
typedef struct {
    vg_str source;
    vg_source_kind kind;
    int32_t party; /* it speaks for, or VG_AGREEMENT_NOBODY */
    int64_t n_reports, n_revised, n_withdrawn, n_quarantined, n_same;
    int64_t n_shared;       /* incidents that other sources report, too */
    double delay_median_s;  /* between act and report */
    double delay_most_s;    /* 95 % */
    double place_error_m;   /* median distance to the fused place of shared incidents */
    double actor_agreement; /* of its claims on attributed incidents; NaN = none */
    int64_t watermark;      /* no report older than this is expected of it any more */
    int64_t last_received;
    bool idle; /* silent for ten times its delay: its watermark holds nobody back */
} vg_watch_source;
bool vg_watch_sources(vg_watch *w, vg_arena *a, vg_watch_source **out, int32_t *n, vg_err *e);

/** The watermark of all sources that are not idle: until then figures are expected to be whole. INT64_MIN = none yet. */
int64_t vg_watch_watermark(const vg_watch *w);

/** Coverage that touches [from, to], by source, then time. */
bool vg_watch_coverage(vg_watch *w, int64_t from, int64_t to, vg_arena *a, vg_coverage **out, int32_t *n,
                       vg_err *e);

typedef struct {
    int64_t n_reports, n_same, n_revisions, n_withdrawals, n_quarantined, n_incidents;
    int64_t n_in_memory; /* reports not put away */
    int64_t newest;      /* observation */
} vg_watch_counts;
vg_watch_counts vg_watch_count(const vg_watch *w);

/** SHA-256 of the whole settled state in memory (incidents with all fields, members, coverage): for proofs of equality. */
bool vg_watch_fingerprint(vg_watch *w, char hex[65], vg_err *e);

/** An incident as the GeoJSON feature of feeds and page (README.md lists its properties). */
void vg_incident_json(vg_json *j, const vg_agreement *a, const vg_incident *x);

#endif
