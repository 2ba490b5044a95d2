/* Live consultations: what is taken from people, what is refused, and that no figure shown is of fewer than five. */
#include "consultation/live.h"

#include "test.h"

static const vg_live_record two_languages = { .about = { .languages = { "fr,ar", 5 }, .key = { "00", 2 } } };

/* --- hashes and codes --- */

/* RFC 4231, case 2, has the text "what do ya want for nothing?" under the key "Jefe"; here the purpose stands before it
 * with a line end, so the value is of "p\nwhat ..." (Python 3.11: hmac.new(b"Jefe", b"p\n" + text, "sha256")). */
static void a_hash_is_the_hmac_of_purpose_and_text(void **state)
{
    (void)state;
    char hex[65];
    vg_live_hash(VG_S("Jefe"), "p", VG_S("what do ya want for nothing?"), hex);
    assert_string_equal(hex, "fbe31fac35c5497a1f0987df126f654071fbdeaaed5f9ed4d475fcb081010df0");
}

static void a_code_is_found_however_it_is_typed(void **state)
{
    (void)state;
    char hex[65], pseudonym[VG_LIVE_PSEUDONYM + 1];
    vg_live_hash(VG_S("00"), "code", VG_S("7Q2M4KXW0011"), hex);
    vg_live_code code = { .id = 3, .hash = vg_str_z(hex) };
    vg_live_record r = two_languages;
    r.code = &code;
    r.n_codes = 1;
    assert_ptr_equal(vg_live_find_code(&r, VG_S("7q2m-4kxw-oOiL")), &code);
    assert_null(vg_live_find_code(&r, VG_S("7Q2M-4KXW-0012")));
    assert_null(vg_live_find_code(&r, VG_NOSTR));
    vg_live_pseudonym(VG_S("00"), VG_S("7Q2M4KXW0011"), pseudonym);
    assert_memory_not_equal(pseudonym, hex, VG_LIVE_PSEUDONYM); /* another purpose, another hash */
}

static void letters_cannot_be_taken_for_one_another(void **state)
{
    (void)state;
    char a[33], b[33];
    assert_true(vg_live_letters(a, 32) && vg_live_letters(b, 32));
    assert_string_not_equal(a, b);
    assert_int_equal(strlen(a), 32);
    assert_null(strpbrk(a, "ILOUilou"));
}

/* --- votes --- */

static vg_code read_votes(const char *text, int32_t *n, int32_t *place)
{
    vg_live_ballot b[VG_LIVE_BALLOTS];
    vg_err e = VG_NO_ERR;
    *n = -1;
    bool good = vg_live_ballots(vg_str_z(text), b, n, &e);
    *place = (int32_t)e.at.col;
    assert_true(good == (e.code == VG_OK));
    return e.code;
}

static void votes_are_read_or_refused_whole(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        vg_code code;
        int32_t n_or_place;
    } cases[] = {
        { "12:1:7", VG_OK, 1 },
        { "12:1:7,13:-1:8:35,14:0:9007199254740991", VG_OK, 3 },
        { "12:2:7", VG_ERANGE, 1 },        /* a value outside -1, 0, 1 */
        { "1:1:1,12:-2:7", VG_ERANGE, 2 }, /* the second of two */
        { "12:1:7:-1", VG_ERANGE, 1 },     /* a time to come */
        { "12:1:7:604801", VG_ERANGE, 1 }, /* more than a week ago */
        { "0:1:7", VG_ERANGE, 1 },         /* no statement has this number */
        { "12:1:0", VG_ERANGE, 1 },        /* no client number */
        { "12:1:9007199254740992", VG_ERANGE, 1 },
        { "12:1", VG_EPARSE, 1 },
        { "12:1:7:1:1", VG_EPARSE, 1 },
        { "12:agree:7", VG_EPARSE, 1 },
        { "12:1:7,", VG_EPARSE, 1 },
        { "", VG_EPARSE, 1 },
        { "12:1:7,,13:1:8", VG_EPARSE, 2 },
        { "1:1:99999999999999999999", VG_EPARSE, 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int32_t n, place;
        vg_code code = read_votes(cases[i].text, &n, &place);
        if (code != cases[i].code || (code == VG_OK ? n : place) != cases[i].n_or_place)
            fail_msg("\"%s\": code %d, n %d, place %d", cases[i].text, (int)code, (int)n, (int)place);
    }
}

