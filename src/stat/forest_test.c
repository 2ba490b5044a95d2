/* Forests: what a tree must keep true whatever the data, and that neither threads nor vector width change a byte. */
#include "stat/forest.h"

#include "prop.h"
#include "test.h"

/* The same forest without vector instructions (forest_narrow_test.c: with the narrow ones), under other names. */
#ifndef VG_NO_WIDE
#define VG_NO_SIMD
#endif
#define vg_forest       plain_forest
#define vg_forest_grow  plain_grow
#define vg_forest_free  plain_free
#define vg_forest_trees plain_trees
#define vg_forest_find  plain_find
#define vg_forest_path  plain_path
#define vg_forest_bin   plain_bin
typedef struct plain_forest plain_forest;
bool plain_grow(const vg_forest_data *data, const vg_forest_opts *o, plain_forest **out, vg_err *e);
void plain_free(plain_forest *f);
int32_t plain_trees(const plain_forest *f);
vg_forest_leaf plain_find(const plain_forest *f, int32_t number, const uint8_t *query);
double plain_path(const plain_forest *f, int32_t number, const uint8_t *query, double *effect);
uint8_t plain_bin(float value, float low, float high);
#include "stat/forest.c"
#undef vg_forest
#undef vg_forest_grow
#undef vg_forest_free
#undef vg_forest_trees
#undef vg_forest_find
#undef vg_forest_path
#undef vg_forest_bin

enum { MAX_ROWS = 3000, FEATURES = 20, TARGETS = 2 };
static uint8_t x[MAX_ROWS * FEATURES];
static float y[MAX_ROWS * TARGETS];

static vg_forest_data random_data(vg_rng *r)
{
    vg_forest_data d = { .n_rows = 1 + vg_rng_below(r, MAX_ROWS),
                         .n_features = 1 + (int32_t)vg_rng_below(r, FEATURES),
                         .n_targets = 1 + (int32_t)vg_rng_below(r, TARGETS),
                         .x = x,
                         .y = y };
    uint32_t values = 1 + vg_rng_below(r, 255);
    for (int64_t i = 0; i < d.n_rows * d.n_features; i++)
        x[i] = (uint8_t)vg_rng_below(r, values);
    for (int64_t i = 0; i < d.n_rows * d.n_targets; i++)
        y[i] = (float)(vg_rng_unit(r) * 4 - 2) + (float)(x[i % (d.n_rows * d.n_features)] > 20);
    return d;
}

static const char *check_leaves(const vg_forest_data *d, const vg_forest *f, int32_t min_leaf)
{
    for (int32_t t = 0; t < vg_forest_trees(f); t++)
        for (int64_t i = 0; i < d->n_rows; i++) {
            vg_forest_leaf leaf = vg_forest_find(f, t, d->x + i * d->n_features);
            bool found = false;
            for (int32_t k = 0; k < leaf.n; k++)
                found = found || leaf.row[k] == i;
            if (!found)
                return "a row is not in the leaf where it ends";
            if (leaf.n_in_leaf < min_leaf && leaf.n_in_leaf < d->n_rows)
                return "a leaf has fewer rows than it must";
        }
    return NULL;
}

static const char *every_row_lies_in_its_own_leaf(vg_rng *r)
{
    vg_err e = VG_NO_ERR;
    vg_forest *f;
    vg_forest_data d = random_data(r);
    vg_forest_opts o = { .n_trees = 3, .min_leaf = 1 + (int32_t)vg_rng_below(r, 30), .seed = vg_rng_u64(r) };
    if (!vg_forest_grow(&d, &o, &f, &e))
        return "cannot grow";
    const char *wrong = check_leaves(&d, f, o.min_leaf);
    vg_forest_free(f);
    return wrong;
}

