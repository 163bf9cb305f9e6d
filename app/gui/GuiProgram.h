#pragma once

namespace packmule {

/// The whole program with the window: hardens the process, hands over to a window that is open already, else runs one.
/// @return exit status.
int runPackmuleGui(int argc, char **argv);

}  // namespace packmule
