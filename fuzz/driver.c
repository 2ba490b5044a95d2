/*
 * Replays inputs through a fuzz harness without libFuzzer: each argument is a file or a folder of files. Every CI run
 * does so over fuzz/corpus, so that a defect once found stays found. A harness that does not hold aborts; the name of
 * the input was written before.
 *
 *     replay_csv fuzz/corpus/csv
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int n_replayed, n_failed;

static void replay_file(const char *path, size_t size)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(size + 1); /* exactly as large as the input, so that ASan sees a byte too far */
    if (!f || !data || fread(data, 1, size, f) != size) {
        fprintf(stderr, "%s: cannot be read\n", path);
        n_failed++;
    } else {
        uint8_t *exact = realloc(data, size ? size : 1);
        data = exact ? exact : data;
        fprintf(stderr, "%s\n", path);
        LLVMFuzzerTestOneInput(data, size);
        n_replayed++;
    }
    free(data);
    if (f)
        fclose(f);
}

static void replay(const char *path);

static void replay_folder(const char *path)
{
    struct dirent **entry;
    int n = scandir(path, &entry, NULL, alphasort);
    for (int i = 0; i < n; i++) {
        char *below = NULL;
        if (entry[i]->d_name[0] != '.' && asprintf(&below, "%s/%s", path, entry[i]->d_name) >= 0) {
            replay(below);
            free(below);
        }
        free(entry[i]);
    }
    if (n >= 0)
        free(entry);
}

static void replay(const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        fprintf(stderr, "%s: cannot be found\n", path);
        n_failed++;
    } else if (S_ISDIR(st.st_mode)) {
        replay_folder(path);
    } else {
        replay_file(path, (size_t)st.st_size);
    }
}

int main(int n_args, char **args)
{
    for (int i = 1; i < n_args; i++)
        replay(args[i]);
    printf("%d inputs replayed, %d not readable\n", n_replayed, n_failed);
    return n_failed > 0 || n_replayed == 0;
}
