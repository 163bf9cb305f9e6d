#pragma once

#include "app/cli/Command.h"
#include "core/stream/StreamServer.h"

namespace CLI {
class App;
}

namespace packmule {

struct ServeArguments {
    std::string root, listen = "127.0.0.1:8080", tlsCert, tlsKey, tokenFile, allowAnonymous, fsync = "finish", quota, prefix = "/";
};

CommandFactory declareServe(CLI::App &command);

/// Serves streams from a folder until Ctrl-C. What is being appended by Packmule then waits for the next start.
class CommandServe final : public Command
{
    Q_OBJECT

public:
    CommandServe(const CommandContext &context, ServeArguments arguments);

    void start() override;
    void interrupt() override;

private:
    Result<StreamServerOptions> options() const;
    Result<void> addTls(StreamServerOptions &options) const;
    Result<void> addGate(StreamServerOptions &options) const;
    void warnOf(const StreamServerOptions &options);
    void printListening(const StreamServerOptions &options);
    void printAccess(const StreamAccess &line);
    void refuse(const Error &error, int exitCode);

    CommandContext m_context;
    ServeArguments m_arguments;
    std::unique_ptr<StreamServer> m_server;
};

}  // namespace packmule
