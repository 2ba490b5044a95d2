/* The description of the API (OpenAPI 3.1), written from the route table and the verb table. Invariant: what is checked
 * is what is described, because both are read from the same rows. */
#include <string.h>

#include "serve/serve_int.h"

static void key(vg_json *j, const char *name)
{
    vg_json_key(j, vg_str_z(name));
}

static void pair(vg_json *j, const char *name, const char *text)
{
    key(j, name);
    vg_json_str(j, vg_str_z(text));
}

static void open_key(vg_json *j, const char *name)
{
    key(j, name);
    vg_json_object(j);
}

/* --- schemas that do not come from a table --- */

static const char SCHEMAS[] =
    "\"Problem\":{\"type\":\"object\",\"description\":\"RFC 9457, with the parts of a message\","
    "\"required\":[\"type\",\"title\",\"status\",\"detail\",\"code\",\"what\"],\"properties\":{"
    "\"type\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"},"
    "\"status\":{\"type\":\"integer\"},\"detail\":{\"type\":\"string\"},\"instance\":{\"type\":\"string\"},"
    "\"code\":{\"type\":\"string\"},\"at\":{\"type\":\"object\"},\"what\":{\"type\":\"string\"},"
    "\"why\":{\"type\":\"string\"},\"mend\":{\"type\":\"string\"}}},"
    "\"Link\":{\"type\":\"object\",\"required\":[\"rel\",\"href\"],\"properties\":{\"rel\":{\"type\":"
    "\"string\"},"
    "\"type\":{\"type\":\"string\"},\"href\":{\"type\":\"string\"}}},"
    "\"Links\":{\"type\":\"array\",\"items\":{\"$ref\":\"#/components/schemas/Link\"}},"
    "\"Rows\":{\"type\":\"object\",\"required\":[\"items\",\"next\"],\"properties\":{\"items\":{\"type\":"
    "\"array\","
    "\"items\":{\"type\":\"object\"}},\"next\":{\"type\":[\"string\",\"null\"]}}},"
    "\"Landing\":{\"type\":\"object\",\"required\":[\"title\",\"links\"],\"properties\":{\"title\":{\"type\":"
    "\"string\"},\"links\":{\"$ref\":\"#/components/schemas/Links\"}}},"
    "\"Conformance\":{\"type\":\"object\",\"required\":[\"conformsTo\"],\"properties\":{\"conformsTo\":{"
    "\"type\":"
    "\"array\",\"items\":{\"type\":\"string\"}}}},"
    "\"Collection\":{\"type\":\"object\",\"required\":[\"id\",\"links\"],\"properties\":{\"id\":{\"type\":"
    "\"string\"}"
    ",\"links\":{\"$ref\":\"#/components/schemas/Links\"}}},"
    "\"Collections\":{\"type\":\"object\",\"required\":[\"links\",\"collections\"],\"properties\":{\"links\":"
    "{"
    "\"$ref\":\"#/components/schemas/Links\"},\"collections\":{\"type\":\"array\",\"items\":{\"$ref\":"
    "\"#/components/schemas/Collection\"}}}},"
    "\"Feature\":{\"type\":\"object\",\"required\":[\"type\",\"id\",\"geometry\",\"properties\"],"
    "\"properties\":{"
    "\"type\":{\"const\":\"Feature\"},\"id\":{\"type\":\"integer\"},\"geometry\":{\"oneOf\":[{\"type\":"
    "\"null\"},{"
    "\"type\":\"object\",\"required\":[\"type\",\"coordinates\"],\"properties\":{\"type\":{\"const\":"
    "\"Point\"},"
    "\"coordinates\":{\"type\":\"array\",\"minItems\":2,\"maxItems\":2,\"items\":{\"type\":\"number\"}}}}]},"
    "\"properties\":{\"type\":\"object\"}}},"
    "\"FeatureCollection\":{\"type\":\"object\",\"required\":[\"type\",\"features\",\"links\"],"
    "\"properties\":{"
    "\"type\":{\"const\":\"FeatureCollection\"},\"numberReturned\":{\"type\":\"integer\"},\"features\":{"
    "\"type\":"
    "\"array\",\"items\":{\"$ref\":\"#/components/schemas/Feature\"}},\"links\":{\"$ref\":"
    "\"#/components/schemas/Links\"}}},"
    "\"Run\":{\"type\":\"object\",\"required\":[\"run\",\"verb\",\"vintages\",\"params\"],\"properties\":{"
    "\"run\":{"
    "\"type\":\"integer\"},\"verb\":{\"type\":\"string\"},\"vintages\":{\"type\":\"array\",\"items\":{"
    "\"type\":"
    "\"integer\"}}}},"
    "\"Decision\":{\"type\":\"object\",\"required\":[\"subject\",\"who\",\"verdict\"],\"properties\":{"
    "\"subject\":{"
    "\"type\":\"string\"},\"who\":{\"type\":\"string\"},\"verdict\":{\"type\":\"string\"}}},"
    "\"Health\":{\"type\":\"object\",\"required\":[\"status\"],\"properties\":{\"status\":{\"type\":"
    "\"string\"},"
    "\"version\":{\"type\":\"string\"}}}";

