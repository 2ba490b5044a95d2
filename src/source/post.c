/*
 * Messages to addresses of others by libcurl's multi interface. Invariant: no connection is ever made to an address that
 * `is_refused` refuses (unless the operator allows it): libcurl asks for each socket, after the name was looked up, so a
 * name that changes its address in between gains nothing.
 */
#include "source/post.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TIMEOUT_MS = 5000, MOST = 64, URL_BYTES = 2000, HEADER_BYTES = 400, RETRY_AFTER_S = 3600 };

typedef struct job {
    struct job *next;
    CURL *easy;
    struct curl_slist *headers;
    char *body;
    int64_t tag;
    bool allow_private, refused;
} job;

struct vg_posts {
    vg_posts_opts o;
    CURLM *multi;
    job *first;
    int n_busy;
};

/* --- who may be sent to --- */

/* Networks that are no public place: RFC 6890 and its registry (this machine, private, shared, link-local, benchmarks,
 * multicast, reserved). */
static bool is_refused_v4(uint32_t a)
{
    static const struct {
        uint32_t net;
        int bits;
    } closed[] = {
        { 0x00000000, 8 },  { 0x0A000000, 8 },  { 0x64400000, 10 }, { 0x7F000000, 8 },
        { 0xA9FE0000, 16 }, { 0xAC100000, 12 }, { 0xC0000000, 24 }, { 0xC0A80000, 16 },
        { 0xC6120000, 15 }, { 0xE0000000, 4 },  { 0xF0000000, 4 },
    };
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if ((a ^ closed[i].net) >> (32 - closed[i].bits) == 0)
            return true;
    return false;
}

static uint32_t word_at(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* An IPv4 address inside one of IPv6 (mapped, compatible, NAT64, 6to4) counts as what it is. */
static bool is_refused_v6(const unsigned char b[16])
{
    static const unsigned char zero[12] = { 0 }, mapped[12] = { [10] = 0xFF, [11] = 0xFF },
                               nat64[12] = { 0x00, 0x64, 0xFF, 0x9B };
    if (memcmp(b, zero, 12) == 0 || memcmp(b, mapped, 12) == 0 || memcmp(b, nat64, 12) == 0)
        return word_at(b + 12) <= 1 || is_refused_v4(word_at(b + 12));
    if (b[0] == 0x20 && b[1] == 0x02)
        return is_refused_v4(word_at(b + 2));
    return (b[0] & 0xFE) == 0xFC || (b[0] == 0xFE && b[1] >= 0x80) || b[0] == 0xFF;
}

static bool is_refused(const struct sockaddr *to)
{
    if (to->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)to;
        return is_refused_v4(ntohl(v4->sin_addr.s_addr));
    }
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)to;
    return to->sa_family != AF_INET6 || is_refused_v6(v6->sin6_addr.s6_addr);
}

static bool literal_is_refused(const char *host)
{
    char bare[80];
    struct sockaddr_in v4 = { .sin_family = AF_INET };
    struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
    size_t n = strlen(host);
    bool six = n > 2 && host[0] == '[' && n < sizeof bare;
    if (six) {
        snprintf(bare, sizeof bare, "%.*s", (int)n - 2, host + 1);
        return inet_pton(AF_INET6, bare, &v6.sin6_addr) != 1 || is_refused((struct sockaddr *)&v6);
    }
    return inet_pton(AF_INET, host, &v4.sin_addr) == 1 && is_refused((struct sockaddr *)&v4);
}

static bool refuse_address(vg_err *e, const char *what, const char *mend)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "%s", what);
    return vg_mend(e, "%s", mend);
}

