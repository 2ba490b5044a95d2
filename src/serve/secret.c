/* Secrets sealed under the key beside the store. Invariant: a key that is there is never written over, so what was sealed
 * once can be opened as long as the file is kept. */
#include "serve/secret.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#define MARK "sealed:"
enum {
    KEY = crypto_secretbox_KEYBYTES,
    NONCE = crypto_secretbox_NONCEBYTES,
    MORE = NONCE + crypto_secretbox_MACBYTES,
    MOST = 4096,
    FORM = sodium_base64_VARIANT_URLSAFE_NO_PADDING
};

static bool path_of(const char *store, vg_arena *a, vg_str *out, vg_err *e)
{
    *out = vg_format(a, "%s.key", store);
    if (sodium_init() < 0)
        return vg_fail(e, VG_EIO, VG_NOWHERE, "the system gives no random numbers");
    return out->s || vg_fail_memory(e, vg_arena_limit(a));
}

/* Several may make it at once: each writes a file of its own, and the first that gets the name has made the key. */
static bool make_key(vg_str path, vg_arena *a, vg_err *e)
{
    unsigned char key[KEY];
    vg_str part = vg_format(a, "%.*s.%08x%08x", VG_P(path), randombytes_random(), randombytes_random());
    if (!part.s)
        return vg_fail_memory(e, vg_arena_limit(a));
    int fd = open(part.s, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return vg_fail_os(e, errno, VG_NOWHERE, "cannot make %s", part.s);
    randombytes_buf(key, sizeof key);
    bool good = write(fd, key, sizeof key) == (ssize_t)sizeof key && fsync(fd) == 0;
    int why = errno;
    close(fd);
    sodium_memzero(key, sizeof key);
    if (good && link(part.s, path.s) != 0 && errno != EEXIST) {
        why = errno;
        good = false;
    }
    unlink(part.s);
    return good || vg_fail_os(e, why, VG_NOWHERE, "cannot make %s", path.s);
}

static bool read_key(vg_str path, unsigned char key[KEY], vg_err *e)
{
    int fd = open(path.s, O_RDONLY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) {
        vg_fail(e, VG_ENOTFOUND, VG_NOWHERE, "the key of the store's secrets is not there: %s", path.s);
        return vg_mend(e, "put it back beside the store, or make the receivers anew");
    }
    if (fd < 0)
        return vg_fail_os(e, errno, VG_NOWHERE, "cannot read %s", path.s);
    ssize_t n = read(fd, key, KEY);
    close(fd);
    return n == KEY ||
           vg_fail(e, VG_EIO, VG_NOWHERE, "%s is no key: it has fewer than %d bytes", path.s, KEY);
}

bool vg_secret_seal(const char *store, vg_str text, vg_arena *a, vg_str *out, vg_err *e)
{
    vg_str path;
    unsigned char key[KEY], box[MOST + MORE];
    *out = VG_NOSTR;
    if (!text.n)
        return true;
    if (text.n > MOST)
        return vg_fail(e, VG_ERANGE, VG_NOWHERE, "a secret of more than %d bytes", MOST);
    if (!path_of(store, a, &path, e) || (access(path.s, F_OK) != 0 && !make_key(path, a, e)) ||
        !read_key(path, key, e))
        return false;
    randombytes_buf(box, NONCE);
    crypto_secretbox_easy(box + NONCE, (const unsigned char *)text.s, (unsigned long long)text.n, box, key);
    sodium_memzero(key, sizeof key);
    char hidden[sodium_base64_ENCODED_LEN(MOST + MORE, FORM)];
    sodium_bin2base64(hidden, sizeof hidden, box, (size_t)text.n + MORE, FORM);
    *out = vg_format(a, MARK "%s", hidden);
    return out->s || vg_fail_memory(e, vg_arena_limit(a));
}

bool vg_secret_open(const char *store, vg_str sealed, vg_arena *a, vg_str *out, vg_err *e)
{
    vg_str path;
    unsigned char key[KEY], box[MOST + MORE], text[MOST];
    size_t n = 0;
    *out = sealed;
    if (!vg_starts(sealed, VG_S(MARK)))
        return true;
    vg_str hidden = vg_sub(sealed, (ptrdiff_t)sizeof MARK - 1, sealed.n);
    if (!path_of(store, a, &path, e) || !read_key(path, key, e))
        return false;
    bool good = sodium_base642bin(box, sizeof box, hidden.s, (size_t)hidden.n, NULL, &n, NULL, FORM) == 0 &&
                n > MORE && crypto_secretbox_open_easy(text, box + NONCE, n - NONCE, box, key) == 0;
    sodium_memzero(key, sizeof key);
    if (!good) {
        *out = VG_NOSTR;
        vg_fail(e, VG_ECONFLICT, VG_NOWHERE, "a secret of the store was sealed with another key than %s",
                path.s);
        return vg_mend(e, "put the key back that belongs to the store, or make the receivers anew");
    }
    *out = vg_copy(a, (vg_str){ (const char *)text, (ptrdiff_t)(n - MORE) });
    sodium_memzero(text, sizeof text);
    return out->s || vg_fail_memory(e, vg_arena_limit(a));
}
