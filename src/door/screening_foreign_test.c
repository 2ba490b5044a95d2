/* The addresses of yente and of the reconciliation API, as their clients ask them (the clients themselves:
 * test/serve/screening_foreign). */
#include "door/screening_test_int.h"

static int open_lists(void **state)
{
    desk *g = new_desk();
    add_desk_lists(g);
    open_desk(g);
    *state = g;
    return 0;
}

static int leave(void **state)
{
    end_desk(*state);
    return 0;
}

static int ask_match(desk *g, const char *target, const char *body)
{
    return request(&g->c, NULL, "POST", target, "application/json", body);
}

static const char QUERY[] =
    "{\"queries\":{\"q\":{\"schema\":\"Person\",\"properties\":{\"name\":[\"Tamsin Orlovesku Brandt\"],"
    "\"birthDate\":[\"1965\"],\"unheardOf\":[\"x\"]}},\"r\":{\"schema\":\"Vessel\",\"properties\":{"
    "\"imoNumber\":"
    "\"9074729\"}}},\"weights\":{},\"config\":{}}";

static void examples_are_matched_in_yentes_shape(void **state)
{
    desk *g = *state;
    assert_int_equal(ask_match(g, "/match/default?limit=3&algorithm=best", QUERY), 200);
    ANSWER_HAS(&g->c, "{\"responses\":{\"q\":{\"status\":200,\"results\":[{\"id\":\"");
    ANSWER_HAS(&g->c, "\"schema\":\"Person\",\"properties\":{\"name\":[\"Tamsin Orlovesku Brandt\"]");
    ANSWER_HAS(&g->c, "\"match\":true,\"explanations\":{\"name\":{\"score\":");
    ANSWER_HAS(&g->c, "\"total\":{\"value\":2,\"relation\":\"eq\"}");
    ANSWER_HAS(&g->c,
               "\"query\":{\"schema\":\"Person\",\"properties\":{\"name\":[\"Tamsin Orlovesku Brandt\"]");
    ANSWER_HAS(&g->c, "\"id\":\"un-sc:QV.1\"");
    ANSWER_HAS(&g->c, "\"limit\":3}");
    assert_int_equal(get(&g->c, "/api/v1/audit?limit=1000"), 200);
    ANSWER_HAS(&g->c, "\"action\":\"screening ask\"");
}

static void datasets_and_filters_choose_what_is_told(void **state)
{
    desk *g = *state;
    assert_int_equal(ask_match(g, "/match/eu-fsf", QUERY), 200);
    ANSWER_LACKS(&g->c, "\"un-sc\"");
    assert_int_equal(
        ask_match(g, "/match/eu-fsf?include_dataset=un-sc&exclude_entity_ids=eu-fsf:EU~11~02", QUERY), 200);
    ANSWER_HAS(&g->c, "\"un-sc\"");
    ANSWER_LACKS(&g->c, "\"id\":\"eu-fsf:EU~11~02\"");
    assert_int_equal(ask_match(g, "/match/default?exclude_schema=Person", QUERY), 200);
    ANSWER_HAS(&g->c, "\"results\":[],");
    assert_int_equal(ask_match(g, "/match/default?changed_since=2021-01-01", QUERY), 200);
    ANSWER_LACKS(&g->c, "\"match\":true");
    assert_int_equal(ask_match(g, "/match/nowhere", QUERY), 404);
    assert_int_equal(ask_match(g, "/match/eu-fsf?exclude_dataset=eu-fsf", QUERY), 400);
    assert_int_equal(ask_match(g, "/match/default?algorithm=logic-v2", QUERY), 400);
    ANSWER_HAS(&g->c, "\"detail\":\"there is no algorithm");
}

