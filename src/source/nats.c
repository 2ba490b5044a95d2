/*
 * The one place that sees libnats. Invariant: `sub` is set only while the connection it was made on is up; when the broker
 * comes back the consumer is looked up anew, so that nothing depends on what the library remembers.
 */
#include "source/nats.h"

#include <nats/nats.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    MOST = 100,
    NAME = 128,
    FIRST_PAUSE_MS = 200,
    LAST_PAUSE_MS = 5000,
    REQUEST_MS = 3000,
    LATER_MS = 1000
};

struct vg_nats {
    natsOptions *options;
    natsConnection *connection;
    jsCtx *js;
    natsSubscription *sub;
    char stream[NAME], subject[NAME], consumer[NAME], address[NAME];
    bool make_stream, was_there;
    int32_t ack_wait_s;
    int64_t next_try_ms, pause_ms, n_away, n_messages;
    char reason[160];
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void pause_ms(int64_t ms)
{
    struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    if (ms > 0)
        nanosleep(&t, NULL);
}

/* The library would print by itself. */
static void keep_silent(natsConnection *connection, natsSubscription *sub, natsStatus status, void *ctx)
{
    (void)connection, (void)sub, (void)status, (void)ctx;
}

/* --- opening --- */

static bool copy_name(char to[NAME], const char *from, const char *what, bool mend, vg_err *e)
{
    size_t n = strlen(from);
    if (n == 0 || n >= NAME) {
        vg_fail(e, VG_EARG, VG_NOWHERE, "%s has %zu letters", what, n);
        return vg_why(e, "it has 1 to %d", NAME - 1);
    }
    for (size_t i = 0; i <= n; i++) {
        bool odd = from[i] && ((unsigned char)from[i] <= ' ' || from[i] == 0x7F ||
                               strchr(mend ? ".*>/\\" : "", from[i]));
        to[i] = odd && mend ? '_' : from[i];
        if (odd && !mend) {
            vg_fail(e, VG_EARG, VG_NOWHERE, "%s holds a blank or a control character", what);
            return false;
        }
    }
    return true;
}

/* Keeps what may be shown of the URL: nothing before the @. False when there is no host in it. */
static bool keep_address(vg_nats *c, const char *url)
{
    const char *host = strrchr(url, '@'), *scheme = strstr(url, "://");
    bool known = !scheme || strncmp(url, "nats://", 7) == 0 || strncmp(url, "tls://", 6) == 0;
    host = host ? host + 1 : scheme ? scheme + 3 : url;
    snprintf(c->address, sizeof c->address, "%s", host);
    return known && host[0] && host[0] != ':' && !strpbrk(host, " /");
}

static natsStatus set_options(vg_nats *c, const char *url)
{
    natsStatus s = natsOptions_Create(&c->options);
    s = s == NATS_OK ? natsOptions_SetURL(c->options, url) : s;
    s = s == NATS_OK ? natsOptions_SetName(c->options, "vigie") : s;
    s = s == NATS_OK ? natsOptions_SetTimeout(c->options, 2000) : s;
    s = s == NATS_OK ? natsOptions_SetMaxReconnect(c->options, -1) : s;
    s = s == NATS_OK ? natsOptions_SetReconnectWait(c->options, FIRST_PAUSE_MS) : s;
    s = s == NATS_OK ? natsOptions_SetPingInterval(c->options, 10000) : s;
    return s == NATS_OK ? natsOptions_SetErrorHandler(c->options, keep_silent, NULL) : s;
}

bool vg_nats_open(const vg_nats_opts *o, vg_nats **out, vg_err *e)
{
    vg_nats *c = calloc(1, sizeof *c);
    if (!c)
        return vg_fail_memory(e, (int64_t)sizeof *c);
    c->make_stream = o->make_stream;
    c->ack_wait_s = o->ack_wait_s > 0 ? o->ack_wait_s : 30;
    c->pause_ms = FIRST_PAUSE_MS;
    bool good =
        copy_name(c->stream, o->stream ? o->stream : "vigie", "the name of the stream", true, e) &&
        copy_name(c->subject, o->subject ? o->subject : "vigie.reports.>", "the subject", false, e) &&
        copy_name(c->consumer, o->consumer ? o->consumer : "vigie", "the name of the consumer", true, e);
    natsStatus s = !good ? NATS_OK : keep_address(c, o->url) ? set_options(c, o->url) : NATS_ADDRESS_MISSING;
    if (s != NATS_OK) {
        vg_fail(e, s == NATS_NO_MEMORY ? VG_ENOMEM : VG_EARG, VG_NOWHERE,
                "the address of the broker cannot be used: %s", natsStatus_GetText(s));
        good = vg_mend(e, "write nats://HOST:PORT, as nats://127.0.0.1:4222");
    }
    if (!good) {
        vg_nats_close(c);
        return false;
    }
    *out = c;
    return true;
}

static void let_go(vg_nats *c)
{
    natsSubscription_Destroy(c->sub); /* the consumer stays in the broker */
    c->sub = NULL;
}

void vg_nats_close(vg_nats *c)
{
    if (!c)
        return;
    if (c->connection && natsConnection_Status(c->connection) == NATS_CONN_STATUS_CONNECTED)
        natsConnection_FlushTimeout(c->connection, 1000); /* acknowledgements under way */
    let_go(c);
    jsCtx_Destroy(c->js);
    natsConnection_Destroy(c->connection);
    natsOptions_Destroy(c->options);
    free(c);
}

/* --- the broker comes and goes --- */

static void is_away(vg_nats *c, const char *reason)
{
    let_go(c);
    c->n_away += c->was_there;
    c->was_there = false;
    snprintf(c->reason, sizeof c->reason, "%s", reason ? reason : "no answer");
    c->next_try_ms = now_ms() + c->pause_ms;
    c->pause_ms = c->pause_ms * 2 < LAST_PAUSE_MS ? c->pause_ms * 2 : LAST_PAUSE_MS;
}

static bool connect_now(vg_nats *c)
{
    jsOptions options;
    if (!c->connection) {
        natsStatus s = natsConnection_Connect(&c->connection, c->options);
        if (s != NATS_OK) {
            is_away(c, natsStatus_GetText(s));
            return false;
        }
    }
    if (natsConnection_Status(c->connection) != NATS_CONN_STATUS_CONNECTED) {
        is_away(c, "the connection is down");
        return false;
    }
    if (!c->js && (jsOptions_Init(&options) != NATS_OK || (options.Wait = REQUEST_MS) == 0 ||
                   natsConnection_JetStream(&c->js, c->connection, &options) != NATS_OK)) {
        is_away(c, "JetStream did not answer");
        return false;
    }
    return true;
}

static natsStatus add_stream(vg_nats *c, jsErrCode *code)
{
    jsStreamConfig config;
    const char *subjects[] = { c->subject };
    jsStreamConfig_Init(&config);
    config.Name = c->stream;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Storage = js_FileStorage;
    return js_AddStream(NULL, c->js, &config, NULL, code);
}

static natsStatus subscribe(vg_nats *c, jsErrCode *code)
{
    jsSubOptions options;
    jsSubOptions_Init(&options);
    options.Stream = c->stream;
    options.Config.AckPolicy = js_AckExplicit;
    options.Config.DeliverPolicy = js_DeliverAll;
    options.Config.AckWait = (int64_t)c->ack_wait_s * 1000000000;
    return js_PullSubscribe(&c->sub, c->js, c->subject, c->consumer, NULL, &options, code);
}

/*
 * Whether a consumer or stream of this name exists and is another one. NATS_ERR is the library's word for anything: what it
 * finds wrong itself has a text and no code. A broker that is busy, chooses a leader or is short of room has other codes,
 * and a connection that broke off has neither: these pass.
 */
static bool is_refused(const vg_nats *c, natsStatus s, jsErrCode code, const char *text)
{
    static const jsErrCode lasting[] = {
        JSStreamNameExistErr,         JSStreamSubjectOverlapErr,         JSConsumerNameExistErr,
        JSConsumerFilterNotSubsetErr, JSConsumerWQMultipleUnfilteredErr, JSConsumerWQConsumerNotUniqueErr,
        JSMaximumConsumersLimitErr,   JSMaximumStreamsLimitErr,          JSBadRequestErr
    };
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        if (code == lasting[i])
            return true;
    if (s == NATS_INVALID_ARG)
        return true;
    return s == NATS_ERR && code == 0 && natsConnection_Status(c->connection) == NATS_CONN_STATUS_CONNECTED &&
           text &&
           (strstr(text, "configuration requests") || strstr(text, "pull subscribe") ||
            strstr(text, "consumer filter subject"));
}

/* What no waiting mends: false with the reason. */
static bool judge(vg_nats *c, natsStatus s, jsErrCode code, vg_err *e)
{
    natsStatus last;
    const char *text = nats_GetLastError(&last);
    if (code == JSStreamNotFoundErr) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "the broker has no stream \"%s\"", c->stream);
        return vg_mend(e, "make it with --make-stream, or name another with --stream");
    }
    if (code == JSNotEnabledErr || code == JSNotEnabledForAccountErr) {
        vg_fail(e, VG_EIO, VG_NOWHERE, "JetStream is not enabled in the broker at %s", c->address);
        return vg_mend(e, "start it as nats-server -js");
    }
    if (is_refused(c, s, code, text)) {
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "the consumer \"%s\" of the stream \"%s\" cannot be had",
                c->consumer, c->stream);
        vg_why(e, "%s", text && *text ? text : natsStatus_GetText(s));
        return vg_mend(e, "name another with --consumer, or delete it in the broker");
    }
    is_away(c, text && *text ? text : natsStatus_GetText(s));
    return true;
}

