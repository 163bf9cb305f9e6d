#pragma once

#include "core/base/Error.h"

#include <QCoreApplication>
#include <QString>

namespace packmule {

/// An error as sentences for the person at the window. The code of the service is behind "Details" only. Thread: GUI.
class ErrorText
{
    Q_DECLARE_TR_FUNCTIONS(ErrorText)

public:
    /// What happened, one sentence with its full stop: "The connection was lost."
    static QString cause(const Error &error);
    /// What happens next or what to do, as a sentence; empty if nothing sensible can be said.
    static QString advice(const Error &error);
    /// What the service or the system said, for those who ask it for help: one fact a line, redacted, not translated.
    static QString details(const Error &error);
};

}  // namespace packmule
