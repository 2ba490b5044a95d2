/* Lists of parties in the store: what goes in comes out, vintages share what did not change, differences. */
#include "store/party.h"

#include "prop.h"
#include "store/test_int.h"

static vg_party_import *begin_list(vg_store *st, const char *list, bool is_delta)
{
    vg_err e = VG_NO_ERR;
    vg_party_import *im = NULL;
    CHECK_OK(vg_party_import_begin(st, vg_str_z(list), is_delta, &im, &e), &e);
    return im;
}

static void feed_party(vg_party_import *im, const vg_party *p, int64_t line)
{
    vg_err e = VG_NO_ERR;
    vg_party_sink *s = vg_party_import_sink(im);
    CHECK_OK(s->party(s->ctx, p, (vg_at){ .line = line }, &e), &e);
}

static void feed_named(vg_party_import *im, const char *id, const char *name, int64_t line)
{
    vg_party_name n = { .text = vg_str_z(name) };
    vg_party p = { .id = vg_str_z(id), .schema = VG_SCHEMA_PERSON, .name = { &n, *name != 0 } };
    feed_party(im, &p, line);
}

static void feed_removal(vg_party_import *im, const char *id)
{
    vg_err e = VG_NO_ERR;
    vg_party_sink *s = vg_party_import_sink(im);
    CHECK_OK(s->removed(s->ctx, vg_str_z(id), VG_NOWHERE, &e), &e);
}

static vg_party_outcome end_list(vg_party_import *im, const char *sha)
{
    vg_err e = VG_NO_ERR;
    vg_party_outcome out = { 0 };
    CHECK_OK(
        vg_party_import_end(im, &(vg_vintage){ .file = VG_S("list.xml"), .sha256 = vg_str_z(sha) }, &out, &e),
        &e);
    return out;
}

/* Parties as "id=name " in the order they come. */
typedef struct {
    char text[4000];
    vg_arena *a;
    vg_party last;
    int64_t last_body;
} listing;

static bool list_party(void *ctx, const vg_party_entry *p, vg_err *e)
{
    listing *l = ctx;
    size_t n = strlen(l->text);
    (void)e;
    snprintf(l->text + n, sizeof l->text - n, "%.*s=%.*s ", VG_P(p->party->id),
             VG_P(p->party->name.item[0].text));
    if (l->a)
        l->last = vg_party_copy(l->a, p->party);
    l->last_body = p->body;
    return true;
}

static const char *text_of(vg_store *st, const char *list, int64_t as_of)
{
    static listing l;
    vg_err e = VG_NO_ERR;
    l = (listing){ .text = "" };
    CHECK_OK(vg_store_parties(st, vg_str_z(list), as_of, &(vg_party_reader){ &l, list_party }, &e), &e);
    return l.text;
}

static bool list_change(void *ctx, const vg_party_change *c, vg_err *e)
{
    listing *l = ctx;
    size_t n = strlen(l->text);
    (void)e;
    const vg_party *p = c->after.party ? c->after.party : c->before.party;
    snprintf(l->text + n, sizeof l->text - n, "%c%.*s:%x ", "+~-"[c->kind], VG_P(p->id), c -> fields);
    return true;
}

static const char *changes_of(vg_store *st, int64_t a, int64_t b)
{
    static listing l;
    vg_err e = VG_NO_ERR;
    l = (listing){ .text = "" };
    CHECK_OK(vg_party_diff(st, a, b, &(vg_party_change_reader){ &l, list_change }, &e), &e);
    return l.text;
}

/* --- whole records --- */

/* A party with every field; its arrays live as long as the block that names it. */
#define T(...)                                                                                               \
    {                                                                                                        \
        (const vg_str[]){ __VA_ARGS__ }, sizeof((const vg_str[]){ __VA_ARGS__ }) / sizeof(vg_str)            \
    }
