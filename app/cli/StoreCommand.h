#pragma once

#include "app/cli/Command.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/S3Options.h"
#include "core/base/Scheduler.h"
#include "core/s3/ObjectStore.h"
#include "core/transfer/StoreProvider.h"

#include <QJsonObject>

#include <map>

namespace packmule {

/// Base of the commands that ask a store directly and need no journal. Opens the store, tries a call again twice when it
/// failed on the way, prints errors. Thread: main.
class StoreCommand : public Command
{
    Q_OBJECT

public:
    StoreCommand(const CommandContext &context, S3Options options);

    void start() final;

protected:
    /// Reads the arguments, before anything else is done. Errors: InvalidRequest, a usage error.
    virtual Result<void> readArguments() = 0;
    /// The store is open.
    virtual void run() = 0;

    ObjectStore &store() { return *m_opened.store; }
    const StoreLimits &limits() const { return m_opened.limits; }
    const ConnectionRecord &connection() const { return m_connection; }
    Output &output() { return m_context.output; }
    bool isJson() const;
    const CommandContext &context() const { return m_context; }

    /// Prints what went wrong.
    void report(const Error &error, const ErrorPlace &place);
    /// Prints it and ends the command with the status for it.
    void fail(const Error &error, const ErrorPlace &place);
    void failUsage(const QString &sentence);
    /// An object for --json with `event`, `time` and `uri`.
    QJsonObject event(const char *name, const ObjectAddress &object) const;

    /// Starts a call of the store and keeps its handle; after a fault of the way there (A10) tries it twice more.
    template<typename T>
    void ask(std::function<CallHandle(Done<T>)> begin, Done<T> done, int attempt = 1)
    {
        const quint64 id = ++m_lastCall;
        m_calls[id] = begin([this, id, begin, done, attempt](Result<T> result) {
            m_calls.erase(id);
            if (result || attempt >= kMaxAttempts || !isWorthAnotherTry(result.error().kind)) {
                done(std::move(result));
                return;
            }
            const quint64 timer = ++m_lastCall;
            m_calls[timer] = scheduleRetry(attempt, [this, timer, begin, done, attempt] {
                m_calls.erase(timer);
                ask<T>(begin, done, attempt + 1);
            });
        });
    }

private:
    static constexpr int kMaxAttempts = 3;

    static bool isWorthAnotherTry(ErrorKind kind);
    CallHandle scheduleRetry(int attempt, std::function<void()> action);

    CommandContext m_context;
    S3Options m_options;
    ConnectionRecord m_connection;
    OpenStore m_opened;
    quint64 m_lastCall = 0;
    std::map<quint64, CallHandle> m_calls;
};

}  // namespace packmule