static void more_than_fifty_votes_at_once_are_refused(void **state)
{
    (void)state;
    char text[4000] = "";
    int32_t n, place;
    for (int i = 1; i <= VG_LIVE_BALLOTS; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s1:1:%d", i > 1 ? "," : "", i);
    assert_int_equal(read_votes(text, &n, &place), VG_OK);
    assert_int_equal(n, VG_LIVE_BALLOTS);
    strcat(text, ",1:1:99");
    assert_int_equal(read_votes(text, &n, &place), VG_ERANGE);
}

/* --- statements --- */

static void statements_are_cleaned_and_markup_stays_letters(void **state)
{
    (void)state;
    static const struct {
        const char *given, *want; /* NULL = refused */
    } cases[] = {
        { "  Clean\twater \n in each   house ", "Clean water in each house" },
        { "<b>Water</b> & \"bread\"", "<b>Water</b> & \"bread\"" },
        { "\xE2\x80\xAEretaw\xE2\x80\xAC now", "retaw now" },
        { "Wasser \xF0\x9F\x92\xA7\xF0\x9F\x8F\xBD f\xC3\xBCr alle",
          "Wasser \xF0\x9F\x92\xA7\xF0\x9F\x8F\xBD f\xC3\xBCr alle" },
        { "\xD8\xA7\xD9\x84\xD9\x85\xD8\xA7\xD8\xA1", "\xD8\xA7\xD9\x84\xD9\x85\xD8\xA7\xD8\xA1" },
        { " \n\t\xE2\x80\x8B\xEF\xBB\xBF", NULL },
        { "", NULL },
        { "\xFF", NULL },
    };
    vg_arena a;
    assert_true(vg_arena_init(&a, 1 << 20, NULL));
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        vg_err e = VG_NO_ERR;
        vg_str out;
        bool good = vg_live_text_clean(vg_str_z(cases[i].given), &a, &out, &e);
        assert_int_equal(good, cases[i].want != NULL);
        if (good)
            CHECK_STR(out, cases[i].want);
    }
    vg_arena_free(&a);
}

static void a_hundred_kilobytes_are_no_statement(void **state)
{
    (void)state;
    static char text[100000];
    vg_arena a;
    vg_err e = VG_NO_ERR;
    vg_str out;
    memset(text, 'a', sizeof text);
    assert_true(vg_arena_init(&a, 4 << 20, NULL));
    assert_false(vg_live_text_clean((vg_str){ text, sizeof text }, &a, &out, &e));
    assert_int_equal(e.code, VG_ERANGE);
    e = VG_NO_ERR;
    assert_true(vg_live_text_clean((vg_str){ text, VG_LIVE_TEXT }, &a, &out, &e));
    assert_int_equal(out.n, VG_LIVE_TEXT);
    vg_arena_free(&a);
}

static void languages_are_those_of_the_conversation(void **state)
{
    (void)state;
    assert_true(vg_live_has_language(&two_languages, VG_S("ar")));
    assert_false(vg_live_has_language(&two_languages, VG_S("a")));
    assert_false(vg_live_has_language(&two_languages, VG_NOSTR));
}

/* --- what to ask --- */

enum { N = 12 };

typedef struct {
    vg_live_statement statement[N];
    vg_live_text text[N];
    vg_live_record r;
    bool mark[N];
    int32_t count[N];
} asked;

