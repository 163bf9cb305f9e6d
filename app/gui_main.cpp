#include "app/gui/GuiProgram.h"

int main(int argc, char **argv)
{
    return packmule::runPackmuleGui(argc, argv);
}
