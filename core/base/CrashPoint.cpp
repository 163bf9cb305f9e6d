#include "core/base/CrashPoint.h"

#ifdef PACKMULE_CRASH_POINTS

#include <QByteArray>

#include <atomic>
#include <csignal>

namespace packmule {

void passCrashPoint(const char *name)
{
    static const QByteArray wanted = qgetenv("PACKMULE_CRASH_AT");
    if (wanted.isEmpty())
        return;
    static const QByteArray wantedName = wanted.left(wanted.indexOf(':') < 0 ? wanted.size() : wanted.indexOf(':'));
    static const int wantedPassage = wanted.contains(':') ? wanted.mid(wanted.indexOf(':') + 1).toInt() : 1;
    static std::atomic<int> passages = 0;
    if (wantedName == name && ++passages == wantedPassage)
        std::raise(SIGKILL);
}

}  // namespace packmule

#endif