#define FULL                                                                                                 \
    {                                                                                                        \
        .id = VG_S("QDi.001"), .schema = VG_SCHEMA_PERSON, .schema_name = VG_S("INDIVIDUAL"),                \
        .name = { (const vg_party_name[]){                                                                   \
                      { .text = VG_S("Amara Toure"), .given = VG_S("Amara"), .family = VG_S("Toure") },      \
                      { .text = VG_S("أمارة"), .kind = VG_NAME_SCRIPT, .language = VG_S("ar") } },           \
                  2 },                                                                                       \
        .birth = { (const vg_party_date[]){ { -1826, -1462, true } }, 1 }, .country = T(VG_S("ML")),         \
        .nationality = T(VG_S("ML"), VG_S("NE")), .programme = T(VG_S("Al-Qaida")),                          \
        .address = T(VG_S("Gao, Mali")), .birth_place = T(VG_S("Kidal")), .position = T(VG_S("treasurer")),  \
        .topic = T(VG_S("sanction")), .remark = T(VG_S("with \"quotes\"")), .url = T(VG_S("https://a.org")), \
        .number = { (const vg_party_number[]){ { VG_S("passport"), VG_S("A0123456"), VG_S("ML") } }, 1 },    \
        .link = { (const vg_party_link[]){ { VG_S("owner"), VG_S("QDe.002"), 33.5, VG_S("a third") },        \
                                           { VG_S("linked"), VG_S("QDe.003"), NAN, VG_NOSTR } },             \
                  2 },                                                                                       \
        .gender = 'm', .listed_on = 15000, .changed_on = 18000, .ended_on = VG_NO_DAY                        \
    }

static void every_field_of_a_party_comes_back(void **state)
{
    (void)state;
    const vg_party full = FULL;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    feed_party(im, &full, 2);
    end_list(im, "");
    vg_party_entry got;
    CHECK_OK(vg_store_party(f.st, VG_S("un-sc"), full.id, 0, &f.a, &got, &f.e), &f.e);
    assert_int_equal(vg_party_fields_changed(got.party, &full), 0);
    CHECK_STR(got.party->id, "QDi.001");
    CHECK_STR(got.party->name.item[1].text, "أمارة");
    CHECK_STR(got.party->nationality.item[1], "NE");
    assert_int_equal(got.party->birth.item[0].day_to, -1462);
    CHECK_NEAR(got.party->link.item[0].share, 33.5, 0);
    assert_true(isnan(got.party->link.item[1].share));
    assert_int_equal(got.party->ended_on, VG_NO_DAY);
    vg_party again;
    CHECK_OK(vg_store_party_body(f.st, got.body, &f.a, &again, &f.e), &f.e);
    assert_int_equal(vg_party_fields_changed(&again, &full), 0);
    fixture_close(&f);
}

static void a_change_names_the_fields_that_changed(void **state)
{
    (void)state;
    const vg_party full = FULL;
    vg_party other = full;
    other.gender = 'f';
    other.address = (vg_texts){ NULL, 0 };
    assert_int_equal(vg_party_fields_changed(&full, &other), 1U << VG_PARTY_GENDER | 1U << VG_PARTY_ADDRESS);
    CHECK_STR(vg_party_field_word(VG_PARTY_ADDRESS), "address");
}

static void damaged_bytes_are_refused_and_never_read_beyond(void **state)
{
    (void)state;
    const vg_party full = FULL;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    feed_party(im, &full, 2);
    end_list(im, "");
    raw_sql(f.path, "DROP TRIGGER party_body_no_update; UPDATE party_body SET body = substr(body, 1, 40)");
    vg_party_entry got;
    assert_false(vg_store_party(f.st, VG_NOSTR, full.id, 0, &f.a, &got, &f.e));
    assert_int_equal(f.e.code, VG_EPARSE);
    fixture_close(&f);
}

/* --- vintages --- */

