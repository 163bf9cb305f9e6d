#include "app/cli/CommandLocalStore.h"

#include "app/LocalStoreKeys.h"
#include "app/cli/ArgumentBytes.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/Output.h"
#include "app/cli/PutArguments.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

#include <QJsonObject>

namespace packmule {

namespace {

Result<std::pair<QHostAddress, quint16>> loopbackAddress(const QByteArray &text)
{
    const qsizetype colon = text.lastIndexOf(':');
    QByteArray host = text.left(std::max<qsizetype>(colon, 0));
    if (host.startsWith('[') && host.endsWith(']'))
        host = host.mid(1, host.size() - 2);
    if (host == "localhost")
        host = "127.0.0.1";
    bool ok = false;
    const int port = text.mid(colon + 1).toInt(&ok);
    const QHostAddress address(QString::fromLatin1(host));
    if (colon < 0 || !ok || port < 0 || port > 65535 || address.isNull())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("--listen has the form 127.0.0.1:9000; \"%1\" has not.").arg(displayName(text)));
    if (!address.isLoopback())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("The local store listens on this computer only (127.0.0.1 or [::1]), not on %1.").arg(address.toString()));
    return std::pair{address, static_cast<quint16>(port)};
}

}  // namespace

CommandFactory declareLocalStore(CLI::App &command)
{
    auto arguments = std::make_shared<LocalStoreArguments>();
    command.add_option("--root", arguments->root, "Folder that holds the buckets; made if absent")->type_name("DIR")->required();
    command.add_option("--listen", arguments->listen, "Address and port on this computer; port 0 takes any")->type_name("ADDRESS:PORT")->capture_default_str();
    return [arguments](const CommandContext &context) { return std::make_unique<CommandLocalStore>(context, *arguments); };
}

CommandLocalStore::CommandLocalStore(const CommandContext &context, LocalStoreArguments arguments) : m_context(context), m_arguments(std::move(arguments))
{
}

void CommandLocalStore::start()
{
    auto chosen = options();
    if (!chosen) {
        m_context.output.error(errorSentence(chosen.error(), {}));
        Q_EMIT finished(exitCodeFor(chosen.error()));
        return;
    }
    m_store = std::make_unique<LocalStore>(*chosen);
    if (const auto listening = m_store->listen(); !listening) {
        m_context.output.error(errorSentence(listening.error(), {}));
        Q_EMIT finished(exitCodeFor(listening.error()));
        return;
    }
    printHowToUse(*chosen);
}

void CommandLocalStore::interrupt()
{
    m_store.reset();
    Q_EMIT finished(ExitCode::kDone);  // ending a service is what Ctrl-C is for
}

Result<LocalStoreOptions> CommandLocalStore::options()
{
    LocalStoreOptions options;
    const auto address = loopbackAddress(argumentBytes(m_arguments.listen));
    if (!address)
        return std::unexpected(address.error());
    std::tie(options.address, options.port) = *address;
    options.root = absolutePath(argumentBytes(m_arguments.root));
    const auto keys = LocalStoreKeys::readOrMake(options.root);
    if (!keys)
        return std::unexpected(keys.error());
    options.accessKeyId = keys->accessKeyId;
    options.secretAccessKey = keys->secretAccessKey;
    m_keyFile = LocalStoreKeys::fileBelow(options.root);
    m_keysAreNew = keys->areNew;
    return options;
}

void CommandLocalStore::printHowToUse(const LocalStoreOptions &options)
{
    Output &output = m_context.output;
    const QString host = options.address.protocol() == QAbstractSocket::IPv6Protocol ? QLatin1Char('[') + options.address.toString() + QLatin1Char(']')
                                                                                    : options.address.toString();
    const QString url = QStringLiteral("http://%1:%2").arg(host, QString::number(m_store->port()));
    if (output.style().isJson) {
        QJsonObject json{{QLatin1String("event"), QLatin1String("listening")}, {QLatin1String("endpointUrl"), url},
                         {QLatin1String("credentialsFile"), displayName(m_keyFile)}};
        output.printJson(json);
        return;
    }
    output.printLine(QStringLiteral("Local store on %1, folder %2").arg(url, displayName(options.root)));
    if (m_keysAreNew) {
        output.printLine(QStringLiteral("A new access key was made; it is shown this once and kept in %1:").arg(displayName(m_keyFile)));
        output.printLine(QStringLiteral("  access key id      ") + QString::fromLatin1(options.accessKeyId));
        output.printLine(QStringLiteral("  secret access key  ") + QString::fromLatin1(options.secretAccessKey));
    }
    output.printLine(QStringLiteral("In another terminal:"));
    output.printLine(QStringLiteral("  export AWS_ENDPOINT_URL=%1 AWS_REGION=us-east-1 AWS_SHARED_CREDENTIALS_FILE='%2'").arg(url, displayName(m_keyFile)));
    output.printLine(QStringLiteral("  packmule mb s3://first-bucket"));
    output.printLine(QStringLiteral("  packmule put FILE s3://first-bucket/"));
    output.printLine(QStringLiteral("Ctrl-C ends it; what was stored stays."));
    output.flush();
}

}  // namespace packmule
