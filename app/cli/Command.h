#pragma once

#include "app/cli/EverywhereOptions.h"
#include "app/cli/ExitCode.h"
#include "core/settings/AwsEnvironment.h"

#include <QObject>

#include <functional>
#include <memory>

namespace packmule {

class Composition;
class Output;
class SecretStore;

/// What every command is given. All of it outlives the command.
struct CommandContext {
    const EverywhereOptions &everywhere;
    const AwsEnvironment &environment;
    Output &output;
    Composition &composition;
    SecretStore &secrets;
};

/// One command of the command line while it runs. Thread: main. Ownership: CliProgram owns it and ends the program with
/// the status that `finished` carries.
class Command : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    /// Called once, when the event loop runs.
    virtual void start() = 0;
    /// First Ctrl-C, SIGTERM or SIGHUP. What keeps nothing ends at once.
    virtual void interrupt() { Q_EMIT finished(ExitCode::kInterrupted); }

Q_SIGNALS:
    void finished(int exitCode);
};

using CommandFactory = std::function<std::unique_ptr<Command>(const CommandContext &)>;

}  // namespace packmule
