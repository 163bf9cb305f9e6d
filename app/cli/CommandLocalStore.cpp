#include "app/cli/CommandLocalStore.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/ErrorSentences.h"
#include "app/cli/Output.h"
#include "app/cli/PutArguments.h"
#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"
#include "core/settings/AwsIniFile.h"

#include <CLI/CLI.hpp>

#include <QFile>
#include <QJsonObject>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

namespace {

std::unexpected<Error> localFailure(const QString &what)
{
    const int code = errno;
    return std::unexpected(Error{.kind = ErrorKind::LocalIo, .detail = QStringLiteral("%1: %2").arg(what, QString::fromLocal8Bit(std::strerror(code))),
                                 .httpStatus = {}, .s3Code = {}, .requestId = {}, .retryAfter = {}, .osError = code});
}

/// Letters and digits from random bytes; used for a key id and a secret, so without look-alikes matters less than length.
QByteArray randomWord(int length)
{
    static constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    QByteArray word;
    for (const char byte : randomBytes(length))
        word += kLetters[static_cast<uchar>(byte) % 32];
    return word;
}

Result<std::pair<QHostAddress, quint16>> listenAddress(const QByteArray &text)
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
    const auto address = listenAddress(argumentBytes(m_arguments.listen));
    if (!address)
        return std::unexpected(address.error());
    std::tie(options.address, options.port) = *address;
    options.root = absolutePath(argumentBytes(m_arguments.root));
    if (::mkdir(options.root.constData(), 0700) != 0 && errno != EEXIST)
        return localFailure(QStringLiteral("The folder %1 cannot be made").arg(displayName(options.root)));
    m_keyFile = options.root + "/.credentials";
    if (const auto keys = readOrMakeKeys(options); !keys)
        return std::unexpected(keys.error());
    return options;
}

Result<void> CommandLocalStore::readOrMakeKeys(LocalStoreOptions &options)
{
    const QString fileName = QFile::decodeName(m_keyFile);
    const auto kept = AwsIniFile::read(fileName);
    if (!kept)
        return std::unexpected(kept.error());
    const auto section = kept->sections().value("default");
    options.accessKeyId = section.value("aws_access_key_id").text;
    options.secretAccessKey = section.value("aws_secret_access_key").text;
    if (!options.accessKeyId.isEmpty() && !options.secretAccessKey.isEmpty())
        return {};
    if (!kept->sections().isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("%1 holds no access key; remove it and a new one is made.").arg(fileName));
    options.accessKeyId = "PM" + randomWord(18);
    options.secretAccessKey = randomWord(40);
    m_keysAreNew = true;
    const int descriptor = ::open(m_keyFile.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return localFailure(QStringLiteral("%1 cannot be written").arg(fileName));
    const QByteArray text = "[default]\naws_access_key_id = " + options.accessKeyId + "\naws_secret_access_key = " + options.secretAccessKey + "\n";
    const bool isWritten = ::write(descriptor, text.constData(), static_cast<size_t>(text.size())) == text.size();
    const bool isClosed = ::close(descriptor) == 0;
    if (!isWritten || !isClosed)
        return localFailure(QStringLiteral("%1 cannot be written").arg(fileName));
    return {};
}

void CommandLocalStore::printHowToUse(const LocalStoreOptions &options)
{
    Output &output = m_context.output;
    const QString host = options.address.protocol() == QAbstractSocket::IPv6Protocol ? QLatin1Char('[') + options.address.toString() + QLatin1Char(']')
                                                                                    : options.address.toString();
    const QString url = QStringLiteral("http://%1:%2").arg(host).arg(m_store->port());
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
