/* When did a service really send each chunk, and when did a request really reach it?
 *
 * A service that speaks OpenAI's chat completions, with its timing in the name of the model, so that a client needs to be told nothing else:
 *
 *     sim-ttft200-itl50-n100[-batchK][-early][-spread][-sizeB]
 *
 * First content after 200 ms, then a chunk each 50 ms (decimals allowed), 100 chunks. -batchK: K chunks in each write. -early: head and
 * role chunk already after half of the time to the first content (else right before it, in a write of their own). -spread: everything
 * later by a share of the time between chunks, another for each request, so that streams which began together do not march in step.
 * -sizeB: characters per chunk. Each event is one HTTP chunk and one send(); right after the last content, in one more, come finish reason, usage (only when
 * `stream_options.include_usage` asks, as OpenAI does it), [DONE] and the final chunk.
 *
 * The truth is CLOCK_MONOTONIC right before each send() (before SSL_write with --tls), and, for the request, the kernel's own receive stamp
 * (SO_TIMESTAMPNS) moved to that clock beside the instant after recvmsg(). What is due counts from the kernel's stamp, so a busy server does
 * not delay it twice, and nothing is ever sent early. GET /_dump returns and forgets the log: one JSON object a line for each request. With
 * --log it is written to a file at SIGTERM.
 *
 *     server [--port N] [--log FILE] [--tls CERT KEY]      prints {"port": N} when it listens, on 127.0.0.1 only
 *
 * One thread, epoll. A send that would block waits for its client (others wait with it, `blocked` counts it): the log would show the lateness.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000.0
#define ENDLESS INT64_MAX
#define MAX_CHUNKS 1000000
#define MAX_BYTES (1 << 24) /* of one request, and of one write */
#define ID_BYTES 80
#define EVENTS 16 /* read before what is due is sent again */
#define PROMPT_TOKENS 10

typedef struct Record {
    long number, connection;
    char client_id[ID_BYTES], model[ID_BYTES];
    int64_t received_kernel_ns, received_ns, head_sent_ns, end_ns, latest_ns;
    int64_t *sent_ns;
    long sent, blocked;
    int finished;
} Record;

typedef struct Timing {
    double ttft_ns, itl_ns; /* ttft_ns with its share of -spread */
    long chunks, batch, size;
    int early, stream, usage;
} Timing;

typedef struct Connection {
    int fd;
    long number;
    SSL *ssl;
    char *in;
    size_t held, room;
    int64_t received_kernel_ns, received_ns;
    /* the request being answered; none when record is NULL */
    Record *record;
    Timing timing;
    int head_sent, close_after;
    int64_t due_ns;
    size_t place; /* in the heap, 0 when not waiting */
    char *event;  /* one batch of content, ready to be numbered and sent */
    size_t event_bytes;
    size_t *digits; /* where each chunk's number stands in it */
} Connection;

static Connection **heap; /* by due_ns, the first at 1 */
static size_t waiting, heap_room;
static Record **records;
static size_t recorded, records_room;
static long connections, requests;
static SSL_CTX *tls;
static int poller;
static volatile sig_atomic_t stopping;

static void die(const char *what) {
    perror(what);
    exit(1);
}

static void *grown(void *old, size_t bytes) {
    void *made = realloc(old, bytes);
    if (!made) die("realloc");
    return made;
}

static int64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t now(void) { return clock_ns(CLOCK_MONOTONIC); }

/* CLOCK_REALTIME minus CLOCK_MONOTONIC, read close together. */
static int64_t wall_offset(void) {
    int64_t best = ENDLESS, offset = 0;
    for (int i = 0; i < 5 && best > 500; i++) {
        int64_t before = now(), wall = clock_ns(CLOCK_REALTIME), after = now();
        if (after - before < best) best = after - before, offset = wall - before - (after - before) / 2;
    }
    return offset;
}

/* ---- who is due next: a binary heap ---- */

static void put(size_t at, Connection *c) { heap[at] = c, c->place = at; }

static void settle(size_t at) {
    Connection *c = heap[at];
    for (; at > 1 && heap[at / 2]->due_ns > c->due_ns; at /= 2) put(at, heap[at / 2]);
    for (size_t child; (child = 2 * at) <= waiting; at = child) {
        if (child < waiting && heap[child + 1]->due_ns < heap[child]->due_ns) child++;
        if (heap[child]->due_ns >= c->due_ns) break;
        put(at, heap[child]);
    }
    put(at, c);
}

