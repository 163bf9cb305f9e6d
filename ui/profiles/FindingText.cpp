#include "ui/profiles/FindingText.h"

#include "core/base/Redaction.h"
#include "ui/common/AmountText.h"
#include "ui/common/ErrorText.h"

namespace packmule {

namespace {

using Check = ConnectionFinding::Check;
using Outcome = ConnectionFinding::Outcome;

QString testObjectText(const ObjectAddress &object)
{
    return QStringLiteral("s3://%1/%2").arg(displayName(object.bucket), displayName(object.key));
}

}  // namespace

QString FindingText::title(Check check)
{
    switch (check) {
    case Check::Reachable: return tr("Address", "connection test");
    case Check::Buckets: return tr("Buckets", "connection test");
    case Check::Credentials: return tr("Keys", "connection test");
    case Check::Bucket: return tr("Bucket", "connection test");
    case Check::Clock: return tr("Clock", "connection test");
    case Check::Region: return tr("Region", "connection test");
    case Check::Addressing: return tr("Bucket's place in the address", "connection test");
    case Check::Listing: return tr("Listing", "connection test");
    case Check::Writing: return tr("Writing", "connection test");
    case Check::Checksum: return tr("Checksums", "connection test");
    case Check::Reading: return tr("Reading", "connection test");
    case Check::Multipart: return tr("Uploads in parts", "connection test");
    case Check::Resume: return tr("Carrying on", "connection test");
    case Check::Abort: return tr("Aborting", "connection test");
    case Check::Deletion: return tr("Deleting", "connection test");
    case Check::Unfinished: return tr("Unfinished uploads", "connection test");
    case Check::LifecycleRule: return tr("Clearing up", "connection test");
    case Check::Cors: return tr("Rules for browsers", "connection test");
    }
    return {};
}

QString FindingText::outcome(Outcome outcome)
{
    switch (outcome) {
    case Outcome::Passed: return tr("OK", "outcome of a check");
    case Outcome::Failed: return tr("Failed", "outcome of a check");
    case Outcome::Unknown: return tr("Note", "outcome of a check: neither good nor bad");
    }
    return {};
}

QString FindingText::sentence(const ConnectionFinding &finding)
{
    switch (finding.outcome) {
    case Outcome::Passed: return passed(finding);
    case Outcome::Failed: return failed(finding.error.value_or(Error{}));
    case Outcome::Unknown: return doubted(finding);
    }
    return {};
}

QString FindingText::failed(const Error &error)
{
    const QString cause = ErrorText::cause(error), advice = adviceFor(error);
    return advice.isEmpty() ? cause : tr("%1 %2", "what happened, what to do; two sentences").arg(cause, advice);
}

/// The advice of ErrorText speaks of a transfer that is tried again; here somebody sits before the form.
QString FindingText::adviceFor(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::NameNotResolved: return tr("Check the spelling of the address, and the network.");
    case ErrorKind::ConnectionRefused: return tr("Check the port, and that the store runs.");
    case ErrorKind::NetworkUnreachable:
    case ErrorKind::ConnectionLost:
    case ErrorKind::Stalled: return tr("Check the network and the address, then test again.");
    case ErrorKind::CredentialsMissing: return tr("Enter both keys.");
    case ErrorKind::CredentialsRefused:
        return error.s3Code == "SignatureDoesNotMatch" ? tr("Enter the secret access key again.") : tr("Check the access key id.");
    case ErrorKind::CredentialsExpired: return tr("Sign in again, then test again.");
    case ErrorKind::AccessDenied: return tr("Ask for the permission, or use another key.");
    case ErrorKind::NoSuchBucket: return tr("Check the bucket's name.");
    case ErrorKind::WrongRegion: return tr("Enter the bucket's region.");
    case ErrorKind::ClockSkewed: return tr("Set this computer's clock, then test again.");
    case ErrorKind::TlsUntrusted: return tr("If the store uses a certificate of its own, name its authority under More.");
    case ErrorKind::MalformedAnswer: return tr("Check the address: a website or a sign-in page may answer in the store's place.");
    case ErrorKind::Throttled:
    case ErrorKind::ServerFault:
    case ErrorKind::TryAgain: return tr("Test again later.");
    default: return {};
    }
}

