/* Secrets: what is sealed comes back with the key and not without it, and never stands anywhere in the clear. */
#include "serve/secret.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "prop.h"

typedef struct {
    char dir[256], store[300], key[320];
    vg_arena arena;
    vg_err e;
} place;

static void begin(place *p)
{
    *p = (place){ .e = VG_NO_ERR };
    temp_dir(p->dir);
    snprintf(p->store, sizeof p->store, "%s/s.db", p->dir);
    snprintf(p->key, sizeof p->key, "%s.key", p->store);
    CHECK_OK(vg_arena_init(&p->arena, 16 << 20, &p->e), &p->e);
}

static void end(place *p)
{
    unlink(p->key);
    assert_int_equal(rmdir(p->dir), 0); /* nothing else was left behind */
    vg_arena_free(&p->arena);
}

static const char *any_text_comes_back(vg_rng *r)
{
    place p;
    char text[300];
    vg_str sealed, opened;
    ptrdiff_t n = 1 + (ptrdiff_t)vg_rng_below(r, sizeof text - 1);
    for (ptrdiff_t i = 0; i < n; i++)
        text[i] = (char)(uint8_t)vg_rng_below(r, 256);
    begin(&p);
    bool good = vg_secret_seal(p.store, (vg_str){ text, n }, &p.arena, &sealed, &p.e) &&
                vg_secret_open(p.store, sealed, &p.arena, &opened, &p.e);
    bool same = good && vg_eq(opened, (vg_str){ text, n });
    bool hidden = good && (n < 8 || !memmem(sealed.s, (size_t)sealed.n, text, (size_t)n));
    end(&p);
    return !good    ? "it cannot be sealed and opened"
           : !same  ? "another text"
           : hidden ? NULL
                    : "it can be read";
}

static void what_is_sealed_comes_back(void **state)
{
    (void)state;
    check_property("any_text_comes_back", any_text_comes_back, 30);
}

static void two_seals_of_one_secret_are_not_alike_and_the_key_is_its_owners(void **state)
{
    place p;
    vg_str one, two, none;
    struct stat s;
    (void)state;
    begin(&p);
    CHECK_OK(vg_secret_seal(p.store, VG_S("a word between us"), &p.arena, &one, &p.e), &p.e);
    CHECK_OK(vg_secret_seal(p.store, VG_S("a word between us"), &p.arena, &two, &p.e), &p.e);
    assert_false(vg_eq(one, two));
    assert_int_equal(stat(p.key, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    CHECK_OK(vg_secret_seal(p.store, VG_NOSTR, &p.arena, &none, &p.e), &p.e);
    assert_int_equal(none.n, 0);
    CHECK_OK(vg_secret_open(p.store, VG_S("as it stood before"), &p.arena, &none, &p.e), &p.e);
    CHECK_STR(none, "as it stood before");
    end(&p);
}

static void without_the_key_or_with_another_it_stays_shut(void **state)
{
    place p;
    vg_str sealed, opened;
    (void)state;
    begin(&p);
    CHECK_OK(vg_secret_seal(p.store, VG_S("a word between us"), &p.arena, &sealed, &p.e), &p.e);
    char *changed = vg_new(&p.arena, char, sealed.n);
    memcpy(changed, sealed.s, (size_t)sealed.n);
    changed[sealed.n - 3] = changed[sealed.n - 3] == 'A' ? 'B' : 'A';
    assert_false(vg_secret_open(p.store, (vg_str){ changed, sealed.n }, &p.arena, &opened, &p.e));
    assert_int_equal(p.e.code, VG_ECONFLICT);
    unlink(p.key);
    p.e = VG_NO_ERR;
    assert_false(vg_secret_open(p.store, sealed, &p.arena, &opened, &p.e));
    assert_int_equal(p.e.code, VG_ENOTFOUND);
    p.e = VG_NO_ERR;
    CHECK_OK(vg_secret_seal(p.store, VG_S("x"), &p.arena, &opened, &p.e), &p.e); /* a new key */
    assert_false(vg_secret_open(p.store, sealed, &p.arena, &opened, &p.e));
    assert_int_equal(p.e.code, VG_ECONFLICT);
    end(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sealed_comes_back),
        cmocka_unit_test(two_seals_of_one_secret_are_not_alike_and_the_key_is_its_owners),
        cmocka_unit_test(without_the_key_or_with_another_it_stays_shut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
