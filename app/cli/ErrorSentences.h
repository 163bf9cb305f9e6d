#pragma once

#include "core/base/Error.h"
#include "core/s3/Types.h"

#include <QByteArray>
#include <QString>

#include <optional>

namespace packmule {

/// What an error happened to. Empty fields are left out of the sentence.
struct ErrorPlace {
    QByteArray source;                    ///< raw path
    std::optional<ObjectAddress> object;  ///< key empty: the bucket
};

/// One line for people: to which file and key, what happened, what to do next. Names are escaped for the terminal.
QString errorSentence(const Error &error, const ErrorPlace &place);

/// What happened, without the place and the advice.
QString errorCause(const Error &error);

/// What to do next; empty if nothing sensible can be said.
QString errorAdvice(const Error &error, const ErrorPlace &place);

/// The exit status of a command that made one request and got this.
int exitCodeFor(const Error &error);

}  // namespace packmule
