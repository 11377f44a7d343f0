/* Writes down which process opened which connection, for a lab: the truth that attribution is measured by.
 *
 *   cc -shared -fPIC -O2 -o connections.so connections.c -ldl
 *   LAB_CONNECTIONS=connections.jsonl LAB_CALL=toolu_1 LD_PRELOAD=$PWD/connections.so psql ...
 *
 * One JSON line for each IPv4 connection that is begun: both addresses as a capture shows them, the process, what LAB_CALL
 * says of it, and the SSH connection that it runs in. Nothing of this is on the wire.
 * LAB_SOURCE gives connections another source address: 127.0.0.11 stands for a workstation, 127.0.0.41 for a server.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static int (*real_connect)(int, const struct sockaddr *, socklen_t);
static char program[64];

__attribute__((constructor)) static void find(void) {
  real_connect = dlsym(RTLD_NEXT, "connect");
  int file = open("/proc/self/comm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return;
  ssize_t count = read(file, program, sizeof program - 1);
  close(file);
  for (ssize_t i = 0; i < count; i++)
    if (program[i] == '\n' || program[i] == '"' || program[i] == '\\') program[i] = 0;
}

/* The value as a JSON string; what JSON would have to escape is left out: ids hold nothing of it. */
static void quoted(char *out, size_t room, const char *value) {
  size_t used = 0;
  out[used++] = '"';
  for (; value && *value && used + 2 < room; value++)
    if ((unsigned char)*value >= 0x20 && *value != '"' && *value != '\\') out[used++] = *value;
  out[used++] = '"';
  out[used] = 0;
}

static void place(int fd) {
  const char *source = getenv("LAB_SOURCE");
  struct sockaddr_in own = {.sin_family = AF_INET};
  socklen_t length = sizeof own;
  if (!source || inet_pton(AF_INET, source, &own.sin_addr) != 1) return;
  struct sockaddr_in bound;
  if (getsockname(fd, (struct sockaddr *)&bound, &length) == 0 && bound.sin_port != 0) return;
  int on = 1;
  /* The port is chosen at connect, where those of other destinations are free again. */
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  bind(fd, (struct sockaddr *)&own, sizeof own);
}

static void note(int fd, const struct sockaddr_in *server) {
  const char *path = getenv("LAB_CONNECTIONS");
  struct sockaddr_in client;
  socklen_t length = sizeof client;
  if (!path || getsockname(fd, (struct sockaddr *)&client, &length) != 0) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  char here[INET_ADDRSTRLEN], there[INET_ADDRSTRLEN], call[256], ssh[128], line[1024];
  inet_ntop(AF_INET, &client.sin_addr, here, sizeof here);
  inet_ntop(AF_INET, &server->sin_addr, there, sizeof there);
  quoted(call, sizeof call, getenv("LAB_CALL"));
  quoted(ssh, sizeof ssh, getenv("SSH_CONNECTION"));
  int count = snprintf(line, sizeof line,
      "{\"at_ns\": %lld, \"pid\": %d, \"program\": \"%s\", \"client\": \"%s:%d\", \"server\": \"%s:%d\", \"call\": %s, \"ssh\": %s}\n",
      (long long)now.tv_sec * 1000000000LL + now.tv_nsec, (int)getpid(), program, here, ntohs(client.sin_port), there,
      ntohs(server->sin_port), call, ssh);
  int file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (file < 0) return;
  if (count > 0 && (size_t)count < sizeof line && write(file, line, count) < 0) { /* The lab counts what is missing. */ }
  close(file);
}

int connect(int fd, const struct sockaddr *address, socklen_t length) {
  int type = 0;
  socklen_t size = sizeof type;
  int watched = address && length >= sizeof(struct sockaddr_in) && address->sa_family == AF_INET &&
                getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_STREAM;
  if (watched) place(fd);
  int result = real_connect(fd, address, length);
  int error = errno;
  if (watched && (result == 0 || error == EINPROGRESS)) note(fd, (const struct sockaddr_in *)address);
  errno = error;
  return result;
}