/* --- parameters --- */

static void put_words(vg_json *j, const char *words)
{
    vg_str left = vg_str_z(words);
    key(j, "enum");
    vg_json_array(j);
    while (left.n)
        vg_json_str(j, vg_cut(&left, '|'));
    vg_json_close(j);
}

static void put_span(vg_json *j, double min, double max)
{
    key(j, "minimum"), vg_json_num(j, min);
    key(j, "maximum"), vg_json_num(j, max);
}

static void put_fallback(vg_json *j, const vg_param *p)
{
    if (!p->fallback)
        return;
    key(j, "default");
    if (p->kind == VG_P_INT || p->kind == VG_P_NUM || p->kind == VG_P_FLAG)
        vg_put(j->out, vg_str_z(p->fallback)), j->after_key = false, j->comma[j->depth - 1] = true;
    else
        vg_json_str(j, vg_str_z(p->fallback));
}

static void put_array_of_words(vg_json *j, const char *words)
{
    pair(j, "type", "array");
    open_key(j, "items");
    pair(j, "type", "string");
    put_words(j, words);
    vg_json_close(j);
    key(j, "minItems"), vg_json_int(j, 1);
}

static void put_box(vg_json *j)
{
    pair(j, "type", "array");
    key(j, "minItems"), vg_json_int(j, 4);
    key(j, "maxItems"), vg_json_int(j, 4);
    open_key(j, "items");
    pair(j, "type", "number");
    put_span(j, -180, 180);
    vg_json_close(j);
}

#define DAY  "[1-9][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
#define TIME "(T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z)?"
static const char DAYS_PATTERN[] = "^" DAY TIME "$|^(\\.\\.)?/" DAY TIME "$|^" DAY TIME "/(\\.\\.)?$";

static void put_schema(vg_json *j, const vg_param *p)
{
    vg_json_object(j);
    switch (p->kind) {
    case VG_P_INT:
    case VG_P_NUM:
        pair(j, "type", p->kind == VG_P_INT ? "integer" : "number");
        put_span(j, p->min, p->max);
        break;
    case VG_P_CHOICE:
        pair(j, "type", "string");
        put_words(j, p->words);
        break;
    case VG_P_CHOICES: put_array_of_words(j, p->words); break;
    case VG_P_BOX: put_box(j); break;
    case VG_P_MONTH:
        pair(j, "type", "string");
        pair(j, "pattern", "^[1-9][0-9]{3}-(0[1-9]|1[0-2])$");
        break;
    case VG_P_DAYS:
        pair(j, "type", "string");
        pair(j, "pattern", DAYS_PATTERN);
        break;
    case VG_P_FLAG: pair(j, "type", "boolean"); break;
    case VG_P_TEXT:
    case VG_P_TEXTS:
    case VG_P_CURSOR:
        pair(j, "type", "string");
        key(j, "minLength"), vg_json_int(j, 1);
        key(j, "maxLength"), vg_json_int(j, p->max > 0 ? (int64_t)p->max : 200);
        break;
    }
    put_fallback(j, p);
    vg_json_close(j);
}

