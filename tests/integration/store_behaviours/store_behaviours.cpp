#include "core/integrity/Digest.h"
#include "tests/integration/store_behaviours/BehaviourReport.h"
#include "tests/integration/store_behaviours/KeyBehaviours.h"
#include "tests/integration/store_behaviours/ListingBehaviours.h"
#include "tests/integration/store_behaviours/MultipartBehaviours.h"
#include "tests/integration/store_behaviours/ObjectBehaviours.h"

#include <QCoreApplication>
#include <QTest>

#include <cstdio>

using namespace packmule;

namespace {

constexpr int kUsageError = 2;

/// Runs the groups named, or all; @return how many test functions failed.
int runGroups(StoreSession &store, BehaviourReport &report, const QStringList &names)
{
    ObjectBehaviours objects(store, report);
    MultipartBehaviours multipart(store, report);
    ListingBehaviours listings(store, report);
    KeyBehaviours keys(store, report);
    const std::pair<QLatin1StringView, QObject *> groups[] = {
        {QLatin1StringView("objects"), &objects},
        {QLatin1StringView("multipart"), &multipart},
        {QLatin1StringView("listings"), &listings},
        {QLatin1StringView("keys"), &keys},
    };
    int failures = 0;
    for (const auto &[name, group] : groups) {
        if (names.isEmpty() || names.contains(name))
            failures += QTest::qExec(group, QStringList{QCoreApplication::applicationFilePath()});
    }
    return failures;
}

}  // namespace

/// store_behaviours [objects] [multipart] [listings] [keys]; the store comes from the environment (README.md).
int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    const CryptoLibrary crypto;
    const QByteArray name = qgetenv("STORE_NAME");
    const StoreAccess access{.endpoint = qgetenv("AWS_ENDPOINT_URL"), .accessKeyId = qgetenv("AWS_ACCESS_KEY_ID"),
                             .secretAccessKey = qgetenv("AWS_SECRET_ACCESS_KEY"), .bucket = qgetenv("STORE_BUCKET")};
    if (name.isEmpty() || access.endpoint.isEmpty() || access.accessKeyId.isEmpty() || access.bucket.isEmpty()) {
        std::fputs("STORE_NAME, STORE_BUCKET, AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY say which store.\n", stderr);
        return kUsageError;
    }
    const QStringList groups = application.arguments().sliced(1);
    const bool isSurvey = qEnvironmentVariableIsSet("STORE_SURVEY");
    BehaviourReport report(name, isSurvey);
    StoreSession store(access);
    int failures = runGroups(store, report, groups);
    std::fputs(report.table().constData(), stdout);
    if (groups.isEmpty() && !isSurvey) {
        for (const QByteArray &behaviour : report.unseenRows()) {
            std::fprintf(stdout, "FAIL: the table of differences has a row \"%s\" that nothing asks for\n", behaviour.constData());
            ++failures;
        }
    }
    return failures == 0 ? 0 : 1;
}
