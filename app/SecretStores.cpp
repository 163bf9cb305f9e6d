#include "app/SecretStores.h"

#include "core/journal/JournalLocation.h"

#include <utility>

namespace packmule {

SecretStores::SecretStores(std::function<bool()> mayUseFile)
    : m_keyring(m_scheduler, QStringLiteral("packmule")), m_file(m_scheduler, dataFolder()), m_both(m_keyring, m_file, std::move(mayUseFile))
{
}

}  // namespace packmule
