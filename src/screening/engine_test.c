/* The engine on small lists of our own making: the index against every name, a changed engine against one built anew, and
 * what identifiers and birth dates do. */
#include "core/date.h"
#include "prop.h"
#include "screening/decision.h"
#include "screening/feature_int.h"
#include "screening/people.h"

enum { N_PARTIES = 150, N_QUERIES = 40 };

typedef struct {
    vg_party p;
    vg_party_name name[2];
    vg_party_date birth;
    vg_party_number number;
    vg_str country;
    char text[2][64], id[16];
} made;

static const char *const syllables[] = { "ka", "mo",  "ri",   "sha", "bel", "tor", "an", "dim", "zu",  "gor",
                                         "li", "ven", "stan", "ev",  "ham", "ed",  "ul", "nas", "rim", "qo" };

static void make_word(vg_rng *r, char *to)
{
    int n = 2 + (int)vg_rng_below(r, 3);
    *to = 0;
    for (int i = 0; i < n; i++)
        strcat(to, syllables[vg_rng_below(r, sizeof syllables / sizeof *syllables)]);
}

static void make_name(vg_rng *r, char to[64])
{
    char word[32];
    int n = 2 + (int)vg_rng_below(r, 2);
    *to = 0;
    for (int i = 0; i < n; i++) {
        make_word(r, word);
        strcat(strcat(to, i ? " " : ""), word);
    }
}

static void make_party(vg_rng *r, int number, made *m)
{
    memset(m, 0, sizeof *m);
    snprintf(m->id, sizeof m->id, "P-%d", number);
    for (int i = 0; i < 2; i++) {
        make_name(r, m->text[i]);
        m->name[i] =
            (vg_party_name){ .text = vg_str_z(m->text[i]), .kind = i ? VG_NAME_ALIAS : VG_NAME_PRIMARY };
    }
    m->birth.day_from = m->birth.day_to = -7000 + (int32_t)vg_rng_below(r, 9000);
    m->country = vg_rng_below(r, 2) ? VG_S("ML") : VG_S("AF");
    m->p = (vg_party){ .id = vg_str_z(m->id), .schema = VG_SCHEMA_PERSON };
    m->p.name.item = m->name;
    m->p.name.n = 2;
    m->p.birth.item = &m->birth;
    m->p.birth.n = 1;
    m->p.country = (vg_texts){ &m->country, 1 };
}

/* One edit: a letter left out, doubled, replaced, exchanged; two words joined or exchanged. */
static void distort(vg_rng *r, char name[64])
{
    size_t n = strlen(name), at = vg_rng_below(r, (uint32_t)n - 1);
    char *blank = strchr(name, ' '), copy[64];
    switch (vg_rng_below(r, 6)) {
    case 0: memmove(name + at, name + at + 1, n - at); break;
    case 1: memmove(name + at + 1, name + at, n - at + 1); break;
    case 2: name[at] = name[at] == ' ' ? ' ' : (char)('a' + vg_rng_below(r, 26)); break;
    case 3: {
        char kept = name[at];
        name[at] = name[at + 1];
        name[at + 1] = kept;
        break;
    }
    case 4: memmove(blank, blank + 1, strlen(blank)); break;
    default: snprintf(copy, sizeof copy, "%s %.*s", blank + 1, (int)(blank - name), name); strcpy(name, copy);
    }
}

static vg_screening *engine_of(made *all, int n)
{
    vg_err e = VG_NO_ERR;
    vg_screening *s;
    vg_screening_edit *d;
    CHECK_OK(vg_screening_open_empty(&s, &e), &e);
    CHECK_OK(vg_screening_edit_begin(s, &d, &e), &e);
    CHECK_OK(vg_screening_edit_list(d, &(vg_screening_list){ .name = VG_S("made") }, &e), &e);
    for (int i = 0; i < n; i++)
        if (all[i].p.id.n)
            CHECK_OK(vg_screening_edit_put(d, &all[i].p, &e), &e);
    CHECK_OK(vg_screening_edit_end(d, &e), &e);
    return s;
}