/* Connection and consumer. True with c->sub NULL while the broker is away. */
static bool make_ready(vg_nats *c, vg_err *e)
{
    jsErrCode code = 0;
    if (c->sub && natsConnection_Status(c->connection) == NATS_CONN_STATUS_CONNECTED)
        return true;
    if (c->sub)
        is_away(c, "the connection broke off");
    if (now_ms() < c->next_try_ms || !connect_now(c))
        return true;
    natsStatus s = subscribe(c, &code);
    if (s != NATS_OK && code == JSStreamNotFoundErr && c->make_stream) {
        code = 0;
        s = add_stream(c, &code);
        s = s == NATS_OK ? subscribe(c, &code) : s;
    }
    if (s != NATS_OK)
        return judge(c, s, code, e);
    c->was_there = true;
    c->reason[0] = 0;
    c->pause_ms = FIRST_PAUSE_MS;
    return true;
}

/* --- messages --- */

static vg_nats_message message_of(natsMsg *m)
{
    jsMsgMetaData *about = NULL;
    vg_nats_message x = { .data = { natsMsg_GetData(m), natsMsg_GetDataLength(m) },
                          .subject = vg_str_z(natsMsg_GetSubject(m)),
                          .handle = m };
    if (natsMsg_GetMetaData(&about, m) == NATS_OK)
        x.sequence = (int64_t)about->Sequence.Stream;
    jsMsgMetaData_Destroy(about);
    return x;
}

