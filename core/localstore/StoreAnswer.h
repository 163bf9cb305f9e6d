#pragma once

#include "core/http/HttpHeaders.h"
#include "core/localstore/S3Refusal.h"
#include "core/localstore/StoreRequest.h"

#include <QByteArray>
#include <QList>

namespace packmule {

/// A stretch of a file that goes out as (a part of) a body.
struct FileSlice {
    QByteArray path;
    qint64 offset = 0;
    qint64 length = 0;
};

/// What goes back for one request: a body in memory, or slices of files.
struct StoreAnswer {
    int status = 200;
    HttpHeaders headers;
    QByteArray body;
    QList<FileSlice> slices;

    qint64 bodySize() const;
    static StoreAnswer xml(const QByteArray &document, int status = 200);
};

/// The XML of an S3 error: Code, Message, Resource, RequestId and the refusal's own elements.
StoreAnswer errorAnswer(const StoreRequest &request, const S3Refusal &refusal);
QByteArray errorXml(const StoreRequest &request, const S3Refusal &refusal);

struct AnswerFraming {
    bool closes = false;        ///< the connection ends after this answer
    bool isHttp10 = false;
    bool isChunked = false;     ///< Transfer-Encoding: chunked in place of Content-Length
};

/// Status line and fields up to the blank line, with Date, Server and x-amz-request-id.
QByteArray answerHead(const StoreAnswer &answer, const QByteArray &requestId, const QByteArray &date, AnswerFraming framing);

}  // namespace packmule