static vg_screening_answer ask(vg_screening *s, const vg_party *q, bool exhaustive, vg_arena *a)
{
    vg_err e = VG_NO_ERR;
    vg_screening_reader *r;
    vg_screening_answer got;
    vg_screening_ask_opts o = { .exhaustive = exhaustive, .hits_only = true, .limit = 1000, .explain = true };
    CHECK_OK(vg_screening_reader_open(s, &r, &e), &e);
    CHECK_OK(vg_screening_ask(r, q, &o, a, &got, &e), &e);
    vg_screening_reader_close(r);
    return got;
}

static vg_party query_of(vg_party_name *name, const char *text)
{
    *name = (vg_party_name){ .text = vg_str_z(text) };
    vg_party q = { .schema = VG_SCHEMA_PERSON };
    q.name.item = name;
    q.name.n = 1;
    return q;
}

static bool same_answers(const vg_screening_answer *x, const vg_screening_answer *y)
{
    if (x->n != y->n)
        return false;
    for (int32_t i = 0; i < x->n; i++)
        if (!vg_eq(x->candidate[i].id, y->candidate[i].id) ||
            memcmp(&x->candidate[i].score, &y->candidate[i].score, sizeof(double)) != 0)
            return false;
    return true;
}

static const char *index_finds_what_every_name_would(vg_rng *r)
{
    static made all[N_PARTIES];
    const char *wrong = NULL;
    vg_arena a;
    vg_arena_init(&a, (int64_t)1 << 28, NULL);
    for (int i = 0; i < N_PARTIES; i++)
        make_party(r, i, &all[i]);
    vg_screening *s = engine_of(all, N_PARTIES);
    for (int i = 0; i < N_QUERIES; i++) {
        char text[64];
        vg_party_name name;
        strcpy(text, all[vg_rng_below(r, N_PARTIES)].text[vg_rng_below(r, 2)]);
        distort(r, text);
        vg_party q = query_of(&name, text);
        vg_screening_answer quick = ask(s, &q, false, &a), slow = ask(s, &q, true, &a);
        if (!same_answers(&quick, &slow))
            wrong = "the index lost or added an answer";
    }
    vg_screening_close(s);
    vg_arena_free(&a);
    return wrong;
}

static void the_index_answers_as_comparing_with_every_name(void **state)
{
    (void)state;
    check_property("index", index_finds_what_every_name_would, 20);
}

static const char *changed_engine_is_the_one_built_anew(vg_rng *r)
{
    static made all[N_PARTIES];
    const char *wrong = NULL;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_arena_init(&a, (int64_t)1 << 28, NULL);
    for (int i = 0; i < N_PARTIES; i++)
        make_party(r, i, &all[i]);
    vg_screening *s = engine_of(all, N_PARTIES / 2);
    for (int i = N_PARTIES / 2; i < N_PARTIES; i++)
        all[i].p.id = VG_NOSTR;
    for (int round = 0; round < 12; round++) { /* more than the segments before a merge */
        vg_screening_edit *d;
        CHECK_OK(vg_screening_edit_begin(s, &d, &e), &e);
        CHECK_OK(
            vg_screening_edit_list(d, &(vg_screening_list){ .name = VG_S("made"), .vintage = round }, &e),
            &e);
        for (int k = 0; k < 5; k++) {
            int i = (int)vg_rng_below(r, N_PARTIES);
            bool take_out = all[i].p.id.n && vg_rng_below(r, 2), there = false;
            if (take_out) {
                CHECK_OK(vg_screening_edit_remove(d, all[i].p.id, &there, &e), &e);
                assert_true(there);
                all[i].p.id = VG_NOSTR;
            } else {
                make_party(r, i, &all[i]);
                CHECK_OK(vg_screening_edit_put(d, &all[i].p, &e), &e);
            }
        }
        CHECK_OK(vg_screening_edit_end(d, &e), &e);
    }
    vg_screening *anew = engine_of(all, N_PARTIES);
    if (vg_screening_measure(s).n_entries != vg_screening_measure(anew).n_entries)
        wrong = "another number of entries";
    for (int i = 0; i < N_PARTIES; i++) {
        vg_party_name name;
        vg_party q = query_of(&name, all[i].text[0]);
        vg_screening_answer x = ask(s, &q, false, &a), y = ask(anew, &q, false, &a);
        if (!same_answers(&x, &y))
            wrong = "other answers than an engine built anew";
    }
    vg_screening_close(s);
    vg_screening_close(anew);
    vg_arena_free(&a);
    return wrong;
}

