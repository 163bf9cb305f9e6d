#include "app/gui/GuiProgram.h"

#include "app/cli/ExitCode.h"
#include "app/gui/GuiApp.h"
#include "app/gui/GuiOptions.h"
#include "app/gui/LogFile.h"
#include "app/gui/TrayArtwork.h"
#include "app/gui/desktop/SingleInstance.h"
#include "core/integrity/Digest.h"

#include <QApplication>
#include <QCoreApplication>

#include <algorithm>
#include <csignal>

#include <sys/prctl.h>
#include <unistd.h>

namespace packmule {

namespace {

/// Before any thread exists.
void hardenProcess()
{
    std::signal(SIGPIPE, SIG_IGN);
    ::prctl(PR_SET_DUMPABLE, 0);  // no core file with keys in it (facts E1.2)
}

void writeTo(int descriptor, const QByteArray &bytes)
{
    [[maybe_unused]] const ssize_t written = ::write(descriptor, bytes.constData(), static_cast<size_t>(bytes.size()));
}

/// What the window system wants to see before it lets the first window come to the front.
QString activationToken()
{
    for (const char *name : {"XDG_ACTIVATION_TOKEN", "DESKTOP_STARTUP_ID"}) {
        const QByteArray token = qgetenv(name);
        if (!token.isEmpty())
            return QString::fromUtf8(token);
    }
    return {};
}

int handOver(int argc, char **argv, SingleInstance &instance, const GuiOptions &options)
{
    QCoreApplication application(argc, argv);
    int exitCode = ExitCode::kDone;
    instance.callFirst({options.paths, activationToken()}, [&exitCode](const Result<void> &result) {
        if (!result) {
            writeTo(STDERR_FILENO, "packmule-gui: " + result.error().detail.toUtf8() + '\n');
            exitCode = ExitCode::kConfiguration;
        }
        QCoreApplication::quit();
    });
    QCoreApplication::exec();
    return exitCode;
}

int runWindow(int argc, char **argv, SingleInstance &instance, const GuiOptions &options, const AwsEnvironment &environment)
{
    LogFile log;
    QApplication application(argc, argv);
    QApplication::setApplicationName(QStringLiteral("packmule"));
    QApplication::setApplicationDisplayName(QStringLiteral("Packmule"));
    QApplication::setApplicationVersion(QStringLiteral(PACKMULE_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("packmule"));
    QApplication::setWindowIcon(programIcon());
    QApplication::setQuitOnLastWindowClosed(false);  // the window may be closed while uploads go on
    if (const auto opened = log.open(options.logPath); !opened)
        writeTo(STDERR_FILENO, "packmule-gui: " + opened.error().detail.toUtf8() + '\n');
    const CryptoLibrary crypto;
    if (const QString missing = crypto.missingProvider(); !missing.isEmpty()) {
        writeTo(STDERR_FILENO, "packmule-gui: a library is missing: " + missing.toUtf8() + ". Install it and try again.\n");
        return ExitCode::kConfiguration;
    }
    GuiApp app(application, options, environment);
    QObject::connect(&instance, &SingleInstance::called, &app, &GuiApp::takeCall);
    instance.listen();
    app.start();
    return QApplication::exec();
}

}  // namespace

int runPackmuleGui(int argc, char **argv)
{
    hardenProcess();
    const AwsEnvironment environment = AwsEnvironment::takeFromProcess();
    const auto options = GuiOptions::read(argc, argv);
    if (!options) {
        writeTo(STDOUT_FILENO, options.error().forStdout);
        writeTo(STDERR_FILENO, options.error().forStderr);
        return options.error().exitCode;
    }
    QtScheduler scheduler;
    SingleInstance instance(options->journalPath, scheduler);
    const auto isFirst = instance.claim();
    if (!isFirst) {
        writeTo(STDERR_FILENO, "packmule-gui: " + isFirst.error().detail.toUtf8() + '\n');
        return ExitCode::kConfiguration;
    }
    int ownArgc = std::min(argc, 1);
    return *isFirst ? runWindow(ownArgc, argv, instance, *options, environment) : handOver(ownArgc, argv, instance, *options);
}

}  // namespace packmule
