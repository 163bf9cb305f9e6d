#include "core/localstore/BodyReceiver.h"

#include "core/integrity/Digest.h"
#include "core/localstore/AwsChunkedReader.h"

namespace packmule {

BodyReceiver::BodyReceiver(const BodyPlan &plan)
    : m_plan(plan)
{
    if (plan.needsMd5)
        m_digests.push_back({makeDigest(ChecksumAlgorithm::Md5), &ReceivedBody::md5});
    if (plan.needsSha256)
        m_digests.push_back({makeDigest(ChecksumAlgorithm::Sha256), &ReceivedBody::sha256});
    if (plan.algorithm != ChecksumAlgorithm::None)
        m_checksum = makeDigest(plan.algorithm);
    if (plan.isAwsChunked)
        m_chunks = std::make_unique<AwsChunkedReader>([this](const QByteArray &piece) { addBytes(piece); });
    if (plan.keep != BodyPlan::Keep::File)
        return;
    auto file = OpenFile::create(plan.filePath);
    if (!file) {
        m_body.error = file.error();
        return;
    }
    m_file = std::move(*file);
    m_body.file = IncomingFile(plan.filePath);
}

BodyReceiver::~BodyReceiver() = default;

void BodyReceiver::add(const QByteArray &piece)
{
    if (m_chunks)
        m_chunks->feed(piece);
    else
        addBytes(piece);
}

void BodyReceiver::addBytes(const QByteArray &piece)
{
    m_body.size += piece.size();
    for (const WantedDigest &wanted : m_digests)
        wanted.digest->add(piece);
    if (m_checksum)
        m_checksum->add(piece);
    if (m_plan.keep == BodyPlan::Keep::Memory)
        m_body.bytes.append(piece.constData(), piece.size());
    if (!m_file.isOpen() || m_body.error)
        return;
    if (const auto written = m_file.append(piece); !written)
        m_body.error = written.error();
}

ReceivedBody BodyReceiver::finish()
{
    m_file.close();
    for (const WantedDigest &wanted : m_digests)
        m_body.*wanted.target = wanted.digest->result();
    if (m_checksum)
        m_body.checksum = {.algorithm = m_plan.algorithm, .rawBytes = m_checksum->result()};
    if (m_chunks && !m_chunks->hasEnded())
        m_body.error = Error::make(ErrorKind::InvalidRequest, QStringLiteral("the aws-chunked body has no end"));
    if (m_chunks)
        m_body.trailers = m_chunks->trailers();
    return std::move(m_body);
}

}  // namespace packmule