static void bodies_that_are_no_queries_are_refused(void **state)
{
    desk *g = *state;
    static const char *const bad[] = { "{}",
                                       "[]",
                                       "{\"queries\":{}}",
                                       "{\"queries\":{\"q\":{}}}",
                                       "{\"queries\":{\"q\":7}}",
                                       "{\"queries\":",
                                       "{\"queries\":{\"q\":{\"properties\":{\"birthDate\":[\"x\"]}}}}" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_int_equal(ask_match(g, "/match/default", bad[i]), 400);
        ANSWER_HAS(&g->c, "application/problem+json");
    }
    char many[8192];
    int n = snprintf(many, sizeof many, "{\"queries\":{");
    for (int i = 0; i < 101; i++)
        n += snprintf(many + n, sizeof many - (size_t)n, "%s\"q%d\":{\"properties\":{\"name\":\"A\"}}",
                      i ? "," : "", i);
    snprintf(many + n, sizeof many - (size_t)n, "}}");
    assert_int_equal(ask_match(g, "/match/default", many), 400);
    ANSWER_HAS(&g->c, "send at most 100");
}

static void search_entities_and_what_they_are_linked_to(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, "/search/default?q=Zephyrine+Carriers&schema=Company"), 200);
    ANSWER_HAS(&g->c, "{\"results\":[{\"id\":\"un-sc:QE.1\"");
    ANSWER_HAS(&g->c, "\"facets\":{},\"total\":{\"value\":1");
    assert_int_equal(get(&g->c, "/entities/un-sc%3AQE.1?nested=true"), 200);
    ANSWER_HAS(&g->c, "\"ownershipAsset\":[{");
    ANSWER_HAS(&g->c, "\"owner\":[{\"id\":\"un-sc:QD.1\",\"caption\":\"Tamsin Orlovesku Brandt\"");
    ANSWER_HAS(&g->c, "\"percentage\":[\"60\"]");
    assert_int_equal(get(&g->c, "/entities/un-sc:QE.1?nested=false"), 200);
    ANSWER_LACKS(&g->c, "ownershipAsset");
    assert_int_equal(get(&g->c, "/entities/QE.1"), 200); /* the list's own id, where only one list has it */
    assert_int_equal(get(&g->c, "/entities/un-sc:QE.1/adjacent"), 200);
    ANSWER_HAS(&g->c, "\"adjacent\":{\"ownershipAsset\":{\"results\":[{");
    assert_int_equal(get(&g->c, "/entities/un-sc:QE.1/adjacent/ownershipAsset?limit=1&offset=1"), 200);
    ANSWER_HAS(&g->c,
               "{\"results\":[],\"total\":{\"value\":1,\"relation\":\"eq\"},\"limit\":1,\"offset\":1}");
    assert_int_equal(get(&g->c, "/entities/un-sc:QE.1/adjacent/shoeSize"), 404);
    assert_int_equal(get(&g->c, "/entities/nobody"), 404);
}

static void catalog_and_algorithms_say_what_is_here(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, "/catalog"), 200);
    ANSWER_HAS(&g->c, "\"name\":\"un-sc\",\"title\":\"un-sc\",\"version\":\"1\",\"entity_count\":4");
    ANSWER_HAS(&g->c, "\"current\":[\"eu-fsf\",\"un-sc\"]");
    assert_int_equal(get(&g->c, "/algorithms"), 200);
    ANSWER_HAS(&g->c, "\"default\":\"vigie\",\"best\":\"vigie\"");
    assert_int_equal(get(&g->c, "/readyz"), 200);
}

/* --- reconciliation --- */

#define SERVICE "/api/v1/reconcile/default"
#define FORM    "application/x-www-form-urlencoded"

static void the_service_has_a_manifest_of_version_0_2(void **state)
{
    desk *g = *state;
    assert_int_equal(get(&g->c, SERVICE), 200);
    ANSWER_HAS(&g->c,
               "{\"versions\":[\"0.2\"],\"name\":\"vigie: default\",\"identifierSpace\":\"http://localhost/");
    ANSWER_HAS(&g->c, "\"preview\":{\"url\":\"http://localhost/api/v1/reconcile/default/preview?id={{id}}\"");
    assert_int_equal(get(&g->c, "/api/v1/reconcile/nowhere"), 404);
}

