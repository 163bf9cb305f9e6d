#pragma once

#include "app/cli/Command.h"

#include <functional>
#include <vector>

namespace CLI {
class App;
}

namespace packmule {

/// One row of the command table: help, completion and the parser are all made from it.
struct CommandEntry {
    const char *path;      ///< "put", or "queue ls" for a command of a group
    const char *summary;
    const char *example;
    /// Declares the options on the command's CLI11 node, bound to values that the returned factory keeps alive.
    std::function<CommandFactory(CLI::App &)> declare;
    bool isGroupDefault = false;  ///< runs when only the group is named ("queue")
};

/// In the order of the help.
const std::vector<CommandEntry> &commandTable();

/// The summaries of groups ("queue", "uploads").
const char *groupSummary(const std::string &group);

}  // namespace packmule