static const char *path_effects_lead_to_the_mean_of_the_leaf(vg_rng *r)
{
    vg_err e = VG_NO_ERR;
    vg_forest *f;
    vg_forest_data d = random_data(r);
    if (!vg_forest_grow(&d, &(vg_forest_opts){ .n_trees = 2, .min_leaf = 5, .seed = 9 }, &f, &e))
        return "cannot grow";
    const char *wrong = NULL;
    for (int64_t i = 0; i < d.n_rows && !wrong; i += 7) {
        double effect[FEATURES] = { 0 }, mean = 0;
        const uint8_t *query = d.x + i * d.n_features;
        double got = vg_forest_path(f, 1, query, effect);
        vg_forest_leaf leaf = vg_forest_find(f, 1, query);
        for (int k = 0; k < FEATURES; k++)
            got += effect[k];
        for (int32_t k = 0; k < leaf.n; k++)
            mean += (double)d.y[(int64_t)leaf.row[k] * d.n_targets] / leaf.n;
        wrong = fabs(got - mean) > 1e-4 ? "root mean + effects is not the leaf's mean" : NULL;
    }
    vg_forest_free(f);
    return wrong;
}

/* Same leaves, row by row. */
static bool same_leaves(const vg_forest_data *d, const vg_forest *a, const vg_forest *b)
{
    for (int32_t t = 0; t < vg_forest_trees(a); t++)
        for (int64_t i = 0; i < d->n_rows; i++) {
            vg_forest_leaf p = vg_forest_find(a, t, d->x + i * d->n_features);
            vg_forest_leaf q = vg_forest_find(b, t, d->x + i * d->n_features);
            if (p.n != q.n || p.n_in_leaf != q.n_in_leaf ||
                memcmp(p.row, q.row, (size_t)p.n * sizeof *p.row) != 0)
                return false;
        }
    return true;
}

static const char *threads_change_nothing(vg_rng *r)
{
    vg_err e = VG_NO_ERR;
    vg_forest *one, *many;
    vg_forest_data d = random_data(r);
    vg_forest_opts o = {
        .n_trees = 7, .min_leaf = 4, .keep = 6, .share = 0.7, .seed = vg_rng_u64(r), .n_threads = 1
    };
    if (!vg_forest_grow(&d, &o, &one, &e))
        return "cannot grow";
    o.n_threads = 5;
    if (!vg_forest_grow(&d, &o, &many, &e))
        return "cannot grow on five threads";
    bool same = same_leaves(&d, one, many);
    vg_forest_free(one);
    vg_forest_free(many);
    return same ? NULL : "five threads grew another forest";
}

static const char *vector_width_changes_nothing(vg_rng *r)
{
    vg_err e = VG_NO_ERR;
    vg_forest *wide;
    plain_forest *plain;
    vg_forest_data d = random_data(r);
    vg_forest_opts o = { .n_trees = 3, .min_leaf = 3, .keep = 5, .seed = vg_rng_u64(r) };
    if (!vg_forest_grow(&d, &o, &wide, &e))
        return "cannot grow";
    if (!plain_grow(&d, &o, &plain, &e))
        return "cannot grow the plain one";
    const char *wrong = NULL;
    for (int32_t t = 0; t < plain_trees(plain) && !wrong; t++)
        for (int64_t i = 0; i < d.n_rows && !wrong; i++) {
            vg_forest_leaf p = vg_forest_find(wide, t, d.x + i * d.n_features);
            vg_forest_leaf q = plain_find(plain, t, d.x + i * d.n_features);
            if (p.n != q.n || memcmp(p.row, q.row, (size_t)p.n * sizeof *p.row) != 0)
                wrong = "without vector instructions another forest grows";
        }
    vg_forest_free(wide);
    plain_free(plain);
    return wrong;
}

