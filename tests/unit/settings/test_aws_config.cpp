#include "core/settings/AwsConfig.h"
#include "core/settings/AwsIniFile.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace packmule;

namespace {

using Kind = AwsCredentialsRecipe::Kind;

constexpr char kConfig[] = R"(# a comment
[default]
region = eu-west-1
s3 =
    addressing_style = path
    max_concurrent_requests = 20

[profile shop]
region = eu-central-1
endpoint_url = https://all.example
services = shop-services
ca_bundle = /etc/shop.pem

[services shop-services]
s3 =
  endpoint_url = https://s3.example
sts =
  endpoint_url = https://sts.example

[profile helper]
credential_process = /usr/bin/keys --for "my app"

[profile role]
role_arn = arn:aws:iam::1:role/up
source_profile = shop
external_id = ext
role_session_name = nightly
duration_seconds = 900

[profile envrole]
role_arn = arn:aws:iam::1:role/up
credential_source = Environment

[profile selfrole]
role_arn = arn:aws:iam::1:role/up
source_profile = selfrole
aws_access_key_id = SELF
aws_secret_access_key = selfsecret

[profile mfa]
role_arn = arn:aws:iam::1:role/up
source_profile = shop
mfa_serial = arn:aws:iam::1:mfa/me

[profile circle-a]
role_arn = a
source_profile = circle-b
[profile circle-b]
role_arn = b
source_profile = circle-a

[profile sso]
sso_session = corp

[profile half]
aws_access_key_id = ONLYID

[profile metadata]
role_arn = a
credential_source = Ec2InstanceMetadata

[profile "two words"]
region = ap-south-1
[notaprofile]
region = nowhere
)";

constexpr char kCredentials[] = R"([default]
aws_access_key_id = DEFAULTKEY
aws_secret_access_key = defaultsecret
[shop]
aws_access_key_id: SHOPKEY
aws_secret_access_key: shop=secret:with/signs
aws_session_token = shoptoken
[two words]
aws_access_key_id = WORDS
aws_secret_access_key = w
)";

}  // namespace

class TestAwsConfig : public QObject
{
    Q_OBJECT

private:
    QTemporaryDir m_folder;

    QString writeFile(const QString &name, const QByteArray &text, QFile::Permissions permissions = QFile::ReadOwner | QFile::WriteOwner)
    {
        const QString path = m_folder.filePath(name);
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(text) != text.size())
            qFatal("cannot write %s", qPrintable(path));
        file.setPermissions(permissions);
        return path;
    }
    AwsEnvironment environment(QMap<QByteArray, QByteArray> variables = {})
    {
        variables.insert("HOME", QFile::encodeName(m_folder.path()));
        variables.insert("AWS_CONFIG_FILE", QFile::encodeName(writeFile(QStringLiteral("config"), kConfig)));
        variables.insert("AWS_SHARED_CREDENTIALS_FILE", QFile::encodeName(writeFile(QStringLiteral("credentials"), kCredentials)));
        return AwsEnvironment(variables);
    }
    static AwsChoices profile(const char *name)
    {
        AwsChoices choices;
        choices.profile = QString::fromUtf8(name);
        return choices;
    }