static void what_did_not_change_is_written_once(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    for (int v = 0; v < 2; v++) {
        vg_party_import *im = begin_list(f.st, "un-sc", false);
        for (int i = 0; i < 300; i++) {
            char id[16], name[32];
            snprintf(id, sizeof id, "p%03d", i);
            snprintf(name, sizeof name, v == 1 && i % 100 == 7 ? "New %d" : "Old %d", i);
            feed_named(im, id, name, i + 1);
        }
        vg_party_outcome r = end_list(im, v ? "b" : "a");
        assert_int_equal(r.n_written, v ? 3 : 300);
        assert_int_equal(r.n_changed, v ? 3 : 0);
        assert_int_equal(r.n_added, v ? 0 : 300);
        assert_int_equal(r.n_parties, 300);
    }
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM party_body"), 303);
    assert_string_equal(changes_of(f.st, 1, 2), "~p007:2 ~p107:2 ~p207:2 ");
    assert_string_equal(changes_of(f.st, 2, 2), "");
    fixture_close(&f);
}

static void parties_come_by_id_list_after_list(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    feed_named(im, "b", "Bila", 1), feed_named(im, "a", "Ama", 2);
    end_list(im, "1");
    im = begin_list(f.st, "eu-fsf", false);
    feed_named(im, "z", "Zora", 1);
    end_list(im, "2");
    assert_string_equal(text_of(f.st, "", 0), "z=Zora a=Ama b=Bila ");
    assert_string_equal(text_of(f.st, "un-sc", 0), "a=Ama b=Bila ");
    fixture_close(&f);
}

static void a_question_as_of_a_date_gets_the_vintage_of_then(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_err e = VG_NO_ERR;
    for (int64_t day = 1; day <= 2; day++) {
        vg_party_import *im = begin_list(f.st, "un-sc", false);
        feed_named(im, "a", day == 1 ? "First" : "Second", 1);
        vg_party_outcome out;
        CHECK_OK(vg_party_import_end(im, &(vg_vintage){ .known_at = day * 86400 }, &out, &e), &e);
    }
    assert_string_equal(text_of(f.st, "un-sc", 86400 + 5), "a=First ");
    assert_string_equal(text_of(f.st, "un-sc", 0), "a=Second ");
    listing l = { .text = "" };
    assert_false(vg_store_parties(f.st, VG_S("un-sc"), 5, &(vg_party_reader){ &l, list_party }, &f.e));
    assert_int_equal(f.e.code, VG_ENOTFOUND);
    fixture_close(&f);
}

static void the_same_bytes_make_no_second_vintage(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    for (int i = 0; i < 2; i++) {
        vg_party_import *im = begin_list(f.st, "un-sc", false);
        feed_named(im, "a", "Ama", 1);
        vg_party_outcome r = end_list(im, "abc");
        assert_int_equal(r.was_known, i == 1);
        assert_int_equal(r.vintage, 1);
    }
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM vintage"), 1);
    fixture_close(&f);
}

static void a_dropped_update_leaves_the_list_as_it_was(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    feed_named(im, "a", "Ama", 1);
    end_list(im, "1");
    vg_store *reader = open_store(f.path, VG_STORE_READ);
    im = begin_list(f.st, "un-sc", false);
    feed_named(im, "b", "Bila", 1);
    assert_string_equal(text_of(reader, "un-sc", 0), "a=Ama "); /* never half an update */
    vg_party_import_drop(im);
    assert_string_equal(text_of(f.st, "un-sc", 0), "a=Ama ");
    assert_int_equal(raw_sql(f.path, "SELECT count(*) FROM party_body"), 1);
    vg_store_close(reader);
    fixture_close(&f);
}

