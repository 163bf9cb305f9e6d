#include "app/cli/CliProgram.h"

#include <cstdlib>
#ifdef __GLIBC__
#include <malloc.h>
#endif

int main(int argc, char **argv)
{
#ifdef __GLIBC__
    // Batches come and go by the thousand at the heap's end, which glibc would give back and fetch again, page by page.
    // Nearly halves a put's page faults; whether it saves processor time is not certain (tests/bench/README.md).
    constexpr int kKeptBytes = 4 * 1024 * 1024;
    mallopt(M_MMAP_THRESHOLD, kKeptBytes);
    mallopt(M_TRIM_THRESHOLD, kKeptBytes);
    mallopt(M_TOP_PAD, kKeptBytes / 8);
#endif
    return packmule::runPackmule(argc, argv);
}