static void wait_until(Connection *c, int64_t due_ns) {
    c->due_ns = due_ns;
    if (!c->place) {
        if (++waiting >= heap_room) heap = grown(heap, (heap_room = 2 * heap_room + 1024) * sizeof *heap);
        put(waiting, c);
    }
    settle(c->place);
}

static void wait_no_more(Connection *c) {
    if (!c->place) return;
    size_t at = c->place;
    Connection *last = heap[waiting--];
    c->place = 0;
    if (last != c) put(at, last), settle(at);
}

/* ---- connections ---- */

static void forget_request(Connection *c) {
    wait_no_more(c);
    free(c->event), free(c->digits);
    c->event = NULL, c->digits = NULL, c->record = NULL;
}

static void hang_up(Connection *c) {
    forget_request(c);
    if (c->ssl) SSL_free(c->ssl);
    close(c->fd);
    free(c->in), free(c);
}

static int writable(Connection *c) {
    struct pollfd p = {.fd = c->fd, .events = POLLOUT};
    if (c->record) c->record->blocked++;
    return poll(&p, 1, 1000) == 1 && !(p.revents & (POLLERR | POLLHUP));
}

/* Writes everything; 0 when the client is gone. */
static int write_all(Connection *c, const char *bytes, size_t count) {
    while (count) {
        ssize_t n;
        if (c->ssl) {
            ERR_clear_error();
            n = SSL_write(c->ssl, bytes, (int)count);
            if (n <= 0 && SSL_get_error(c->ssl, (int)n) != SSL_ERROR_WANT_WRITE) return 0;
            if (n <= 0 && !writable(c)) return 0;
        } else {
            n = send(c->fd, bytes, count, MSG_NOSIGNAL);
            if (n < 0 && errno != EAGAIN && errno != EINTR) return 0;
            if (n < 0 && errno == EAGAIN && !writable(c)) return 0;
        }
        if (n > 0) bytes += n, count -= (size_t)n;
    }
    return 1;
}

