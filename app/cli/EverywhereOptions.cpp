#include "app/cli/EverywhereOptions.h"

#include <CLI/CLI.hpp>

namespace packmule {

void declareEverywhereOptions(CLI::App &root, EverywhereOptions &options)
{
    constexpr char kGroup[] = "Everywhere";
    auto *journal = root.add_option("--journal", options.journalFile, "Use FILE as the journal instead of the usual one")->type_name("FILE")->group(kGroup);
    root.add_flag("--no-journal", options.noJournal, "Remember nothing: an interrupted upload cannot be carried on")->excludes(journal)->group(kGroup);
    root.add_flag("--json", options.json, "Print events and results as JSON, one object a line")->group(kGroup);
    root.add_flag("--quiet", options.quiet, "Print errors only")->group(kGroup);
    root.add_flag("--no-progress", options.noProgress, "No progress lines on a terminal")->group(kGroup);
    root.add_flag("-v", options.verbosity, "Log to standard error; twice for more")->multi_option_policy(CLI::MultiOptionPolicy::Sum)->group(kGroup);
    root.add_option("--log", options.logFile, "Append the log to FILE (created for you alone)")->type_name("FILE")->group(kGroup);
    root.add_option("--transport", options.transport, "How requests are sent: by Packmule itself, or by Qt's own HTTP client (setting network.transport)")->group(kGroup)
        ->check(CLI::IsMember({"direct", "qt"}));
}

}  // namespace packmule