static void forest_finds_a_step_in_the_one_feature_that_matters(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_forest *f;
    vg_rng r = vg_rng_at(4, 4);
    vg_forest_data d = { .n_rows = 2000, .n_features = 5, .n_targets = 1, .x = x, .y = y };
    for (int64_t i = 0; i < d.n_rows * 5; i++)
        x[i] = (uint8_t)vg_rng_below(&r, 256);
    for (int64_t i = 0; i < d.n_rows; i++)
        y[i] = x[i * 5 + 3] > 100 ? 10.0F : -10.0F;
    CHECK_OK(vg_forest_grow(&d, &(vg_forest_opts){ .n_trees = 30, .min_leaf = 5, .n_candidates = 5 }, &f, &e),
             &e);
    double effect[5] = { 0 };
    const uint8_t query[] = { 7, 7, 7, 240, 7 };
    for (int32_t t = 0; t < 30; t++)
        vg_forest_path(f, t, query, effect);
    for (int k = 0; k < 5; k++)
        if (k != 3)
            assert_true(fabs(effect[3]) > 10 * fabs(effect[k]));
    vg_forest_free(f);
}

static void leaf_remembers_at_most_what_was_asked(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_forest *f;
    memset(x, 1, 1000);
    vg_forest_data d = { .n_rows = 1000, .n_features = 1, .n_targets = 1, .x = x, .y = y };
    CHECK_OK(vg_forest_grow(&d, &(vg_forest_opts){ .n_trees = 1, .keep = 8 }, &f, &e), &e);
    vg_forest_leaf leaf = vg_forest_find(f, 0, x);
    assert_int_equal(leaf.n, 8);
    assert_int_equal(leaf.n_in_leaf, 1000);
    for (int32_t k = 1; k < 8; k++)
        assert_in_range(leaf.row[k] - leaf.row[k - 1], 100, 150);
    vg_forest_free(f);
}

static void shapes_that_make_no_forest_are_refused(void **state)
{
    (void)state;
    vg_forest *f;
    const vg_forest_data bad[] = {
        { 0, 1, 1, x, y }, { 5, 0, 1, x, y }, { 5, 65, 1, x, y }, { 5, 1, 0, x, y }, { 5, 1, 5, x, y }
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        vg_err e = VG_NO_ERR;
        assert_false(vg_forest_grow(&bad[i], &(vg_forest_opts){ 0 }, &f, &e));
        assert_int_equal(e.code, VG_EARG);
    }
}

static bool stop_at_once(void *ctx, const char *what, int64_t done, int64_t total)
{
    (void)ctx, (void)what, (void)done, (void)total;
    return false;
}

static void growing_can_be_stopped(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_forest *f;
    vg_forest_data d = { .n_rows = 100, .n_features = 2, .n_targets = 1, .x = x, .y = y };
    vg_forest_opts o = { .progress = { .step = stop_at_once }, .n_threads = 1 };
    assert_false(vg_forest_grow(&d, &o, &f, &e));
    assert_int_equal(e.code, VG_ESTOPPED);
}

static void bins_keep_order_and_set_unknown_aside(void **state)
{
    (void)state;
    assert_int_equal(vg_forest_bin(NAN, 0, 1), 0);
    assert_int_equal(vg_forest_bin(-3, 0, 1), 1);
    assert_int_equal(vg_forest_bin(5, 0, 1), 255);
    assert_int_equal(vg_forest_bin(2, 2, 2), 1);
    for (int i = 1; i <= 1000; i++)
        assert_true(vg_forest_bin((float)i / 1000, 0, 1) >= vg_forest_bin((float)(i - 1) / 1000, 0, 1));
}

static void properties_of_forests_hold(void **state)
{
    (void)state;
    check_property("every_row_lies_in_its_own_leaf", every_row_lies_in_its_own_leaf, 20);
    check_property("path_effects_lead_to_the_mean_of_the_leaf", path_effects_lead_to_the_mean_of_the_leaf,
                   40);
    check_property("threads_change_nothing", threads_change_nothing, 20);
    check_property("vector_width_changes_nothing", vector_width_changes_nothing, 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forest_finds_a_step_in_the_one_feature_that_matters),
        cmocka_unit_test(leaf_remembers_at_most_what_was_asked),
        cmocka_unit_test(shapes_that_make_no_forest_are_refused),
        cmocka_unit_test(growing_can_be_stopped),
        cmocka_unit_test(bins_keep_order_and_set_unknown_aside),
        cmocka_unit_test(properties_of_forests_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
