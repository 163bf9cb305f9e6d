#pragma once

#include "core/http/HttpHeaders.h"

#include <QByteArray>

#include <functional>

namespace packmule {

/// Takes the aws-chunked form off a body (S3 API reference, "Signature calculations: transferring payload in multiple
/// chunks"): `SIZE[;chunk-signature=…] CRLF bytes CRLF …, 0[;…] CRLF, trailers`. Signatures are passed over, not checked.
/// Thread: any one.
class AwsChunkedReader
{
public:
    explicit AwsChunkedReader(std::function<void(const QByteArray &)> onBytes) : m_onBytes(std::move(onBytes)) {}

    /// @return false once the form is broken; then it takes nothing more.
    bool feed(const QByteArray &piece);
    /// The last chunk has come.
    bool hasEnded() const { return m_place == Place::Trailers; }
    /// What came after it; whole once the body is.
    HttpHeaders trailers() const;

private:
    enum class Place { SizeLine, Bytes, LineEnd, Trailers, Broken };

    void endSizeLine();

    const std::function<void(const QByteArray &)> m_onBytes;
    Place m_place = Place::SizeLine;
    QByteArray m_line;
    qint64 m_left = 0;
};

}  // namespace packmule
