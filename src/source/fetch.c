/*
 * Downloads by libcurl. Invariant: DEST.part holds the first bytes of the file at the address and nothing else (never
 * the text of an error page), and DEST exists only when all bytes are there and the checksum, when given, agrees. A
 * part of an earlier run is only taken up again when the server still has the same file (ETag in DEST.part.tag) or a
 * checksum will tell.
 */
#include "source/fetch.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/date.h"
#include "core/hash.h"
#include "core/num.h"
#include "source/source_int.h"

enum { ATTEMPTS = 5, WAIT_MS = 1000, MAX_WAIT_MS = 60000, STALL_S = 30, CONNECT_S = 20, TAG_MAX = 200 };
#define MAX_BYTES (INT64_C(4) << 30)

typedef struct {
    char url[2048], part[1024], tag_path[1040], tag[TAG_MAX], new_tag[TAG_MAX];
    const char *dest;
    vg_fetch_opts opts;
    const vg_progress *progress;
    FILE *file;
    int64_t have;  /* bytes in the part */
    int64_t total; /* of the whole file, 0 = not known */
    bool too_large, disk_failed, stopped, loopback;
    int disk_errno;
    vg_err stop; /* why it was stopped */
} job;

/* --- addresses --- */

static vg_str host_of(vg_str url)
{
    ptrdiff_t at = vg_find(url, VG_S("://"));
    vg_str rest = vg_sub(url, at < 0 ? 0 : at + 3, url.n);
    for (ptrdiff_t i = 0; i < rest.n; i++)
        if (rest.s[i] == '/' || rest.s[i] == '?' || rest.s[i] == '#')
            return vg_sub(rest, 0, i);
    return rest;
}

static bool is_loopback(vg_str url)
{
    vg_str host = host_of(url), name = vg_cut(&host, ':');
    return vg_eq(name, VG_S("127.0.0.1")) || vg_eq(name, VG_S("localhost"));
}

static bool bad_address(vg_str url, vg_err *e)
{
    vg_fail(e, VG_EARG, VG_NOWHERE, "this address cannot be used: \"%.*s\"", VG_P(vg_utf8_head(url, 100)));
    vg_why(e, "files are fetched over https only, so that nobody on the way can change them");
    return vg_mend(e, "give an address that begins with https://");
}

/* The address with VIGIE_FETCH_BASE in the place of its scheme and host. */
static bool set_url(job *j, vg_str url, vg_err *e)
{
    const char *base = getenv("VIGIE_FETCH_BASE");
    vg_str scheme_and_host = vg_sub(url, 0, host_of(url).s + host_of(url).n - url.s);
    vg_str path = vg_sub(url, scheme_and_host.n, url.n);
    vg_str front = base && *base ? vg_str_z(base) : scheme_and_host;
    while (vg_ends(front, VG_S("/")))
        front.n--;
    int n = snprintf(j->url, sizeof j->url, "%.*s%.*s", VG_P(front), VG_P(path));
    j->loopback = is_loopback(front);
    bool safe = vg_starts(front, VG_S("https://")) || (vg_starts(front, VG_S("http://")) && j->loopback);
    bool plain = vg_find_byte(host_of(front), '@') < 0;
    return safe && plain && n < (int)sizeof j->url ? true : bad_address(url, e);
}

/* --- the part and its tag --- */

static bool fail_disk(const job *j, int os_errno, vg_err *e)
{
    vg_fail_os(e, os_errno, (vg_at){ .file = vg_str_z(j->dest) }, "the download cannot be written");
    return vg_mend(e, "make room on the disk, or name another folder; what is there so far is kept");
}

static void read_tag(job *j)
{
    FILE *f = fopen(j->tag_path, "re");
    if (!f)
        return;
    size_t n = fread(j->tag, 1, sizeof j->tag - 1, f);
    j->tag[n] = 0;
    fclose(f);
}

static void write_tag(job *j)
{
    memcpy(j->tag, j->new_tag, sizeof j->tag);
    FILE *f = j->tag[0] ? fopen(j->tag_path, "we") : NULL;
    if (f) {
        fputs(j->tag, f);
        fclose(f);
    } else {
        unlink(j->tag_path);
    }
}

static bool restart(job *j, vg_err *e)
{
    j->have = 0;
    j->tag[0] = 0;
    unlink(j->tag_path);
    if (fflush(j->file) != 0 || ftruncate(fileno(j->file), 0) != 0 || fseek(j->file, 0, SEEK_SET) != 0)
        return fail_disk(j, errno, e);
    return true;
}