static void a_batch_of_questions_is_answered_by_form_and_by_address(void **state)
{
    desk *g = *state;
    const char *queries =
        "queries=%7B%22q0%22%3A%7B%22query%22%3A%22Ibrahim+al-Qasimovi%22%2C%22type%22%3A%22Person%22%2C%"
        "22limit%22"
        "%3A1%2C%22properties%22%3A%5B%7B%22pid%22%3A%22birthDate%22%2C%22v%22%3A%221971%22%7D%5D%7D%7D";
    assert_int_equal(request(&g->c, NULL, "POST", SERVICE, FORM, queries), 200);
    ANSWER_HAS(&g->c, "{\"q0\":{\"result\":[{\"id\":\"un-sc:QD.2\",\"name\":\"Ibrahim al-Qasimovi\"");
    ANSWER_HAS(&g->c, "\"type\":[{\"id\":\"Person\",\"name\":\"Person\"}]");
    ANSWER_HAS(&g->c, "\"features\":[{\"id\":\"name\",\"value\":");
    ANSWER_HAS(&g->c, "\"match\":true}]}}");
    char target[600];
    snprintf(target, sizeof target, SERVICE "?%s", queries);
    assert_int_equal(get(&g->c, target), 200);
    ANSWER_HAS(&g->c, "un-sc:QD.2");
    assert_int_equal(request(&g->c, NULL, "POST", SERVICE, FORM, "queries=%7B%22q0%22%3A%7B%7D%7D"), 400);
    assert_int_equal(request(&g->c, NULL, "POST", SERVICE, FORM, "queries=%5B%5D"), 400);
}

static void columns_suggestions_and_a_preview_come_from_entries(void **state)
{
    desk *g = *state;
    const char *extend = "extend=%7B%22ids%22%3A%5B%22un-sc%3AQD.1%22%2C%22un-sc%3Anobody%22%5D%2C%"
                         "22properties%22%3A%5B%7B%22id%22%3A"
                         "%22birthDate%22%7D%2C%7B%22id%22%3A%22passportNumber%22%7D%5D%7D";
    assert_int_equal(request(&g->c, NULL, "POST", SERVICE, FORM, extend), 200);
    ANSWER_HAS(&g->c, "{\"meta\":[{\"id\":\"birthDate\",\"name\":\"Date of birth\"}");
    ANSWER_HAS(&g->c, "\"rows\":{\"un-sc:QD.1\":{\"birthDate\":[{\"str\":\"1965\"}],\"passportNumber\":[{"
                      "\"str\":\"ZX9081726\"}]}");
    ANSWER_HAS(&g->c, "\"un-sc:nobody\":{\"birthDate\":[],\"passportNumber\":[]}");
    assert_int_equal(get(&g->c, SERVICE "/suggest/entity?prefix=Tarquinnius"), 200);
    ANSWER_HAS(&g->c, "eu-fsf:EU.9");
    assert_int_equal(get(&g->c, SERVICE "/suggest/property?prefix=birth"), 200);
    ANSWER_HAS(&g->c, "{\"id\":\"birthDate\",\"name\":\"Date of birth\"}");
    assert_int_equal(get(&g->c, SERVICE "/suggest/type?prefix=ves"), 200);
    ANSWER_HAS(&g->c, "{\"result\":[{\"id\":\"Vessel\",\"name\":\"Vessel\"}]}");
    assert_int_equal(get(&g->c, SERVICE "/preview?id=un-sc:QD.1"), 200);
    ANSWER_HAS(&g->c, "Content-Type: text/html");
    ANSWER_HAS(&g->c, "sandbox");
    ANSWER_HAS(&g->c, "<dt>Date of birth</dt><dd>1965</dd>");
    assert_int_equal(get(&g->c, SERVICE "/preview?id=un-sc:x"), 404);
    assert_int_equal(get(&g->c, SERVICE "/properties?type=Person"), 200);
    ANSWER_HAS(&g->c, "\"limit\":50,\"properties\":[{\"id\":\"name\"");
}

#define OPEN(test) cmocka_unit_test_setup_teardown(test, open_lists, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OPEN(examples_are_matched_in_yentes_shape),
        OPEN(datasets_and_filters_choose_what_is_told),
        OPEN(bodies_that_are_no_queries_are_refused),
        OPEN(search_entities_and_what_they_are_linked_to),
        OPEN(catalog_and_algorithms_say_what_is_here),
        OPEN(the_service_has_a_manifest_of_version_0_2),
        OPEN(a_batch_of_questions_is_answered_by_form_and_by_address),
        OPEN(columns_suggestions_and_a_preview_come_from_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
