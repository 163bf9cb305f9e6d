#pragma once

#include "app/cli/NeededUploads.h"
#include "app/cli/StoreCommand.h"

#include <QList>

namespace packmule {

struct UploadsArguments {
    S3Options s3;
    std::string uri, uploadId, olderThan;
    bool yes = false;
};

CommandFactory declareUploadsLs(CLI::App &command);
CommandFactory declareUploadsAbort(CLI::App &command);

/// `uploads ls` and `uploads abort`: the unfinished multipart uploads on the server, of any tool. Those that a transfer
/// of our journal still needs are named and left alone: `queue remove` gives up both.
class CommandUploads final : public StoreCommand
{
    Q_OBJECT

public:
    enum class Verb { List, Abort };
    CommandUploads(const CommandContext &context, UploadsArguments arguments, Verb verb);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    void listPage(const QByteArray &keyMarker, const QByteArray &uploadIdMarker);
    void take(const UnfinishedUpload &upload);
    void print(const UnfinishedUpload &upload);
    void spareNeeded(const std::function<void()> &then);
    void spare(const UnfinishedUpload &upload, TransferId transfer);
    void confirmAndAbort();
    void abortMore();
    void abortOne(const UnfinishedUpload &upload);

    UploadsArguments m_arguments;
    Verb m_verb;
    ObjectAddress m_place;
    std::optional<Milliseconds> m_olderThan;
    QList<UnfinishedUpload> m_waiting;
    NeededUploads m_needed;
    int m_inFlight = 0, m_aborted = 0, m_failed = 0, m_spared = 0;
    std::optional<Error> m_lastError;
};

}  // namespace packmule
