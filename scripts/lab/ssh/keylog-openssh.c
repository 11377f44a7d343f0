/* Writes an SSH key log from the OpenSSH client, which has no such option, for a lab.
 *
 *   cc -shared -fPIC -O2 -o keylog-openssh.so keylog-openssh.c -ldl
 *   SSHKEYLOGFILE=$PWD/keys.log LD_PRELOAD=$PWD/keylog-openssh.so ssh host
 *
 * OpenSSH derives its keys with libcrypto's digests, and those can be looked at on the way:
 * the exchange hash is one digest over V_C, V_S, I_C, I_S, ... (RFC 4253, section 8), which shows the client's cookie;
 * each key begins with a digest that is fed K, H, one letter and the session id (section 7.2), which shows K.
 * Works with binaries that link libcrypto dynamically, such as those of Debian and Fedora.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECRET_LIMIT = 2100, CONTEXTS = 8 };

static const char *log_path;
static unsigned char cookie[16];
static int has_cookie;

/* Digests under way, by their context. */
static struct {
  void *context;
  int updates;
  size_t secret_count;
  unsigned char secret[SECRET_LIMIT];
} running[CONTEXTS];
static unsigned next;

__attribute__((constructor)) static void find_log(void) { log_path = getenv("SSHKEYLOGFILE"); }

static uint32_t number(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The cookie, if the bytes are what the exchange hash is made of. */
static void look_for_cookie(const unsigned char *bytes, size_t count) {
  size_t at = 0;
  for (int line = 0; line < 2; line++) {
    if (count < 8 || at > count - 8) return;
    uint32_t length = number(bytes + at);
    if (length < 4 || length > 512 || memcmp(bytes + at + 4, "SSH-", 4) != 0) return;
    at += 4 + length;
  }
  if (count < 21 || at > count - 21 || bytes[at + 4] != 20) return;
  memcpy(cookie, bytes + at + 5, sizeof cookie);
  has_cookie = 1;
}

static void write_line(const unsigned char *secret, size_t count) {
  static char line[2 * SECRET_LIMIT + 64];
  size_t used = 0;
  for (size_t i = 0; i < sizeof cookie; i++) used += sprintf(line + used, "%02x", cookie[i]);
  used += sprintf(line + used, " SHARED_SECRET ");
  for (size_t i = 0; i < count; i++) used += sprintf(line + used, "%02x", secret[i]);
  line[used++] = '\n';
  /* ssh closes what is open when it starts, so the file is opened for each line. */
  int file = open(log_path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return;
  if (write(file, line, used) == (ssize_t)used) has_cookie = 0;
  close(file);
}

int EVP_Digest(const void *data, size_t count, unsigned char *out, unsigned *size, const void *type, void *engine) {
  static int (*original)(const void *, size_t, unsigned char *, unsigned *, const void *, void *);
  if (!original) original = dlsym(RTLD_NEXT, "EVP_Digest");
  if (log_path) look_for_cookie(data, count);
  return original(data, count, out, size, type, engine);
}

int EVP_DigestInit_ex(void *context, const void *type, void *engine) {
  static int (*original)(void *, const void *, void *);
  if (!original) original = dlsym(RTLD_NEXT, "EVP_DigestInit_ex");
  if (log_path) {
    unsigned slot = 0;
    while (slot < CONTEXTS && running[slot].context != context) slot++;
    if (slot == CONTEXTS) slot = next++ % CONTEXTS;
    running[slot].context = context;
    running[slot].updates = 0;
  }
  return original(context, type, engine);
}

int EVP_DigestUpdate(void *context, const void *data, size_t count) {
  static int (*original)(void *, const void *, size_t);
  if (!original) original = dlsym(RTLD_NEXT, "EVP_DigestUpdate");
  for (unsigned slot = 0; log_path && slot < CONTEXTS; slot++) {
    if (running[slot].context != context) continue;
    const unsigned char *bytes = data;
    int update = running[slot].updates++;
    if (update == 0) {
      /* K, its length before it. */
      int is_secret = count > 4 && count <= SECRET_LIMIT && number(bytes) == count - 4;
      running[slot].secret_count = is_secret ? count - 4 : 0;
      if (is_secret) memcpy(running[slot].secret, bytes + 4, count - 4);
    } else if (update == 2 && count == 1 && bytes[0] >= 'A' && bytes[0] <= 'F') {
      if (has_cookie && running[slot].secret_count) write_line(running[slot].secret, running[slot].secret_count);
    }
  }
  return original(context, data, count);
}
