#include "core/settings/WindowStates.h"

#include "core/settings/PrivateFile.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace packmule {

namespace {
constexpr int kDragPauseMilliseconds = 1'000;  // of a splitter that is being dragged
}

WindowStates::WindowStates(const QString &folder) : m_path(folder + QStringLiteral("/windows.json"))
{
    m_writer.setMaxThreadCount(1);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kDragPauseMilliseconds);
    connect(&m_pause, &QTimer::timeout, this, &WindowStates::write);
    const QJsonObject states = QJsonDocument::fromJson(readPrivateFile(m_path).value_or(QByteArray())).object();
    for (auto it = states.constBegin(); it != states.constEnd(); ++it)
        m_states.insert(it.key(), QByteArray::fromBase64(it.value().toString().toLatin1()));
}

WindowStates::~WindowStates()
{
    if (m_pause.isActive())
        write();
    m_writer.waitForDone();
}

void WindowStates::keep(const QString &window, const QByteArray &state)
{
    if (m_states.value(window) == state)
        return;
    m_states.insert(window, state);
    m_pause.start();
}

void WindowStates::write()
{
    QJsonObject states;
    for (auto it = m_states.cbegin(); it != m_states.cend(); ++it)
        states.insert(it.key(), QString::fromLatin1(it.value().toBase64()));
    m_writer.start([path = m_path, bytes = QJsonDocument(states).toJson()] {
        if (const auto written = replacePrivateFile(path, bytes); !written)
            qWarning("%s", qUtf8Printable(written.error().detail));
    });
}

}  // namespace packmule
