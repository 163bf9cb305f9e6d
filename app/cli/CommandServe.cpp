#include "app/cli/CommandServe.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/PutArguments.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

#include <QDateTime>
#include <QFile>
#include <QFileInfo>
#include <QJsonObject>
#include <QSslCertificate>
#include <QSslKey>

#include <sys/resource.h>

namespace packmule {

namespace {

std::unexpected<Error> serveUsage(const QString &sentence)
{
    return failure(ErrorKind::InvalidRequest, sentence);
}

Result<std::pair<QHostAddress, quint16>> listenAddress(const QByteArray &text)
{
    const qsizetype colon = text.lastIndexOf(':');
    QByteArray host = text.left(std::max<qsizetype>(colon, 0));
    if (host.startsWith('[') && host.endsWith(']'))
        host = host.sliced(1, host.size() - 2);
    bool isNumber = false;
    const int port = text.mid(colon + 1).toInt(&isNumber);
    const QHostAddress address(host == "localhost" ? QStringLiteral("127.0.0.1") : QString::fromLatin1(host));
    if (colon < 0 || !isNumber || port < 0 || port > 65535 || address.isNull())
        return serveUsage(QStringLiteral("--listen has the form 127.0.0.1:8080; \"%1\" has not.").arg(displayName(text)));
    return std::pair{address, static_cast<quint16>(port)};
}

Result<QByteArray> wholeFile(const std::string &name)
{
    constexpr qint64 kMostBytes = 1024 * 1024;
    QFile file(QFile::decodeName(argumentBytes(name)));
    if (!file.open(QIODevice::ReadOnly))
        return failure(ErrorKind::SourceUnreadable, QStringLiteral("%1 cannot be read: %2").arg(displayName(argumentBytes(name)), file.errorString()));
    return file.read(kMostBytes);
}

/// A thousand followers need a thousand descriptors; the usual soft limit is 1,024.
void raiseFileLimit()
{
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0)
        return;
    files.rlim_cur = std::min<rlim_t>(files.rlim_max, 65536);
    ::setrlimit(RLIMIT_NOFILE, &files);
}

QJsonObject eventNamed(const char *name)
{
    return {{QLatin1String("event"), QLatin1String(name)}, {QLatin1String("time"), QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)}};
}

FsyncPolicy fsyncPolicy(const std::string &name)
{
    if (name == "never")
        return FsyncPolicy::Never;
    return name == "always" ? FsyncPolicy::Always : FsyncPolicy::Finish;
}

}  // namespace

CommandFactory declareServe(CLI::App &command)
{
    auto arguments = std::make_shared<ServeArguments>();
    command.add_option("--root", arguments->root, "Folder that holds the streams; made if absent")->type_name("DIR")->required();
    command.add_option("--listen", arguments->listen, "Address and port; port 0 takes any")->type_name("ADDRESS:PORT")->capture_default_str();
    CLI::Option *certificate = command.add_option("--tls-cert", arguments->tlsCert, "Certificate and its chain, PEM")->type_name("FILE");
    CLI::Option *key = command.add_option("--tls-key", arguments->tlsKey, "The certificate's private key, PEM")->type_name("FILE");
    certificate->needs(key);
    key->needs(certificate);
    command.add_option("--token-file", arguments->tokenFile, "Who may what: lines of TOKEN follow|append|both /PREFIX EXPIRY|never")->type_name("FILE");
    command.add_option("--allow-anonymous", arguments->allowAnonymous, "What other machines may do without a token")->check(CLI::IsMember({"follow", "append", "both"}));
    command.add_option("--fsync", arguments->fsync, "When bytes are made durable: before each acknowledgement, at the finish, or never")
        ->check(CLI::IsMember({"never", "finish", "always"}))->capture_default_str();
    command.add_option("--quota", arguments->quota, "Most bytes that all streams together may have")->type_name("SIZE");
    command.add_option("--prefix", arguments->prefix, "Path below which the streams are")->type_name("/PATH")->capture_default_str();
    return [arguments](const CommandContext &context) { return std::make_unique<CommandServe>(context, *arguments); };
}

