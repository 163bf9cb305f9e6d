#include "core/settings/AwsEnvironment.h"

#include <QtEnvironmentVariables>

namespace packmule {

namespace {

constexpr const char *kNames[] = {
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL_STS", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE",
    "AWS_CA_BUNDLE", "AWS_ROLE_SESSION_NAME", "HOME",
};
constexpr const char *kSecretNames[] = {"AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"};

}  // namespace

AwsEnvironment AwsEnvironment::takeFromProcess()
{
    QMap<QByteArray, QByteArray> variables;
    for (const char *name : kNames) {
        const QByteArray value = qgetenv(name);
        if (!value.isEmpty())
            variables.insert(name, value);
    }
    for (const char *name : kSecretNames)
        qunsetenv(name);
    return AwsEnvironment(std::move(variables));
}

}  // namespace packmule
