#include "app/cli/PutArguments.h"

#include "app/cli/ArgumentBytes.h"
#include "app/cli/S3Uri.h"
#include "app/cli/TextValues.h"
#include "core/base/Redaction.h"
#include "core/http/HttpHeaders.h"

#include <CLI/CLI.hpp>

#include <sys/stat.h>
#include <unistd.h>

namespace packmule {

namespace {

using namespace literals;

constexpr ByteCount kMinPartSize = 5_MiB, kMaxPartSize = 5_GiB;  // facts A4
constexpr qsizetype kMaxMetadataBytes = 2048;  // S3 user guide, "Working with object metadata"
constexpr qsizetype kMaxTags = 10;             // S3 user guide, "Categorizing your storage using tags"

std::unexpected<Error> usage(const QString &sentence)
{
    return failure(ErrorKind::InvalidRequest, sentence);
}

QString text(const std::string &value)
{
    return QString::fromUtf8(argumentBytes(value));
}

void declareObjectOptions(CLI::App &command, PutArguments &arguments)
{
    constexpr char kGroup[] = "Object settings";
    command.add_option("--acl", arguments.acl, "Canned ACL")->group(kGroup)
        ->check(CLI::IsMember({"private", "public-read", "public-read-write", "authenticated-read", "aws-exec-read",
                               "bucket-owner-read", "bucket-owner-full-control", "log-delivery-write"}));
    command.add_option("--storage-class", arguments.storageClass, "STANDARD, STANDARD_IA, GLACIER, … as the store names them")->group(kGroup);
    command.add_option("--content-type", arguments.contentType, "Media type; guessed by the name if absent")->group(kGroup);
    command.add_option("--cache-control", arguments.cacheControl, "Cache-Control of the object")->group(kGroup);
    command.add_option("--content-disposition", arguments.contentDisposition, "Content-Disposition of the object")->group(kGroup);
    command.add_option("--content-encoding", arguments.contentEncoding, "Content-Encoding of the object")->group(kGroup);
    command.add_option("--metadata", arguments.metadata, "User metadata")->type_name("K=V,…")->group(kGroup);
    command.add_option("--tags", arguments.tags, "Object tags")->type_name("K=V,…")->group(kGroup);
    command.add_option("--sse", arguments.sse, "Server-side encryption")->group(kGroup)->check(CLI::IsMember({"AES256", "aws:kms", "aws:kms:dsse"}));
    command.add_option("--sse-kms-key-id", arguments.sseKmsKeyId, "Key for aws:kms")->group(kGroup);
    command.add_option("--checksum-algorithm", arguments.checksumAlgorithm, "CRC64NVME, CRC32C, CRC32, MD5 or NONE; found out per store if absent")->group(kGroup);
}

void declareSelectionOptions(CLI::App &command, PutArguments &arguments)
{
    constexpr char kGroup[] = "Which files";
    command.add_flag("-r,--recursive", arguments.recursive, "Upload what is in folders")->group(kGroup);
    command.add_option("--include", arguments.include, "Upload names that match after all, although an earlier --exclude matches")->type_name("PATTERN")
        ->allow_extra_args(false)->group(kGroup);
    command.add_option("--exclude", arguments.exclude, "Leave out names that match; later patterns win")->type_name("PATTERN")
        ->allow_extra_args(false)->group(kGroup);
    command.add_flag("--follow-symlinks", arguments.followSymlinks, "Follow symbolic links inside folders")->group(kGroup);
    command.add_flag("--raw-names", arguments.rawNames, "Upload names that are not UTF-8 as they are")->group(kGroup);
    auto *never = command.add_flag("-n,--no-overwrite", arguments.noOverwrite, "Leave objects that exist alone")->group(kGroup);
    auto *size = command.add_flag("--if-size-differ", arguments.ifSizeDiffers, "Upload only where the sizes differ")->group(kGroup)->excludes(never);
    command.add_flag("--if-source-newer", arguments.ifSourceNewer, "Upload only where the file is newer than the object")->group(kGroup)
        ->excludes(never)->excludes(size);
    command.add_flag("--dry-run", arguments.dryRun, "Only print what would be uploaded")->group(kGroup);
    command.parse_complete_callback([&command, &arguments] {
        arguments.filters.clear();
        std::map<const CLI::Option *, std::size_t> taken;
        for (const CLI::Option *option : command.parse_order()) {
            const bool includes = option->check_lname("include");
            if (!includes && !option->check_lname("exclude"))
                continue;
            const auto &values = includes ? arguments.include : arguments.exclude;
            const std::size_t at = taken[option]++;
            if (at < values.size())
                arguments.filters.append({includes ? NameFilter::Effect::Include : NameFilter::Effect::Exclude, argumentBytes(values[at])});
        }
    });
}

Result<ObjectSettings> objectSettings(const PutArguments &arguments)
{
    ObjectSettings settings;
    const std::pair<QByteArray *, const std::string *> plain[] = {
        {&settings.acl, &arguments.acl}, {&settings.storageClass, &arguments.storageClass},
        {&settings.contentType, &arguments.contentType}, {&settings.cacheControl, &arguments.cacheControl},
        {&settings.contentDisposition, &arguments.contentDisposition}, {&settings.contentEncoding, &arguments.contentEncoding},
        {&settings.serverSideEncryption, &arguments.sse}, {&settings.kmsKeyId, &arguments.sseKmsKeyId}};
    for (const auto &[target, source] : plain) {
        *target = argumentBytes(*source);
        if (!isHeaderValue(*target))
            return usage(QStringLiteral("\"%1\" contains a line break or another control character, which no header can carry.").arg(displayName(*target)));
    }
    if (!settings.kmsKeyId.isEmpty() && !settings.serverSideEncryption.startsWith("aws:kms"))
        return usage(QStringLiteral("--sse-kms-key-id needs --sse aws:kms."));
    const auto metadata = pairsFromText(argumentBytes(arguments.metadata));
    if (!metadata)
        return usage(QStringLiteral("--metadata has the form name=value,other=value."));
    qsizetype total = 0;
    for (const auto &[name, value] : *metadata) {
        if (!isHeaderName(name))
            return usage(QStringLiteral("\"%1\" cannot be the name of metadata: letters, digits and hyphens are allowed.").arg(displayName(name)));
        if (name.toLower() == kTokenMetadataName)
            return usage(QStringLiteral("The metadata name \"%1\" is Packmule's own.").arg(QLatin1String(kTokenMetadataName)));
        if (!isHeaderValue(value))
            return usage(QStringLiteral("The metadata \"%1\" has a line break or another control character in its value; take it out.").arg(displayName(name)));
        total += name.size() + value.size();
    }
    if (total > kMaxMetadataBytes)
        return usage(QStringLiteral("Metadata may have 2,048 bytes in all, this has %1.").arg(total));
    settings.metadata = *metadata;
    const auto tags = pairsFromText(argumentBytes(arguments.tags));
    if (!tags)
        return usage(QStringLiteral("--tags has the form name=value,other=value."));
    if (tags->size() > kMaxTags)
        return usage(QStringLiteral("An object can have ten tags, not %1.").arg(tags->size()));
    settings.tags = *tags;
    return settings;
}

Result<std::optional<ChecksumAlgorithm>> checksumFrom(const std::string &word)
{
    const QByteArray name = argumentBytes(word).toUpper();
    if (name.isEmpty() || name == "AUTO")
        return std::nullopt;
    if (name == "NONE")
        return ChecksumAlgorithm::None;
    if (name == "CRC64NVME")
        return ChecksumAlgorithm::Crc64Nvme;
    if (name == "CRC32C")
        return ChecksumAlgorithm::Crc32c;
    if (name == "CRC32")
        return ChecksumAlgorithm::Crc32;
    if (name == "MD5")
        return ChecksumAlgorithm::Md5;
    if (name == "SHA256" || name == "SHA1")
        return usage(QStringLiteral("--checksum-algorithm %1 proves parts but not the whole object; use CRC64NVME, CRC32C or CRC32.").arg(QString::fromUtf8(name)));
    return usage(QStringLiteral("--checksum-algorithm is CRC64NVME, CRC32C, CRC32, MD5 or NONE, not \"%1\".").arg(displayName(name)));
}

/// What the settings say where no option does.
void takeDefaults(const PutArguments &arguments, const AppSettings &settings, PutOptions &options)
{
    options.concurrency = arguments.concurrency.value_or(settings.slots);
    if (arguments.partSize.empty())
        options.partSize = settings.partSize;
    if (!arguments.bwlimit.empty())
        return;
    for (const BandwidthPeriod &period : settings.bandwidth())
        options.bandwidth.entries.append({period.minuteOfDay, period.perSecond});
}

Result<PutOptions> putOptions(const PutArguments &arguments, const AppSettings &defaults)
{
    PutOptions options;
    takeDefaults(arguments, defaults, options);
    options.recursive = arguments.recursive;
    options.followSymlinks = arguments.followSymlinks;
    options.rawNames = arguments.rawNames;
    options.abortOnFailure = arguments.abortOnFailure;
    options.retries = arguments.retries;
    options.condition = arguments.noOverwrite ? WriteCondition::NoOverwrite
        : arguments.ifSizeDiffers ? WriteCondition::IfSizeDiffers
        : arguments.ifSourceNewer ? WriteCondition::IfSourceNewer : WriteCondition::Always;
    options.ifChanged = arguments.ifChanged == "verify" ? IfChanged::Verify : arguments.ifChanged == "fail" ? IfChanged::Fail : IfChanged::Restart;
    const auto settings = objectSettings(arguments);
    if (!settings)
        return std::unexpected(settings.error());
    options.settings = *settings;
    const auto checksum = checksumFrom(arguments.checksumAlgorithm);
    if (!checksum)
        return std::unexpected(checksum.error());
    options.checksum = *checksum;
    if (!arguments.partSize.empty()) {
        options.partSize = byteCountFromText(text(arguments.partSize));
        if (!options.partSize)
            return usage(QStringLiteral("--part-size \"%1\" is no size; write 16MiB, 16M or 16777216.").arg(text(arguments.partSize)));
        if (*options.partSize < kMinPartSize || *options.partSize > kMaxPartSize)
            return usage(QStringLiteral("--part-size must be between 5 MiB and 5 GiB, not %1.").arg(byteCountText(*options.partSize)));
    }
    if (!arguments.bwlimit.empty()) {
        const auto schedule = bandwidthFromText(text(arguments.bwlimit));
        if (!schedule)
            return usage(QStringLiteral("--bwlimit \"%1\" is neither a rate (10M) nor a schedule (\"08:00,512k 23:00,off\").").arg(text(arguments.bwlimit)));
        options.bandwidth = *schedule;
    }
    if (!arguments.maxWait.empty()) {
        options.maxWait = durationFromText(text(arguments.maxWait));
        if (!options.maxWait)
            return usage(QStringLiteral("--max-wait \"%1\" is no duration; write 30s, 10m or 2h.").arg(text(arguments.maxWait)));
    }
    options.filters = arguments.filters;
    return options;
}

bool isFolder(const QByteArray &path)
{
    struct stat status {};
    return ::stat(path.constData(), &status) == 0 && S_ISDIR(status.st_mode);
}

Result<void> setDestination(const QByteArray &argument, PutCommand &command)
{
    const auto destination = s3UriFrom(argument);
    if (!destination)
        return std::unexpected(destination.error());
    command.bucket = destination->bucket;
    command.destinationKey = destination->key;
    const bool isPrefix = destination->key.isEmpty() || destination->key.endsWith('/');
    if (!isPrefix && command.options.recursive && command.sources.size() == 1 && isFolder(command.sources.first()))
        command.destinationKey += '/';  // a folder's contents need a prefix, with or without its slash (as `aws s3 cp --recursive`)
    else if (!isPrefix && command.sources.size() > 1)
        return usage(QStringLiteral("Several files need a destination that ends in \"/\": write %1/.").arg(displayName(argument)));
    if (const QString refusal = keyRefusal(command.destinationKey); !refusal.isEmpty())
        return usage(QStringLiteral("\"%1\": %2.").arg(displayName(argument), refusal));
    return {};
}

}  // namespace

void declarePutArguments(CLI::App &command, PutArguments &arguments)
{
    command.add_option("PATHS", arguments.sourcesAndDestination, "Files or folders, then s3://bucket/key; a DEST ending in / is a prefix")
        ->option_text(" ")->expected(-1);
    declareSelectionOptions(command, arguments);
    constexpr char kGroup[] = "How";
    command.add_option("--concurrency", arguments.concurrency, "Parts in flight, over all files: 1 to 64; 4 unless the setting transfers.slots says otherwise")->type_name("N")
        ->check(CLI::Range(1, 64).description(""))->group(kGroup);
    command.add_option("--part-size", arguments.partSize, "5MiB to 5GiB; 16MiB if absent, more for very large files")->type_name("SIZE")->group(kGroup);
    command.add_option("--bwlimit", arguments.bwlimit, "10M, or \"08:00,512k 23:00,off\"")->type_name("RATE")->group(kGroup);
    command.add_option("--if-changed", arguments.ifChanged, "What to do when a file changed since its upload began")->capture_default_str()
        ->check(CLI::IsMember({"restart", "verify", "fail"}))->group(kGroup);
    command.add_option("--retries", arguments.retries, "How often a refused call is tried again; without limit if absent")->type_name("N")
        ->check(CLI::Range(0, 1'000'000).description(""))->group(kGroup);
    command.add_option("--max-wait", arguments.maxWait, "Give up after so long without a network or valid credentials")->type_name("DURATION")->group(kGroup);
    command.add_flag("--abort-on-failure", arguments.abortOnFailure, "Abort the upload of a file that failed, instead of keeping it for later")->group(kGroup);
    declareObjectOptions(command, arguments);
    declareS3Options(command, arguments.s3);
}

QByteArray absolutePath(const QByteArray &path)
{
    QByteArray from = path;
    if (!path.startsWith('/')) {
        char buffer[4096 + 1] = {};
        const char *current = ::getcwd(buffer, sizeof buffer);
        from = QByteArray(current ? current : "") + '/' + path;
    }
    QByteArray out;
    for (const QByteArray &segment : from.split('/')) {
        if (!segment.isEmpty() && segment != ".")
            out += '/' + segment;
    }
    return out.isEmpty() ? QByteArrayLiteral("/") : out;
}

Result<PutCommand> putCommandFrom(const PutArguments &arguments, const AppSettings &settings)
{
    PutCommand command;
    const auto options = putOptions(arguments, settings);
    if (!options)
        return std::unexpected(options.error());
    command.options = *options;
    const auto &words = arguments.sourcesAndDestination;
    if (words.size() < 2)
        return usage(QStringLiteral("put needs at least one file and a destination."));
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const QByteArray source = argumentBytes(words[i]);
        if (source == "-")
            return usage(QStringLiteral("Standard input cannot be uploaded yet; write it to a file first."));
        if (source.isEmpty())
            return usage(QStringLiteral("An empty name is no file."));
        if (isS3Uri(source))
            return usage(QStringLiteral("\"%1\" is in the store already; put uploads files. The destination comes last.").arg(displayName(source)));
        const QByteArray path = absolutePath(source);
        if (!arguments.recursive && isFolder(path))
            return usage(QStringLiteral("\"%1\" is a folder; add -r to upload what is in it.").arg(displayName(source)));
        command.sources.append(path);
    }
    const QByteArray destination = argumentBytes(words.back());
    if (!isS3Uri(destination))
        return usage(QStringLiteral("The destination comes last and has the form s3://bucket/key; \"%1\" has not.").arg(displayName(destination)));
    if (const auto set = setDestination(destination, command); !set)
        return std::unexpected(set.error());
    return command;
}

}  // namespace packmule