private Q_SLOTS:
    void defaultProfileGivesRegionAddressingAndKeys()
    {
        const auto settings = readAwsSettings({}, environment());
        QVERIFY(settings);
        QCOMPARE(settings->region, QByteArray("eu-west-1"));
        QCOMPARE(settings->addressing, AddressingStyle::Path);
        QCOMPARE(settings->credentials.kind, Kind::Static);
        QCOMPARE(settings->credentials.accessKeyId, QByteArray("DEFAULTKEY"));
        QCOMPARE(settings->profile, QString());
        QVERIFY(settings->warnings.isEmpty());
    }
    void namedProfileReadsServicesEndpointAndBothFiles()
    {
        const auto settings = readAwsSettings(profile("shop"), environment());
        QVERIFY(settings);
        QCOMPARE(settings->endpointUrl, QByteArray("https://s3.example"));
        QCOMPARE(settings->stsEndpointUrl, QByteArray("https://sts.example"));
        QCOMPARE(settings->caBundle, QStringLiteral("/etc/shop.pem"));
        QCOMPARE(settings->credentials.secretAccessKey, QByteArray("shop=secret:with/signs"));
        QCOMPARE(settings->credentials.sessionToken, QByteArray("shoptoken"));
    }
    void quotedProfileNamesMatchAcrossTheFiles()
    {
        const auto settings = readAwsSettings(profile("two words"), environment());
        QVERIFY(settings);
        QCOMPARE(settings->region, QByteArray("ap-south-1"));
        QCOMPARE(settings->credentials.accessKeyId, QByteArray("WORDS"));
    }

    void endpointPrecedence_data()
    {
        QTest::addColumn<QByteArray>("choice");
        QTest::addColumn<QByteArray>("s3Variable");
        QTest::addColumn<QByteArray>("variable");
        QTest::addColumn<QByteArray>("ignore");
        QTest::addColumn<QByteArray>("expected");
        QTest::newRow("the option wins") << QByteArray("http://o") << QByteArray("http://s") << QByteArray("http://v") << QByteArray() << QByteArray("http://o");
        QTest::newRow("then the S3 variable") << QByteArray() << QByteArray("http://s") << QByteArray("http://v") << QByteArray() << QByteArray("http://s");
        QTest::newRow("then the general variable") << QByteArray() << QByteArray() << QByteArray("http://v") << QByteArray() << QByteArray("http://v");
        QTest::newRow("then the services section") << QByteArray() << QByteArray() << QByteArray() << QByteArray() << QByteArray("https://s3.example");
        QTest::newRow("all configured ones ignored") << QByteArray() << QByteArray("http://s") << QByteArray() << QByteArray("true") << QByteArray();
    }
    void endpointPrecedence()
    {
        QFETCH(QByteArray, choice);
        QFETCH(QByteArray, s3Variable);
        QFETCH(QByteArray, variable);
        QFETCH(QByteArray, ignore);
        AwsChoices choices = profile("shop");
        choices.endpointUrl = choice;
        const auto settings = readAwsSettings(choices, environment({{"AWS_ENDPOINT_URL_S3", s3Variable}, {"AWS_ENDPOINT_URL", variable},
                                                                    {"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", ignore}}));
        QVERIFY(settings);
        QTEST(settings->endpointUrl, "expected");
    }

    void regionPrecedence()
    {
        AwsChoices choices;
        choices.region = "chosen";
        const auto env = environment({{"AWS_REGION", "variable"}, {"AWS_DEFAULT_REGION", "older"}});
        QCOMPARE(readAwsSettings(choices, env)->region, QByteArray("chosen"));
        QCOMPARE(readAwsSettings({}, env)->region, QByteArray("variable"));
        QCOMPARE(readAwsSettings({}, environment({{"AWS_DEFAULT_REGION", "older"}}))->region, QByteArray("older"));
    }
    void keyVariablesBeatAwsProfileButNotAChosenProfile()
    {
        const auto env = environment({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}, {"AWS_SESSION_TOKEN", "t"}, {"AWS_PROFILE", "shop"}});
        const auto fromVariables = readAwsSettings({}, env);
        QCOMPARE(fromVariables->credentials.accessKeyId, QByteArray("ENV"));
        QCOMPARE(fromVariables->credentials.sessionToken, QByteArray("t"));
        QCOMPARE(fromVariables->endpointUrl, QByteArray("https://s3.example"));
        QCOMPARE(readAwsSettings(profile("shop"), env)->credentials.accessKeyId, QByteArray("SHOPKEY"));
    }
    void awsProfileChoosesWhereThereAreNoKeyVariables()
    {
        const auto settings = readAwsSettings({}, environment({{"AWS_PROFILE", "shop"}}));
        QCOMPARE(settings->profile, QStringLiteral("shop"));
        QCOMPARE(settings->credentials.accessKeyId, QByteArray("SHOPKEY"));
    }
    void anonymousNeedsNoKeys()
    {
        AwsChoices choices;
        choices.isAnonymous = true;
        QCOMPARE(readAwsSettings(choices, environment())->credentials.kind, Kind::Anonymous);
    }
    void processIsReported()
    {
        const auto settings = readAwsSettings(profile("helper"), environment());
        QCOMPARE(settings->credentials.kind, Kind::Process);
        QCOMPARE(settings->credentials.process, QStringLiteral("/usr/bin/keys --for \"my app\""));
    }
    void roleCarriesItsBase()
    {
        const auto settings = readAwsSettings(profile("role"), environment());
        QVERIFY(settings);
        QCOMPARE(settings->credentials.kind, Kind::AssumeRole);
        QCOMPARE(settings->credentials.externalId, QByteArray("ext"));
        QCOMPARE(settings->credentials.roleSessionName, QByteArray("nightly"));
        QCOMPARE(settings->credentials.roleDuration, std::chrono::seconds(900));
        QVERIFY(settings->credentials.base);
        QCOMPARE(settings->credentials.base->accessKeyId, QByteArray("SHOPKEY"));
    }
    void roleMayNameItselfAsSource()
    {
        const auto settings = readAwsSettings(profile("selfrole"), environment());
        QVERIFY(settings);
        QCOMPARE(settings->credentials.base->accessKeyId, QByteArray("SELF"));
    }
    void roleFromTheEnvironment()
    {
        const auto settings = readAwsSettings(profile("envrole"), environment({{"AWS_ACCESS_KEY_ID", "ENV"}, {"AWS_SECRET_ACCESS_KEY", "s"}}));
        QVERIFY(settings);
        QCOMPARE(settings->credentials.base->accessKeyId, QByteArray("ENV"));
    }

    void profilesThatCannotWork_data()
    {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<QString>("part");
        QTest::newRow("absent") << QByteArray("nobody") << QStringLiteral("is neither in");
        QTest::newRow("mfa") << QByteArray("mfa") << QStringLiteral("MFA code");
        QTest::newRow("circle") << QByteArray("circle-a") << QStringLiteral("circle");
        QTest::newRow("sso") << QByteArray("sso") << QStringLiteral("credential_process");
        QTest::newRow("key without secret") << QByteArray("half") << QStringLiteral("no aws_secret_access_key");
        QTest::newRow("instance metadata") << QByteArray("metadata") << QStringLiteral("Ec2InstanceMetadata");
        QTest::newRow("a section that is no profile") << QByteArray("notaprofile") << QStringLiteral("is neither in");
    }
    void profilesThatCannotWork()
    {
        QFETCH(QByteArray, name);
        QFETCH(QString, part);
        const auto settings = readAwsSettings(profile(name.constData()), environment());
        QVERIFY(!settings);
        QCOMPARE(settings.error().kind, ErrorKind::CredentialsMissing);
        QVERIFY2(settings.error().detail.contains(part), qPrintable(settings.error().detail));
    }

    void missingKeysSayWhereWasLooked()
    {
        const auto settings = readAwsSettings({}, AwsEnvironment({{"HOME", "/nonexistent"}}));
        QVERIFY(settings);
        QCOMPARE(settings->credentials.kind, Kind::Missing);
        QVERIFY(settings->credentials.origin.contains(QStringLiteral("/nonexistent/.aws/credentials")));
    }
    void openCredentialsFileIsWarnedAbout()
    {
        auto env = environment();
        QFile::setPermissions(m_folder.filePath(QStringLiteral("credentials")), QFile::ReadOwner | QFile::WriteOwner | QFile::ReadGroup);
        const auto settings = readAwsSettings({}, env);
        QCOMPARE(settings->warnings.size(), 1);
        QVERIFY(settings->warnings.first().contains(QStringLiteral("chmod 600")));
    }

    void brokenFilesNameTheLine_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QString>("place");
        QTest::newRow("open bracket") << QByteArray("[default]\nregion = x\n[prof") << QStringLiteral("f.ini, line 3");
        QTest::newRow("no sign") << QByteArray("[default]\nregion x\n") << QStringLiteral("f.ini, line 2");
        QTest::newRow("before a section") << QByteArray("\n# c\nregion = x\n") << QStringLiteral("f.ini, line 3");
        QTest::newRow("nested junk") << QByteArray("[default]\ns3 =\n   junk\n") << QStringLiteral("f.ini, line 3");
        QTest::newRow("empty name") << QByteArray("[]\n") << QStringLiteral("f.ini, line 1");
    }
    void brokenFilesNameTheLine()
    {
        QFETCH(QByteArray, text);
        QFETCH(QString, place);
        const auto file = AwsIniFile::parse(text, QStringLiteral("f.ini"));
        QVERIFY(!file);
        QVERIFY2(file.error().detail.startsWith(place), qPrintable(file.error().detail));
    }
    void windowsLinesByteOrderMarkAndContinuationsAreRead()
    {
        const auto file = AwsIniFile::parse("\xEF\xBB\xBF[default]\r\nRegion = a\r\n  b\r\n; c\r\n", QStringLiteral("f"));
        QVERIFY(file);
        QCOMPARE(file->sections().value("default").value("region").text, QByteArray("a\nb"));
    }
    void secretsLeaveTheEnvironment()
    {
        qputenv("AWS_ACCESS_KEY_ID", "ID");
        qputenv("AWS_SECRET_ACCESS_KEY", "secret");
        const auto taken = AwsEnvironment::takeFromProcess();
        QCOMPARE(taken.value("AWS_SECRET_ACCESS_KEY"), QByteArray("secret"));
        QVERIFY(!qEnvironmentVariableIsSet("AWS_SECRET_ACCESS_KEY"));
        QVERIFY(qEnvironmentVariableIsSet("AWS_ACCESS_KEY_ID"));
    }
};

QTEST_GUILESS_MAIN(TestAwsConfig)
#include "test_aws_config.moc"