QString FindingText::passed(const ConnectionFinding &finding)
{
    switch (finding.check) {
    case Check::Reachable:
        return finding.isEncrypted ? tr("The store answers, over an encrypted connection.")
                                   : tr("The store answers. The connection is not encrypted: anybody on the way can read along.");
    case Check::Buckets: return tr("%n of the buckets are yours.", "number of buckets that the key may list", static_cast<int>(finding.count));
    case Check::Credentials: return tr("The store takes them.");
    case Check::Bucket: return tr("It is there.");
    case Check::Clock: return tr("It is right.");
    case Check::Region: return finding.fact;
    case Check::Addressing: return finding.fact == QLatin1String("path") ? tr("In the path.") : tr("Before the host's name.");
    case Check::Listing: return tr("Allowed.", "listing a bucket");
    case Check::Writing: return tr("Allowed: a small object could be written.");
    case Check::Checksum: return tr("The store proves uploads by %1.").arg(finding.fact);
    case Check::Reading: return tr("Allowed: every upload is looked at again when it is complete.");
    case Check::Multipart: return tr("They work.", "uploads in parts");
    case Check::Resume: return tr("The store tells which parts it has.");
    case Check::Abort: return tr("Allowed.", "aborting an upload");
    case Check::Deletion: return tr("Allowed: the small object is gone again.");
    case Check::Unfinished:
        return finding.count == 0 ? tr("None lies around.", "unfinished uploads")
                                  : tr("%n lie around in this bucket.", "unfinished uploads", static_cast<int>(finding.count));
    case Check::LifecycleRule: return tr("The bucket deletes unfinished uploads after %n days.", nullptr, static_cast<int>(finding.count));
    case Check::Cors: return tr("Uploads by Packmule need none.", "rules for browsers");
    }
    return {};
}

QString FindingText::doubted(const ConnectionFinding &finding)
{
    switch (finding.check) {
    case Check::Buckets: return tr("This key may not list the buckets. Enter the name of one.");
    case Check::Bucket: return tr("This key may not list it.");
    case Check::Clock: {
        const auto off = std::chrono::duration_cast<std::chrono::seconds>(finding.clockOffset);
        const QString span = AmountText::span(std::chrono::abs(off));
        return off.count() > 0 ? tr("This computer's clock is %1 slow. Packmule allows for it; other programs may not.").arg(span)
                               : tr("This computer's clock is %1 fast. Packmule allows for it; other programs may not.").arg(span);
    }
    case Check::Listing: return tr("Not allowed. Uploads work without it; browsing the bucket does not.");
    case Check::Checksum: return tr("The store tells none back. Uploads are proved by MD5 and the signature instead.");
    case Check::Reading: return tr("Not allowed. Uploads are proved by the store's answer alone.");
    case Check::Multipart: return tr("This provider has none, so a file is sent in one piece.");
    case Check::Resume: return tr("The store does not tell which parts it has. Packmule relies on its own list.");
    case Check::Deletion: return tr("Not allowed, so the small object stays: %1").arg(testObjectText(finding.object));
    case Check::Unfinished: return tr("They may not be listed.");
    case Check::LifecycleRule: return finding.error ? tr("Not known: the bucket's rules may not be read.") : tr("No rule deletes unfinished uploads. What is forgotten is paid for until somebody aborts it.");
    case Check::Cors: return tr("Not known: they may not be read. Packmule needs none.");
    case Check::Reachable:
    case Check::Credentials:
    case Check::Region:
    case Check::Addressing:
    case Check::Writing:
    case Check::Abort: break;
    }
    return {};
}

}  // namespace packmule