static bool open_part(job *j, vg_err *e)
{
    int n = snprintf(j->part, sizeof j->part, "%s.part", j->dest);
    if (n >= (int)sizeof j->part)
        return vg_fail(e, VG_EARG, VG_NOWHERE, "the path is too long");
    snprintf(j->tag_path, sizeof j->tag_path, "%s.tag", j->part);
    j->file = fopen(j->part, "ae");
    struct stat st;
    if (!j->file || fstat(fileno(j->file), &st) != 0)
        return fail_disk(j, errno, e);
    j->have = st.st_size;
    read_tag(j);
    return j->have == 0 || j->tag[0] || j->opts.sha256.n ? true : restart(j, e);
}

/* --- what libcurl calls --- */

static size_t on_bytes(char *bytes, size_t size, size_t n, void *ctx)
{
    job *j = ctx;
    size_t len = size * n;
    j->too_large = j->have + (int64_t)len > j->opts.max_bytes;
    if (j->too_large)
        return 0;
    if (fwrite(bytes, 1, len, j->file) != len) {
        j->disk_failed = true;
        j->disk_errno = errno;
        return 0;
    }
    j->have += (int64_t)len;
    return len;
}

/* Keeps a strong ETag: it names the bytes, so that a later run can ask for the rest of the same ones. */
static size_t on_header(char *bytes, size_t size, size_t n, void *ctx)
{
    job *j = ctx;
    vg_str value = { bytes, (ptrdiff_t)(size * n) }, name = vg_cut(&value, ':');
    value = vg_trim(value);
    if (vg_starts(name, VG_S("HTTP/")))
        j->new_tag[0] = 0;
    if (vg_eq_nocase(name, VG_S("etag")) && value.n < TAG_MAX && vg_starts(value, VG_S("\""))) {
        memcpy(j->new_tag, value.s, (size_t)value.n);
        j->new_tag[value.n] = 0;
    }
    return size * n;
}

static int on_progress(void *ctx, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up_now)
{
    job *j = ctx;
    (void)up_total;
    (void)up_now;
    j->total = total > 0 ? (int64_t)(total - now) + j->have : 0;
    j->stopped = !vg_progress_step(j->progress, "fetching", j->have, j->total, &j->stop);
    return j->stopped;
}

/* --- one attempt --- */

static void set_options(job *j, CURL *c, struct curl_slist *headers)
{
    curl_easy_setopt(c, CURLOPT_URL, j->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, j->loopback ? "https,http" : "https");
    curl_easy_setopt(c, CURLOPT_REDIR_PROTOCOLS_STR, j->loopback ? "https,http" : "https");
    curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(c, CURLOPT_MAXREDIRS, 5L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L); /* an error page is no part of the file */
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_S);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)j->opts.stall_s);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "vigie/" VG_VERSION);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, on_bytes);
    curl_easy_setopt(c, CURLOPT_WRITEDATA, j);
    curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(c, CURLOPT_HEADERDATA, j);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, j);
    curl_easy_setopt(c, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)j->have);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    if (j->loopback)
        curl_easy_setopt(c, CURLOPT_NOPROXY, "*");
    if (j->opts.token) { /* as credentials, which libcurl keeps from other hosts when it is redirected */
        curl_easy_setopt(c, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
        curl_easy_setopt(c, CURLOPT_XOAUTH2_BEARER, j->opts.token);
    }
}

typedef struct {
    CURLcode code;
    long status;
    curl_off_t retry_after_s;
} outcome;

static outcome attempt(job *j)
{
    outcome got = { .code = CURLE_OUT_OF_MEMORY };
    char if_range[TAG_MAX + 16];
    struct curl_slist *headers = NULL;
    CURL *c = curl_easy_init();
    if (!c)
        return got;
    if (j->have && j->tag[0]) { /* the rest of the same file, or the whole of the new one */
        snprintf(if_range, sizeof if_range, "If-Range: %s", j->tag);
        headers = curl_slist_append(headers, if_range);
    }
    j->new_tag[0] = 0;
    set_options(j, c, headers);
    got.code = curl_easy_perform(c);
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &got.status);
    curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &got.retry_after_s);
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    if (j->new_tag[0] && strcmp(j->new_tag, j->tag) != 0 && (got.status == 200 || got.status == 206))
        write_tag(j);
    return got;
}

/* --- what to do after it --- */

static bool is_passing(const outcome *o)
{
    switch (o->code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return true;
    case CURLE_HTTP_RETURNED_ERROR: return o->status >= 500 || o->status == 429 || o->status == 408;
    default: return false;
    }
}

static bool fail_status(const job *j, long status, vg_err *e)
{
    bool denied = status == 401 || status == 403;
    vg_fail(e, status == 404 ? VG_ENOTFOUND : VG_EIO, VG_NOWHERE, "the server answered %ld for %.150s",
            status, j->url);
    if (denied && j->opts.token)
        return vg_mend(e, "the token may have run out: get a new one and set VIGIE_ACLED_TOKEN");
    if (denied)
        return vg_mend(e, "this address asks for a token or is closed");
    return vg_mend(e, status == 404 ? "is this release out yet, and its number right?" : "try again later");
}

