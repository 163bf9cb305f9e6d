#include "core/localstore/XmlText.h"

#include <QString>

#include <algorithm>

namespace packmule {

namespace {

QByteArray escaped(const QByteArray &text)
{
    QByteArray result;
    result.reserve(text.size() + 16);
    for (const char byte : text) {
        switch (byte) {
        case '&': result += "&amp;"; break;
        case '<': result += "&lt;"; break;
        case '>': result += "&gt;"; break;
        case '"': result += "&quot;"; break;
        default:
            if (static_cast<unsigned char>(byte) < 0x20)
                result += "&#x" + QByteArray::number(static_cast<int>(byte), 16) + ';';
            else
                result += byte;
        }
    }
    const bool isAscii = std::all_of(result.begin(), result.end(), [](char byte) { return byte >= 0; });
    return isAscii ? result : QString::fromUtf8(result).toUtf8();
}

}  // namespace

XmlText::XmlText(const QByteArray &rootName, bool hasNameSpace)
    : m_text("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
{
    m_text += '<' + rootName;
    if (hasNameSpace)
        m_text += " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"";
    m_text += '>';
    m_open.append(rootName);
}

void XmlText::open(const QByteArray &name)
{
    m_text += '<' + name + '>';
    m_open.append(name);
}

void XmlText::close()
{
    m_text += "</" + m_open.takeLast() + '>';
}

void XmlText::element(const QByteArray &name, const QByteArray &text)
{
    m_text += '<' + name + '>' + escaped(text) + "</" + name + '>';
}

QByteArray XmlText::finish()
{
    while (!m_open.isEmpty())
        close();
    return m_text;
}

}  // namespace packmule
