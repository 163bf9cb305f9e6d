#include "app/LocalStoreKeys.h"

#include "core/base/Redaction.h"
#include "core/integrity/Digest.h"
#include "core/settings/AwsIniFile.h"

#include <QFile>

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

Result<void> writeKeys(const QByteArray &file, const LocalStoreKeys &keys)
{
    const QString name = QFile::decodeName(file);
    const int descriptor = ::open(file.constData(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (descriptor < 0)
        return localFailure(QStringLiteral("%1 cannot be written").arg(name));
    const QByteArray text = "[default]\naws_access_key_id = " + keys.accessKeyId + "\naws_secret_access_key = " + keys.secretAccessKey + "\n";
    const bool isWritten = ::write(descriptor, text.constData(), static_cast<size_t>(text.size())) == text.size();
    const bool isClosed = ::close(descriptor) == 0;
    if (!isWritten || !isClosed)
        return localFailure(QStringLiteral("%1 cannot be written").arg(name));
    return {};
}

}  // namespace

Result<LocalStoreKeys> LocalStoreKeys::readOrMake(const QByteArray &root)
{
    if (::mkdir(root.constData(), 0700) != 0 && errno != EEXIST)
        return localFailure(QStringLiteral("The folder %1 cannot be made").arg(displayName(root)));
    const QString fileName = QFile::decodeName(fileBelow(root));
    const auto kept = AwsIniFile::read(fileName);
    if (!kept)
        return std::unexpected(kept.error());
    const auto section = kept->sections().value("default");
    LocalStoreKeys keys{section.value("aws_access_key_id").text, section.value("aws_secret_access_key").text, false};
    if (!keys.accessKeyId.isEmpty() && !keys.secretAccessKey.isEmpty())
        return keys;
    if (!kept->sections().isEmpty())
        return failure(ErrorKind::InvalidRequest, QStringLiteral("%1 holds no access key; remove it and a new one is made.").arg(fileName));
    keys = {"PM" + randomWord(18), randomWord(40), true};
    if (const auto written = writeKeys(fileBelow(root), keys); !written)
        return std::unexpected(written.error());
    return keys;
}

}  // namespace packmule
