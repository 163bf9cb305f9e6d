#include "core/s3/S3Xml.h"

#include <QXmlStreamReader>

#include <algorithm>

namespace packmule {

namespace {

constexpr std::size_t kDeepest = 16;
constexpr int kMostElements = 100'000;
constexpr char kNamespace[] = "http://s3.amazonaws.com/doc/2006-03-01/";

std::unexpected<Error> malformed(const QString &why)
{
    return failure(ErrorKind::MalformedAnswer, QStringLiteral("The answer is not the XML it should be: %1.").arg(why));
}

QByteArrayView withoutLeadingSpace(QByteArrayView bytes)
{
    const auto first =
        std::ranges::find_if_not(bytes, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return bytes.sliced(std::distance(bytes.begin(), first));
}

// Ceph answers Create of a key with control characters by "&#x01;", which XML 1.0 forbids and Qt refuses. They travel
// through the parser as the 32 noncharacters from U+FDD0 on, which no key has, and come out as themselves.
constexpr char16_t kFirstStandIn = 0xFDD0;
constexpr QByteArrayView kStandInLead = "\xEF\xB7";

bool isForbiddenControl(int code)
{
    return code > 0 && code < 0x20 && code != '\t' && code != '\n' && code != '\r';
}

/// The code of a character reference that begins at `at` ("&#1;", "&#x01;"), -1 if there is none. `length` gets its own.
int referenceAt(QByteArrayView xml, qsizetype at, qsizetype &length)
{
    const qsizetype end = xml.sliced(at).indexOf(';');
    if (!xml.sliced(at).startsWith("&#") || end < 3 || end > 8)
        return -1;
    const bool isHex = xml[at + 2] == 'x';
    const QByteArrayView digits = xml.sliced(at, end).sliced(isHex ? 3 : 2);
    bool isNumber = false;
    const int code = digits.toInt(&isNumber, isHex ? 16 : 10);
    length = end + 1;
    return isNumber ? code : -1;
}

void appendStandIn(QByteArray &out, int code)
{
    out += kStandInLead;
    out += static_cast<char>(0x90 + code);
}

/// `xml` with stand-ins for forbidden control characters; unchanged where there are none, as nearly always.
QByteArray withStandIns(QByteArrayView xml)
{
    const bool hasControls = std::ranges::any_of(xml, [](char c) { return isForbiddenControl(static_cast<unsigned char>(c)); });
    const QByteArray whole = QByteArray::fromRawData(xml.data(), xml.size());
    if ((!hasControls && !whole.contains("&#")) || whole.contains(kStandInLead) || whole.contains("<![CDATA["))
        return whole;
    QByteArray out;
    out.reserve(xml.size() + 64);
    for (qsizetype at = 0; at < xml.size(); ++at) {
        qsizetype length = 1;
        const int code = xml[at] == '&' ? referenceAt(xml, at, length) : static_cast<unsigned char>(xml[at]);
        if (isForbiddenControl(code)) {
            appendStandIn(out, code);
            at += length - 1;
        } else {
            out += xml[at];
        }
    }
    return out;
}

QByteArray withoutStandIns(QStringView text)
{
    QString out = text.toString();
    for (QChar &c : out) {
        if (c.unicode() > kFirstStandIn && c.unicode() < kFirstStandIn + 0x20)
            c = QChar(static_cast<char16_t>(c.unicode() - kFirstStandIn));
    }
    return out.toUtf8();
}

QByteArray localName(QStringView qualifiedName)
{
    return qualifiedName.mid(qualifiedName.indexOf(u':') + 1).toUtf8();
}

}  // namespace

const XmlElement *XmlElement::child(QByteArrayView childName) const
{
    const auto found = std::ranges::find_if(children, [&](const XmlElement &element) { return element.name == childName; });
    return found == children.end() ? nullptr : &*found;
}

QByteArray XmlElement::childText(QByteArrayView childName) const
{
    return childBytes(childName).trimmed();
}

QByteArray XmlElement::childBytes(QByteArrayView childName) const
{
    const XmlElement *element = child(childName);
    return element ? element->text : QByteArray();
}

Result<XmlElement> readXml(QByteArrayView bytes)
{
    if (bytes.size() > kLargestXml)
        return malformed(QStringLiteral("it is too long"));
    const QByteArrayView trimmed = withoutLeadingSpace(bytes);
    if (trimmed.isEmpty())
        return malformed(QStringLiteral("it is empty"));
    const QByteArray parsable = withStandIns(trimmed);
    QXmlStreamReader reader(parsable);
    reader.setNamespaceProcessing(false);  // stores differ in what they declare
    XmlElement root;
    // Pointers stay good: only the innermost open element gets new children, and it has none open.
    std::vector<XmlElement *> open;
    int elements = 0;
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::DTD:
        case QXmlStreamReader::EntityReference:
            return malformed(QStringLiteral("it has a document type or an entity"));
        case QXmlStreamReader::StartElement:
            if (open.size() >= kDeepest || ++elements > kMostElements)
                return malformed(QStringLiteral("it is too deep or has too many elements"));
            if (open.empty()) {
                root.name = localName(reader.qualifiedName());
                open.push_back(&root);
            } else {
                XmlElement &added = open.back()->children.emplace_back();
                added.name = localName(reader.qualifiedName());
                open.push_back(&added);
            }
            break;
        case QXmlStreamReader::EndElement:
            open.pop_back();
            break;
        case QXmlStreamReader::Characters:
            if (!open.empty())
                open.back()->text += withoutStandIns(reader.text());
            break;
        case QXmlStreamReader::NoToken:
        case QXmlStreamReader::Invalid:
        case QXmlStreamReader::StartDocument:
        case QXmlStreamReader::EndDocument:
        case QXmlStreamReader::Comment:
        case QXmlStreamReader::ProcessingInstruction:
            break;
        }
    }
    if (reader.hasError())
        return malformed(QStringLiteral("line %1: %2").arg(QString::number(reader.lineNumber()), reader.errorString()));
    return root;
}

