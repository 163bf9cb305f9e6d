#pragma once

#include "core/http/HttpHead.h"
#include "core/localstore/AnswerWriter.h"
#include "core/localstore/BodyReceiver.h"
#include "core/localstore/S3Operations.h"

#include <QObject>
#include <QTcpSocket>
#include <QTimer>

#include <functional>
#include <memory>
#include <optional>

namespace packmule {

class ReadBudget;
class SignatureCheck;

/// What all connections of a store share; outlives them.
struct StoreService {
    S3Operations &operations;
    SignatureCheck &signatures;
    const std::function<LocalStoreFault(const LocalStoreCall &)> &faultHook;
    const Clock &clock;
    ReadBudget *budget = nullptr;  ///< null: as fast as it goes
    quint64 requestCount = 0;
};

/// One client's connection: reads requests one after the other, has them performed, answers, and acts out faults.
/// Owns its socket; deletes itself after ended(). Thread: the store's.
///
/// | stage     | leaves it when                                                          |
/// |-----------|-------------------------------------------------------------------------|
/// | Reading   | a request is whole → Answering; a fault says so → Waiting or Closing     |
/// | Waiting   | a fault's delay is over → Reading (StopReadingAt) or Answering           |
/// | Answering | the answer is handed over → Reading, or Closing if that was the last one |
/// | Closing   | the socket is gone → ended()                                            |
class StoreConnection : public QObject
{
    Q_OBJECT

public:
    StoreConnection(QTcpSocket *socket, StoreService &service, QObject *parent);
    ~StoreConnection() override;

    /// Drops a client that has sent nothing for too long, or whose answer has not moved.
    void closeIfStale(MonotonicTime now);

Q_SIGNALS:
    void performed(const packmule::LocalStoreCall &call, int status, qint64 bodyBytes);
    void served(const packmule::LocalStoreCall &call, int status, qint64 bodyBytes);
    void ended();

private:
    enum class Stage { Reading, Waiting, Answering, Closing };
    enum class AfterAnswer { NextRequest, Close, Reset };

    // reading
    void readOn();
    bool fillBuffer();
    bool feedReader();
    void beginRequest();
    void refuseMalformed();
    void endRequest();
    // faults
    bool reachesFaultOffset();
    void actAtOffset();
    void actAtEnd();
    void performThen(const std::function<void(const StoreAnswer &)> &next);
    StoreAnswer madeUpAnswer() const;
    void sendBlanksThen(const QByteArray &document);
    void sendBlank(const QByteArray &document, Milliseconds step, int left);
    void sendRaw(const QByteArray &bytes);
    // answering
    void answer(const StoreAnswer &answer, AfterAnswer after, qint64 limit = -1);
    void writeOn();
    void finishAnswer();
    void closeGently();
    void reset();
    void onDisconnected();
    void reportServed(int status);

    QTcpSocket *m_socket;
    StoreService &m_service;
    HttpReader m_reader;
    AnswerWriter m_writer;
    Stage m_stage = Stage::Reading;
    QByteArray m_buffer;
    qsizetype m_begin = 0, m_end = 0;  ///< what of m_buffer the reader has not taken
    bool m_readerWaits = false;        ///< paused: must be fed once more, even nothing
    bool m_isReading = false;          ///< guards readOn against itself
    std::optional<HttpHead> m_arrivedHead;
    bool m_messageEnded = false;
    MonotonicTime m_lastMoved;

    std::optional<StoreRequest> m_request;  ///< set from the head to the answer's end
    std::optional<S3Refusal> m_refusal;
    std::unique_ptr<BodyReceiver> m_receiver;
    LocalStoreFault m_fault;
    qint64 m_bodyBytes = 0;
    qint64 m_faultOffset = -1;              ///< of ResetAt and StopReadingAt, -1 if there is none or it is past
    AfterAnswer m_afterAnswer = AfterAnswer::NextRequest;
    int m_status = 0;                       ///< of the answer under way
    QTimer m_delay;
    std::function<void()> m_afterDelay;
};

}  // namespace packmule
