#pragma once

namespace packmule {

/// The whole command-line program: hardens the process, reads the command line, runs one command. @return exit status.
int runPackmule(int argc, char **argv);

}  // namespace packmule
