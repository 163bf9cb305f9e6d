#pragma once

#include <cstdio>
#include <cstdlib>

/// Ends the fuzzer with a finding where something does not hold that our headers promise.
#define PACKMULE_PROMISE(condition) \
    do { \
        if (!(condition)) { \
            std::fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition); \
            std::abort(); \
        } \
    } while (false)
