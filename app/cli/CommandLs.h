#pragma once

#include "app/cli/StoreCommand.h"

namespace packmule {

struct LsArguments {
    S3Options s3;
    std::string uri;
    bool recursive = false;
};

CommandFactory declareLs(CLI::App &command);

/// Lists buckets, or what is under a prefix, a page at a time: memory does not grow with the listing.
class CommandLs final : public StoreCommand
{
    Q_OBJECT

public:
    CommandLs(const CommandContext &context, LsArguments arguments);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    void listBuckets();
    void listPage(const QByteArray &token);
    void printPage(const ObjectPage &page);

    LsArguments m_arguments;
    ObjectAddress m_place;
};

}  // namespace packmule