static void a_refreshed_engine_answers_as_one_built_anew(void **state)
{
    (void)state;
    check_property("refresh", changed_engine_is_the_one_built_anew, 5);
}

static void an_equal_passport_decides_whatever_the_names_are(void **state)
{
    (void)state;
    vg_arena a;
    vg_arena_init(&a, 1 << 26, NULL);
    vg_rng r = vg_rng_at(3, 0);
    made m;
    vg_party_name name;
    vg_party_number number = { .kind = VG_S("passport"), .value = VG_S("a-12 34567") };
    make_party(&r, 1, &m);
    m.number = (vg_party_number){ .kind = VG_S("passport"), .value = VG_S("A1234567") };
    m.p.number.item = &m.number;
    m.p.number.n = 1;
    vg_screening *s = engine_of(&m, 1);
    vg_party q = query_of(&name, "Somebody Else");
    q.number.item = &number;
    q.number.n = 1;
    vg_screening_answer got = ask(s, &q, false, &a);
    assert_int_equal(got.n_hits, 1);
    number.value = VG_S("A7654321");
    got = ask(s, &q, false, &a);
    assert_int_equal(got.n_hits, 0);
    vg_screening_close(s);
    vg_arena_free(&a);
}

/* The second state of an id takes the first one's place, also within one edit, and also where every name is compared. */
static void an_entry_put_twice_is_found_once(void **state)
{
    (void)state;
    vg_arena a;
    vg_arena_init(&a, 1 << 26, NULL);
    vg_rng r = vg_rng_at(9, 0);
    made m[2];
    vg_party_name name;
    make_party(&r, 1, &m[0]);
    make_party(&r, 1, &m[1]);
    vg_screening *s = engine_of(m, 2);
    for (int exhaustive = 0; exhaustive < 2; exhaustive++) {
        vg_party gone = query_of(&name, m[0].text[0]);
        assert_int_equal(ask(s, &gone, exhaustive, &a).n, 0);
        vg_party there = query_of(&name, m[1].text[0]);
        vg_screening_answer got = ask(s, &there, exhaustive, &a);
        assert_int_equal(got.n, 1);
        CHECK_STR(got.candidate[0].id, "P-1");
    }
    vg_screening_close(s);
    vg_arena_free(&a);
}

static void import_one(vg_store *st, const char *list, const made *m, const char *version)
{
    vg_err e = VG_NO_ERR;
    vg_party_import *im;
    vg_party_outcome done;
    CHECK_OK(vg_party_import_begin(st, vg_str_z(list), false, &im, &e), &e);
    vg_party_sink *sink = vg_party_import_sink(im);
    CHECK_OK(sink->party(sink->ctx, &m->p, (vg_at){ .line = 1 }, &e), &e);
    vg_vintage about = { .source = vg_str_z(list), .version = vg_str_z(version), .sha256 = VG_NOSTR };
    CHECK_OK(vg_party_import_end(im, &about, &done, &e), &e);
}

/* Two lists that change at once, whose names are equally long: each entry goes to its own. */
static void a_refresh_of_two_lists_keeps_them_apart(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_arena_init(&a, 1 << 26, NULL);
    vg_rng r = vg_rng_at(11, 0);
    made m[4];
    vg_store *st;
    vg_screening *s;
    vg_party_name name;
    int64_t n_changed;
    for (int i = 0; i < 4; i++)
        make_party(&r, i, &m[i]);
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    import_one(st, "list-1", &m[0], "1");
    import_one(st, "list-2", &m[1], "1");
    CHECK_OK(vg_screening_open(st, &(vg_screening_opts){ .n_lists = 0 }, &s, &e), &e);
    import_one(st, "list-1", &m[2], "2");
    import_one(st, "list-2", &m[3], "2");
    CHECK_OK(vg_screening_refresh(s, st, &n_changed, &e), &e);
    assert_int_equal(n_changed, 4);
    for (int i = 0; i < 4; i++) {
        vg_party q = query_of(&name, m[i].text[0]);
        vg_screening_answer got = ask(s, &q, false, &a);
        assert_int_equal(got.n, i >= 2);
        if (got.n)
            CHECK_STR(got.candidate[0].list, i == 2 ? "list-1" : "list-2");
    }
    vg_screening_close(s);
    vg_store_close(st);
    vg_arena_free(&a);
}

