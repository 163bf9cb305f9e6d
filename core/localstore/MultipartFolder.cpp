#include "core/localstore/MultipartFolder.h"

#include "core/localstore/CborForms.h"

#include <sys/stat.h>

namespace packmule {

namespace {

constexpr char kRecordName[] = "upload";

QByteArray partFileName(const PartFile &part)
{
    return "part." + QByteArray::number(part.number) + '.' + part.md5.toHex() + '.' + part.checksum.toHex();
}

QCborMap cborFromUpload(const StoredUpload &upload)
{
    QCborMap map;
    map.insert(QStringLiteral("bucket"), upload.bucket);
    map.insert(QStringLiteral("key"), upload.key);
    map.insert(QStringLiteral("initiated"), cborFromTime(upload.initiated));
    map.insert(QStringLiteral("headers"), cborFromHeaders(upload.headers));
    map.insert(QStringLiteral("algorithm"), checksumAlgorithmName(upload.algorithm));
    map.insert(QStringLiteral("isComposite"), upload.isComposite);
    return map;
}

StoredUpload uploadFromCbor(const QCborMap &map)
{
    StoredUpload upload;
    upload.bucket = map.value(QStringLiteral("bucket")).toByteArray();
    upload.key = map.value(QStringLiteral("key")).toByteArray();
    upload.initiated = timeFromCbor(map.value(QStringLiteral("initiated")));
    upload.headers = headersFromCbor(map.value(QStringLiteral("headers")));
    upload.algorithm = checksumAlgorithmFromName(map.value(QStringLiteral("algorithm")).toByteArray()).value_or(ChecksumAlgorithm::None);
    upload.isComposite = map.value(QStringLiteral("isComposite")).toBool();
    return upload;
}

}  // namespace

MultipartFolder::MultipartFolder(const QByteArray &root, bool discardsBodies)
    : m_root(root), m_discardsBodies(discardsBodies)
{
}

void MultipartFolder::load(const QSet<QByteArray> &completed)
{
    const QByteArrayList names = folderEntries(m_root + "/multipart");
    for (const QByteArray &uploadId : names) {
        if (!completed.contains(uploadId))
            loadUpload(uploadId);
    }
}

void MultipartFolder::loadUpload(const QByteArray &uploadId)
{
    const auto content = fileContent(pathOf(uploadId) + '/' + kRecordName);
    const QCborMap map = content ? mapFromFrame(*content).map : QCborMap();
    if (map.isEmpty()) {
        removeTree(pathOf(uploadId));
        return;
    }
    StoredUpload upload = uploadFromCbor(map);
    upload.uploadId = uploadId;
    const QByteArrayList names = folderEntries(pathOf(uploadId));
    for (const QByteArray &name : names) {
        if (name != kRecordName)
            loadPart(upload, name);
    }
    m_uploads.insert_or_assign(uploadId, std::move(upload));
}

void MultipartFolder::loadPart(StoredUpload &upload, const QByteArray &name) const
{
    const QByteArray path = pathOf(upload.uploadId) + '/' + name;
    const QByteArrayList fields = name.split('.');
    struct stat status{};
    if (fields.size() != 4 || fields.at(0) != "part" || ::lstat(path.constData(), &status) != 0) {
        removeFile(path);  // a body that was still coming in when the store was killed
        return;
    }
    PartFile part;
    part.number = fields.at(1).toInt();
    part.md5 = QByteArray::fromHex(fields.at(2));
    part.checksum = QByteArray::fromHex(fields.at(3));
    part.size = status.st_size;
    part.modified = WallTime(Milliseconds(qint64(status.st_mtim.tv_sec) * 1000 + status.st_mtim.tv_nsec / 1'000'000));
    part.name = name;
    const auto earlier = upload.parts.find(part.number);
    if (earlier != upload.parts.end() && earlier->second.modified > part.modified) {
        removeFile(path);
        return;
    }
    if (earlier != upload.parts.end())
        removeFile(pathOf(upload.uploadId) + '/' + earlier->second.name);
    upload.parts.insert_or_assign(part.number, part);
}

const StoredUpload *MultipartFolder::find(const QByteArray &bucket, const QByteArray &key, const QByteArray &uploadId) const
{
    const auto found = m_uploads.find(uploadId);
    const bool isThis = found != m_uploads.end() && found->second.bucket == bucket && found->second.key == key;
    return isThis ? &found->second : nullptr;
}

Result<void> MultipartFolder::create(const StoredUpload &upload, const QByteArray &temporaryPath)
{
    if (!m_discardsBodies) {
        const QByteArray path = pathOf(upload.uploadId) + '/' + kRecordName;
        if (const auto written = replaceFile(path, temporaryPath, framedCbor(cborFromUpload(upload))); !written)
            return written;
    }
    m_uploads.insert_or_assign(upload.uploadId, upload);
    return {};
}

QByteArray MultipartFolder::incomingPath(const QByteArray &uploadId, const QByteArray &id) const
{
    return pathOf(uploadId) + "/incoming." + id;
}

Result<void> MultipartFolder::addPart(const QByteArray &uploadId, PartFile part, IncomingFile file)
{
    const auto upload = m_uploads.find(uploadId);
    if (upload == m_uploads.end())
        return failure(ErrorKind::NoSuchUpload, QStringLiteral("The upload has ended."));
    std::map<int, PartFile> &parts = upload->second.parts;
    if (!m_discardsBodies) {
        part.name = partFileName(part);
        if (const auto renamed = renamePath(file.path(), pathOf(uploadId) + '/' + part.name); !renamed)
            return renamed;
        file.keep();
        const auto earlier = parts.find(part.number);
        if (earlier != parts.end() && earlier->second.name != part.name)
            removeFile(pathOf(uploadId) + '/' + earlier->second.name);
    }
    parts.insert_or_assign(part.number, part);
    return {};
}

void MultipartFolder::release(const QByteArray &uploadId, const QSet<QByteArray> &kept)
{
    const auto upload = m_uploads.find(uploadId);
    if (upload == m_uploads.end())
        return;
    for (const auto &[number, part] : upload->second.parts) {
        if (!part.name.isEmpty() && !kept.contains(part.name))
            removeFile(pathOf(uploadId) + '/' + part.name);
    }
    m_uploads.erase(upload);
}

void MultipartFolder::abort(const QByteArray &uploadId, const QByteArray &trashPath)
{
    if (m_uploads.erase(uploadId) == 0 || m_discardsBodies)
        return;
    if (renamePath(pathOf(uploadId), trashPath))
        removeTree(trashPath);
}

}  // namespace packmule
