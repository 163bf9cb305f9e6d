#pragma once

#include <QByteArray>
#include <QMap>

namespace packmule {

/// The AWS_* variables (and HOME) of one process, taken once at its start. Holds secrets: never logged, never copied
/// into an argument list. Thread: any; a value.
class AwsEnvironment
{
public:
    AwsEnvironment() = default;
    explicit AwsEnvironment(QMap<QByteArray, QByteArray> variables) : m_variables(std::move(variables)) {}

    /// Reads the process's environment and then removes the secret ones (secret key, session token) from it, so that no
    /// child of ours inherits them (facts E1.2). Call before any thread exists.
    static AwsEnvironment takeFromProcess();

    /// Empty if unset; an empty variable counts as unset, as the AWS tools treat it.
    QByteArray value(const char *name) const { return m_variables.value(QByteArray(name)); }

private:
    QMap<QByteArray, QByteArray> m_variables;
};

}  // namespace packmule