static void make_asked(asked *x, const char *const *text)
{
    memset(x, 0, sizeof *x);
    for (int i = 0; i < N; i++) {
        x->text[i] = (vg_live_text){ VG_S("en"), vg_str_z(text ? text[i] : "x") };
        x->statement[i] =
            (vg_live_statement){ .number = i + 1, .moderation = 1, .text = &x->text[i], .n_texts = 1 };
    }
    x->r.statement = x->statement;
    x->r.n_statements = N;
}

static void nobody_is_asked_twice_nor_about_what_is_not_shown(void **state)
{
    (void)state;
    asked x;
    int64_t number[N];
    make_asked(&x, NULL);
    x.mark[2] = true;
    x.statement[4].moderation = -1;
    x.statement[5].moderation = 0;
    int32_t n = vg_live_view_next(NULL, &x.r, VG_S("p"), x.mark, x.count, 1, number, N);
    assert_int_equal(n, N - 3);
    for (int32_t i = 0; i < n; i++)
        assert_true(number[i] != 3 && number[i] != 5 && number[i] != 6);
    x.r.about.settings = VG_LIVE_AFTER;
    assert_int_equal(vg_live_view_next(NULL, &x.r, VG_S("p"), x.mark, x.count, 1, number, N), N - 2);
}

/* Exposure: 600 people who each answer the first three they are asked leave no statement far behind. */
static void every_statement_is_shown_to_many(void **state)
{
    (void)state;
    asked x;
    make_asked(&x, NULL);
    for (uint64_t p = 0; p < 600; p++) {
        int64_t number[3];
        int32_t n = vg_live_view_next(NULL, &x.r, VG_S("p"), x.mark, x.count, p, number, 3);
        for (int32_t i = 0; i < n; i++)
            x.count[number[i] - 1]++;
    }
    for (int i = 0; i < N; i++)
        assert_in_range(x.count[i], 100, 200); /* 150 on average */
}

static void near_duplicates_are_suggested(void **state)
{
    (void)state;
    static const char *const text[N] = { "Clean water in every house of the town",
                                         "A tram to the harbour",
                                         "Clean water for every house in town",
                                         "More teachers",
                                         "Night buses",
                                         "Keep the market hall",
                                         "Lower rents",
                                         "A park by the river",
                                         "Safer streets",
                                         "Open the library on Sunday",
                                         "Plant trees",
                                         "A new bridge" };
    asked x;
    vg_arena a;
    vg_live_twins *pair;
    int32_t n;
    vg_err e = VG_NO_ERR;
    make_asked(&x, text);
    assert_true(vg_arena_init(&a, 64 << 20, NULL));
    CHECK_OK(vg_live_near(&x.r, &a, &pair, &n, &e), &e);
    assert_true(n >= 1);
    assert_int_equal(pair[0].first, 1);
    assert_int_equal(pair[0].second, 3);
    vg_arena_free(&a);
}

/* --- pictures --- */

typedef struct {
    vg_store *st;
    vg_arena a;
    vg_live_record r;
} hall;