static bool fail_with(const job *j, const outcome *o, vg_err *e)
{
    if (j->stopped)
        *e = j->stop;
    else if (j->disk_failed)
        fail_disk(j, j->disk_errno, e);
    else if (j->too_large) {
        vg_fail(e, VG_ERANGE, VG_NOWHERE, "the file is larger than %lld bytes: %.120s",
                (long long)j->opts.max_bytes, j->url);
        vg_why(e, "a limit keeps a wrong address from filling the disk");
    } else if (o->code == CURLE_HTTP_RETURNED_ERROR)
        fail_status(j, o->status, e);
    else {
        vg_fail(e, VG_EIO, VG_NOWHERE, "the download failed: %s: %.100s", curl_easy_strerror(o->code),
                j->url);
        vg_mend(e, "look at the connection and give the command again: it goes on where it stopped");
    }
    return false;
}

/* Sleeps in short steps, so that Ctrl-C is heard. */
static bool wait_before(job *j, int k, curl_off_t retry_after_s, vg_err *e)
{
    int64_t ms = (int64_t)j->opts.wait_ms << (k < 6 ? k : 6);
    ms = retry_after_s * 1000 > ms ? (int64_t)retry_after_s * 1000 : ms;
    ms = ms < MAX_WAIT_MS ? ms : MAX_WAIT_MS;
    for (; ms > 0; ms -= 100) {
        if (!vg_progress_step(j->progress, "waiting for the server", j->have, j->total, e))
            return false;
        usleep((useconds_t)(ms < 100 ? ms : 100) * 1000);
    }
    return true;
}

static bool fetch_part(job *j, vg_err *e)
{
    int failures = 0, restarts = 0;
    for (;;) {
        int64_t before = j->have;
        outcome o = attempt(j);
        if (o.code == CURLE_OK)
            return true;
        bool no_range =
            o.code == CURLE_RANGE_ERROR || (o.code == CURLE_HTTP_RETURNED_ERROR && o.status == 416);
        if (no_range && before > 0 &&
            restarts++ < 2) { /* no ranges, or another file by now: from the start */
            if (!restart(j, e))
                return false;
            continue;
        }
        failures = j->have > before ? 0 : failures + 1;
        if (!is_passing(&o) || failures >= j->opts.attempts)
            return fail_with(j, &o, e);
        if (fflush(j->file) != 0)
            return fail_disk(j, errno, e);
        if (!wait_before(j, failures > 0 ? failures - 1 : 0, o.retry_after_s, e))
            return false;
    }
}

/* --- the whole --- */

static bool sum_file(const char *path, char hex[65], vg_err *e)
{
    char buf[16384];
    vg_sha256 sum;
    FILE *f = fopen(path, "re");
    if (!f)
        return vg_fail_os(e, errno, VG_NOWHERE, "the download cannot be read again");
    vg_sha256_init(&sum);
    for (size_t n; (n = fread(buf, 1, sizeof buf, f)) > 0;)
        vg_sha256_add(&sum, (vg_str){ buf, (ptrdiff_t)n });
    vg_sha256_hex(&sum, hex);
    bool ok = !ferror(f);
    fclose(f);
    return ok ? true : vg_fail_os(e, EIO, VG_NOWHERE, "the download cannot be read again");
}

static bool keep_whole(job *j, vg_fetched *got, vg_err *e)
{
    if (!sum_file(j->part, got->sha256, e))
        return false;
    got->bytes = j->have;
    unlink(j->tag_path);
    if (j->opts.sha256.n && !vg_eq_nocase(j->opts.sha256, vg_str_z(got->sha256))) {
        unlink(j->part);
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the checksum differs: %s for %.100s", got->sha256, j->url);
        vg_why(e, "expected %.*s", VG_P(vg_utf8_head(j->opts.sha256, 64)));
        return vg_mend(
            e, "the file was damaged on the way or has changed: fetch it again, or ask who publishes it");
    }
    return rename(j->part, j->dest) == 0 ? true : fail_disk(j, errno, e);
}

static bool run(job *j, vg_fetched *got, vg_err *e)
{
    bool ok = open_part(j, e);
    got->resumed_at = j->have;
    ok = ok && fetch_part(j, e);
    if (j->file && fclose(j->file) != 0 && ok)
        ok = fail_disk(j, errno, e);
    if (!ok && j->file && j->have == 0)
        unlink(j->part);
    return ok && keep_whole(j, got, e);
}