static void accept_all(int listener) {
    for (int fd; (fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0;) {
        int on = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
        Connection *c = grown(NULL, sizeof *c);
        memset(c, 0, sizeof *c);
        c->fd = fd, c->number = connections++;
        if (tls) { /* reads through memory, so that recvmsg sees the stamps; writes straight to the socket */
            c->ssl = SSL_new(tls);
            SSL_set_accept_state(c->ssl);
            SSL_set_bio(c->ssl, BIO_new(BIO_s_mem()), BIO_new_socket(fd, BIO_NOCLOSE));
        }
        struct epoll_event e = {.events = EPOLLIN, .data.ptr = c};
        if (epoll_ctl(poller, EPOLL_CTL_ADD, fd, &e)) die("epoll_ctl");
    }
}

/* ---- the log ---- */

static void write_log(FILE *f) {
    for (size_t i = 0; i < recorded; i++) {
        Record *r = records[i];
        fprintf(f, "{\"id\":\"t-%ld\",\"client_id\":\"%s\",\"connection\":%ld,\"model\":\"%s\",\"received_kernel_ns\":%lld,\"received_ns\":%lld,",
                r->number, r->client_id, r->connection, r->model, (long long)r->received_kernel_ns, (long long)r->received_ns);
        fprintf(f, "\"head_sent_ns\":%lld,\"end_ns\":%lld,\"latest_ns\":%lld,\"blocked\":%ld,\"finished\":%s,\"sent_ns\":[",
                (long long)r->head_sent_ns, (long long)r->end_ns, (long long)r->latest_ns, r->blocked, r->finished ? "true" : "false");
        for (long k = 0; k < r->sent; k++) fprintf(f, k ? ",%lld" : "%lld", (long long)r->sent_ns[k]);
        fputs("]}\n", f);
    }
}

static void forget_records(void) {
    size_t kept = 0;
    for (size_t i = 0; i < recorded; i++) {
        if (records[i]->end_ns) free(records[i]->sent_ns), free(records[i]);
        else records[kept++] = records[i];
    }
    recorded = kept;
}

/* ---- requests ---- */

static const char *header(const char *head, const char *end, const char *name) {
    size_t length = strlen(name);
    for (const char *line = head; (line = memmem(line, (size_t)(end - line), "\r\n", 2)) && line + 2 + length < end;) {
        line += 2;
        if (!strncasecmp(line, name, length) && line[length] == ':') {
            for (line += length + 1; *line == ' '; line++) {}
            return line;
        }
    }
    return NULL;
}

/* The value after "key": in JSON, however it is spaced; a key inside of a string has a backslash before its quote and is not found. */
static const char *json_value(const char *body, const char *key) {
    char quoted[40];
    int length = snprintf(quoted, sizeof quoted, "\"%s\"", key);
    const char *at = strstr(body, quoted);
    if (!at) return NULL;
    for (at += length; *at == ' ' || *at == ':'; at++) {}
    return at;
}

static int json_true(const char *body, const char *key) {
    const char *at = json_value(body, key);
    return at && !strncmp(at, "true", 4);
}

/* Copies what may stand in JSON and in a header without escaping, up to the first other character. */
static void copy_plain(char *to, const char *from) {
    size_t n = 0;
    for (; n + 1 < ID_BYTES && *from > ' ' && *from < 127 && *from != '"' && *from != '\\'; n++) to[n] = *from++;
    to[n] = 0;
}

static double number_after(const char *model, const char *word, double otherwise) {
    const char *at = strstr(model, word);
    return at ? strtod(at + strlen(word), NULL) : otherwise;
}

static int respond(Connection *c, int status, const char *reason, const char *id, const char *body, size_t length) {
    char head[512];
    int n = snprintf(head, sizeof head, "HTTP/1.1 %d %s\r\ncontent-type: application/json\r\ncontent-length: %zu\r\nx-request-id: %s\r\n\r\n",
                     status, reason, length, id);
    char *all = grown(NULL, (size_t)n + length);
    memcpy(all, head, (size_t)n), memcpy(all + n, body, length);
    int fine = write_all(c, all, (size_t)n + length);
    free(all);
    return fine;
}

static int refuse(Connection *c, int status, const char *reason) {
    char body[200];
    int n = snprintf(body, sizeof body, "{\"error\":{\"message\":\"%s\",\"type\":\"invalid_request_error\"}}", reason);
    return respond(c, status, reason, "none", body, (size_t)n);
}

#define CHUNK "data: {\"id\":\"chatcmpl-%ld\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,\"model\":\"%s\",\"choices\":["

/* One batch of content as it goes over the wire: K events, each an HTTP chunk. */
static void prepare_event(Connection *c) {
    Timing *t = &c->timing;
    size_t one = 512 + (size_t)t->size;
    char *event = grown(NULL, one);
    int n = snprintf(event, one, CHUNK "{\"index\":0,\"delta\":{\"content\":\"", c->record->number, c->record->model);
    size_t digits = (size_t)n + 1;
    event[n] = ' ';
    memset(event + n + 1, '.', (size_t)t->size - 1);
    n += (int)t->size;
    n += snprintf(event + n, one - (size_t)n, "\"},\"finish_reason\":null}]}\n\n");
    c->event = grown(NULL, (size_t)t->batch * ((size_t)n + 16));
    c->digits = grown(NULL, (size_t)t->batch * sizeof *c->digits);
    c->event_bytes = 0;
    for (long k = 0; k < t->batch; k++) {
        c->event_bytes += (size_t)sprintf(c->event + c->event_bytes, "%x\r\n", (unsigned)n);
        c->digits[k] = c->event_bytes + digits;
        memcpy(c->event + c->event_bytes, event, (size_t)n);
        memcpy(c->event + c->event_bytes + n, "\r\n", 2);
        c->event_bytes += (size_t)n + 2;
    }
    free(event);
}

static int begin(Connection *c, const char *head, const char *head_end, const char *body) {
    const char *model = json_value(body, "model");
    if (!model || *model != '"') return refuse(c, 400, "no model");
    Record *r = grown(NULL, sizeof *r);
    memset(r, 0, sizeof *r);
    copy_plain(r->model, model + 1);
    Timing *t = &c->timing;
    *t = (Timing){
        .ttft_ns = number_after(r->model, "ttft", -1) * MS,
        .itl_ns = number_after(r->model, "-itl", -1) * MS,
        .chunks = (long)number_after(r->model, "-n", 0),
        .batch = (long)number_after(r->model, "-batch", 1),
        .size = (long)number_after(r->model, "-size", 7),
        .early = strstr(r->model, "-early") != NULL,
        .stream = json_true(body, "stream"),
        .usage = json_true(body, "include_usage"),
    };
    if (t->ttft_ns < 0 || t->itl_ns < 0 || t->chunks < 1 || t->chunks > MAX_CHUNKS || t->batch < 1 || t->batch > t->chunks || t->size < 7 ||
        t->size > 65536 || t->batch * (t->size + 512) > MAX_BYTES) {
        free(r);
        return refuse(c, 404, "no such model: sim-ttft200-itl50-n100[-batchK][-early][-spread][-sizeB] is wanted");
    }
    const char *client_id = header(head, head_end, "x-request-id");
    if (client_id) copy_plain(r->client_id, client_id);
    r->number = requests++, r->connection = c->number;
    r->received_kernel_ns = c->received_kernel_ns, r->received_ns = c->received_ns;
    r->sent_ns = grown(NULL, (size_t)t->chunks * sizeof *r->sent_ns);
    if (recorded == records_room) records = grown(records, (records_room = 2 * records_room + 1024) * sizeof *records);
    records[recorded++] = r;
    c->record = r, c->head_sent = 0;
    if (strstr(r->model, "-spread")) t->ttft_ns += t->itl_ns * ((double)(r->number * 618034 % 1000000) / 1e6);
    int64_t first = r->received_kernel_ns + (int64_t)t->ttft_ns;
    if (t->stream) prepare_event(c);
    wait_until(c, !t->stream                ? first + (int64_t)(t->itl_ns * (double)(t->chunks - 1))
                  : t->early ? r->received_kernel_ns + (int64_t)(t->ttft_ns / 2)
                             : first);
    return 1;
}

static int send_head(Connection *c) {
    char out[1024], role[512], id[24];
    Record *r = c->record;
    int n = snprintf(role, sizeof role, CHUNK "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n",
                     r->number, r->model);
    snprintf(id, sizeof id, "t-%ld", r->number);
    int all = snprintf(out, sizeof out,
                       "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ncache-control: no-cache\r\n"
                       "x-request-id: %s\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%s\r\n",
                       id, (unsigned)n, role);
    c->head_sent = 1;
    r->head_sent_ns = now();
    return write_all(c, out, (size_t)all);
}

static int send_contents(Connection *c) {
    Record *r = c->record;
    long batch = c->timing.batch < c->timing.chunks - r->sent ? c->timing.batch : c->timing.chunks - r->sent;
    size_t bytes = batch == c->timing.batch ? c->event_bytes : c->event_bytes / (size_t)c->timing.batch * (size_t)batch;
    for (long k = 0; k < batch; k++) {
        char number[8];
        snprintf(number, sizeof number, "%06ld", r->sent + k);
        memcpy(c->event + c->digits[k], number, 6);
    }
    int64_t at = now();
    for (long k = 0; k < batch; k++) r->sent_ns[r->sent++] = at;
    if (at - c->due_ns > r->latest_ns) r->latest_ns = at - c->due_ns;
    return write_all(c, c->event, bytes);
}

static int usage_json(Connection *c, char *to, size_t room) {
    long n = c->timing.chunks;
    return snprintf(to, room, "\"usage\":{\"prompt_tokens\":%d,\"completion_tokens\":%ld,\"total_tokens\":%ld}", PROMPT_TOKENS, n, n + PROMPT_TOKENS);
}

static int http_chunk(char *to, size_t room, const char *text) { return snprintf(to, room, "%zx\r\n%s\r\n", strlen(text), text); }

static int send_tail(Connection *c) {
    char out[2048], text[700], usage[120];
    Record *r = c->record;
    snprintf(text, sizeof text, CHUNK "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n", r->number, r->model);
    int n = http_chunk(out, sizeof out, text);
    if (c->timing.usage) {
        usage_json(c, usage, sizeof usage);
        snprintf(text, sizeof text, CHUNK "],%s}\n\n", r->number, r->model, usage);
        n += http_chunk(out + n, sizeof out - (size_t)n, text);
    }
    n += http_chunk(out + n, sizeof out - (size_t)n, "data: [DONE]\n\n");
    n += snprintf(out + n, sizeof out - (size_t)n, "0\r\n\r\n");
    r->end_ns = now(), r->finished = 1;
    return write_all(c, out, (size_t)n);
}

static int send_whole(Connection *c) {
    char usage[120], id[24];
    Record *r = c->record;
    size_t words = (size_t)(c->timing.chunks * c->timing.size), room = words + 800;
    char *body = grown(NULL, room);
    usage_json(c, usage, sizeof usage);
    int n = snprintf(body, room,
                     "{\"id\":\"chatcmpl-%ld\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"%s\",\"choices\":[{\"index\":0,"
                     "\"message\":{\"role\":\"assistant\",\"content\":\"",
                     r->number, r->model);
    for (size_t k = 0; k < words; k++) body[n++] = k % (size_t)c->timing.size ? '.' : ' ';
    n += snprintf(body + n, room - (size_t)n, "\"},\"finish_reason\":\"stop\"}],%s}", usage);
    snprintf(id, sizeof id, "t-%ld", r->number);
    r->head_sent_ns = r->end_ns = now(), r->finished = 1;
    r->latest_ns = r->end_ns - c->due_ns;
    int fine = respond(c, 200, "OK", id, body, (size_t)n);
    free(body);
    return fine;
}

static int answer_next(Connection *c);

/* What is due now for this connection, and when it is due again. 0 when the client is gone. */
static int step(Connection *c) {
    Record *r = c->record;
    Timing *t = &c->timing;
    int over = !t->stream;
    if (!t->stream && !send_whole(c)) return 0;
    if (t->stream) {
        int early = t->early && !c->head_sent;
        if (!c->head_sent && !send_head(c)) return 0;
        if (!early && !send_contents(c)) return 0;
        over = r->sent == t->chunks;
        if (over && !send_tail(c)) return 0;
        if (!over) wait_until(c, r->received_kernel_ns + (int64_t)(t->ttft_ns + t->itl_ns * (double)r->sent));
    }
    if (!over) return 1;
    forget_request(c);
    return !c->close_after && answer_next(c);
}

static int answer(Connection *c, const char *head, const char *head_end, const char *body) {
    if (!strncmp(head, "POST /v1/chat/completions", 25)) return begin(c, head, head_end, body);
    if (!strncmp(head, "GET /_dump", 10)) {
        char *text = NULL;
        size_t length = 0;
        FILE *f = open_memstream(&text, &length);
        write_log(f), fclose(f), forget_records();
        int fine = respond(c, 200, "OK", "none", text, length);
        free(text);
        return fine;
    }
    if (!strncmp(head, "GET /v1/models", 14)) {
        static const char *list = "{\"object\":\"list\",\"data\":[{\"id\":\"sim-ttft100-itl20-n100\",\"object\":\"model\",\"owned_by\":\"truth\"}]}";
        return respond(c, 200, "OK", "none", list, strlen(list));
    }
    if (!strncmp(head, "GET /health", 11)) return respond(c, 200, "OK", "none", "{}", 2);
    return refuse(c, 404, "no such path");
}

/* Answers the requests that have arrived whole, until one has to wait. */
static int answer_next(Connection *c) {
    char *end;
    while (!c->record && c->held && (end = memmem(c->in, c->held, "\r\n\r\n", 4))) {
        const char *length = header(c->in, end + 2, "content-length"), *closing = header(c->in, end + 2, "connection");
        size_t whole = (size_t)(end + 4 - c->in) + (length ? strtoul(length, NULL, 10) : 0);
        if (header(c->in, end + 2, "transfer-encoding") || whole > MAX_BYTES) {
            refuse(c, 411, "content-length is wanted");
            return 0;
        }
        if (c->held < whole) return 1;
        char after = c->in[whole]; /* there is always room for one more */
        c->in[whole] = 0;
        c->close_after = closing && !strncasecmp(closing, "close", 5);
        if (!answer(c, c->in, end + 2, end + 4)) return 0;
        c->in[whole] = after;
        memmove(c->in, c->in + whole, c->held -= whole);
    }
    return 1;
}

static void hold(Connection *c, const char *bytes, size_t count) {
    if (c->held + count + 1 > c->room) c->in = grown(c->in, c->room = 2 * (c->held + count + 1));
    memcpy(c->in + c->held, bytes, count);
    c->held += count;
}

/* Takes what has arrived, with its stamp. 0 when the client is gone. */
static int take(Connection *c) {
    static char raw[65536];
    char control[128];
    struct iovec part = {.iov_base = raw, .iov_len = sizeof raw};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(c->fd, &message, 0);
    int64_t at = now();
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) return 0;
    c->received_ns = c->received_kernel_ns = at;
    for (struct cmsghdr *m = CMSG_FIRSTHDR(&message); m; m = CMSG_NXTHDR(&message, m)) {
        if (m->cmsg_level != SOL_SOCKET || m->cmsg_type != SCM_TIMESTAMPNS) continue;
        struct timespec stamp;
        memcpy(&stamp, CMSG_DATA(m), sizeof stamp);
        c->received_kernel_ns = (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec - wall_offset();
    }
    if (!c->ssl) hold(c, raw, (size_t)n);
    else BIO_write(SSL_get_rbio(c->ssl), raw, (int)n);
    while (c->ssl) {
        ERR_clear_error();
        int got = SSL_read(c->ssl, raw, sizeof raw);
        if (got > 0) {
            hold(c, raw, (size_t)got);
            continue;
        }
        int why = SSL_get_error(c->ssl, got);
        if (why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE) return 0;
        break;
    }
    return c->held > MAX_BYTES ? 0 : answer_next(c);
}

static void stop(int signal) {
    (void)signal;
    stopping = 1;
}

static void serve(int listener) {
    struct epoll_event ready[EVENTS];
    sigset_t while_waiting, while_working;
    sigemptyset(&while_working);
    sigaddset(&while_working, SIGTERM), sigaddset(&while_working, SIGINT);
    sigprocmask(SIG_BLOCK, &while_working, &while_waiting);
    while (!stopping) {
        int64_t left = waiting ? heap[1]->due_ns - now() : 1000000000;
        struct timespec timeout = {.tv_sec = left > 0 ? left / 1000000000 : 0, .tv_nsec = left > 0 ? left % 1000000000 : 0};
        int n = epoll_pwait2(poller, ready, EVENTS, &timeout, &while_waiting);
        if (n < 0 && errno != EINTR) die("epoll_pwait2");
        for (int i = 0; i < n; i++) {
            Connection *c = ready[i].data.ptr;
            if (!c) accept_all(listener);
            else if (!take(c)) hang_up(c);
        }
        for (int64_t at = now(); waiting && heap[1]->due_ns <= at;) {
            Connection *due = heap[1];
            if (!step(due)) hang_up(due);
        }
    }
}

int main(int argc, char **argv) {
    const char *log = NULL, *cert = NULL, *key = NULL;
    int port = 0, on = 1;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--port") && i + 1 < argc) port = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--log") && i + 1 < argc) log = argv[++i];
        else if (!strcmp(argv[i], "--tls") && i + 2 < argc) cert = argv[++i], key = argv[++i];
        else return fprintf(stderr, "server [--port N] [--log FILE] [--tls CERT KEY]\n"), 2;
    }
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    prctl(PR_SET_TIMERSLACK, 1UL);
    signal(SIGPIPE, SIG_IGN);
    struct sigaction stopper = {.sa_handler = stop};
    sigaction(SIGTERM, &stopper, NULL);
    sigaction(SIGINT, &stopper, NULL);
    if (cert) {
        tls = SSL_CTX_new(TLS_server_method());
        SSL_CTX_set_mode(tls, SSL_MODE_AUTO_RETRY | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        if (SSL_CTX_use_certificate_chain_file(tls, cert) != 1 || SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
            return ERR_print_errors_fp(stderr), 1;
    }
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof here;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on); /* inherited, so that a first request has its stamp too */
    if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 4096)) die("listen");
    getsockname(listener, (struct sockaddr *)&here, &length);
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event e = {.events = EPOLLIN, .data.ptr = NULL};
    if (poller < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, listener, &e)) die("epoll");
    printf("{\"port\": %d}\n", ntohs(here.sin_port)), fflush(stdout);
    serve(listener);
    if (log) {
        FILE *f = fopen(log, "w");
        if (!f) die(log);
        write_log(f);
        if (fclose(f)) die(log);
    }
    return 0;
}