/* `n` people in two camps; the last `silent` of them say that they are old. */
static void make_hall(hall *h, int n, int n_old)
{
    vg_err e = VG_NO_ERR;
    int64_t live;
    vg_live about = { .name = VG_S("w"), .topic = VG_S("T"), .languages = VG_S("en"), .key = VG_S("k") };
    vg_live_code code = { .hash = VG_S("h"), .most = 1000, .per_minute = 1000 };
    vg_live_word word[] = { { VG_S("age"), VG_S("young"), VG_S("en"), VG_S("young"), 0.5 },
                            { VG_S("age"), VG_S("old"), VG_S("en"), VG_S("old"), 0.5 } };
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &h->st, &e), &e);
    assert_true(vg_arena_init(&h->a, 64 << 20, NULL));
    CHECK_OK(vg_live_make(h->st, &about, word, 2, &code, 1, &live, &e), &e);
    for (int i = 0; i < 8; i++) {
        vg_live_entry s = {
            .kind = VG_LIVE_STATE, .live = live, .language = VG_S("en"), .text = VG_S("x"), .is_seed = true
        };
        CHECK_OK(vg_live_write_now(h->st, &s, 1, &e), &e);
    }
    for (int p = 0; p < n; p++) {
        char name[16];
        vg_str pseudonym = { name, snprintf(name, sizeof name, "p%03d", p) };
        vg_live_entry x = {
            .kind = VG_LIVE_JOIN, .live = live, .code = 1, .most = 1000, .pseudonym = pseudonym
        };
        CHECK_OK(vg_live_write_now(h->st, &x, 1, &e), &e);
        int64_t person = x.person;
        for (int i = 1; i <= 8; i++) {
            vg_live_entry v = { .kind = VG_LIVE_VOTE,
                                .live = live,
                                .person = person,
                                .statement = i,
                                .client = i,
                                .time_ms = p,
                                .value = (int8_t)(i == 8 || (p * 7 + i * 5) % 23 == 0 || p % 2 ? 1 : -1) };
            CHECK_OK(vg_live_write_now(h->st, &v, 1, &e), &e);
        }
        vg_live_entry t = { .kind = VG_LIVE_TELL,
                            .live = live,
                            .person = person,
                            .text = VG_S("age"),
                            .reason = p < n - n_old ? VG_S("young") : VG_S("old") };
        CHECK_OK(vg_live_write_now(h->st, &t, 1, &e), &e);
    }
    CHECK_OK(vg_live_read(h->st, VG_S("w"), &h->a, &h->r, &e), &e);
}

static void drop_hall(hall *h)
{
    vg_store_close(h->st);
    vg_arena_free(&h->a);
}

static vg_str picture_of(hall *h)
{
    vg_live_view *v;
    vg_err e = VG_NO_ERR;
    CHECK_OK(vg_live_view_make(h->st, &h->r, (vg_progress){ NULL, NULL }, &v, &e), &e);
    vg_str json = vg_copy(&h->a, vg_live_view_json(v));
    vg_live_view_free(v);
    return json;
}

static bool holds(vg_str json, const char *part)
{
    return vg_find(json, vg_str_z(part)) >= 0;
}

static void a_picture_shows_groups_and_who_is_missing(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 60, 6);
    vg_str json = picture_of(&h);
    assert_true(holds(json, "\"people\":60,"));
    assert_true(holds(json, "\"label\":\"B\""));
    assert_true(holds(json, "\"place\":\"common\"") && holds(json, "\"place\":\"divides\""));
    assert_true(holds(json, "\"answer\":\"old\",\"texts\":{\"en\":\"old\"},\"people\":6,"));
    assert_true(holds(json, "\"missing\":true"));
    drop_hall(&h);
}

static void under_five_voters_nothing_is_shown(void **state)
{
    (void)state;
    for (int n = 0; n < VG_LIVE_LEAST; n++) {
        hall h;
        make_hall(&h, n, 0);
        vg_str json = picture_of(&h);
        assert_true(holds(json, "\"enough\":false"));
        assert_false(holds(json, "\"people\"") || holds(json, "\"votes\""));
        drop_hall(&h);
    }
}

static void four_old_people_are_kept_back_and_the_others_with_them(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 30, 4);
    vg_str json = picture_of(&h);
    assert_true(holds(json, "\"answer\":\"old\",\"texts\":{\"en\":\"old\"},\"people\":null,\"share\":null"));
    assert_true(
        holds(json, "\"answer\":\"young\",\"texts\":{\"en\":\"young\"},\"people\":null,\"share\":null"));
    drop_hall(&h);
}