QByteArray xmlEscaped(QByteArrayView text)
{
    QByteArray out;
    out.reserve(text.size() + 8);
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '&')
            out += "&amp;";
        else if (c == '<')
            out += "&lt;";
        else if (c == '>')
            out += "&gt;";
        else if (c == '"')
            out += "&quot;";
        else if (c == '\r')
            out += "&#13;";
        else if (byte >= 0x20 || c == '\t' || c == '\n')
            out += c;
    }
    return out;
}

QByteArray completeMultipartUploadXml(const QList<StoredPart> &parts)
{
    QByteArray out;
    out.reserve(parts.size() * 160 + 200);
    out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CompleteMultipartUpload xmlns=\"";
    out += kNamespace;
    out += "\">";
    for (const StoredPart &part : parts) {
        out += "<Part><PartNumber>";
        out += QByteArray::number(part.partNumber.value());
        out += "</PartNumber><ETag>&quot;";
        out += xmlEscaped(part.eTag);
        out += "&quot;</ETag>";
        const ChecksumAlgorithm algorithm = part.checksum.algorithm;
        if (!part.checksum.isEmpty() && algorithm != ChecksumAlgorithm::Md5) {
            const QByteArray name = "Checksum" + checksumAlgorithmName(algorithm);
            out += '<' + name + '>' + part.checksum.rawBytes.toBase64() + "</" + name + '>';
        }
        out += "</Part>";
    }
    out += "</CompleteMultipartUpload>";
    return out;
}

QByteArray createBucketXml(const QByteArray &region)
{
    return QByteArray("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<CreateBucketConfiguration xmlns=\"") + kNamespace
        + "\"><LocationConstraint>" + xmlEscaped(region) + "</LocationConstraint></CreateBucketConfiguration>";
}

}  // namespace packmule