static void countries_are_known_by_code_name_and_adjective(void **state)
{
    (void)state;
    assert_int_equal(vg_country_number(VG_S("UK")), vg_country_number(VG_S("gb")));
    assert_int_equal(vg_country_number(VG_S("EL")), vg_country_number(VG_S("Greece")));
    assert_int_equal(vg_country_number(VG_S("Russian")), vg_country_number(VG_S("RUS")));
    assert_true(vg_country_number(VG_S("XK")) != 0);
    assert_int_equal(vg_country_number(VG_S("XX")), 0); /* says nothing, and so counts against nobody */
    assert_int_equal(vg_country_number(VG_S("Rusia y otros")), 0);
}

/* With hashing on nothing of the question stands in the log; without it, all of it. */
static void the_log_holds_the_whole_question_or_nothing_of_it(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_arena_init(&a, 1 << 26, NULL);
    vg_rng r = vg_rng_at(8, 0);
    made m;
    vg_party_name name;
    vg_party_number number[] = { { VG_S("passport"), VG_S("QX7654321"), VG_NOSTR },
                                 { VG_S("tax"), VG_S("998877"), VG_NOSTR } };
    vg_store *st;
    vg_audit_entry *entry;
    int64_t n;
    make_party(&r, 1, &m);
    vg_screening *s = engine_of(&m, 1);
    vg_party q = query_of(&name, "Zacharias Quillfeather");
    q.number.item = number;
    q.number.n = 2;
    q.gender = 'm';
    vg_screening_answer got = ask(s, &q, false, &a);
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    for (int hashed = 0; hashed < 2; hashed++) {
        CHECK_OK(vg_screening_log(st, s, &q, &got, &(vg_screening_privacy){ .hashed = hashed }, &e), &e);
        CHECK_OK(vg_audit_entries(st, 1, &a, &entry, &n, &e), &e);
        static const char *const said[] = { "Quillfeather", "QX7654321",        "998877",
                                            "\"passport\"", "\"gender\":\"m\"", "query_key" };
        for (size_t i = 0; i < sizeof said / sizeof *said; i++)
            assert_int_equal(vg_find(entry[0].detail, vg_str_z(said[i])) >= 0, !hashed);
        assert_int_equal(vg_find(entry[0].detail, VG_S("query_hmac")) >= 0, hashed);
        assert_true(vg_find(entry[0].detail, VG_S("\"made\"")) >= 0);
    }
    vg_store_close(st);
    vg_screening_close(s);
    vg_arena_free(&a);
}

static void names_of_nothing_have_no_candidates(void **state)
{
    (void)state;
    static made all[20];
    static char longest[10001];
    vg_arena a;
    vg_arena_init(&a, 1 << 26, NULL);
    vg_rng r = vg_rng_at(4, 0);
    for (int i = 0; i < 20; i++)
        make_party(&r, i, &all[i]);
    vg_screening *s = engine_of(all, 20);
    memset(longest, 'x', sizeof longest - 1);
    const char *const names[] = { "", "...!?", "\xff\xfe", "the of and", longest };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        vg_party_name name;
        vg_party q = query_of(&name, names[i]);
        vg_screening_answer got = ask(s, &q, false, &a);
        assert_int_equal(got.n, 0);
    }
    vg_screening_close(s);
    vg_arena_free(&a);
}

static vg_party_date day(int32_t year, int32_t month, int32_t d)
{
    vg_party_date x = { 0 };
    vg_day_from_civil((vg_civil){ year, month, d }, &x.day_from);
    x.day_to = x.day_from;
    return x;
}