/* A parameter that may come several times is an array of its values. */
static void put_values(vg_json *j, const vg_param *p)
{
    if (p->kind != VG_P_TEXTS) {
        put_schema(j, p);
        return;
    }
    vg_json_object(j);
    pair(j, "type", "array");
    key(j, "items");
    put_schema(j, p);
    vg_json_close(j);
}

static void put_param(vg_json *j, const vg_param *p)
{
    bool list = p->kind == VG_P_CHOICES || p->kind == VG_P_BOX;
    vg_json_object(j);
    pair(j, "name", p->name);
    pair(j, "in", p->in_path ? "path" : "query");
    key(j, "required"), vg_json_bool(j, p->in_path || p->required);
    pair(j, "description", p->help);
    if (list) {
        pair(j, "style", "form");
        key(j, "explode"), vg_json_bool(j, false);
    }
    key(j, "schema");
    put_values(j, p);
    vg_json_close(j);
}

static void put_params(vg_json *j, const vg_route *r, bool path_only)
{
    key(j, "parameters");
    vg_json_array(j);
    for (int i = 0; r->param && r->param[i].name; i++)
        if (!path_only || r->param[i].in_path)
            put_param(j, &r->param[i]);
    if (!path_only && vg_routes__takes_hxl(r))
        put_param(j, &vg_hxl__param);
    vg_json_close(j);
}

/* --- answers --- */

static void put_content(vg_json *j, const char *type, const char *schema)
{
    open_key(j, type);
    open_key(j, "schema");
    if (schema) {
        char ref[80];
        snprintf(ref, sizeof ref, "#/components/schemas/%s", schema);
        pair(j, "$ref", ref);
    }
    vg_json_close(j);
    vg_json_close(j);
}

static void put_answers(vg_json *j, const vg_route *r)
{
    bool stream = r->answer == vg_answer__stream;
    open_key(j, "responses");
    char status[8];
    snprintf(status, sizeof status, "%d", r->status ? r->status : 200);
    open_key(j, status);
    pair(j, "description", r->summary);
    open_key(j, "content");
    if (r->as & VG_AS_JSON)
        put_content(j, "application/json", r->returns);
    if (r->as & VG_AS_GEOJSON)
        put_content(j, "application/geo+json", r->returns);
    if (r->as & VG_AS_CSV)
        put_content(j, "text/csv", NULL);
    if (r->as & VG_AS_TEXT)
        put_content(j, stream ? "text/event-stream" : "text/plain", NULL);
    if (r->as & VG_AS_OTHER)
        put_content(j, r->type ? r->type : "application/octet-stream", NULL);
    if (r->answer == vg_answer__verb) /* a report */
        put_content(j, "text/html", NULL);
    vg_json_close(j);
    vg_json_close(j);
    open_key(j, "default");
    pair(j, "description", "What went wrong, why, and what can be done");
    open_key(j, "content");
    put_content(j, "application/problem+json", "Problem");
    vg_json_close(j);
    vg_json_close(j);
    vg_json_close(j);
}

/* --- routes --- */

static void put_security(vg_json *j, const vg_route *r)
{
    if (r->least != VG_ROLE_NOBODY)
        return;
    key(j, "security");
    vg_json_array(j);
    vg_json_close(j);
}

/* The members of a body of parameters, as JSON or as a form. */
static void put_members(vg_json *j, const vg_route *r, const char *type)
{
    open_key(j, type);
    open_key(j, "schema");
    pair(j, "type", "object");
    key(j, "additionalProperties"), vg_json_bool(j, false);
    key(j, "required");
    vg_json_array(j);
    for (int i = 0; r->param && r->param[i].name; i++)
        if (r->param[i].required && !r->param[i].in_path)
            vg_json_str(j, vg_str_z(r->param[i].name));
    vg_json_close(j);
    open_key(j, "properties");
    for (int i = 0; r->param && r->param[i].name; i++) {
        if (r->param[i].in_path)
            continue;
        key(j, r->param[i].name);
        put_values(j, &r->param[i]);
    }
    for (int i = 0; i < 3; i++)
        vg_json_close(j);
}

