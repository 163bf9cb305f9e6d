#pragma once

#include "app/cli/Command.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/S3Options.h"
#include "core/base/Scheduler.h"
#include "core/s3/ObjectStore.h"
#include "core/transfer/CallSet.h"
#include "core/transfer/RepeatedCall.h"
#include "core/transfer/StoreProvider.h"

#include <QJsonObject>

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
    const OpenStore &opened() const { return m_opened; }
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

    /// Starts a call of the store and keeps its handle; after a fault of the way there (A10) it is tried twice more.
    template<typename T>
    void ask(std::function<CallHandle(Done<T>)> begin, Done<T> done)
    {
        m_calls.keep([this, &begin, &done](std::function<void()> forget) {
            return RepeatedCall<T>::make(scheduler(), std::move(begin), [forget = std::move(forget), done = std::move(done)](Result<T> result) {
                forget();
                done(std::move(result));
            });
        });
    }
    Scheduler &scheduler();

private:
    CommandContext m_context;
    S3Options m_options;
    ConnectionRecord m_connection;
    OpenStore m_opened;
    CallSet m_calls;
};

}  // namespace packmule
