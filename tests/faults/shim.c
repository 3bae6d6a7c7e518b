/* Counts the calls of a command and all its processes that change files below some folders, and lets one go wrong.

   To be preloaded. What happens is said in a file that all processes map (struct control, see shim.py), named by
   FAULTS_CONTROL; the folders by FAULTS_BELOW, with colons between. Only for 64-bit Linux. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define NOTES 4096

struct note {
    int64_t number; /* of the call, from 1; 0 for what is said on stdout or stderr */
    int32_t process;
    char call[20];
    char path[224];
};

struct control {
    _Atomic int64_t calls;
    _Atomic int64_t noted;
    int64_t at;
    int32_t kind; /* enum kind */
    int32_t error;
    int32_t ever; /* all later calls fail, too */
    int32_t unused;
    struct note notes[NOTES];
};

enum kind { NONE, KILL_BEFORE, KILL_AFTER, KILL_WITHIN, SHORT, ERROR, PAUSE };

static struct control *control;
static char below[8][PATH_MAX];
static int folders;
static pid_t self;

static void here(void) { self = (pid_t)syscall(SYS_getpid); }

/* Called by the program that was loaded before it was told what to do; by the constructor in all others. */
__attribute__((constructor)) void faults_arm(void) {
    const char *name = getenv("FAULTS_CONTROL"), *list = getenv("FAULTS_BELOW");
    here();
    if (name == NULL || list == NULL || control != NULL) return;
    int file = (int)syscall(SYS_openat, AT_FDCWD, name, O_RDWR | O_CLOEXEC, 0);
    if (file < 0) return;
    void *place = mmap(NULL, sizeof(struct control), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    syscall(SYS_close, file);
    if (place == MAP_FAILED) return;
    for (folders = 0; *list && folders < 8; folders++) {
        size_t length = strcspn(list, ":");
        memcpy(below[folders], list, length);
        below[folders][length] = 0;
        list += length + (list[length] == ':');
    }
    pthread_atfork(NULL, NULL, here);
    control = place;
}

/* Between vfork and exec a child shares our memory, and changes no file. */
static int at_work(void) { return control != NULL && syscall(SYS_getpid) == self; }

static int watched(const char *path) {
    for (int i = 0; i < folders; i++) {
        size_t length = strlen(below[i]);
        if (strncmp(path, below[i], length) == 0 && (path[length] == '/' || path[length] == 0)) return 1;
    }
    return 0;
}

static int path_of(int descriptor, char *path) {
    char link[64];
    if (descriptor == AT_FDCWD) strcpy(link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

static void full(int folder, const char *name, char *path) {
    path[0] = 0;
    if (name == NULL) return;
    if (name[0] != '/' && path_of(folder, path)) strcat(path, "/");
    strncat(path, name, PATH_MAX - 1 - strlen(path));
}

static void note(int64_t number, const char *call, const char *path) {
    int64_t at = atomic_fetch_add(&control->noted, 1);
    if (at >= NOTES) return;
    struct note *made = &control->notes[at];
    made->number = number;
    made->process = self;
    strncpy(made->call, call, sizeof made->call - 1);
    size_t length = strlen(path), most = sizeof made->path - 1;
    strncpy(made->path, length > most ? path + length - most : path, most);
}

static void die(void) {
    for (;;) syscall(SYS_kill, self, SIGKILL);
}

enum outcome { GO, FAIL, THEN_DIE, HALF, HALF_THEN_DIE };

static enum outcome struck(const char *call, const char *path, int writes) {
    int64_t number = atomic_fetch_add(&control->calls, 1) + 1;
    note(number, call, path);
    if (control->at == 0 || number < control->at || (number > control->at && !control->ever)) return GO;
    if (control->kind == KILL_BEFORE) die();
    if (control->kind == PAUSE) syscall(SYS_kill, self, SIGSTOP);
    if (control->kind == KILL_AFTER) return THEN_DIE;
    if (control->kind == KILL_WITHIN) return writes ? HALF_THEN_DIE : THEN_DIE;
    if (control->kind == SHORT) return writes ? HALF : GO;
    if (control->kind != ERROR) return GO;
    errno = control->error;
    return FAIL;
}

/* Do the work of a call that names one file, or two. */
#define NAMED(call, folder, name, work)                                                                              \
    do {                                                                                                             \
        char path[2 * PATH_MAX];                                                                                     \
        if (!at_work()) return work;                                                                                 \
        full(folder, name, path);                                                                                    \
        if (!watched(path)) return work;                                                                             \
        enum outcome outcome = struck(call, path, 0);                                                                \
        if (outcome == FAIL) return -1;                                                                              \
        long answer = work;                                                                                          \
        if (outcome == THEN_DIE) die();                                                                              \
        return answer;                                                                                               \
    } while (0)

/* The same for a call on an open file. */
#define OPENED(call, descriptor, work)                                                                               \
    do {                                                                                                             \
        char path[2 * PATH_MAX];                                                                                     \
        if (!at_work() || !path_of(descriptor, path) || !watched(path)) return work;                                 \
        enum outcome outcome = struck(call, path, 0);                                                                \
        if (outcome == FAIL) return -1;                                                                              \
        long answer = work;                                                                                          \
        if (outcome == THEN_DIE) die();                                                                              \
        return answer;                                                                                               \
    } while (0)

/* The same for a call that writes `count` bytes, or half of them. */
#define WRITES(call, descriptor, count, work)                                                                        \
    do {                                                                                                             \
        char path[2 * PATH_MAX];                                                                                     \
        if (!at_work()) return work;                                                                                 \
        if (descriptor == 1 || descriptor == 2) note(0, "say", "");                                                  \
        if (!path_of(descriptor, path) || !watched(path)) return work;                                               \
        enum outcome outcome = struck(call, path, 1);                                                                \
        if (outcome == FAIL) return -1;                                                                              \
        if (outcome >= HALF && count > 1) count /= 2;                                                                \
        long answer = work;                                                                                          \
        if (outcome == THEN_DIE || outcome == HALF_THEN_DIE) die();                                                  \
        return answer;                                                                                               \
    } while (0)

#define CHANGING (O_CREAT | O_TRUNC | O_WRONLY | O_RDWR)

static int opened(int folder, const char *name, int flags, mode_t mode) {
    if (!(flags & CHANGING)) return (int)syscall(SYS_openat, folder, name, flags, mode);
    NAMED("open", folder, name, syscall(SYS_openat, folder, name, flags, mode));
}

#define MODE(last) \
    va_list rest;  \
    va_start(rest, last); \
    mode_t mode = va_arg(rest, mode_t); \
    va_end(rest)

int open(const char *name, int flags, ...) { MODE(flags); return opened(AT_FDCWD, name, flags, mode); }
int open64(const char *name, int flags, ...) { MODE(flags); return opened(AT_FDCWD, name, flags, mode); }
int openat(int folder, const char *name, int flags, ...) { MODE(flags); return opened(folder, name, flags, mode); }
int openat64(int folder, const char *name, int flags, ...) { MODE(flags); return opened(folder, name, flags, mode); }
int __open_2(const char *name, int flags) { return opened(AT_FDCWD, name, flags, 0); }
int __open64_2(const char *name, int flags) { return opened(AT_FDCWD, name, flags, 0); }
int __openat_2(int folder, const char *name, int flags) { return opened(folder, name, flags, 0); }
int __openat64_2(int folder, const char *name, int flags) { return opened(folder, name, flags, 0); }
int creat(const char *name, mode_t mode) { return opened(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *name, mode_t mode) { return opened(AT_FDCWD, name, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* What stdio writes does not pass here, but that it opens a file to write does. */
static FILE *streamed(const char *real, const char *name, const char *mode) {
    FILE *(*open_it)(const char *, const char *) = (FILE * (*)(const char *, const char *)) dlsym(RTLD_NEXT, real);
    char path[2 * PATH_MAX];
    if (!at_work() || strpbrk(mode, "wa+") == NULL) return open_it(name, mode);
    full(AT_FDCWD, name, path);
    if (!watched(path)) return open_it(name, mode);
    enum outcome outcome = struck("fopen", path, 0);
    if (outcome == FAIL) return NULL;
    FILE *answer = open_it(name, mode);
    if (outcome == THEN_DIE) die();
    return answer;
}

FILE *fopen(const char *name, const char *mode) { return streamed("fopen", name, mode); }
FILE *fopen64(const char *name, const char *mode) { return streamed("fopen64", name, mode); }

ssize_t write(int file, const void *bytes, size_t count) {
    WRITES("write", file, count, syscall(SYS_write, file, bytes, count));
}

static ssize_t written(int file, const void *bytes, size_t count, off_t from) {
    WRITES("pwrite", file, count, syscall(SYS_pwrite64, file, bytes, count, from));
}

ssize_t pwrite(int file, const void *bytes, size_t count, off_t from) { return written(file, bytes, count, from); }
ssize_t pwrite64(int file, const void *bytes, size_t count, off_t from) { return written(file, bytes, count, from); }

ssize_t writev(int file, const struct iovec *parts, int count) {
    WRITES("writev", file, count, syscall(SYS_writev, file, parts, count));
}

static ssize_t sent(int to, int from, off_t *offset, size_t count) {
    WRITES("sendfile", to, count, syscall(SYS_sendfile, to, from, offset, count));
}

ssize_t sendfile(int to, int from, off_t *offset, size_t count) { return sent(to, from, offset, count); }
ssize_t sendfile64(int to, int from, off_t *offset, size_t count) { return sent(to, from, offset, count); }

ssize_t copy_file_range(int from, off_t *at, int to, off_t *place, size_t count, unsigned flags) {
    WRITES("copy_file_range", to, count, syscall(SYS_copy_file_range, from, at, to, place, count, flags));
}

int fsync(int file) { OPENED("fsync", file, syscall(SYS_fsync, file)); }
int fdatasync(int file) { OPENED("fdatasync", file, syscall(SYS_fdatasync, file)); }

/* A file that cannot be closed is closed nevertheless; what was written to it may be lost. */
int close(int file) {
    char path[2 * PATH_MAX];
    int flags = at_work() ? fcntl(file, F_GETFL) : -1;
    if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY || !path_of(file, path) || !watched(path))
        return (int)syscall(SYS_close, file);
    enum outcome outcome = struck("close", path, 0);
    int error = errno;
    int answer = (int)syscall(SYS_close, file);
    if (outcome == THEN_DIE) die();
    if (outcome != FAIL) return answer;
    errno = error;
    return -1;
}

static int renamed(const char *call, int folder, const char *name, int other, const char *target, unsigned flags) {
    char path[2 * PATH_MAX];
    if (at_work()) full(other, target, path);
    if (at_work() && watched(path))
        NAMED(call, other, target, syscall(SYS_renameat2, folder, name, other, target, flags));
    NAMED(call, folder, name, syscall(SYS_renameat2, folder, name, other, target, flags));
}

int rename(const char *name, const char *target) { return renamed("rename", AT_FDCWD, name, AT_FDCWD, target, 0); }
int renameat(int folder, const char *name, int other, const char *target) {
    return renamed("renameat", folder, name, other, target, 0);
}
int renameat2(int folder, const char *name, int other, const char *target, unsigned flags) {
    return renamed("renameat2", folder, name, other, target, flags);
}

int linkat(int folder, const char *name, int other, const char *target, int flags) {
    NAMED("link", other, target, syscall(SYS_linkat, folder, name, other, target, flags));
}
int link(const char *name, const char *target) { return linkat(AT_FDCWD, name, AT_FDCWD, target, 0); }
int symlinkat(const char *content, int folder, const char *name) {
    NAMED("symlink", folder, name, syscall(SYS_symlinkat, content, folder, name));
}
int symlink(const char *content, const char *name) { return symlinkat(content, AT_FDCWD, name); }
int unlinkat(int folder, const char *name, int flags) {
    NAMED(flags & AT_REMOVEDIR ? "rmdir" : "unlink", folder, name, syscall(SYS_unlinkat, folder, name, flags));
}
int unlink(const char *name) { return unlinkat(AT_FDCWD, name, 0); }
int rmdir(const char *name) { return unlinkat(AT_FDCWD, name, AT_REMOVEDIR); }
int remove(const char *name) {
    int answer = unlink(name);
    return answer < 0 && errno == EISDIR ? rmdir(name) : answer;
}
int mkdirat(int folder, const char *name, mode_t mode) {
    NAMED("mkdir", folder, name, syscall(SYS_mkdirat, folder, name, mode));
}
int mkdir(const char *name, mode_t mode) { return mkdirat(AT_FDCWD, name, mode); }

static int cut(const char *name, off_t length) {
    NAMED("truncate", AT_FDCWD, name, syscall(SYS_truncate, name, length));
}
int truncate(const char *name, off_t length) { return cut(name, length); }
int truncate64(const char *name, off_t length) { return cut(name, length); }
static int cut_open(int file, off_t length) { OPENED("ftruncate", file, syscall(SYS_ftruncate, file, length)); }
int ftruncate(int file, off_t length) { return cut_open(file, length); }
int ftruncate64(int file, off_t length) { return cut_open(file, length); }

int fchmodat(int folder, const char *name, mode_t mode, int flags) {
    if (flags != 0) {
        errno = EOPNOTSUPP; /* as the C library says for a symbolic link */
        return -1;
    }
    NAMED("chmod", folder, name, syscall(SYS_fchmodat, folder, name, mode));
}
int chmod(const char *name, mode_t mode) { return fchmodat(AT_FDCWD, name, mode, 0); }
int fchmod(int file, mode_t mode) { OPENED("fchmod", file, syscall(SYS_fchmod, file, mode)); }
int fchownat(int folder, const char *name, uid_t owner, gid_t group, int flags) {
    NAMED("chown", folder, name, syscall(SYS_fchownat, folder, name, owner, group, flags));
}
int chown(const char *name, uid_t owner, gid_t group) { return fchownat(AT_FDCWD, name, owner, group, 0); }
int lchown(const char *name, uid_t owner, gid_t group) {
    return fchownat(AT_FDCWD, name, owner, group, AT_SYMLINK_NOFOLLOW);
}
int fchown(int file, uid_t owner, gid_t group) { OPENED("fchown", file, syscall(SYS_fchown, file, owner, group)); }

int setxattr(const char *name, const char *key, const void *value, size_t size, int flags) {
    NAMED("setxattr", AT_FDCWD, name, syscall(SYS_setxattr, name, key, value, size, flags));
}
int lsetxattr(const char *name, const char *key, const void *value, size_t size, int flags) {
    NAMED("setxattr", AT_FDCWD, name, syscall(SYS_lsetxattr, name, key, value, size, flags));
}
int fsetxattr(int file, const char *key, const void *value, size_t size, int flags) {
    OPENED("setxattr", file, syscall(SYS_fsetxattr, file, key, value, size, flags));
}
int removexattr(const char *name, const char *key) {
    NAMED("removexattr", AT_FDCWD, name, syscall(SYS_removexattr, name, key));
}
int lremovexattr(const char *name, const char *key) {
    NAMED("removexattr", AT_FDCWD, name, syscall(SYS_lremovexattr, name, key));
}
int fremovexattr(int file, const char *key) { OPENED("removexattr", file, syscall(SYS_fremovexattr, file, key)); }

static int dated(int folder, const char *name, const struct timespec times[2], int flags) {
    NAMED("utimens", folder, name, syscall(SYS_utimensat, folder, name, times, flags));
}
static int dated_open(int file, const struct timespec times[2]) {
    OPENED("utimens", file, syscall(SYS_utimensat, file, NULL, times, 0));
}
int utimensat(int folder, const char *name, const struct timespec times[2], int flags) {
    return dated(folder, name, times, flags);
}
int futimens(int file, const struct timespec times[2]) { return dated_open(file, times); }