static void a_reader_that_has_a_vintage_gets_the_changes_alone(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    feed_named(im, "a", "Ama", 1), feed_named(im, "b", "Bila", 2);
    vg_party_outcome r = end_list(im, "1");
    vg_party_have have[] = { { VG_S("un-sc"), r.vintage }, { VG_S("gone"), 0 } };
    im = begin_list(f.st, "un-sc", false);
    feed_named(im, "b", "Bila", 1), feed_named(im, "c", "Cira", 2);
    end_list(im, "2");
    im = begin_list(f.st, "eu-fsf", false);
    feed_named(im, "z", "Zora", 1);
    end_list(im, "3");
    listing l = { .text = "" };
    vg_party_list *now;
    int64_t n;
    CHECK_OK(vg_store_party_changes(f.st, have, 2, 0, &(vg_party_change_reader){ &l, list_change }, &f.a,
                                    &now, &n, &f.e),
             &f.e);
    assert_string_equal(l.text, "+z:0 -a:0 +c:0 ");
    assert_int_equal(n, 2);
    CHECK_STR(now[1].list, "un-sc");
    assert_int_equal(now[1].n_parties, 2);
    fixture_close(&f);
}

/* --- deltas and bad entries --- */

static void a_delta_changes_what_it_names_and_keeps_the_rest(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "ftm", false);
    feed_named(im, "a", "Ama", 1), feed_named(im, "b", "Bila", 2), feed_named(im, "c", "Cira", 3);
    end_list(im, "1");
    im = begin_list(f.st, "ftm", true);
    feed_removal(im, "a"), feed_named(im, "b", "Bilal", 2), feed_named(im, "d", "Dora", 3);
    feed_removal(im, "unknown");
    vg_party_outcome r = end_list(im, "2");
    assert_string_equal(text_of(f.st, "ftm", 0), "b=Bilal c=Cira d=Dora ");
    assert_int_equal(r.n_added, 1);
    assert_int_equal(r.n_changed, 1);
    assert_int_equal(r.n_removed, 1);
    assert_int_equal(r.n_rejected, 1);
    assert_int_equal(r.n_written, 2);
    fixture_close(&f);
}

static void bad_entries_go_to_the_reject_list_and_good_ones_in(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    feed_named(im, "a", "Ama", 1);
    feed_named(im, "a", "Ama", 2);  /* the same: a duplicate */
    feed_named(im, "a", "Amos", 3); /* another: refused */
    feed_named(im, "b", "", 4);     /* nobody */
    feed_named(im, "", "Cira", 5);  /* without id */
    vg_party_outcome r = end_list(im, "1");
    assert_int_equal(r.n_parties, 1);
    assert_int_equal(r.n_duplicates, 1);
    assert_int_equal(r.n_rejected, 3);
    vg_out o;
    int64_t n;
    CHECK_OK(vg_out_memory(&o, &f.e), &f.e);
    CHECK_OK(vg_store_rejects(f.st, r.vintage, &o, &n, &f.e), &f.e);
    assert_int_equal(n, 3);
    assert_true(vg_find(vg_out_text(&o), VG_S("3,,conflict,the id a comes twice")) > 0);
    assert_true(vg_find(vg_out_text(&o), VG_S("an entry without a name: b")) > 0);
    vg_out_drop(&o);
    fixture_close(&f);
}

static void an_import_without_a_good_entry_is_refused(void **state)
{
    (void)state;
    fixture f;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    feed_named(im, "a", "", 1);
    vg_party_outcome out;
    assert_false(vg_party_import_end(im, &(vg_vintage){ .bytes = 1 }, &out, &f.e));
    assert_int_equal(f.e.code, VG_ENODATA);
    fixture_close(&f);
}

/* --- property --- */

/* Names of ten parties at random in two vintages; "" = not listed. */
static void random_list(vg_rng *r, char name[10][8])
{
    for (int i = 0; i < 10; i++)
        if (vg_rng_u64(r) % 3)
            snprintf(name[i], 8, "n%d", (int)(vg_rng_u64(r) % 3));
        else
            name[i][0] = 0;
    snprintf(name[0], 8, "always");
}

