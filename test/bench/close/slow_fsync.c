/*
 * A disk whose flushes take FSYNC_MS milliseconds: preloaded, it delays fsync and fdatasync.
 *
 *   gcc -shared -fPIC -o slow_fsync.so slow_fsync.c -ldl
 *   FSYNC_MS=3 LD_PRELOAD=./slow_fsync.so PROGRAM
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

static void delay(void) {
  const char *text = getenv("FSYNC_MS");
  double ms = text == NULL ? 0 : atof(text);
  struct timespec wait = {(time_t)(ms / 1e3), (long)(ms * 1e6) % 1000000000L};
  if (ms > 0) nanosleep(&wait, NULL);
}

int fsync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
  delay();
  return real(descriptor);
}

int fdatasync(int descriptor) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  delay();
  return real(descriptor);
}
