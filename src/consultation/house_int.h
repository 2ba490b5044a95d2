/**
 * What the files of the house engine share: the votes in canonical order, one factor model ("member"), and the handle
 * that holds three of them. Nobody outside the folder sees this.
 */
#ifndef VG_CONSULTATION_HOUSE_INT_H
#define VG_CONSULTATION_HOUSE_INT_H

#include "consultation/house.h"

enum { VG_HOUSE_FACTORS = 12, VG_HOUSE_VIEWS = 2, VG_HOUSE_DIM = VG_HOUSE_FACTORS + VG_HOUSE_VIEWS };

/** Votes by row (person) and by column (statement), both in the order of ids; values -1, 0, 1. */
typedef struct {
    int32_t n, m;
    int64_t n_votes;
    int64_t *row_at, *col_at; /* n + 1, m + 1 */
    int32_t *row_col, *col_row;
    int8_t *row_value, *col_value;
    int64_t *col_vote; /* position by row of the vote that stands here by column */
} vg_votes;

/** How one member looks at the votes. */
typedef struct {
    int32_t n_views;   /* 1: the value itself; 2: "agrees" and "disagrees" as 0 or 1 */
    int32_t n_factors; /* at most VG_HOUSE_FACTORS */
    int32_t n_rounds;
    bool logit;         /* a logistic link instead of a normal error */
    double noise_prior; /* pseudo-votes behind each statement's and person's own noise */
} vg_member_form;

/**
 * A factor model of the votes with posterior means and covariances of both sides (variational Bayes):
 *     expectation of view q = mean[q] + c[q][j] + b[q][i] + u[i] . v[q][j]     (through the logistic function for logit)
 * Row i holds (b[0..n_views), u), column view q of statement j, at q * m + j, holds (c, v).
 */
typedef struct {
    vg_member_form form;
    int32_t n, m;
    int32_t row_dim, col_dim, row_pack,
        col_pack; /* n_views + K, 1 + K, and the sizes of their packed covariances */
    double mean[VG_HOUSE_VIEWS];
    double row_prior[VG_HOUSE_DIM]; /* prior variances */
    double col_prior[VG_HOUSE_VIEWS][1 + VG_HOUSE_FACTORS];
    float *row, *row_cov; /* n x row_dim, n x row_pack (lower triangle by rows) */
    float *col, *col_cov; /* (n_views m) x col_dim, x col_pack */
    float *tau;           /* n_views m: precision of each statement's noise (normal error only) */
    float *rho;           /* n: factor on it for each person */
    float *col_moment;    /* (n_views m) x moment_len: what a row needs of a column */
    int32_t quad_len, line_len, moment_len;
} vg_member;

/**
 * Learns a member from the votes; everything lives in `a`. `first`: where the first factor of each statement starts
 * (every view); NULL = all start at random.
 */
bool vg_member_fit(const vg_votes *v, const vg_member_form *form, const double *first, uint64_t seed,
                   int n_threads, vg_arena *a, vg_member *out, vg_err *e);

/**
 * The posterior of one person from their votes alone, given the statements: `row` gets row_dim means, `cov` (may be
 * NULL) row_pack covariances, `rho` the person's noise factor.
 */
void vg_member_fold(const vg_member *b, const int32_t *col, const int8_t *value, int64_t n_votes, float *row,
                    float *cov, float *rho);

/** Expectation of each view for a row's means and a statement (-1: one nobody voted on); probabilities for logit. */
void vg_member_expect(const vg_member *b, const float *row, int32_t col, double out[VG_HOUSE_VIEWS]);

/* The first three foretell votes; the axis, with one factor, is only for groups (README.md says why). */
enum { VG_HOUSE_MEMBERS = 3, VG_HOUSE_AXIS = 3, VG_HOUSE_MODELS = 4 };

struct vg_opinions {
    vg_arena arena;
    const vg_consultation *c;
    vg_house_opts o;
    vg_votes votes;       /* everybody with a vote, every statement with a vote */
    int32_t *participant; /* of a row */
    int32_t *row_of;      /* of a participant; -1 = no vote */
    int32_t *statement;   /* of a column */
    int32_t *col_of;      /* of a statement; -1 = no vote */
    bool has[VG_HOUSE_MODELS];
    vg_member member[VG_HOUSE_MODELS];
    float *row[VG_HOUSE_MODELS]; /* votes.n x row_dim of each model */
    float
        *row_cov[VG_HOUSE_MODELS]; /* votes.n x row_pack, of the first and of the axis; NULL for the others */
};

/** What rows and columns of the model say; `row` holds the means of one person for each member. */
vg_opinion vg_opinions__expect(const vg_opinions *m, const float *const row[VG_HOUSE_MEMBERS], int32_t col);
vg_opinion vg_opinions__at(const vg_opinions *m, int32_t row, int32_t col);