/* libcurl's own reading of the address decides, since it is what will be sent to. */
static bool parts_are_good(CURLU *u, const char *url, bool allow_private, vg_err *e)
{
    char *scheme = NULL, *host = NULL, *user = NULL;
    bool good = curl_url_set(u, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    if (!good)
        refuse_address(e, "this is no address of http or https", "write it whole: https://host/path");
    if (good && curl_url_get(u, CURLUPART_USER, &user, 0) != CURLUE_NO_USER)
        good = refuse_address(e, "the address holds a user name or password",
                              "leave it out: messages are signed with a secret instead");
    if (good && !allow_private &&
        (literal_is_refused(host) || vg_eq_nocase(vg_str_z(host), VG_S("localhost"))))
        good = refuse_address(e, "the address is of this machine or a private network",
                              "name a public one, or let the operator set VIGIE_PRIVATE_RECEIVERS=1");
    curl_free(scheme), curl_free(host), curl_free(user);
    return good;
}

bool vg_post_address_check(vg_str url, bool allow_private, vg_err *e)
{
    char text[URL_BYTES + 1];
    bool plain = url.n > 0 && url.n <= URL_BYTES;
    for (ptrdiff_t i = 0; plain && i < url.n; i++)
        plain = url.s[i] > ' ' && url.s[i] < 0x7F;
    if (!plain)
        return refuse_address(e, "this is no address: it is empty, too long or has blanks or other letters",
                              "write it in ASCII, at most 2,000 characters");
    snprintf(text, sizeof text, "%.*s", VG_P(url));
    CURLU *u = curl_url();
    bool good = u ? parts_are_good(u, text, allow_private, e) : vg_fail_memory(e, 0);
    curl_url_cleanup(u);
    return good;
}

/* --- what libcurl calls --- */

static curl_socket_t open_socket(void *ctx, curlsocktype purpose, struct curl_sockaddr *to)
{
    job *x = ctx;
    (void)purpose;
    if (!x->allow_private && is_refused(&to->addr)) {
        x->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

static size_t pass_over(char *bytes, size_t size, size_t n, void *ctx)
{
    (void)bytes, (void)ctx;
    return size * n;
}

/* --- one message --- */

static void free_job(vg_posts *p, job *x)
{
    if (x->easy) {
        curl_multi_remove_handle(p->multi, x->easy);
        curl_easy_cleanup(x->easy);
    }
    curl_slist_free_all(x->headers);
    free(x->body);
    free(x);
}

static bool add_header(job *x, vg_str header, vg_err *e)
{
    char text[HEADER_BYTES];
    bool plain = header.n < HEADER_BYTES;
    for (ptrdiff_t i = 0; plain && i < header.n; i++)
        plain = header.s[i] >= ' ' && header.s[i] < 0x7F;
    if (!plain)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "a header of the message has letters that cannot be sent");
    snprintf(text, sizeof text, "%.*s", VG_P(header));
    struct curl_slist *longer = curl_slist_append(x->headers, text);
    x->headers = longer ? longer : x->headers;
    return longer || vg_fail_memory(e, 0);
}

static bool set_options(vg_posts *p, job *x, const vg_post *what)
{
    char url[URL_BYTES + 1];
    CURL *c = x->easy;
    snprintf(url, sizeof url, "%.*s", VG_P(what->url));
    curl_easy_setopt(c, CURLOPT_PRIVATE, x);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(c, CURLOPT_PROXY, "");
    curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)p->o.timeout_ms);
    curl_easy_setopt(c, CURLOPT_QUICK_EXIT,
                     1L); /* else its end waits until the name is looked up: all wait */
    curl_easy_setopt(c, CURLOPT_USERAGENT, "vigie/" VG_VERSION);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, x);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, pass_over);
    curl_easy_setopt(c, CURLOPT_POST, 1L);
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, x->body);
    curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)what->body.n);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, x->headers);
    return curl_easy_setopt(c, CURLOPT_URL, url) == CURLE_OK;
}

static bool fill(vg_posts *p, job *x, const vg_post *what, vg_err *e)
{
    char type[120];
    *x = (job){ .tag = what->tag, .allow_private = p->o.allow_private };
    x->easy = curl_easy_init();
    x->body = malloc((size_t)what->body.n + 1);
    if (!x->easy || !x->body)
        return vg_fail_memory(e, what->body.n);
    if (what->body.n)
        memcpy(x->body, what->body.s, (size_t)what->body.n);
    int n = snprintf(type, sizeof type, "Content-Type: %s", what->type ? what->type : "application/json");
    bool good = add_header(x, (vg_str){ type, n }, e) && add_header(x, VG_S("Expect:"), e);
    for (int i = 0; good && i < what->n_headers && i < VG_POST_HEADERS; i++)
        good = add_header(x, what->header[i], e);
    return good && (set_options(p, x, what) || vg_fail_memory(e, 0));
}

