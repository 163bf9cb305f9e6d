#pragma once

#include "app/cli/CompositeGuess.h"
#include "app/cli/FileReading.h"
#include "app/cli/StoreCommand.h"

namespace packmule {

struct VerifyArguments {
    S3Options s3;
    std::string file, object;
};

CommandFactory declareVerify(CLI::App &command);

/// Proves that an object is a file: by the store's checksum of the whole, else by its hash of part hashes or its ETag,
/// else by downloading and comparing.
///
/// | step | proves | else |
/// |---|---|---|
/// | HeadObject | sizes differ: not the same | next |
/// | checksum of the whole object | the same, or not | next, if the store tells none |
/// | composite checksum, MD5 ETag, for likely part sizes | the same | next: another part size is no difference |
/// | GetObject against the file | the same, or not | — |
class CommandVerify final : public StoreCommand
{
    Q_OBJECT

public:
    CommandVerify(const CommandContext &context, VerifyArguments arguments);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    void judge(const ObjectHead &head);
    void compareWhole(const Checksum &checksum);
    void compareParts(const ObjectHead &head);
    void compareByDownload();
    void takeBytes(const QByteArray &bytes);
    void conclude(bool isSame, const QString &by);

    VerifyArguments m_arguments;
    ObjectAddress m_object;
    std::shared_ptr<SourceFile> m_file;
    std::unique_ptr<FileReading> m_reading;
    std::unique_ptr<Digest> m_whole;
    std::unique_ptr<CompositeDigests> m_checksums, m_eTags;
    qint64 m_compared = 0;
    std::optional<Error> m_fileError;
    bool m_differs = false;
};

}  // namespace packmule
