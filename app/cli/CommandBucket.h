#pragma once

#include "app/cli/StoreCommand.h"

namespace packmule {

struct BucketArguments {
    S3Options s3;
    std::string uri;
};

CommandFactory declareMb(CLI::App &command);
CommandFactory declareRb(CLI::App &command);

/// `mb` and `rb`: makes a bucket, removes an empty one.
class CommandBucket final : public StoreCommand
{
    Q_OBJECT

public:
    enum class Verb { Make, Remove };
    CommandBucket(const CommandContext &context, BucketArguments arguments, Verb verb);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    BucketArguments m_arguments;
    Verb m_verb;
    QByteArray m_bucket;
};

}  // namespace packmule
