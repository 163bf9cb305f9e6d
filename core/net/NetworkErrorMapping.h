#pragma once

#include "core/base/Error.h"
#include "core/net/HttpTransport.h"

#include <QList>
#include <QNetworkProxy>
#include <QNetworkReply>
#include <QSslError>

namespace packmule {

/// What is known of an exchange that Qt gave up.
struct BrokenExchange {
    HttpOrigin origin;
    QNetworkReply::NetworkError code = QNetworkReply::NoError;
    /// Qt's own sentence. Read for OpenSSL's reason only, never shown: it quotes whole URLs.
    QString qtText;
    QList<QSslError> tlsErrors;
    QNetworkProxy proxy{QNetworkProxy::NoProxy};
    bool hasSpoken = false;     ///< the request had begun to go out
    bool hasFailedBody = false; ///< WatchedBody's word
    QString bodyReason;
};

/// The one mapping from Qt's network errors to ours (facts A9, A10). Pure.
Error networkError(const BrokenExchange &broken);

/// True if Qt reports `code` only because of the answer's status, so that the exchange itself is whole.
bool isOnlyAStatus(QNetworkReply::NetworkError code);

}  // namespace packmule