static void birth_dates_are_compared_as_people_mistake_them(void **state)
{
    (void)state;
    vg_party_date year = { day(1965, 1, 1).day_from, day(1965, 12, 31).day_from, false };
    const struct {
        vg_party_date a, b;
        vg_finding want;
    } cases[] = {
        { day(1965, 3, 12), day(1965, 3, 12), VG_BIRTH_SAME_DAY },
        { day(1965, 3, 12), year, VG_BIRTH_WITHIN },
        { day(1965, 3, 12), day(1965, 12, 3), VG_BIRTH_SWAPPED },
        { day(1965, 3, 12), day(1965, 3, 13), VG_BIRTH_SHIFTED_DAY },
        { day(1965, 3, 12), day(1965, 4, 12), VG_BIRTH_SHIFTED_MONTH },
        { day(1965, 3, 12), day(1966, 3, 12), VG_BIRTH_SHIFTED_YEAR },
        { day(1965, 3, 12), day(1985, 3, 12), VG_BIRTH_TYPO },
        { day(1965, 3, 12), day(1956, 3, 12), VG_BIRTH_TYPO },
        { day(1965, 3, 12), day(1971, 8, 30), VG_BIRTH_OTHER },
        { day(1975, 3, 12), year, VG_BIRTH_OTHER },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t x, y;
        assert_int_equal(vg_birth_compare(&cases[i].a, 1, &cases[i].b, 1, &x, &y), cases[i].want);
        assert_int_equal(vg_birth_compare(&cases[i].b, 1, &cases[i].a, 1, &x, &y), cases[i].want);
    }
}

/* 9074729: the example of IMO's circular; 5493001KJTIIGC8Y1R12: GLEIF's example; 7707083893: a published Russian INN. */
static void check_digits_tell_good_numbers_from_bad_ones(void **state)
{
    (void)state;
    assert_int_equal(vg_number_check_of(VG_NUMBER_IMO, VG_S("9074729")), VG_CHECK_GOOD);
    assert_int_equal(vg_number_check_of(VG_NUMBER_IMO, VG_S("9074728")), VG_CHECK_BAD);
    assert_int_equal(vg_number_check_of(VG_NUMBER_IMO, VG_S("5123451")), VG_CHECK_NONE); /* a company's */
    assert_int_equal(vg_number_check_of(VG_NUMBER_LEI, VG_S("5493001KJTIIGC8Y1R12")), VG_CHECK_GOOD);
    assert_int_equal(vg_number_check_of(VG_NUMBER_LEI, VG_S("5493001KJTIIGC8Y1R13")), VG_CHECK_BAD);
    assert_int_equal(vg_number_check_of(VG_NUMBER_TAX, VG_S("7707083893")), VG_CHECK_GOOD);
    char bare[64];
    assert_int_equal(vg_number_bare(VG_NUMBER_IMO, VG_S("IMO 9074729"), bare), 7);
    assert_string_equal(bare, "9074729");
}