CommandServe::CommandServe(const CommandContext &context, ServeArguments arguments) : m_context(context), m_arguments(std::move(arguments))
{
}

void CommandServe::start()
{
    auto chosen = options();
    if (!chosen) {
        refuse(chosen.error(), chosen.error().kind == ErrorKind::InvalidRequest ? ExitCode::kUsage : ExitCode::kConfiguration);
        return;
    }
    chosen->log = [this](const StreamAccess &line) { printAccess(line); };
    warnOf(*chosen);
    raiseFileLimit();
    m_server = std::make_unique<StreamServer>(*chosen);
    if (const auto listening = m_server->listen(); !listening) {
        refuse(listening.error(), ExitCode::kConfiguration);
        return;
    }
    printListening(*chosen);
}

void CommandServe::interrupt()
{
    m_server.reset();
    Q_EMIT finished(ExitCode::kDone);  // ending a service is what Ctrl-C is for
}

void CommandServe::refuse(const Error &error, int exitCode)
{
    m_context.output.error(error.detail);
    Q_EMIT finished(exitCode);
}

Result<StreamServerOptions> CommandServe::options() const
{
    StreamServerOptions options;
    const auto address = listenAddress(argumentBytes(m_arguments.listen));
    if (!address)
        return std::unexpected(address.error());
    std::tie(options.address, options.port) = *address;
    options.root = absolutePath(argumentBytes(m_arguments.root));
    options.prefix = argumentBytes(m_arguments.prefix);
    while (options.prefix.size() > 1 && options.prefix.endsWith('/'))
        options.prefix.chop(1);
    if (!options.prefix.startsWith('/'))
        return serveUsage(QStringLiteral("--prefix begins with \"/\"."));
    options.hub.fsync = fsyncPolicy(m_arguments.fsync);
    if (!m_arguments.quota.empty()) {
        options.hub.quota = byteCountFromText(QString::fromStdString(m_arguments.quota));
        if (!options.hub.quota)
            return serveUsage(QStringLiteral("--quota \"%1\" is no size (10GiB, 500M).").arg(QString::fromStdString(m_arguments.quota)));
    }
    if (const auto added = addTls(options); !added)
        return std::unexpected(added.error());
    if (const auto added = addGate(options); !added)
        return std::unexpected(added.error());
    return options;
}

Result<void> CommandServe::addTls(StreamServerOptions &options) const
{
    if (m_arguments.tlsCert.empty())
        return {};
    const auto certificateText = wholeFile(m_arguments.tlsCert);
    const auto keyText = wholeFile(m_arguments.tlsKey);
    if (!certificateText || !keyText)
        return std::unexpected(certificateText ? keyText.error() : certificateText.error());
    const QList<QSslCertificate> chain = QSslCertificate::fromData(*certificateText, QSsl::Pem);
    QSslKey key(*keyText, QSsl::Rsa, QSsl::Pem, QSsl::PrivateKey);
    if (key.isNull())
        key = QSslKey(*keyText, QSsl::Ec, QSsl::Pem, QSsl::PrivateKey);
    if (chain.isEmpty() || key.isNull())
        return failure(ErrorKind::SourceUnreadable, QStringLiteral("%1 holds no %2 in PEM form.")
                                                        .arg(displayName(argumentBytes(chain.isEmpty() ? m_arguments.tlsCert : m_arguments.tlsKey)),
                                                             chain.isEmpty() ? QStringLiteral("certificate") : QStringLiteral("private key (RSA or EC, without a password)")));
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(key);
    tls.setPeerVerifyMode(QSslSocket::VerifyNone);
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    options.tls = tls;
    return {};
}

