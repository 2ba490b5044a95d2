/* What the server tells of itself: health, figures for Prometheus, the access log. Invariant: no line holds a query, a
 * header or a body, so that no token and no question can be read from them. */
#include <unistd.h>

#include "core/date.h"
#include "serve/serve_int.h"

enum { N_BUCKETS = 12 };

static const double bucket_s[N_BUCKETS - 1] = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 10, 60
};

static void count(vg_figures *f, const vg_http__done *d)
{
    double seconds = (double)d->micros / 1e6;
    int i = 0;
    while (i < N_BUCKETS - 1 && seconds > bucket_s[i])
        i++;
    f->bucket[i]++;
    f->seconds += seconds;
    f->bytes += d->bytes;
    if (d->status >= 100 && d->status < 600)
        f->by_class[d->status / 100]++;
    f->refused_rate += d->status == 429;
    f->refused_full += d->status == 503;
}

static void put_line(vg_out *o, const vg_http__done *d)
{
    char at[32];
    vg_json j = vg_json_to(o);
    vg_json_object(&j);
    vg_json_key(&j, VG_S("at")), vg_json_str(&j, vg_instant_text(vg_now(), at));
    vg_json_key(&j, VG_S("from")), vg_json_str(&j, d->address);
    vg_json_key(&j, VG_S("who")), vg_json_str(&j, d->who);
    vg_json_key(&j, VG_S("method")), vg_json_str(&j, vg_utf8_head(d->method, 16));
    vg_json_key(&j, VG_S("path")), vg_json_str(&j, vg_sub(d->path, 0, 300));
    vg_json_key(&j, VG_S("status")), vg_json_int(&j, d->status);
    vg_json_key(&j, VG_S("bytes")), vg_json_int(&j, d->bytes);
    vg_json_key(&j, VG_S("ms")), vg_json_fixed(&j, (double)d->micros / 1000, 3);
    vg_json_close(&j);
    vg_put_char(o, '\n');
}

void vg_figures__done(void *serve, const vg_http__done *d)
{
    vg_serve *s = serve;
    vg_out line;
    pthread_mutex_lock(&s->lock);
    count(&s->figures, d);
    pthread_mutex_unlock(&s->lock);
    if (s->o.log_fd <= 0 || !vg_out_memory(&line, NULL))
        return;
    put_line(&line, d);
    vg_str text = vg_out_text(&line);
    ssize_t written = write(s->o.log_fd, text.s, (size_t)text.n); /* one call: lines do not mix */
    (void)written; /* a full disk ends the log, not the server */
    vg_out_drop(&line);
}

bool vg_answer__health(vg_call *c, vg_err *e)
{
    int64_t version;
    if (!vg_store_data_version(c->w->st, &version, e)) {
        c->status = 503;
        return false;
    }
    vg_put(&c->r->body, VG_S("{\"status\":\"ok\",\"version\":\"" VG_VERSION "\"}\n"));
    return true;
}

static void put_figure(vg_out *o, const char *name, const char *kind, const char *help)
{
    vg_print(o, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind);
}

static void put_one(vg_out *o, const char *name, const char *kind, const char *help, double x)
{
    put_figure(o, name, kind, help);
    vg_print(o, "%s ", name);
    vg_put_num(o, x);
    vg_put_char(o, '\n');
}

static void put_times(vg_out *o, const vg_figures *f)
{
    static const char name[] = "vigie_request_seconds";
    int64_t sum = 0;
    put_figure(o, name, "histogram", "Time from the first byte of a request to the end of its answer.");
    for (int i = 0; i < N_BUCKETS; i++) {
        sum += f->bucket[i];
        vg_print(o, "%s_bucket{le=\"", name);
        if (i < N_BUCKETS - 1)
            vg_put_num(o, bucket_s[i]);
        else
            vg_put(o, VG_S("+Inf"));
        vg_print(o, "\"} %lld\n", (long long)sum);
    }
    vg_print(o, "%s_sum ", name);
    vg_put_num(o, f->seconds);
    vg_print(o, "\n%s_count %lld\n", name, (long long)sum);
}

bool vg_answer__metrics(vg_call *c, vg_err *e)
{
    vg_serve *s = c->s;
    vg_out *o = &c->r->body;
    vg_vintage *v;
    int64_t n_vintages;
    if (!vg_store_vintages(c->w->st, 0, &c->w->arena, &v, &n_vintages, e))
        return false;
    vg_snapshot *snap = vg_snapshot__take(s);
    double n_events = (double)vg_event_index_size(snap->index);
    vg_snapshot__give(s, snap);
    pthread_mutex_lock(&s->lock);
    vg_figures f = s->figures;
    pthread_mutex_unlock(&s->lock);
    put_figure(o, "vigie_requests_total", "counter", "Answers by class of status.");
    for (int i = 1; i <= 5; i++)
        vg_print(o, "vigie_requests_total{class=\"%dxx\"} %lld\n", i, (long long)f.by_class[i]);
    put_times(o, &f);
    put_one(o, "vigie_sent_bytes_total", "counter", "Bytes of bodies that were sent.", (double)f.bytes);
    put_one(o, "vigie_refused_rate_total", "counter", "Requests refused for their rate.",
            (double)f.refused_rate);
    put_one(o, "vigie_refused_full_total", "counter", "Requests answered with 503.", (double)f.refused_full);
    put_one(o, "vigie_connections", "gauge", "Open connections.", (double)vg_http__connections(s->http));
    put_one(o, "vigie_streams", "gauge", "Readers of the event stream.", (double)vg_hub__readers(s->hub));
    put_one(o, "vigie_vintages", "gauge", "Imports in the store.", (double)n_vintages);
    put_one(o, "vigie_events_indexed", "gauge", "Events that items are answered from.", n_events);
    put_one(o, "vigie_start_time_seconds", "gauge", "When the server began, in seconds since 1970.",
            (double)s->started_at);
    c->r->type = "text/plain; version=0.0.4; charset=utf-8";
    return true;
}
