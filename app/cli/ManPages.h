#pragma once

#include <QByteArray>
#include <QList>

namespace CLI {
class App;
}

namespace packmule {

/// One page of section 1, ready for man(1).
struct ManPage {
    QByteArray fileName;   ///< "packmule-queue-ls.1"
    QByteArray roff;
};

/// A page for the program, each group and each command, from the same CLI11 tree and command table as --help, so that
/// neither can say what the other does not. Pure. Source of the form: man-pages(7), groff_man(7).
/// @param date of the release, for the footer: "2026-11-21".
QList<ManPage> manPages(const CLI::App &root, const QByteArray &date);

}  // namespace packmule
