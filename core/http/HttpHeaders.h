#pragma once

#include <QByteArray>
#include <QList>

#include <utility>

namespace packmule {

/// Header fields in order; names compare without case. Values are the exact bytes that go out.
class HttpHeaders
{
public:
    void append(const QByteArray &name, const QByteArray &value) { m_fields.append({name, value}); }
    /// Replaces all fields of that name.
    void set(const QByteArray &name, const QByteArray &value);
    /// The first value, empty if absent.
    QByteArray value(const QByteArray &name) const;
    bool contains(const QByteArray &name) const;
    void remove(const QByteArray &name);
    const QList<std::pair<QByteArray, QByteArray>> &fields() const { return m_fields; }

private:
    QList<std::pair<QByteArray, QByteArray>> m_fields;
};

/// True if `value` may go out as a header value: no CR, LF, NUL or other control character but tab (RFC 9110, 5.5).
bool isHeaderValue(const QByteArray &value);
/// True if `name` is a token (RFC 9110, 5.6.2).
bool isHeaderName(const QByteArray &name);

}  // namespace packmule