Result<void> CommandServe::addGate(StreamServerOptions &options) const
{
    if (!m_arguments.tokenFile.empty()) {
        const auto text = wholeFile(m_arguments.tokenFile);
        if (!text)
            return std::unexpected(text.error());
        auto tokens = StreamTokens::read(*text);
        if (!tokens)
            return failure(ErrorKind::SourceUnreadable, displayName(argumentBytes(m_arguments.tokenFile)) + QStringLiteral(": ") + tokens.error().detail + QLatin1Char('.'));
        options.gate.tokens = *tokens;
    }
    options.gate.allowsAnonymousFollow = m_arguments.allowAnonymous == "follow" || m_arguments.allowAnonymous == "both";
    options.gate.allowsAnonymousAppend = m_arguments.allowAnonymous == "append" || m_arguments.allowAnonymous == "both";
    if (!options.address.isLoopback() && options.gate.tokens.isEmpty() && m_arguments.allowAnonymous.empty())
        return serveUsage(QStringLiteral("On %1 other machines could connect but nobody there may do anything: give --token-file or --allow-anonymous.").arg(options.address.toString()));
    return {};
}

void CommandServe::warnOf(const StreamServerOptions &options)
{
    Output &output = m_context.output;
    const auto openMode = QFileDevice::ReadGroup | QFileDevice::ReadOther;
    if (!m_arguments.tokenFile.empty() && (QFileInfo(QFile::decodeName(argumentBytes(m_arguments.tokenFile))).permissions() & openMode))
        output.warn(QStringLiteral("%1 can be read by others; make it yours alone (chmod 600).").arg(displayName(argumentBytes(m_arguments.tokenFile))));
    if (options.address.isLoopback())
        return;
    if (options.gate.allowsAnonymousFollow)
        output.warn(QStringLiteral("Anybody who reaches %1 may read every stream.").arg(options.address.toString()));
    if (options.gate.allowsAnonymousAppend)
        output.warn(QStringLiteral("Anybody who reaches %1 may write streams.").arg(options.address.toString()));
    if (!options.tls && !options.gate.tokens.isEmpty())
        output.warn(QStringLiteral("Without --tls-cert tokens and streams cross the network unencrypted."));
}

void CommandServe::printListening(const StreamServerOptions &options)
{
    Output &output = m_context.output;
    const bool isIPv6 = options.address.protocol() == QAbstractSocket::IPv6Protocol;
    const QString host = isIPv6 ? QLatin1Char('[') + options.address.toString() + QLatin1Char(']') : options.address.toString();
    const QString path = options.prefix == "/" ? QStringLiteral("/") : QString::fromLatin1(options.prefix) + QLatin1Char('/');
    const QString url = QStringLiteral("%1://%2:%3%4").arg(options.tls ? QStringLiteral("https") : QStringLiteral("http"), host, QString::number(m_server->port()), path);
    if (output.style().isJson) {
        QJsonObject event = eventNamed("listening");
        event.insert(QLatin1String("url"), url);
        event.insert(QLatin1String("root"), displayName(options.root));
        output.printJson(event);
        return;
    }
    output.printLine(QStringLiteral("Streams on %1, folder %2").arg(url, displayName(options.root)));
    output.printLine(QStringLiteral("Ctrl-C ends it; what was stored stays."));
    output.flush();
}

void CommandServe::printAccess(const StreamAccess &line)
{
    Output &output = m_context.output;
    const double seconds = static_cast<double>(line.took.count()) / 1000;
    if (output.style().isJson) {
        QJsonObject event = eventNamed("access");
        event.insert(QLatin1String("peer"), QLatin1String(line.peer));
        event.insert(QLatin1String("method"), displayName(line.method));
        event.insert(QLatin1String("verb"), QLatin1String(line.verb));
        event.insert(QLatin1String("path"), displayName(line.path));
        event.insert(QLatin1String("status"), line.status);
        event.insert(QLatin1String("bytes"), line.bytes);
        event.insert(QLatin1String("seconds"), seconds);
        event.insert(QLatin1String("how"), displayName(line.how));
        output.printJson(event);
        return;
    }
    output.note(QStringLiteral("%1 %2 %3 %4 %5 bytes %6 s %7")
                    .arg(QLatin1String(line.peer), QLatin1String(line.verb), displayName(line.path), QString::number(line.status),
                         QString::number(line.bytes), QString::number(seconds, 'f', 3), displayName(line.how))
                    .trimmed());
}

}  // namespace packmule
