/* The peer of bench/run serve-items: a minimal HTTP front over libpq. Each connection is a thread with its own database
 * connection and one prepared statement; PostgreSQL makes the JSON (json_agg), and the front sends it on as it is. It reads
 * nothing of a request but bbox, datetime and limit, and checks nothing: it does less than any real server would. The index
 * over days is helped by a bound that the data keep (no event is longer than a year).
 *
 *     sql_front PORT CONNINFO
 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char QUERY[] =
    "SELECT json_build_object('type', 'FeatureCollection', 'features', coalesce(json_agg(json_build_object("
    "'type', 'Feature', 'id', id, 'geometry', ST_AsGeoJSON(geom)::json, 'properties', json_build_object("
    "'external_id', external_id, 'date_from', date_from, 'date_to', date_to, 'date_precision', "
    "date_precision,"
    " 'place_precision', place_precision, 'type', type, 'gwcode', gwcode, 'cell', cell, 'deaths_low', "
    "deaths_low,"
    " 'deaths_best', deaths_best, 'deaths_high', deaths_high, 'actor_a', actor_a, 'actor_b', actor_b,"
    " 'conflict', conflict, 'adm1', adm1, 'adm2', adm2, 'source', source, 'text', text, 'url', url))), '[]'))"
    " FROM (SELECT * FROM event WHERE geom && ST_MakeEnvelope($1, $2, $3, $4, 4326) AND date_to >= $5::date"
    " AND date_from BETWEEN $5::date - 366 AND $6::date ORDER BY date_from DESC, id DESC LIMIT $7) page";

static const char *conninfo;

static int answer(int fd, PGconn *db, const char *target)
{
    char box[4][32], from[16], to[16], limit[16] = "100", head[160];
    const char *b = strstr(target, "bbox="), *d = strstr(target, "datetime="), *l = strstr(target, "limit=");
    if (!b || !d ||
        sscanf(b, "bbox=%31[0-9.-],%31[0-9.-],%31[0-9.-],%31[0-9.-]", box[0], box[1], box[2], box[3]) != 4 ||
        sscanf(d, "datetime=%15[0-9-]/%15[0-9-]", from, to) != 2)
        return 0;
    if (l)
        sscanf(l, "limit=%15[0-9]", limit);
    const char *value[7] = { box[0], box[1], box[2], box[3], from, to, limit };
    PGresult *r = PQexecPrepared(db, "items", 7, value, NULL, NULL, 0);
    if (PQresultStatus(r) != PGRES_TUPLES_OK) {
        fprintf(stderr, "%s", PQerrorMessage(db));
        PQclear(r);
        return 0;
    }
    size_t n = (size_t)PQgetlength(r, 0, 0), sent = 0;
    int head_n =
        snprintf(head, sizeof head,
                 "HTTP/1.1 200 OK\r\nContent-Type: application/geo+json\r\nContent-Length: %zu\r\n\r\n", n);
    char *all = malloc((size_t)head_n + n);
    if (!all)
        return 0;
    memcpy(all, head, (size_t)head_n);
    memcpy(all + head_n, PQgetvalue(r, 0, 0), n);
    PQclear(r);
    n += (size_t)head_n;
    while (sent < n) {
        ssize_t part = send(fd, all + sent, n - sent, MSG_NOSIGNAL);
        if (part <= 0)
            break;
        sent += (size_t)part;
    }
    free(all);
    return sent == n;
}

static void *talk(void *arg)
{
    int fd = (int)(long)arg;
    char buf[16384];
    size_t n = 0;
    PGconn *db = PQconnectdb(conninfo);
    PGresult *r = PQprepare(db, "items", QUERY, 0, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        fprintf(stderr, "%s", PQerrorMessage(db));
    PQclear(r);
    for (;;) {
        ssize_t part = recv(fd, buf + n, sizeof buf - 1 - n, 0);
        if (part <= 0)
            break;
        n += (size_t)part;
        buf[n] = '\0';
        char *end = strstr(buf, "\r\n\r\n");
        if (!end)
            continue;
        if (!answer(fd, db, buf))
            break;
        n -= (size_t)(end + 4 - buf);
        memmove(buf, end + 4, n);
    }
    PQfinish(db);
    close(fd);
    return NULL;
}

int main(int argc, char **argv)
{
    int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (argc != 3)
        return 2;
    conninfo = argv[2];
    at.sin_port = htons((unsigned short)atoi(argv[1]));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 256) != 0) {
        perror("sql_front");
        return 1;
    }
    for (;;) {
        pthread_t t;
        int client = accept(fd, NULL, NULL);
        if (client < 0)
            continue;
        setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        if (pthread_create(&t, NULL, talk, (void *)(long)client) != 0)
            close(client);
        else
            pthread_detach(t);
    }
}
