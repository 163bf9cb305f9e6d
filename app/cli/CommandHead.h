#pragma once

#include "app/cli/StoreCommand.h"

namespace packmule {

struct HeadArguments {
    S3Options s3;
    std::string uri;
};

CommandFactory declareHead(CLI::App &command);

/// Shows what the store says of one object.
class CommandHead final : public StoreCommand
{
    Q_OBJECT

public:
    CommandHead(const CommandContext &context, HeadArguments arguments);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    void print(const ObjectHead &head);

    HeadArguments m_arguments;
    ObjectAddress m_object;
};

}  // namespace packmule
