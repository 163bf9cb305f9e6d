#pragma once

#include "app/cli/DoctorSentences.h"
#include "app/cli/StoreCommand.h"
#include "core/transfer/ConnectionTest.h"

#include <memory>
#include <optional>

namespace packmule {

struct DoctorArguments {
    S3Options s3;
    std::string uri;
};

CommandFactory declareDoctor(CLI::App &command);

/// The checklist of ConnectionTest, one line a check as it is done. Thread: main.
class CommandDoctor final : public StoreCommand
{
    Q_OBJECT

public:
    CommandDoctor(const CommandContext &context, DoctorArguments arguments);

protected:
    Result<void> readArguments() override;
    void run() override;

private:
    void show(const ConnectionFinding &finding);
    void print(const DoctorLine &line);
    void conclude();

    DoctorArguments m_arguments;
    ObjectAddress m_place;       ///< bucket and prefix
    std::unique_ptr<ConnectionTest> m_test;
    std::optional<Error> m_end;  ///< of the finding that made the rest senseless
    int m_failed = 0;
};

}  // namespace packmule
