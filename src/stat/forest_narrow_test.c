/* The tests of forest_test.c once more, against the forest that uses the narrow vector registers only. */
#define VG_NO_WIDE
#include "stat/forest_test.c"