static void put_media(vg_json *j, const vg_route *r)
{
    vg_str left = vg_str_z(r->media);
    while (left.n) {
        vg_str one = vg_cut(&left, '|');
        bool json = vg_eq(one, VG_S("application/json"));
        char type[80];
        snprintf(type, sizeof type, "%.*s", VG_P(one));
        put_content(j, type, json ? r->takes : NULL);
    }
}

static void put_body(vg_json *j, const vg_route *r)
{
    open_key(j, "requestBody");
    key(j, "required"), vg_json_bool(j, true);
    open_key(j, "content");
    if (r->body & VG_BODY_PARAMS)
        put_members(j, r, "application/json");
    if (r->body & VG_BODY_FORM)
        put_members(j, r, "application/x-www-form-urlencoded");
    if (r->body & VG_BODY_JSON)
        put_content(j, "application/json", r->takes);
    if (r->body & VG_BODY_CSV)
        put_content(j, "text/csv", NULL);
    if (r->body & VG_BODY_OTHER)
        put_media(j, r);
    vg_json_close(j);
    vg_json_close(j);
}

static void put_route(vg_json *j, const vg_route *r)
{
    char method[8];
    int n = snprintf(method, sizeof method, "%s", r->method);
    for (int i = 0; i < n; i++)
        method[i] = vg_lower(method[i]);
    open_key(j, method);
    pair(j, "operationId", r->id);
    pair(j, "summary", r->summary);
    put_security(j, r);
    put_params(j, r, (r->body & (VG_BODY_PARAMS | VG_BODY_FORM)) != 0);
    if (r->body)
        put_body(j, r);
    put_answers(j, r);
    vg_json_close(j);
}

/* Routes with the same pattern stand under one path. */
static void put_routes(vg_json *j, const vg_serve *s)
{
    int door;
    const vg_route *r, *other;
    for (int i = 0; (r = vg_routes_at(s, i, &door)); i++) {
        bool first = r->answer != vg_answer__verb;
        for (int k = 0; k < i && first; k++)
            first = strcmp(vg_routes_at(s, k, &door)->pattern, r->pattern) != 0;
        if (!first)
            continue;
        open_key(j, r->pattern);
        for (int k = i; (other = vg_routes_at(s, k, &door)); k++)
            if (strcmp(other->pattern, r->pattern) == 0)
                put_route(j, other);
        vg_json_close(j);
    }
}

/* --- verbs --- */

static void put_option_schema(vg_json *j, const vg_serve_option *o)
{
    vg_json_object(j);
    pair(j, "type", o->type);
    if (o->choices)
        put_words(j, o->choices);
    if (o->min < o->max)
        put_span(j, o->min, o->max);
    if (strcmp(o->type, "string") == 0 && !o->choices)
        key(j, "minLength"), vg_json_int(j, 1);
    vg_json_key(j, VG_S("description")), vg_json_str(j, o->help);
    vg_json_close(j);
}

static void put_arguments_schema(vg_json *j, const vg_serve_verb *v)
{
    vg_json_object(j);
    pair(j, "type", "array");
    pair(j, "description", v->args);
    key(j, "minItems"), vg_json_int(j, v->min_args);
    if (v->max_args >= 0)
        key(j, "maxItems"), vg_json_int(j, v->max_args);
    open_key(j, "items");
    pair(j, "type", "string");
    key(j, "minLength"), vg_json_int(j, 1);
    vg_json_close(j);
    vg_json_close(j);
}

