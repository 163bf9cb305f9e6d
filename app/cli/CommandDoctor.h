#pragma once

#include "app/cli/StoreCommand.h"

#include <functional>
#include <vector>

namespace packmule {

struct DoctorArguments {
    S3Options s3;
    std::string uri;
};

CommandFactory declareDoctor(CLI::App &command);

/// A checklist, one line a check as it is done: endpoint, clock, credentials, bucket, listing, writing, checksums,
/// multipart, lifecycle, CORS. Writes a small object and an empty upload under a key of its own and removes both again.
///
/// Every check ends with passed(), failed() or unknown() and then next(); a check that makes the rest senseless ends the
/// list. Thread: main.
class CommandDoctor final : public StoreCommand
{
    Q_OBJECT

public:
    CommandDoctor(const CommandContext &context, DoctorArguments arguments);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    using Check = std::function<void()>;

    void next();
    void show(const char *mark, const QString &name, const QString &sentence);
    void passed(const QString &name, const QString &sentence);
    void failed(const QString &name, const Error &error, const ObjectAddress &object);
    void unknown(const QString &name, const QString &sentence);
    void stop(const QString &name, const Error &error, const ObjectAddress &object);

    void checkService();
    void checkBucket();
    void checkClock();
    void checkListing();
    void checkWriting();
    void put(ChecksumAlgorithm algorithm);
    void tellWriting(ChecksumAlgorithm algorithm, bool isProof);
    void checkReading();
    void checkMultipart();
    void sendPart(const QByteArray &uploadId);
    void listParts(const QByteArray &uploadId);
    void abortUpload(const QByteArray &uploadId);
    void checkRemoval();
    void checkUnfinished();
    void checkLifecycle();
    void checkCors();

    ObjectAddress bucketPlace() const { return {m_place.bucket, {}}; }
    ObjectBody body(ChecksumAlgorithm algorithm) const;
    IntegrityPlan plan(ChecksumAlgorithm algorithm);

    DoctorArguments m_arguments;
    ObjectAddress m_place;       ///< bucket and prefix
    ObjectAddress m_test;        ///< where the small object goes
    ChecksumAlgorithm m_algorithm = ChecksumAlgorithm::Crc64Nvme;
    std::vector<Check> m_checks;
    std::size_t m_next = 0;
    bool m_isWritten = false;
    int m_failed = 0;
};

}  // namespace packmule
