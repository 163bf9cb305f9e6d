#pragma once

#include "app/cli/Command.h"
#include "core/localstore/LocalStore.h"

namespace CLI {
class App;
}

namespace packmule {

struct LocalStoreArguments {
    std::string root;
    std::string listen = "127.0.0.1:9000";
};

CommandFactory declareLocalStore(CLI::App &command);

/// Serves S3 from a folder, on loopback, until Ctrl-C. The access key is made once and kept in ROOT/.credentials (0600),
/// in the form of AWS's credentials file, so that any tool can be pointed at it.
class CommandLocalStore final : public Command
{
    Q_OBJECT

public:
    CommandLocalStore(const CommandContext &context, LocalStoreArguments arguments);

    void start() override;
    void interrupt() override;

private:
    Result<LocalStoreOptions> options();
    void printHowToUse(const LocalStoreOptions &options);

    CommandContext m_context;
    LocalStoreArguments m_arguments;
    QByteArray m_keyFile;
    bool m_keysAreNew = false;
    std::unique_ptr<LocalStore> m_store;
};

}  // namespace packmule
