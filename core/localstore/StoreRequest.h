#pragma once

#include "core/localstore/LocalStore.h"

#include <QByteArray>
#include <QList>

#include <optional>
#include <utility>

namespace packmule {

/// A request head as the store understands it: which operation, on what, with which parameters.
struct StoreRequest {
    LocalStoreCall call;
    QByteArray requestId;
    QByteArray path;   ///< as on the wire
    QByteArray query;  ///< as on the wire, without '?'
    QList<std::pair<QByteArray, QByteArray>> parameters;  ///< of the query, decoded

    bool hasParameter(const QByteArray &name) const;
    QByteArray parameter(const QByteArray &name) const;
    QByteArray header(const QByteArray &name) const { return call.head.headers.value(name); }
    /// The body comes in signed or checked pieces with a form of their own.
    bool isAwsChunked() const;
    /// Of the object's bytes in it; nothing if the head does not tell.
    std::optional<ByteCount> objectBytes() const;
};

/// Path style only: /bucket/key. What no operation matches is Unknown.
StoreRequest routedRequest(HttpHead head, const QByteArray &requestId);

}  // namespace packmule