static void a_share_tells_nothing_of_the_few_without_a_group(void **state)
{
    (void)state;
    hall h;
    make_hall(&h, 30, 0);
    vg_err e = VG_NO_ERR;
    for (int p = 0; p < 3; p++) { /* one vote each: in no group */
        char name[16];
        vg_live_entry x = { .kind = VG_LIVE_JOIN, .live = h.r.about.id, .code = 1, .most = 1000 };
        x.pseudonym = (vg_str){ name, snprintf(name, sizeof name, "q%03d", p) };
        CHECK_OK(vg_live_write_now(h.st, &x, 1, &e), &e);
        vg_live_entry v = { .kind = VG_LIVE_VOTE, .live = h.r.about.id, .person = x.person };
        v.statement = 8;
        v.client = 1;
        v.value = -1;
        CHECK_OK(vg_live_write_now(h.st, &v, 1, &e), &e);
    }
    vg_str json = picture_of(&h);
    if (!holds(json,
               "\"votes\":30,\"agree\":1.00,\"pass\":0.00,\"disagree\":0.00,\"support\":1.00,\"low\":1.00,"))
        fail_msg("%.*s", VG_P(json));
    drop_hall(&h);
}

static void what_a_desk_sees_of_answers_is_the_pictures(void **state)
{
    (void)state;
    hall h;
    vg_live_view *v;
    vg_err e = VG_NO_ERR;
    make_hall(&h, 12, 0);
    CHECK_OK(vg_live_view_make(h.st, &h.r, (vg_progress){ NULL, NULL }, &v, &e), &e);
    vg_str heard = vg_live_view_heard(v), json = vg_live_view_json(v);
    if (!vg_starts(heard, VG_S("[{\"question\":\"age\"")) || !vg_ends(heard, VG_S("}]")))
        fail_msg("%.*s", VG_P(heard));
    assert_int_equal(json.n - vg_find(json, heard), heard.n + 1);
    vg_live_view_free(v);
    drop_hall(&h);
}

/* Property: whatever the sizes, no number of people or votes in a picture lies between 1 and 4. */
static int64_t number_behind(vg_str json, ptrdiff_t at)
{
    int64_t x = 0;
    while (at < json.n && json.s[at] >= '0' && json.s[at] <= '9')
        x = x * 10 + (json.s[at++] - '0');
    return x;
}

static void no_figure_is_of_one_to_four_people(void **state)
{
    (void)state;
    static const char *const key[] = { "\"people\":", "\"size\":", "\"votes\":" };
    for (int n = 5; n < 40; n += 3) {
        hall h;
        make_hall(&h, n, n % 8);
        vg_str json = picture_of(&h);
        for (size_t k = 0; k < 3; k++)
            for (ptrdiff_t at = 0, hit; (hit = vg_find(vg_sub(json, at, json.n), vg_str_z(key[k]))) >= 0;) {
                at += hit + vg_str_z(key[k]).n;
                int64_t x = number_behind(json, at);
                if (x >= 1 && x < VG_LIVE_LEAST)
                    fail_msg("%d people: %s%lld", n, key[k], (long long)x);
            }
        drop_hall(&h);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hash_is_the_hmac_of_purpose_and_text),
        cmocka_unit_test(a_code_is_found_however_it_is_typed),
        cmocka_unit_test(letters_cannot_be_taken_for_one_another),
        cmocka_unit_test(votes_are_read_or_refused_whole),
        cmocka_unit_test(more_than_fifty_votes_at_once_are_refused),
        cmocka_unit_test(statements_are_cleaned_and_markup_stays_letters),
        cmocka_unit_test(a_hundred_kilobytes_are_no_statement),
        cmocka_unit_test(languages_are_those_of_the_conversation),
        cmocka_unit_test(nobody_is_asked_twice_nor_about_what_is_not_shown),
        cmocka_unit_test(every_statement_is_shown_to_many),
        cmocka_unit_test(near_duplicates_are_suggested),
        cmocka_unit_test(a_picture_shows_groups_and_who_is_missing),
        cmocka_unit_test(under_five_voters_nothing_is_shown),
        cmocka_unit_test(four_old_people_are_kept_back_and_the_others_with_them),
        cmocka_unit_test(a_share_tells_nothing_of_the_few_without_a_group),
        cmocka_unit_test(what_a_desk_sees_of_answers_is_the_pictures),
        cmocka_unit_test(no_figure_is_of_one_to_four_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