static int64_t load_random(fixture *f, vg_rng *r, char name[10][8], const char *sha)
{
    vg_party_import *im = begin_list(f->st, "x", false);
    int first = (int)(vg_rng_u64(r) % 10); /* in another order each time */
    for (int k = 0; k < 10; k++) {
        char id[4] = { 'p', (char)('0' + (first + k) % 10), 0 };
        if (*name[(first + k) % 10])
            feed_named(im, id, name[(first + k) % 10], k + 1);
    }
    return end_list(im, sha).vintage;
}

static const char *a_difference_is_what_comparing_each_party_finds(vg_rng *r)
{
    char a[10][8], b[10][8], want[200] = "";
    fixture f;
    fixture_open(&f);
    random_list(r, a), random_list(r, b);
    int64_t va = load_random(&f, r, a, "a"), vb = load_random(&f, r, b, "b");
    for (int i = 0; i < 10; i++) {
        size_t n = strlen(want);
        char what = !*a[i] && *b[i] ? '+' : *a[i] && !*b[i] ? '-' : strcmp(a[i], b[i]) ? '~' : 0;
        if (what)
            snprintf(want + n, sizeof want - n, "%cp%d:%d ", what, i, what == '~' ? 2 : 0);
    }
    const char *wrong = strcmp(changes_of(f.st, va, vb), want) ? "the difference is another" : NULL;
    fixture_close(&f);
    return wrong;
}

static void differences_hold_for_random_lists(void **state)
{
    (void)state;
    check_property("a_difference_is_what_comparing_each_party_finds",
                   a_difference_is_what_comparing_each_party_finds, 40);
}

/* A server looks up hundreds of entries for one answer: what a question needs beside the entry is given back. */
static void looking_up_takes_room_for_the_entry_alone(void **state)
{
    (void)state;
    enum { PARTIES = 3000, QUESTIONS = 500, ROOM = 2 << 20 };
    fixture f;
    char id[16];
    vg_arena a;
    vg_party_entry got;
    fixture_open(&f);
    vg_party_import *im = begin_list(f.st, "un-sc", false);
    for (int i = 0; i < PARTIES; i++) {
        snprintf(id, sizeof id, "P.%d", i);
        feed_named(im, id, "Somebody", i + 1);
    }
    end_list(im, "one");
    assert_true(vg_arena_init(&a, ROOM, NULL));
    for (int i = 0; i < QUESTIONS; i++) {
        snprintf(id, sizeof id, "P.%d", i * 5);
        CHECK_OK(vg_store_party(f.st, VG_S("un-sc"), vg_str_z(id), 0, &a, &got, &f.e), &f.e);
        assert_true(vg_eq(got.party->id, vg_str_z(id)) && vg_eq(got.list, VG_S("un-sc")));
        assert_true(vg_eq(got.party->name.item[0].text, VG_S("Somebody")));
    }
    vg_arena_free(&a);
    fixture_close(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(looking_up_takes_room_for_the_entry_alone),
        cmocka_unit_test(every_field_of_a_party_comes_back),
        cmocka_unit_test(a_change_names_the_fields_that_changed),
        cmocka_unit_test(damaged_bytes_are_refused_and_never_read_beyond),
        cmocka_unit_test(what_did_not_change_is_written_once),
        cmocka_unit_test(parties_come_by_id_list_after_list),
        cmocka_unit_test(a_question_as_of_a_date_gets_the_vintage_of_then),
        cmocka_unit_test(the_same_bytes_make_no_second_vintage),
        cmocka_unit_test(a_dropped_update_leaves_the_list_as_it_was),
        cmocka_unit_test(a_reader_that_has_a_vintage_gets_the_changes_alone),
        cmocka_unit_test(a_delta_changes_what_it_names_and_keeps_the_rest),
        cmocka_unit_test(bad_entries_go_to_the_reject_list_and_good_ones_in),
        cmocka_unit_test(an_import_without_a_good_entry_is_refused),
        cmocka_unit_test(differences_hold_for_random_lists),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
