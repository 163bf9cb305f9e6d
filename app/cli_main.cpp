#include "app/cli/CliProgram.h"

int main(int argc, char **argv)
{
    return packmule::runPackmule(argc, argv);
}
