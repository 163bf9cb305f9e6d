#include "app/gui/GuiOptions.h"

#include "app/cli/ExitCode.h"
#include "app/cli/PutArguments.h"
#include "core/base/Redaction.h"
#include "core/journal/JournalLocation.h"

#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <algorithm>

namespace packmule {

namespace {

constexpr char kHelp[] =
    "Usage: packmule-gui [OPTIONS] [FILES OR FOLDERS…]\n"
    "Opens Packmule's window; files and folders that are named are uploaded. If a window is open already, it takes them.\n"
    "\n"
    "  --journal FILE     use FILE as the journal instead of the usual one\n"
    "  --log FILE         append the log to FILE instead of logs/packmule.log in the data folder\n"
    "  --transport KIND   how requests are sent: direct (by Packmule itself) or qt\n"
    "  --background       begin without the window, as at login\n"
    "  --try-here         without any connection yet: begin with a store on this computer\n"
    "  --version, --help\n"
    "\n"
    "The command line, packmule, works on the same list.\n";

std::unexpected<GuiOptions::Ending> usage(const QString &sentence)
{
    return std::unexpected(GuiOptions::Ending{{}, "packmule-gui: " + sentence.toUtf8() + "\nTry packmule-gui --help.\n", ExitCode::kUsage});
}

/// Desktops hand files over as paths or as file URLs (%F, %U).
QByteArray pathOf(const QByteArray &argument)
{
    if (!argument.startsWith("file://"))
        return absolutePath(argument);
    const QByteArray encoded = QUrl(QString::fromLatin1(argument)).path(QUrl::FullyEncoded).toLatin1();
    return absolutePath(QByteArray::fromPercentEncoding(encoded));
}

QString fileNamed(const QByteArray &path)
{
    return QFileInfo(QFile::decodeName(absolutePath(path))).absoluteFilePath();
}

}  // namespace

std::expected<GuiOptions, GuiOptions::Ending> GuiOptions::read(int argc, char **argv)
{
    GuiOptions options;
    QByteArray journal, log;
    bool areNamesOnly = false;
    for (int i = 1; i < argc; ++i) {
        const QByteArray word = argv[i];
        const qsizetype equals = word.indexOf('=');
        const QByteArray name = word.left(equals < 0 ? word.size() : equals);
        if (areNamesOnly || !word.startsWith('-')) {
            options.paths.append(pathOf(word));
        } else if (word == "--") {
            areNamesOnly = true;
        } else if (word == "--help" || word == "-h") {
            return std::unexpected(Ending{kHelp, {}, ExitCode::kDone});
        } else if (word == "--version") {
            return std::unexpected(Ending{"packmule-gui " PACKMULE_VERSION "\n", {}, ExitCode::kDone});
        } else if (word == "--background") {
            options.isInBackground = true;
        } else if (word == "--try-here") {
            options.triesHere = true;
        } else if (name == "--journal" || name == "--log" || name == "--transport") {
            if (equals < 0 && i + 1 >= argc)
                return usage(QStringLiteral("%1 needs a value.").arg(displayName(name)));
            const QByteArray value = equals < 0 ? QByteArray(argv[++i]) : word.mid(equals + 1);
            if (name == "--transport" && value != "direct" && value != "qt")
                return usage(QStringLiteral("--transport is direct or qt, not \"%1\".").arg(displayName(value)));
            if (name == "--transport")
                options.transport = value == "qt" ? TransportKind::Qt : TransportKind::Direct;
            else
                (name == "--journal" ? journal : log) = value;
        } else {
            return usage(QStringLiteral("there is no option %1.").arg(displayName(word)));
        }
    }
    options.journalPath = packmule::journalPath(journal.isEmpty() ? QString() : fileNamed(journal));
    options.logPath = log.isEmpty() ? dataFolder() + QStringLiteral("/logs/packmule.log") : fileNamed(log);
    return options;
}

}  // namespace packmule
