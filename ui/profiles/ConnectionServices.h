#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/settings/SecretStore.h"
#include "core/settings/SettingsStore.h"
#include "ui/common/UserPrompts.h"
#include "ui/profiles/ConnectionTester.h"

#include <QStringList>

#include <functional>

namespace packmule {

/// What the connection dialogs work with; all of it outlives them. Null functions: that card is absent.
struct ConnectionServices {
    SettingsStore &settings;
    SecretStore &secrets;
    ConnectionTester &tester;
    UserPrompts &prompts;
    /// The names of the profiles in AWS's files; asked off this thread.
    std::function<CallHandle(std::function<void(Result<QStringList>)>)> awsProfiles;
    /// Starts the local store of this application and gives the connection to it, already saved.
    std::function<CallHandle(std::function<void(Result<ConnectionProfile>)>)> tryHere;
};

}  // namespace packmule