bool vg_fetch(vg_str url, const char *dest, const vg_fetch_opts *opts, const vg_progress *progress,
              vg_fetched *out, vg_err *e)
{
    static const vg_progress silent;
    if (vg_failed(e))
        return false;
    job *j = calloc(1, sizeof *j);
    if (!j)
        return vg_fail_memory(e, (int64_t)sizeof *j);
    vg_fetched got = { .bytes = 0 };
    j->dest = dest;
    j->opts = *opts;
    j->progress = progress ? progress : &silent;
    j->opts.max_bytes = opts->max_bytes > 0 ? opts->max_bytes : MAX_BYTES;
    j->opts.attempts = opts->attempts > 0 ? opts->attempts : ATTEMPTS;
    j->opts.wait_ms = opts->wait_ms > 0 ? opts->wait_ms : WAIT_MS;
    j->opts.stall_s = opts->stall_s > 0 ? opts->stall_s : STALL_S;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    bool ok = set_url(j, url, e) && run(j, &got, e);
    curl_global_cleanup();
    free(j);
    if (ok && out)
        *out = got;
    return ok;
}

/* --- official addresses --- */

static bool keep_address(vg_arena *a, vg_str url, vg_str file, vg_fetch_address *out, vg_err *e)
{
    if (!url.s || !file.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    *out = (vg_fetch_address){ url, file };
    return true;
}

/* "24.0.5" with '_' for each point, or without any. */
static vg_str with_marks(vg_arena *a, vg_str version, const char *mark)
{
    vg_str text = VG_S("");
    while (version.n) {
        vg_str part = vg_cut(&version, '.');
        text = vg_format(a, "%.*s%s%.*s", VG_P(text), text.n ? mark : "", VG_P(part));
    }
    return text;
}

bool vg_fetch_ucdp(vg_str version, vg_arena *a, vg_fetch_address *out, vg_err *e)
{
    vg_version v = vg_version__of(version);
    if (!v.text[0] || vg_find_byte(version, '/') >= 0) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "UCDP has no release \"%.*s\"", VG_P(vg_utf8_head(version, 40)));
        return vg_mend(e, "GED is 25.1, a Candidate month 25.0.3, a Candidate half-year 24.01.24.06");
    }
    vg_str text = vg_str_z(v.text);
    if (v.first_month) {
        vg_str file = vg_format(a, "GEDEvent_v%.*s.csv", VG_P(with_marks(a, text, "_")));
        return keep_address(a, vg_format(a, "https://ucdp.uu.se/downloads/candidateged/%.*s", VG_P(file)),
                            file, out, e);
    }
    vg_str file = vg_format(a, "ged%.*s-csv.zip", VG_P(with_marks(a, text, "")));
    return keep_address(a, vg_format(a, "https://ucdp.uu.se/downloads/ged/%.*s", VG_P(file)), file, out, e);
}

/* Percent-encoding of all but letters, digits and -._~ */
static vg_str encode(vg_arena *a, vg_str s)
{
    vg_str text = VG_S("");
    for (ptrdiff_t i = 0; i < s.n; i++) {
        char c = s.s[i], low = vg_lower(c);
        bool plain = (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
                     c == '_' || c == '~';
        text = vg_format(a, plain ? "%.*s%c" : "%.*s%%%02X", VG_P(text), (unsigned char)c);
    }
    return text;
}

bool vg_fetch_acled(vg_str country, vg_str from, vg_str to, int page, vg_arena *a, vg_fetch_address *out,
                    vg_err *e)
{
    int32_t first, last;
    if (!vg_day_parse(from, VG_DATE_ISO, &first) || !vg_day_parse(to, VG_DATE_ISO, &last) || first > last ||
        from.n != 10 || to.n != 10 || page < 1 || country.n > 80) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "ACLED cannot be asked for \"%.*s\" to \"%.*s\"",
                VG_P(vg_utf8_head(from, 20)), VG_P(vg_utf8_head(to, 20)));
        return vg_mend(e, "give days as 2024-01-01, the earlier one first");
    }
    vg_str by = country.n ? vg_format(a, "&country=%.*s", VG_P(encode(a, country))) : VG_S("");
    vg_str url = vg_format(a,
                           "https://acleddata.com/api/acled/read?_format=csv&event_date=%.*s%%7C%.*s"
                           "&event_date_where=BETWEEN%.*s&limit=%d&page=%d",
                           VG_P(from), VG_P(to), VG_P(by), VG_ACLED_PAGE, page);
    return keep_address(a, url, vg_format(a, "acled_%.*s_%.*s_%d.csv", VG_P(from), VG_P(to), page), out, e);
}

bool vg_fetch_acled_token(const char **token, vg_err *e)
{
    const char *s = getenv("VIGIE_ACLED_TOKEN");
    if (s && *s) {
        *token = s;
        return true;
    }
    vg_fail(e, VG_EARG, VG_NOWHERE, "ACLED asks for a token, and none is set");
    vg_why(e, "its data is for registered users (acleddata.com) and may not be passed on");
    return vg_mend(e, "get an access token with your account there and set VIGIE_ACLED_TOKEN to it");
}
