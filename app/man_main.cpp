#include "app/cli/CommandLine.h"
#include "app/cli/ManPages.h"

#include <CLI/CLI.hpp>

#include <QFile>

#include <cstdio>

/// packmule_man FOLDER DATE: writes the manual pages. Part of the build, never installed.
int main(int argc, char **argv)
{
    if (argc != 3) {
        std::fputs("usage: packmule_man FOLDER DATE\n", stderr);
        return 2;
    }
    packmule::CommandLine whole;
    for (const packmule::ManPage &page : packmule::manPages(whole.root(), argv[2])) {
        QFile file(QFile::decodeName(QByteArray(argv[1]) + '/' + page.fileName));
        if (!file.open(QIODevice::WriteOnly) || file.write(page.roff) != page.roff.size() || !file.flush()) {
            std::fprintf(stderr, "packmule_man: %s: %s\n", qUtf8Printable(file.fileName()), qUtf8Printable(file.errorString()));
            return 1;
        }
    }
    return 0;
}
