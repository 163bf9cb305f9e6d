#include "core/http/HttpHeaders.h"

#include <algorithm>

namespace packmule {

namespace {

bool isSameName(const QByteArray &left, const QByteArray &right)
{
    return left.size() == right.size() && left.compare(right, Qt::CaseInsensitive) == 0;
}

bool isTokenByte(char byte)
{
    if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'))
        return true;
    return byte != '\0' && QByteArrayView("!#$%&'*+-.^_`|~").contains(byte);
}

}  // namespace

void HttpHeaders::set(const QByteArray &name, const QByteArray &value)
{
    const auto sameName = [&name](const auto &field) { return isSameName(field.first, name); };
    const auto first = std::find_if(m_fields.begin(), m_fields.end(), sameName);
    if (first == m_fields.end()) {
        append(name, value);
        return;
    }
    *first = {name, value};
    m_fields.erase(std::remove_if(std::next(first), m_fields.end(), sameName), m_fields.end());
}

QByteArray HttpHeaders::value(const QByteArray &name) const
{
    for (const auto &[fieldName, fieldValue] : m_fields) {
        if (isSameName(fieldName, name))
            return fieldValue;
    }
    return {};
}

bool HttpHeaders::contains(const QByteArray &name) const
{
    return std::any_of(m_fields.begin(), m_fields.end(), [&name](const auto &field) { return isSameName(field.first, name); });
}

void HttpHeaders::remove(const QByteArray &name)
{
    m_fields.removeIf([&name](const auto &field) { return isSameName(field.first, name); });
}

bool isHeaderValue(const QByteArray &value)
{
    return std::all_of(value.begin(), value.end(), [](char byte) {
        const auto code = static_cast<unsigned char>(byte);
        return code == '\t' || (code >= 0x20 && code != 0x7f);
    });
}

bool isHeaderName(const QByteArray &name)
{
    return !name.isEmpty() && std::all_of(name.begin(), name.end(), isTokenByte);
}

}  // namespace packmule
