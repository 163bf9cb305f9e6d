#include "app/cli/CommandVerify.h"

#include "app/Composition.h"
#include "app/cli/ArgumentBytes.h"
#include "app/cli/Output.h"
#include "app/cli/PutArguments.h"
#include "app/cli/S3Uri.h"
#include "core/base/Redaction.h"

#include <CLI/CLI.hpp>

#include <cstring>

namespace packmule {

namespace {

constexpr int kMaxGuesses = 6;  // each costs an MD5 of the file

/// "0123…-12" → raw hash and 12; "0123…" → raw hash and 0. Empty hash if the ETag is something else.
std::pair<QByteArray, int> md5OfETag(const QByteArray &eTag)
{
    const qsizetype dash = eTag.indexOf('-');
    const QByteArray hex = dash < 0 ? eTag : eTag.left(dash);
    const QByteArray raw = QByteArray::fromHex(hex);
    bool ok = true;
    const int parts = dash < 0 ? 0 : eTag.mid(dash + 1).toInt(&ok);
    if (hex.size() != 32 || raw.size() != 16 || raw.toHex() != hex.toLower() || !ok)
        return {};
    return {raw, parts};
}

}  // namespace

CommandFactory declareVerify(CLI::App &command)
{
    auto arguments = std::make_shared<VerifyArguments>();
    command.add_option("FILE", arguments->file, "The file as it should be")->option_text(" ")->required();
    command.add_option("OBJECT", arguments->object, "s3://bucket/key")->option_text(" ")->required();
    declareS3Options(command, arguments->s3);
    return [arguments](const CommandContext &context) { return std::make_unique<CommandVerify>(context, *arguments); };
}

CommandVerify::CommandVerify(const CommandContext &context, VerifyArguments arguments) : StoreCommand(context, arguments.s3), m_arguments(std::move(arguments))
{
}

Result<void> CommandVerify::readArguments()
{
    return objectUriFrom(argumentBytes(m_arguments.object)).transform([this](const ObjectAddress &object) { m_object = object; });
}

void CommandVerify::run()
{
    const auto file = SourceFile::open(absolutePath(argumentBytes(m_arguments.file)), true);
    if (!file) {
        fail(file.error(), {argumentBytes(m_arguments.file), std::nullopt});
        return;
    }
    m_file = *file;
    ask<ObjectHead>([this](auto done) { return store().headObject(m_object, std::move(done)); }, [this](Result<ObjectHead> head) {
        if (head)
            judge(*head);
        else
            fail(head.error(), {m_file->path(), m_object});
    });
}

void CommandVerify::judge(const ObjectHead &head)
{
    if (head.size != m_file->identity().size) {
        conclude(false, QStringLiteral("the file has %1 bytes, the object %2").arg(QString::number(m_file->identity().size.value()), QString::number(head.size.value())));
        return;
    }
    if (!head.checksum.isEmpty() && !head.checksum.isComposite)
        compareWhole(head.checksum);
    else
        compareParts(head);
}

void CommandVerify::compareWhole(const Checksum &checksum)
{
    m_whole = makeDigest(checksum.algorithm);
    m_reading = std::make_unique<FileReading>(m_file, context().composition.scheduler());
    m_reading->start([this](QByteArrayView bytes) { m_whole->add(bytes); }, [this, checksum](Result<void> read) {
        if (!read) {
            fail(read.error(), {m_file->path(), m_object});
            return;
        }
        const QString by = QStringLiteral("the store's %1 of the whole object").arg(QString::fromLatin1(checksumAlgorithmName(checksum.algorithm)));
        const bool isSame = m_whole->result() == checksum.rawBytes;
        conclude(isSame, isSame ? by : by + QStringLiteral(" differs"));
    });
}

void CommandVerify::compareParts(const ObjectHead &head)
{
    const auto [md5Hash, eTagParts] = md5OfETag(head.eTag);
    const int parts = std::max({eTagParts, head.partCount, 1});
    const QList<ByteCount> sizes = likelyPartSizes(head.size, parts, kMaxGuesses);
    const bool triesETag = !md5Hash.isEmpty() && (eTagParts == 0 || !sizes.isEmpty());
    const bool triesChecksum = !head.checksum.isEmpty() && !sizes.isEmpty();
    if (!triesETag && !triesChecksum) {
        compareByDownload();
        return;
    }
    if (triesChecksum)
        m_checksums = std::make_unique<CompositeDigests>(head.checksum.algorithm, sizes);
    else if (eTagParts == 0)
        m_whole = makeDigest(ChecksumAlgorithm::Md5);
    else
        m_eTags = std::make_unique<CompositeDigests>(ChecksumAlgorithm::Md5, sizes);
    m_reading = std::make_unique<FileReading>(m_file, context().composition.scheduler());
    const auto sink = [this](QByteArrayView bytes) {
        if (m_whole)
            m_whole->add(bytes);
        if (m_checksums)
            m_checksums->add(bytes);
        if (m_eTags)
            m_eTags->add(bytes);
    };
    m_reading->start(sink, [this, head, hash = md5Hash](Result<void> read) {
        if (!read)
            fail(read.error(), {m_file->path(), m_object});
        else if (m_whole && m_whole->result() == hash)
            conclude(true, QStringLiteral("the ETag, which is the MD5 of the object"));
        else if (m_checksums && m_checksums->results().contains(head.checksum.rawBytes))
            conclude(true, QStringLiteral("the store's %1 of the parts").arg(QString::fromLatin1(checksumAlgorithmName(head.checksum.algorithm))));
        else if (m_eTags && m_eTags->results().contains(hash))
            conclude(true, QStringLiteral("the ETag, which is made of the parts' MD5"));
        else
            compareByDownload();
    });
}

void CommandVerify::compareByDownload()
{
    output().note(QStringLiteral("The store tells no checksum that settles it; downloading %1 to compare.").arg(byteCountText(m_file->identity().size)));
    const qint64 size = m_file->identity().size.value();
    if (size == 0) {
        conclude(true, QStringLiteral("both being empty"));
        return;
    }
    ask<ObjectHead>([this, size](auto done) {
        return store().getObject(m_object, ByteRange{m_compared, size - 1}, [this](const QByteArray &bytes) { takeBytes(bytes); }, std::move(done));
    },
                    [this, size](Result<ObjectHead> head) {
                        if (m_fileError)
                            fail(*m_fileError, {m_file->path(), m_object});
                        else if (m_differs)
                            conclude(false, QStringLiteral("a download differs at byte %1").arg(m_compared));
                        else if (!head)
                            fail(head.error(), {m_file->path(), m_object});
                        else
                            conclude(m_compared == size, QStringLiteral("downloading and comparing every byte"));
                    });
}

void CommandVerify::takeBytes(const QByteArray &bytes)
{
    if (m_differs || m_fileError)
        return;
    QByteArray own(bytes.size(), Qt::Uninitialized);
    const auto got = m_file->read(own.data(), own.size(), m_compared);
    if (!got) {
        m_fileError = got.error();
        return;
    }
    const auto [left, right] = std::mismatch(bytes.begin(), bytes.end(), own.begin(), own.begin() + *got);
    m_compared += left - bytes.begin();
    m_differs = left != bytes.end();
}

void CommandVerify::conclude(bool isSame, const QString &by)
{
    if (isJson()) {
        QJsonObject json = event(isSame ? "same" : "different", m_object);
        json.insert(QLatin1String("source"), QString::fromUtf8(m_file->path()));
        json.insert(QLatin1String("size"), m_file->identity().size.value());
        json.insert(QLatin1String("by"), by);
        output().printJson(json);
    } else if (!output().style().isQuiet || !isSame) {
        output().printLine(isSame ? QStringLiteral("the same: %1 is %2 (%3), proved by %4").arg(s3UriText(m_object), displayName(m_file->path()), byteCountText(m_file->identity().size), by)
                                  : QStringLiteral("NOT the same: %1 is not %2: %3").arg(s3UriText(m_object), displayName(m_file->path()), by));
    }
    Q_EMIT finished(isSame ? ExitCode::kDone : ExitCode::kSomeFailed);
}

}  // namespace packmule
