#include "app/cli/CliProgram.h"

#include "app/Composition.h"
#include "app/SecretStores.h"
#include "app/cli/ArgumentBytes.h"
#include "app/cli/CommandLine.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/LogSink.h"
#include "app/cli/Output.h"
#include "app/cli/SignalWatch.h"
#include "core/integrity/Digest.h"
#include "core/journal/JournalLocation.h"
#include "core/settings/SettingsFile.h"

#include <QCoreApplication>
#include <QTimer>

#include <clocale>
#include <csignal>

#include <langinfo.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace packmule {

namespace {

/// Before any thread exists: the environment is changed here.
void hardenProcess()
{
    std::signal(SIGPIPE, SIG_IGN);
    qputenv("QT_NO_GLIB", "1");  // Qt's own event loop: no GLib threads, less to go wrong after a fork
    ::prctl(PR_SET_DUMPABLE, 0);  // no core file with keys in it (facts E1.2)
}

/// Qt wants UTF-8, switches to it by itself, and says so in four lines on every start in the C locale of cron and containers.
void chooseUtf8()
{
    std::setlocale(LC_CTYPE, "");
    if (qstricmp(::nl_langinfo(CODESET), "UTF-8") != 0)
        qputenv(qEnvironmentVariableIsEmpty("LC_ALL") ? "LC_CTYPE" : "LC_ALL", "C.UTF-8");
}

void writeTo(int descriptor, const QByteArray &bytes)
{
    [[maybe_unused]] const ssize_t written = ::write(descriptor, bytes.constData(), static_cast<size_t>(bytes.size()));
}

TransportKind transportFor(const EverywhereOptions &options, const AppSettings &settings)
{
    const bool isQt = options.transport.empty() ? settings.transport == AppSettings::Transport::Qt : options.transport == "qt";
    return isQt ? TransportKind::Qt : TransportKind::Direct;
}

int runCommand(const CommandFactory &factory, const EverywhereOptions &options, const AwsEnvironment &environment, Output &output)
{
    LogSink log(output, options.verbosity);
    if (!options.logFile.empty()) {
        if (const auto opened = log.openFile(argumentBytes(options.logFile)); !opened) {
            output.error(opened.error().detail);
            return ExitCode::kConfiguration;
        }
    }
    const CryptoLibrary crypto;
    if (const QString missing = crypto.missingProvider(); !missing.isEmpty()) {
        output.error(QStringLiteral("A library is missing: %1. Install it and try again.").arg(missing));
        return ExitCode::kConfiguration;
    }
    // The first to read it: whoever reads it after this finds a damaged file set aside, and nothing to tell.
    const SettingsContent settings = SettingsFile(dataFolder()).read();
    for (const SettingsNotice &notice : settings.notices)
        output.warn(settingsNoticeText(notice));
    SecretStores secrets([] { return true; });  // the command that writes to the file says so
    Composition composition(environment, transportFor(options, settings.settings), &secrets.store());
    SignalWatch signalWatch;
    const std::unique_ptr<Command> command = factory(CommandContext{options, environment, output, composition, secrets.store()});
    QObject::connect(&signalWatch, &SignalWatch::endAsked, command.get(), [&command] { command->interrupt(); });
    QObject::connect(command.get(), &Command::finished, command.get(), [](int exitCode) { QCoreApplication::exit(exitCode); }, Qt::QueuedConnection);
    QTimer::singleShot(0, command.get(), [&command] { command->start(); });
    return QCoreApplication::exec();
}

}  // namespace

int runPackmule(int argc, char **argv)
{
    hardenProcess();
    chooseUtf8();
    const AwsEnvironment environment = AwsEnvironment::takeFromProcess();
    CommandLine commandLine;
    const auto parsed = commandLine.parse(std::vector<std::string>(argv + std::min(argc, 1), argv + argc));
    if (!parsed.factory) {
        writeTo(STDOUT_FILENO, parsed.forStdout);
        writeTo(STDERR_FILENO, parsed.forStderr);
        return parsed.exitCode;
    }
    // Qt reads options of its own from the arguments; ours are none of its business.
    int ownArgc = std::min(argc, 1);
    QCoreApplication application(ownArgc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("packmule"));
    QCoreApplication::setApplicationVersion(QStringLiteral(PACKMULE_VERSION));
    const EverywhereOptions &options = commandLine.everywhere();
    Output output(Output::styleFor(options.json, options.quiet, options.noProgress));
    return runCommand(parsed.factory, options, environment, output);
}

}  // namespace packmule