bool vg_posts_add(vg_posts *p, const vg_post *what, vg_err *e)
{
    if (p->n_busy >= p->o.most)
        return vg_fail(e, VG_EBUSY, VG_NOWHERE, "%d messages are under way already", p->n_busy);
    if (!vg_post_address_check(what->url, p->o.allow_private, e))
        return false;
    job *x = calloc(1, sizeof *x);
    if (!x)
        return vg_fail_memory(e, 0);
    bool good = fill(p, x, what, e);
    if (good && curl_multi_add_handle(p->multi, x->easy) != CURLM_OK)
        good = vg_fail_memory(e, 0);
    if (!good) {
        free_job(p, x);
        return false;
    }
    x->next = p->first;
    p->first = x;
    p->n_busy++;
    return true;
}

/* --- what has ended --- */

static void tell_failure(const job *x, CURLcode code, vg_posted *out)
{
    vg_err *e = &out->failure;
    if (x->refused && code != CURLE_OK) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "the address leads to this machine or a private network");
        vg_mend(e, "name a public one, or let the operator set VIGIE_PRIVATE_RECEIVERS=1");
    } else if (code != CURLE_OK) {
        vg_fail(e, VG_EIO, VG_NOWHERE, "it could not be sent: %s", curl_easy_strerror(code));
    } else if (out->status < 200 || out->status > 299) {
        vg_fail(e, VG_EIO, VG_NOWHERE, "the receiver answered %d", out->status);
        if (out->status >= 300 && out->status < 400)
            vg_mend(e, "redirects are not followed: enter the address it leads to");
    }
}

static void take_outcome(vg_posts *p, job *x, CURLcode code, vg_posted *out)
{
    long status = 0;
    curl_off_t wait_s = 0, took_us = 0;
    curl_easy_getinfo(x->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(x->easy, CURLINFO_RETRY_AFTER, &wait_s);
    curl_easy_getinfo(x->easy, CURLINFO_TOTAL_TIME_T, &took_us);
    *out = (vg_posted){ .tag = x->tag,
                        .status = (int)status,
                        .retry_after_s = wait_s < RETRY_AFTER_S ? wait_s : RETRY_AFTER_S,
                        .took_ms = took_us / 1000 };
    tell_failure(x, code, out);
    for (job **at = &p->first; *at; at = &(*at)->next)
        if (*at == x) {
            *at = x->next;
            break;
        }
    p->n_busy--;
    free_job(p, x);
}

static bool next_ended(vg_posts *p, vg_posted *out)
{
    int left;
    CURLMsg *m;
    while ((m = curl_multi_info_read(p->multi, &left))) {
        char *x = NULL;
        if (m->msg != CURLMSG_DONE)
            continue;
        CURLcode code = m->data.result;
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &x);
        take_outcome(p, (job *)(void *)x, code, out);
        return true;
    }
    return false;
}

bool vg_posts_wait(vg_posts *p, int wait_ms, vg_posted *out)
{
    int running, ready;
    curl_multi_perform(p->multi, &running);
    if (next_ended(p, out))
        return true;
    curl_multi_poll(p->multi, NULL, 0, wait_ms, &ready);
    curl_multi_perform(p->multi, &running);
    return next_ended(p, out);
}

void vg_posts_wake(vg_posts *p)
{
    curl_multi_wakeup(p->multi);
}

int vg_posts_busy(const vg_posts *p)
{
    return p->n_busy;
}

/* --- begin and end --- */

bool vg_posts_open(const vg_posts_opts *o, vg_posts **out, vg_err *e)
{
    vg_posts *p = calloc(1, sizeof *p);
    if (!p)
        return vg_fail_memory(e, 0);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    p->o = *o;
    p->o.timeout_ms = o->timeout_ms > 0 ? o->timeout_ms : TIMEOUT_MS;
    p->o.most = o->most > 0 ? o->most : MOST;
    p->multi = curl_multi_init();
    if (!p->multi) {
        vg_posts_close(p);
        return vg_fail_memory(e, 0);
    }
    *out = p;
    return true;
}

void vg_posts_close(vg_posts *p)
{
    if (!p)
        return;
    while (p->first) {
        job *x = p->first;
        p->first = x->next;
        free_job(p, x);
    }
    if (p->multi)
        curl_multi_cleanup(p->multi);
    curl_global_cleanup();
    free(p);
}
