#pragma once

#include "app/cli/Command.h"
#include "app/cli/S3Options.h"
#include "core/base/CallHandle.h"
#include "core/settings/SettingsFile.h"

#include <QByteArray>

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace packmule {

CommandFactory declareConnectionsLs(CLI::App &command);
CommandFactory declareConnectionsAdd(CLI::App &command);
CommandFactory declareConnectionsEdit(CLI::App &command);
CommandFactory declareConnectionsRm(CLI::App &command);
CommandFactory declareConnectionsTest(CLI::App &command);
CommandFactory declareConnectionsExport(CLI::App &command);
CommandFactory declareConnectionsImport(CLI::App &command);

struct ConnectionArguments {
    enum class Action { Ls, Add, Edit, Rm, Export, Import };
    Action action = Action::Ls;
    std::string name, newName, file;
    S3Options s3;
    std::string accessKeyId, secretFile, bucket, prefix;
    bool useEnvironment = false, newSecret = false;
    /// Options that were given, by name: with edit all others stay as they are.
    std::function<bool(const char *option)> isGiven;
};

/// `config connections …`: the saved connections that the window shows too. A secret is asked for or read from a file, and
/// goes to the keyring; where there is none, into a file of mode 0600, which is said. Thread: main.
class CommandConnections final : public Command
{
    Q_OBJECT

public:
    CommandConnections(const CommandContext &context, ConnectionArguments arguments);

    void start() override;

private:
    void list();
    void save(ConnectionProfile profile);
    void store(const ConnectionProfile &profile, const QByteArray &secret);
    void keepSecret(const ConnectionProfile &profile, const QByteArray &secret);
    void remove();
    void exportAll();
    void import();
    Result<ConnectionProfile> edited(ConnectionProfile profile) const;
    bool needsSecret(const ConnectionProfile &before, const ConnectionProfile &now) const;
    std::optional<ConnectionProfile> named();
    void end(int exitCode);
    void refuse(const Error &error);

    CommandContext m_context;
    ConnectionArguments m_arguments;
    SettingsFile m_file;
    SettingsContent m_content;
    CallHandle m_call;
};

}  // namespace packmule