bool vg_nats_fetch(vg_nats *c, vg_nats_message *message, int32_t most, int32_t wait_ms, int32_t *n, vg_err *e)
{
    natsMsgList list = { .Msgs = NULL };
    *n = 0;
    if (!make_ready(c, e))
        return false;
    if (!c->sub) {
        pause_ms(wait_ms);
        return true;
    }
    natsStatus s =
        natsSubscription_Fetch(&list, c->sub, most < MOST ? most : MOST, wait_ms > 0 ? wait_ms : 1, NULL);
    for (int i = 0; s == NATS_OK && i < list.Count && *n < most; i++) {
        message[(*n)++] = message_of(list.Msgs[i]);
        list.Msgs[i] = NULL;
    }
    c->n_messages += *n;
    if (list.Msgs)
        natsMsgList_Destroy(&list);
    if (s != NATS_OK && s != NATS_TIMEOUT)
        is_away(c, natsStatus_GetText(s));
    return true;
}

void vg_nats_done(vg_nats *c, vg_nats_message *m, vg_nats_fate fate)
{
    (void)c;
    if (!m->handle)
        return;
    if (fate == VG_NATS_TAKEN)
        natsMsg_Ack(m->handle, NULL);
    else if (fate == VG_NATS_BAD)
        natsMsg_Term(m->handle, NULL);
    else
        natsMsg_NakWithDelay(m->handle, LATER_MS, NULL);
    natsMsg_Destroy(m->handle);
    *m = (vg_nats_message){ .handle = NULL };
}

vg_nats_status vg_nats_state(const vg_nats *c)
{
    vg_nats_status s = {
        .is_there = c->sub != NULL, .n_away = c->n_away, .n_messages = c->n_messages, .address = c->address
    };
    memcpy(s.reason, c->reason, sizeof s.reason);
    return s;
}
