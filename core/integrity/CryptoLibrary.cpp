#include "core/integrity/Digest.h"
#include "core/integrity/QcaDigest.h"

#include <QStringList>

namespace packmule {

namespace {

// Kibibytes of memory that is never swapped, for QCA's own copies of keys.
constexpr int kSecureMemoryKib = 64;

}  // namespace

// LockingKeepPrivileges: the other modes change the process's user id as a side effect of locking memory.
struct CryptoLibrary::State {
    QCA::Initializer initializer{QCA::LockingKeepPrivileges, kSecureMemoryKib};
};

CryptoLibrary::CryptoLibrary() : m_state(std::make_unique<State>())
{
    // Loads the plugins here, once, before any pool thread asks (about 12 ms).
    static_cast<void>(missingProvider());
}

CryptoLibrary::~CryptoLibrary() = default;

QString CryptoLibrary::missingProvider() const
{
    const QStringList needed = {QStringLiteral("sha256"), QStringLiteral("sha1"), QStringLiteral("md5"),
                                QStringLiteral("hmac(sha256)"), QStringLiteral("hmac(sha1)")};
    return QCA::isSupported(needed, kQcaProvider) ? QString() : QStringLiteral("libqca-qt6-plugins");
}

}  // namespace packmule
