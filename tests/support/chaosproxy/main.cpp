// packmule_chaos_proxy --listen PORT|0 [--bind ADDRESS] --target HOST:PORT [--admin PORT|0] [--toxics JSON] [--seed N] [--die-with-parent]
// Prints one JSON line with its ports and serves until it is ended.
#include "tests/support/chaosproxy/ChaosAdmin.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>

#include <csignal>
#include <cstdio>
#include <sys/prctl.h>

using namespace packmule;

namespace {

int fail(const QString &sentence)
{
    std::fprintf(stderr, "packmule_chaos_proxy: %s\n", qPrintable(sentence));
    return 2;
}

}  // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    QCommandLineParser options;
    const QCommandLineOption listen(QStringLiteral("listen"), QString(), QStringLiteral("port"), QStringLiteral("0"));
    const QCommandLineOption bind(QStringLiteral("bind"), QString(), QStringLiteral("address"), QStringLiteral("127.0.0.1"));
    const QCommandLineOption target(QStringLiteral("target"), QString(), QStringLiteral("host:port"));
    const QCommandLineOption admin(QStringLiteral("admin"), QString(), QStringLiteral("port"), QStringLiteral("0"));
    const QCommandLineOption toxics(QStringLiteral("toxics"), QString(), QStringLiteral("json"), QStringLiteral("[]"));
    const QCommandLineOption seed(QStringLiteral("seed"), QString(), QStringLiteral("number"), QStringLiteral("1"));
    const QCommandLineOption dieWithParent(QStringLiteral("die-with-parent"));
    options.addOptions({listen, bind, target, admin, toxics, seed, dieWithParent});
    options.addHelpOption();
    options.process(app);

    const QString address = options.value(target);
    const QString host = address.section(QLatin1Char(':'), 0, -2);
    const quint16 port = address.section(QLatin1Char(':'), -1).toUShort();
    if (host.isEmpty() || port == 0)
        return fail(QStringLiteral("--target needs HOST:PORT"));
    const auto harms = Toxic::listFromJson(options.value(toxics).toUtf8());
    if (!harms)
        return fail(harms.error().detail);
    if (options.isSet(dieWithParent))
        ::prctl(PR_SET_PDEATHSIG, SIGTERM);

    ChaosProxy proxy(host, port, options.value(seed).toULongLong());
    proxy.setToxics(*harms);
    ChaosAdmin control(proxy);
    if (!proxy.listen(options.value(listen).toUShort(), QHostAddress(options.value(bind))) || !control.listen(options.value(admin).toUShort()))
        return fail(QStringLiteral("the port cannot be listened on"));
    const QJsonObject ports{{QStringLiteral("port"), proxy.port()}, {QStringLiteral("adminPort"), control.port()},
                            {QStringLiteral("target"), address}};
    std::printf("%s\n", QJsonDocument(ports).toJson(QJsonDocument::Compact).constData());
    std::fflush(stdout);
    return app.exec();
}