static void put_verb_query(vg_json *j, const vg_serve_verb *v)
{
    key(j, "parameters");
    vg_json_array(j);
    for (int i = 0; i < v->n_options; i++) {
        if (v->option[i].refused)
            continue;
        vg_json_object(j);
        pair(j, "name", v->option[i].name);
        pair(j, "in", "query");
        key(j, "schema");
        put_option_schema(j, &v->option[i]);
        vg_json_close(j);
    }
    if (v->args) {
        vg_json_object(j);
        pair(j, "name", "arg");
        pair(j, "in", "query");
        key(j, "required"), vg_json_bool(j, v->min_args > 0);
        key(j, "schema");
        put_arguments_schema(j, v);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_verb_body(vg_json *j, const vg_serve_verb *v)
{
    open_key(j, "requestBody");
    open_key(j, "content");
    open_key(j, "application/json");
    open_key(j, "schema");
    pair(j, "type", "object");
    key(j, "additionalProperties"), vg_json_bool(j, false);
    open_key(j, "properties");
    for (int i = 0; i < v->n_options; i++) {
        if (v->option[i].refused)
            continue;
        key(j, v->option[i].name);
        put_option_schema(j, &v->option[i]);
    }
    if (v->args) {
        key(j, "arg");
        put_arguments_schema(j, v);
    }
    vg_json_close(j);
    for (int i = 0; i < 4; i++)
        vg_json_close(j);
}

static void put_verb(vg_json *j, const vg_serve_verb *v, const vg_route *like)
{
    char path[96], id[96];
    snprintf(path, sizeof path, "/api/v1/verbs/%s", v->name);
    for (char *at = path; *at; at++)
        *at = *at == ' ' ? '-' : *at;
    open_key(j, path);
    for (int post = 0; post < 2; post++) {
        snprintf(id, sizeof id, "%s-%s", strrchr(path, '/') + 1, post ? "post" : "get");
        open_key(j, post ? "post" : "get");
        pair(j, "operationId", id);
        key(j, "summary"), vg_json_str(j, v->purpose);
        if (post)
            put_verb_body(j, v);
        else
            put_verb_query(j, v);
        put_answers(j, like);
        vg_json_close(j);
    }
    vg_json_close(j);
}

static void put_verbs(vg_json *j, const vg_serve *s)
{
    int door;
    const vg_route *like = NULL, *r;
    for (int i = 0; (r = vg_routes_at(NULL, i, &door)); i++)
        if (r->answer == vg_answer__verb)
            like = r;
    for (int i = 0; s->o.verbs && like && i < s->o.verbs->n_verbs; i++)
        put_verb(j, &s->o.verbs->verb[i], like);
}

/* --- the document --- */

static void put_components(vg_json *j, const vg_serve *s)
{
    open_key(j, "components");
    open_key(j, "securitySchemes");
    open_key(j, "token");
    pair(j, "type", "http");
    pair(j, "scheme", "bearer");
    pair(j, "description",
         "A token of \"vigie token add\"; on this machine, and while there is none, not needed");
    vg_json_close(j);
    vg_json_close(j);
    open_key(j, "schemas");
    vg_put(j->out, vg_str_z(SCHEMAS));
    for (int i = 0; i < s->o.n_doors; i++)
        if (s->o.door[i]->schemas)
            vg_print(j->out, ",%s", s->o.door[i]->schemas);
    vg_json_close(j);
    vg_json_close(j);
}

bool vg_answer__openapi(vg_call *c, vg_err *e)
{
    (void)e;
    vg_json j = vg_json_to(&c->r->body);
    vg_json_object(&j);
    pair(&j, "openapi", "3.1.0");
    open_key(&j, "info");
    pair(&j, "title", "vigie");
    pair(&j, "version", VG_VERSION);
    pair(&j, "description",
         "Events, series, forecasts with their uncertainty and reasons, alerts; and every verb.");
    open_key(&j, "license");
    pair(&j, "name", "Apache-2.0");
    pair(&j, "identifier", "Apache-2.0");
    vg_json_close(&j);
    vg_json_close(&j);
    key(&j, "servers");
    vg_json_array(&j);
    vg_json_object(&j);
    key(&j, "url"), vg_json_str(&j, vg_call_base(c));
    vg_json_close(&j);
    vg_json_close(&j);
    key(&j, "security");
    vg_json_array(&j);
    vg_json_object(&j);
    vg_json_close(&j);
    vg_json_object(&j);
    key(&j, "token");
    vg_json_array(&j);
    vg_json_close(&j);
    vg_json_close(&j);
    vg_json_close(&j);
    open_key(&j, "paths");
    put_routes(&j, c->s);
    put_verbs(&j, c->s);
    vg_json_close(&j);
    put_components(&j, c->s);
    vg_json_close(&j);
    vg_put_char(&c->r->body, '\n');
    return true;
}
