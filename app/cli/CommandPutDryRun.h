#pragma once

#include "app/cli/Command.h"
#include "app/cli/PutArguments.h"
#include "core/base/CallHandle.h"
#include "core/transfer/PutRun.h"
#include "core/transfer/StoreProvider.h"

namespace packmule {

/// `put --dry-run`: walks the sources as the engine would and prints what would be uploaded, in how many parts. Asks no
/// server and touches no journal.
class CommandPutDryRun final : public Command
{
    Q_OBJECT

public:
    CommandPutDryRun(const CommandContext &context, PutArguments arguments);

    void start() override;

private:
    void show(const PlannedFile &file);
    void showRefusal(const QByteArray &source, const QByteArray &key, const Error &error);

    CommandContext m_context;
    PutArguments m_arguments;
    PutCommand m_command;
    StoreLimits m_limits;
    std::unique_ptr<PutRun> m_run;
    CallHandle m_proceed;
    int m_files = 0, m_refused = 0;
    ByteCount m_bytes;
};

}  // namespace packmule
