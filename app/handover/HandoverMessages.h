#pragma once

#include "core/base/Result.h"
#include "core/signing/Credentials.h"
#include "core/transfer/EngineClient.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace packmule {

// The messages between a caller and the owner of the journal. Every message has `type`; calls carry a number, `call`,
// that the answer repeats. Long lists go ahead in `items` messages of the same call.
//
// caller: hello {protocol, version, pid, watchesAll?} · credentials {connection, …} · items {call, items} · put {call, command}
//         · resume {call, transfer} · change {call, verb} · list {call, offset, limit} · connections {call}
// owner:  welcome {protocol, pid} · refusal {protocol, pid, reason} · items {call, items}
//         · answer {call, value | error, run and walks of a resume} · event {event} · runEnded {run, outcome}

/// Raised with every change that an older Packmule would misread.
inline constexpr int kHandoverProtocol = 2;

QJsonObject message(const QString &type, const QJsonObject &fields = {});
QJsonObject answerMessage(qint64 call, const Result<qint64> &answer);
Result<qint64> answerFrom(const QJsonObject &message);

/// For memory only: never logged, never written.
QJsonObject credentialsMessage(const QByteArray &connectionId, const Credentials &credentials);
Credentials credentialsFrom(const QJsonObject &message);
QByteArray connectionIdFrom(const QJsonObject &message);

QString queueVerbName(QueueVerb verb);
std::optional<QueueVerb> queueVerbFromName(const QString &name);

/// `items` messages that each stay well below the largest message.
QList<QJsonObject> itemMessages(qint64 call, const QJsonArray &items);

}  // namespace packmule