/** The record in canonical order. Rows: participants with a vote; columns: statements with a vote. */
bool vg_votes_canonical(const vg_consultation *c, vg_arena *a, vg_opinions *m, vg_err *e);

/** Some of the rows, with every column; `rows` ascending. */
bool vg_votes_rows(const vg_votes *v, const int32_t *rows, int32_t n_rows, vg_arena *a, vg_votes *out,
                   vg_err *e);

/** As vg_opinions_fit; `for_groups` leaves out what groups do not need, and such a handle foretells nothing. */
bool vg_opinions__fit(const vg_consultation *c, const vg_house_opts *o, bool for_groups, vg_opinions **out,
                      vg_err *e);

/** A statement that counts: not rejected, not about the conversation itself. */
static inline bool vg_house__counts(const vg_consultation *c, int32_t statement)
{
    return c->statement[statement].moderation >= 0 && !c->statement[statement].is_meta;
}

/** Index of row i, column j <= i of a packed lower triangle. */
static inline int32_t vg_packed(int32_t i, int32_t j)
{
    return i * (i + 1) / 2 + j;
}

/* --- groups --- */

enum { VG_HOUSE_SPACE = 5 }; /* most directions groups are looked for in */

/** Directions of opinion: person x (row_dim means of a model) lies at axis' (x - centre). */
typedef struct {
    const vg_member *b;
    int32_t model, dim;
    double centre[VG_HOUSE_DIM], axis[VG_HOUSE_SPACE][VG_HOUSE_DIM], spread[VG_HOUSE_SPACE];
    double pull[VG_HOUSE_SPACE]
               [VG_HOUSE_DIM]; /* a statement's (1, v) lies at pull . (1, v): where agreeing leads */
    double all_spread;         /* over all directions */
} vg_space;

/** What was found: groups of rows of the model. */
typedef struct {
    int32_t n_groups, n_people;
    bool few_only;     /* nobody has enough votes: everybody is in the one group */
    int32_t *people;   /* rows in groups, ascending */
    int32_t *group;    /* votes.n: -1 = in none */
    double *certainty; /* votes.n */
    double *
        distance; /* votes.n: squared distance from the group's centre in units of the group's spread, / dim */
    int32_t size[VG_HOUSE_MAX_GROUPS];
    double stability, by_k[VG_HOUSE_MAX_GROUPS + 1];
    vg_space space; /* in which they were found */
} vg_found_groups;

/** Principal directions of the expected opinions of `rows` on statements that count. */
void vg_space_make(const vg_opinions *m, int32_t model, const int32_t *rows, int32_t n, int32_t dim,
                   vg_space *out);
double vg_space_pull(const vg_space *s, int32_t col, int32_t k);
void vg_space_place(const vg_space *s, const float *row, double *out);

/**
 * k groups of n points of `dim` numbers by k-means (best of several starts); none smaller than `least`. False when
 * there is no such grouping. group gets 0..k-1, largest first; centre k x dim.
 */
bool vg_kmeans(const double *x, int32_t n, int32_t dim, int32_t k, int32_t least, uint64_t seed,
               int32_t *group, double *centre);

bool vg_groups_find(const vg_opinions *m, const vg_house_opts *o, vg_arena *a, vg_found_groups *out,
                    vg_err *e);

/* --- support --- */

/** Sets of people: the groups, and last everybody in none. */
typedef struct {
    int32_t n_sets;
    int32_t *set; /* votes.n */
    int32_t n[VG_HOUSE_MAX_GROUPS + 1];
    int32_t
        *panel[VG_HOUSE_MAX_GROUPS + 1]; /* rows that stand for the set where votes are foretold, ascending */
    int32_t n_panel[VG_HOUSE_MAX_GROUPS + 1];
} vg_sets;

/** One set and one statement: counts, what the others are expected to say, and the variance of the shares. */
typedef struct {
    int32_t n, cast, agree, pass, disagree;
    double all, against, var, var_against; /* shares of all n and their variances */
} vg_tally;

bool vg_sets_make(const vg_opinions *m, const vg_found_groups *g, vg_arena *a, vg_sets *out, vg_err *e);

/** tally[n_sets + 1]: the sets, then everybody. */
void vg_support_tally(const vg_opinions *m, const vg_sets *s, int32_t col, vg_tally *tally);

/** Interval of a share of known variance, Wilson's with as many people as that variance is worth. */
void vg_support_interval(double share, double var, double level, double *low, double *high);

/** Votes a person needs to be put in a group. */
int32_t vg_house__min_votes(const vg_house_opts *o, int32_t n_statements);

/** Options with defaults filled in. Fails: VG_EARG. */
bool vg_house__opts(const vg_house_opts *o, vg_house_opts *out, vg_err *e);

#endif
