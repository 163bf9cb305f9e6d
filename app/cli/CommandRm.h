#pragma once

#include "app/cli/StoreCommand.h"

#include <QList>

namespace packmule {

struct RmArguments {
    S3Options s3;
    std::vector<std::string> uris;
    bool recursive = false;
    bool yes = false;
};

CommandFactory declareRm(CLI::App &command);

/// Deletes objects: named ones, or with -r all below a prefix, after asking. A page of the listing is deleted before
/// the next is asked for, so memory does not grow with the prefix.
class CommandRm final : public StoreCommand
{
    Q_OBJECT

public:
    CommandRm(const CommandContext &context, RmArguments arguments);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    bool hasConsent();
    QString placesText() const;
    void nextPlace();
    void listPage();
    void deleteMore();
    void deleteOne(const ObjectAddress &object);
    void end();

    RmArguments m_arguments;
    QList<ObjectAddress> m_places;      ///< still to do: objects, or prefixes with -r
    std::optional<ObjectAddress> m_prefix;
    QByteArray m_token;
    QList<ObjectAddress> m_waiting;     ///< to be deleted
    int m_inFlight = 0, m_deleted = 0, m_failed = 0;
    std::optional<Error> m_lastError;
};

}  // namespace packmule
