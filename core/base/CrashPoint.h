#pragma once

/// Marks a place where tests kill the process (facts/resume.md B3). Compiled only with PACKMULE_CRASH_POINTS.
/// PACKMULE_CRASH_AT=NAME dies by SIGKILL at the first passage, NAME:n at the n-th.
#ifdef PACKMULE_CRASH_POINTS
namespace packmule {
void passCrashPoint(const char *name);
}
#define PACKMULE_CRASH_POINT(name) ::packmule::passCrashPoint(name)
#else
#define PACKMULE_CRASH_POINT(name) static_cast<void>(0)
#endif
