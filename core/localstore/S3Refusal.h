#pragma once

#include "core/base/Result.h"

#include <QByteArray>
#include <QList>

#include <expected>
#include <utility>

namespace packmule {

/// Why the store does not do what a request asks: an S3 error code and what goes with it into the XML.
struct S3Refusal {
    QByteArray code;
    QByteArray message;
    QList<std::pair<QByteArray, QByteArray>> elements;  ///< more elements of the XML: Region, ServerTime, …
};

template<typename T>
using S3Outcome = std::expected<T, S3Refusal>;

inline std::unexpected<S3Refusal> refusal(const QByteArray &code, const QByteArray &message,
                                          const QList<std::pair<QByteArray, QByteArray>> &elements = {})
{
    return std::unexpected(S3Refusal{code, message, elements});
}

/// A trouble of the store's own disk, as S3 would tell it (InternalError; QuotaExceeded when the disk is full).
S3Refusal refusalFromError(const Error &error);

/// The HTTP status of an S3 error code; 400 for those that are not known here.
/// Source: S3 API reference, "Error responses".
int statusOfCode(const QByteArray &code);

}  // namespace packmule
