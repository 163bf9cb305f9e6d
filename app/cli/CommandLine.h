#pragma once

#include "app/cli/Command.h"

#include <QByteArray>

#include <memory>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace packmule {

/// The whole command line as a CLI11 tree, built from the command table. Thread: any one.
class CommandLine
{
public:
    CommandLine();
    ~CommandLine();

    struct Outcome {
        CommandFactory factory;  ///< set if a command is to be run
        int exitCode = 0;        ///< else the status to end with
        QByteArray forStdout, forStderr;
    };
    /// @param arguments without the program's name; raw bytes.
    Outcome parse(const std::vector<std::string> &arguments);

    const EverywhereOptions &everywhere() const { return m_everywhere; }
    CLI::App &root() { return *m_root; }

private:
    EverywhereOptions m_everywhere;
    std::unique_ptr<CLI::App> m_root;
    std::vector<std::pair<CLI::App *, CommandFactory>> m_commands;
};

}  // namespace packmule
