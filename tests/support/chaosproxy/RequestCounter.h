#pragma once

#include "core/http/HttpHead.h"

#include <QByteArray>
#include <QJsonObject>
#include <QMap>

#include <memory>

namespace packmule {

/// What passed a proxy, over all its connections: a value that grows. S3 operations are told by method and query.
struct RequestCounts {
    struct Passage {
        int begun = 0;  ///< heads seen
        int whole = 0;  ///< requests whose last byte passed
    };
    QMap<QByteArray, int> byMethodAndPath;          ///< "PUT /b/k"
    QMap<QByteArray, Passage> byOperation;          ///< "UploadPart"
    QMap<QByteArray, QMap<int, Passage>> parts;     ///< path → part number
    qint64 partBytes = 0;                           ///< body bytes of UploadPart that passed, whole or not
    int unreadableConnections = 0;                  ///< not HTTP, so TLS most likely

    QJsonObject toJson() const;
};

/// Reads the client's side of one connection and counts. Thread: any one.
class RequestCounter
{
public:
    explicit RequestCounter(RequestCounts &counts);
    void feed(const QByteArray &bytes);

private:
    void onHead(const HttpHead &head);
    void onMessageEnd();

    RequestCounts &m_counts;
    std::unique_ptr<HttpReader> m_reader;  // null once the bytes have turned out not to be HTTP
    QByteArray m_operation;
    QByteArray m_path;
    int m_part = 0;
};

/// The S3 operation that a request line asks for ("UploadPart"), or its bare method where it is none of ours.
QByteArray operationName(const QByteArray &method, const QByteArray &target);

}  // namespace packmule