/* RFC 4231, test case 2. */
static void the_hash_of_a_logged_query_is_hmac_sha_256(void **state)
{
    (void)state;
    char hex[65];
    vg_screening_hmac(VG_S("Jefe"), VG_S("what do ya want for nothing?"), hex);
    assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void a_false_match_stays_until_either_side_changes(void **state)
{
    (void)state;
    vg_err e = VG_NO_ERR;
    vg_arena a;
    vg_arena_init(&a, 1 << 26, NULL);
    vg_rng r = vg_rng_at(5, 0);
    made m;
    vg_party_name name;
    vg_store *st;
    vg_screening_decisions *d;
    char key[33], other_key[33];
    make_party(&r, 1, &m);
    vg_screening *s = engine_of(&m, 1);
    vg_party q = query_of(&name, m.text[0]);
    vg_screening_query_key(&q, key);
    vg_screening_answer got = ask(s, &q, false, &a);
    assert_int_equal(got.n, 1);
    CHECK_OK(vg_store_open(":memory:", VG_STORE_WRITE, &st, &e), &e);
    vg_str hit = vg_screening_hit_name(key, &got.candidate[0], &a);
    assert_false(vg_screening_decide(st, hit, VG_VERDICT_FALSE_MATCH, VG_S("me"), VG_NOSTR, &e));
    e = VG_NO_ERR;
    CHECK_OK(vg_screening_decide(st, hit, VG_VERDICT_FALSE_MATCH, VG_S("me"), VG_S("younger"), &e), &e);
    CHECK_OK(vg_screening_decisions_open(st, &d, &e), &e);
    vg_match_decision x = vg_screening_decided(d, key, &got.candidate[0]);
    assert_true(x.verdict == VG_VERDICT_FALSE_MATCH && !x.outdated);
    vg_screening_candidate changed = got.candidate[0]; /* the entry is another one now */
    changed.entry_hash[0] = changed.entry_hash[0] == '0' ? '1' : '0';
    x = vg_screening_decided(d, key, &changed);
    assert_true(x.verdict == VG_VERDICT_FALSE_MATCH && x.outdated);
    q.birth.item = &m.birth; /* the customer is known better now */
    q.birth.n = 1;
    vg_screening_query_key(&q, other_key);
    x = vg_screening_decided(d, other_key, &got.candidate[0]);
    assert_true(x.verdict == VG_VERDICT_NONE);
    vg_screening_decisions_close(d);
    vg_store_close(st);
    vg_screening_close(s);
    vg_arena_free(&a);
}

static void columns_are_told_by_their_headings(void **state)
{
    (void)state;
    vg_people_columns c;
    vg_err e = VG_NO_ERR;
    const vg_str french[] = { VG_S("Nom"), VG_S("Pr\xc3\xa9nom"), VG_S("Date de naissance"),
                              VG_S("Passeport") };
    assert_true(vg_people_columns_guess(french, 4, &c));
    assert_int_equal(c.last_name, 0);
    assert_int_equal(c.first_name, 1);
    assert_int_equal(c.birth, 2);
    assert_int_equal(c.n_numbers, 1);
    assert_false(vg_people_columns_guess(french + 2, 2, &c));
    assert_true(vg_people_columns_map(VG_S("name=Passeport,birth=date de naissance"), french, 4, &c, &e));
    assert_int_equal(c.name, 3);
    assert_false(vg_people_columns_map(VG_S("name=Absent"), french, 4, &c, &e));
    assert_int_equal(e.code, VG_EARG);
}

static void the_reasons_add_up_to_the_score(void **state)
{
    (void)state;
    vg_arena a;
    vg_arena_init(&a, 1 << 26, NULL);
    vg_rng r = vg_rng_at(6, 0);
    made m;
    make_party(&r, 1, &m);
    vg_screening *s = engine_of(&m, 1);
    vg_screening_answer got = ask(s, &m.p, false, &a);
    assert_int_equal(got.n, 1);
    double sum = 0;
    for (int32_t i = 0; i < got.candidate[0].n_reasons; i++)
        sum += got.candidate[0].reason[i].log_odds;
    CHECK_NEAR(1 / (1 + exp(-sum)), got.candidate[0].score, 1e-9);
    vg_screening_close(s);
    vg_arena_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_answers_as_comparing_with_every_name),
        cmocka_unit_test(a_refreshed_engine_answers_as_one_built_anew),
        cmocka_unit_test(an_equal_passport_decides_whatever_the_names_are),
        cmocka_unit_test(an_entry_put_twice_is_found_once),
        cmocka_unit_test(a_refresh_of_two_lists_keeps_them_apart),
        cmocka_unit_test(countries_are_known_by_code_name_and_adjective),
        cmocka_unit_test(the_log_holds_the_whole_question_or_nothing_of_it),
        cmocka_unit_test(names_of_nothing_have_no_candidates),
        cmocka_unit_test(birth_dates_are_compared_as_people_mistake_them),
        cmocka_unit_test(check_digits_tell_good_numbers_from_bad_ones),
        cmocka_unit_test(the_hash_of_a_logged_query_is_hmac_sha_256),
        cmocka_unit_test(a_false_match_stays_until_either_side_changes),
        cmocka_unit_test(columns_are_told_by_their_headings),
        cmocka_unit_test(the_reasons_add_up_to_the_score),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
