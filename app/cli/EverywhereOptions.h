#pragma once

#include <QByteArray>

#include <string>

namespace CLI {
class App;
}

namespace packmule {

/// The options that every command takes (cli.md, "Options").
struct EverywhereOptions {
    std::string journalFile;  ///< "" = the usual place
    bool noJournal = false;
    bool json = false;
    bool quiet = false;
    bool noProgress = false;
    int verbosity = 0;        ///< -v, -vv
    std::string logFile;
    std::string transport;    ///< "direct", "qt", or as the setting says
};

/// Declares them on the root; commands let them fall through, so they may stand before or after the command's name.
void declareEverywhereOptions(CLI::App &root, EverywhereOptions &options);

}  // namespace packmule
