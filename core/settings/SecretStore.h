#pragma once

#include "core/base/CallHandle.h"

#include <QByteArray>
#include <QObject>
#include <QString>

#include <expected>
#include <functional>

namespace packmule {

/// Why a secret could not be had or kept. `detail` is English, for logs and the command line; it never holds a secret.
struct SecretError {
    enum class Kind {
        Absent,      ///< nothing is kept under this name
        NoKeyring,   ///< this session has no keyring: a person may agree to a file instead
        Refused,     ///< locked, or the person said no
        NoAnswer,    ///< asked, and nothing came within the time limit: perhaps it shows its own question
        Failed,
    };
    Kind kind = Kind::Failed;
    QString detail;
};

template<typename T>
using SecretResult = std::expected<T, SecretError>;

enum class SecretPlace { Keyring, File };

/// Keeps secrets by name (a connection's id). The rules of CallHandle; dropping the handle of a write does not undo it.
/// Thread: the one that made it.
class SecretStore : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] virtual CallHandle read(const QByteArray &name, std::function<void(SecretResult<QByteArray>)> done) = 0;
    /// Tells where it is kept now.
    [[nodiscard]] virtual CallHandle write(const QByteArray &name, const QByteArray &secret, std::function<void(SecretResult<SecretPlace>)> done) = 0;
    /// An absent one counts as removed.
    [[nodiscard]] virtual CallHandle remove(const QByteArray &name, std::function<void(SecretResult<void>)> done) = 0;

Q_SIGNALS:
    /// Reading this name may give something else from now on (also: a keyring that was asked too long has answered).
    void changed(const QByteArray &name);
};

}  // namespace packmule
