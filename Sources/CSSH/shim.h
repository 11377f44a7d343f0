// Messages are read one by one here; libssh would rather be given callbacks.
#define SSH_SUPPRESS_DEPRECATED 1
#define LIBSSH_LEGACY_0_4 1
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <libssh/callbacks.h>
#include <sys/eventfd.h>
