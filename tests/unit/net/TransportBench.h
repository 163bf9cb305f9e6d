#pragma once

#include "core/net/QnamTransport.h"
#include "core/net/direct/DirectTransport.h"
#include "tests/support/fakes/FakeClock.h"
#include "tests/support/fakes/FakeScheduler.h"

#include <QBuffer>
#include <QList>

#include <memory>
#include <optional>

namespace packmule {

/// A request on its way in a test, and everything that was told about it.
struct SentRequest {
    CallHandle handle;
    std::optional<std::expected<HttpResponse, HttpFailure>> outcome;
    int doneCount = 0;
    QList<qint64> progress;
    QByteArray sunk;

    bool isDone() const { return outcome.has_value(); }
    bool isAnswered() const { return outcome && outcome->has_value(); }
    int status() const { return isAnswered() ? (*outcome)->status : -1; }
    QByteArray body() const { return isAnswered() ? (*outcome)->body : QByteArray(); }
    std::optional<ErrorKind> kind() const
    {
        return outcome && !outcome->has_value() ? std::optional(outcome->error().error.kind) : std::nullopt;
    }
    QString detail() const { return outcome && !outcome->has_value() ? outcome->error().error.detail : QString(); }
};

/// The environment's choice, so that one suite runs on both (PACKMULE_TRANSPORT=qt, else direct). Thread: any one.
inline bool isBenchDirect()
{
    return qgetenv("PACKMULE_TRANSPORT") != "qt";
}

inline std::unique_ptr<HttpTransport> newBenchTransport(TransportSettings settings, const Clock &clock, Scheduler &scheduler)
{
    if (isBenchDirect())
        return std::make_unique<DirectTransport>(std::move(settings), clock, scheduler);
    return std::make_unique<QnamTransport>(std::move(settings), clock, scheduler);
}

/// A transport whose time stands still until the test moves it. Thread: the test's.
class TransportBench
{
public:
    explicit TransportBench(TransportSettings settings = {}) : transport(newBenchTransport(std::move(settings), clock, scheduler)) {}

    /// Requests that wait for a connection or use one.
    qsizetype exchangeCount() const
    {
        if (const auto *direct = dynamic_cast<const DirectTransport *>(transport.get()))
            return direct->exchangeCount();
        return dynamic_cast<const QnamTransport &>(*transport).exchangeCount();
    }

    static HttpOrigin origin(quint16 port, const QByteArray &host = "127.0.0.1", bool isEncrypted = false)
    {
        return {.isEncrypted = isEncrypted, .host = host, .port = port};
    }
    static HttpRequest request(const QByteArray &method, quint16 port, const QByteArray &target = "/b/k")
    {
        HttpRequest made;
        made.method = method;
        made.origin = origin(port);
        made.target = target;
        return made;
    }
    static HttpRequest upload(quint16 port, const QByteArray &bytes, const QByteArray &method = "PUT",
                              const QByteArray &target = "/b/k")
    {
        HttpRequest made = request(method, port, target);
        auto buffer = std::make_unique<QBuffer>();
        buffer->setData(bytes);
        buffer->open(QIODevice::ReadOnly);
        made.body = std::move(buffer);
        made.bodySize = ByteCount(bytes.size());
        return made;
    }
    std::shared_ptr<SentRequest> send(HttpRequest made)
    {
        auto sent = std::make_shared<SentRequest>();
        sent->handle = transport->send(
            std::move(made), [sent](ByteCount bytes, ByteCount) { sent->progress.append(bytes.value()); },
            [sent](std::expected<HttpResponse, HttpFailure> outcome) {
                ++sent->doneCount;
                sent->outcome = std::move(outcome);
            });
        return sent;
    }
    /// As send(), with a 2xx body going to SentRequest::sunk.
    std::shared_ptr<SentRequest> fetch(HttpRequest made)
    {
        auto sunk = std::make_shared<std::shared_ptr<SentRequest>>();
        made.sink = [sunk](const QByteArray &bytes) { (*sunk)->sunk += bytes; };
        *sunk = send(std::move(made));
        return *sunk;
    }

    FakeClock clock;
    FakeScheduler scheduler{clock};
    const std::unique_ptr<HttpTransport> transport;
};

}  // namespace packmule
