/* What does it cost at least to record streams with the kernel's stamps?
 *
 * The same work as the measuring part of hayai with nothing else around it: N streams to the truth server on loopback, one thread, epoll, for
 * each readiness one recvmsg() straight into the stream's buffer, its stamp (SO_TIMESTAMPNS) and the instant after it appended to memory,
 * and the end of the stream found by its last five bytes. Nothing is parsed while it runs. The yardstick for "at most twice a minimal C
 * client's recording cost, parsing apart", and a second opinion on how exact a client on this machine can be at all.
 *
 *     client PORT MODEL STREAMS REQUESTS [LOG]
 *
 * Prints one JSON object: CPU seconds (getrusage, between the first send and the last byte, user and system), wall seconds, reads. LOG gets a
 * JSON line for each request: id, sent_ns, and for each read its kernel stamp and user stamp (CLOCK_MONOTONIC) and how many content
 * chunks had begun to arrive by then.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES 65536
#define CONTENT "\"content\":\" "

typedef struct Read {
    int64_t kernel_ns, user_ns;
    size_t end;
} Read;

typedef struct Stream {
    int64_t sent_ns;
    char *bytes;
    size_t held, room;
    Read *reads;
    size_t count, reads_room;
    int whole;
} Stream;

static char request[1024];
static size_t request_bytes;

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

static int64_t wall_offset(void) {
    int64_t best = INT64_MAX, offset = 0;
    for (int i = 0; i < 20; i++) {
        int64_t before = now(), wall = clock_ns(CLOCK_REALTIME), after = now();
        if (after - before < best) best = after - before, offset = wall - before - (after - before) / 2;
    }
    return offset;
}

static double cpu_s(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static int dial(int port) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&there, sizeof there)) die("connect");
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    return fd;
}

static void ask(int fd, Stream *s) {
    s->sent_ns = now();
    if (send(fd, request, request_bytes, MSG_NOSIGNAL) != (ssize_t)request_bytes) die("send");
}

/* One read and its stamps; true when the stream has ended. */
static int record(int fd, Stream *s) {
    char control[128];
    if (s->room < s->held + READ_BYTES) s->bytes = grown(s->bytes, s->room = 2 * s->room + READ_BYTES);
    if (s->count == s->reads_room) s->reads = grown(s->reads, (s->reads_room = 2 * s->reads_room + 128) * sizeof *s->reads);
    struct iovec part = {.iov_base = s->bytes + s->held, .iov_len = READ_BYTES};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(fd, &message, MSG_DONTWAIT);
    int64_t at = now();
    if (n <= 0) die("recvmsg");
    s->held += (size_t)n;
    Read *read = &s->reads[s->count++];
    *read = (Read){.user_ns = at, .end = s->held};
    struct cmsghdr *m = CMSG_FIRSTHDR(&message);
    if (m && m->cmsg_type == SCM_TIMESTAMPNS) {
        struct timespec stamp;
        memcpy(&stamp, CMSG_DATA(m), sizeof stamp);
        read->kernel_ns = (int64_t)stamp.tv_sec * 1000000000 + stamp.tv_nsec;
    }
    return s->whole = s->held > 5 && !memcmp(s->bytes + s->held - 5, "0\r\n\r\n", 5);
}

static void write_log(FILE *f, Stream *s, int64_t offset) {
    const char *id = memmem(s->bytes, s->held, "x-request-id: ", 14), *at = s->bytes, *end = s->bytes + s->held;
    fprintf(f, "{\"id\":\"%.*s\",\"sent_ns\":%lld,\"reads\":[", id ? (int)strcspn(id + 14, "\r") : 0, id ? id + 14 : "", (long long)s->sent_ns);
    long contents = 0;
    for (size_t i = 0; i < s->count; i++) {
        const char *stop = s->bytes + s->reads[i].end;
        for (const char *hit; (hit = memmem(at, (size_t)(end - at), CONTENT, strlen(CONTENT))) && hit < stop; at = hit + 1) contents++;
        int64_t kernel = s->reads[i].kernel_ns ? s->reads[i].kernel_ns - offset : 0;
        fprintf(f, "%s[%lld,%lld,%ld]", i ? "," : "", (long long)kernel, (long long)s->reads[i].user_ns, contents);
    }
    fputs("]}\n", f);
}

int main(int argc, char **argv) {
    if (argc < 5) return fprintf(stderr, "client PORT MODEL STREAMS REQUESTS [LOG]\n"), 2;
    int port = atoi(argv[1]), width = atoi(argv[3]), total = atoi(argv[4]);
    if (width < 1 || total < width) return fprintf(stderr, "at least one request for each stream\n"), 2;
    char body[600];
    int n = snprintf(body, sizeof body,
                     "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"Tell me.\"}],\"stream\":true,"
                     "\"stream_options\":{\"include_usage\":true}}",
                     argv[2]);
    request_bytes = (size_t)snprintf(request, sizeof request,
                                     "POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s",
                                     n, body);
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    Stream *streams = calloc((size_t)total, sizeof *streams), **current = calloc((size_t)width, sizeof *current);
    int *sockets = calloc((size_t)width, sizeof *sockets), poller = epoll_create1(0), asked = 0, ended = 0;
    if (!streams || !current || !sockets || poller < 0) die("start");
    for (int i = 0; i < width; i++) {
        struct epoll_event e = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        sockets[i] = dial(port);
        if (epoll_ctl(poller, EPOLL_CTL_ADD, sockets[i], &e)) die("epoll_ctl");
    }
    double cpu_before = cpu_s();
    int64_t began = now();
    for (int i = 0; i < width; i++) ask(sockets[i], current[i] = &streams[asked++]);
    while (ended < total) {
        struct epoll_event ready[256];
        int count = epoll_wait(poller, ready, 256, 60000);
        if (count <= 0) die("epoll_wait");
        for (int k = 0; k < count; k++) {
            uint32_t i = ready[k].data.u32;
            if (!record(sockets[i], current[i])) continue;
            ended++;
            if (asked < total) ask(sockets[i], current[i] = &streams[asked++]);
        }
    }
    double cpu = cpu_s() - cpu_before, wall = (double)(now() - began) / 1e9;
    size_t reads = 0, bytes = 0;
    for (int i = 0; i < total; i++) reads += streams[i].count, bytes += streams[i].held;
    printf("{\"requests\": %d, \"streams\": %d, \"cpu_s\": %.6f, \"wall_s\": %.6f, \"reads\": %zu, \"bytes\": %zu}\n", total, width, cpu, wall, reads,
           bytes);
    if (argc > 5) {
        FILE *f = fopen(argv[5], "w");
        int64_t offset = wall_offset();
        if (!f) die(argv[5]);
        for (int i = 0; i < total; i++) write_log(f, &streams[i], offset);
        if (fclose(f)) die(argv[5]);
    }
    return 0;
}
