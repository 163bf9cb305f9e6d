#include "ui/common/ShortcutBook.h"

#include "ui/common/WindowState.h"

#include <QJsonDocument>
#include <QJsonObject>

namespace packmule {

namespace {

const QString kKey = QStringLiteral("shortcuts");

}  // namespace

ShortcutBook::ShortcutBook(WindowState &state, QObject *parent) : QObject(parent), m_state(state) {}

void ShortcutBook::add(QAction *action)
{
    m_actions.append(action);
    m_defaults.append(action->shortcut());
    const QJsonObject kept = QJsonDocument::fromJson(m_state.kept(kKey)).object();
    if (const QJsonValue keys = kept.value(action->objectName()); keys.isString())
        action->setShortcut(QKeySequence::fromString(keys.toString(), QKeySequence::PortableText));
}

QAction *ShortcutBook::holderOf(const QKeySequence &keys, const QAction *except) const
{
    for (QAction *action : m_actions) {
        if (action != except && !keys.isEmpty() && action->shortcut() == keys)
            return action;
    }
    return nullptr;
}

void ShortcutBook::assign(int action, const QKeySequence &keys)
{
    if (QAction *holder = holderOf(keys, m_actions.at(action)))
        holder->setShortcut({});
    m_actions.at(action)->setShortcut(keys);
    keep();
}

void ShortcutBook::restoreDefaults()
{
    for (qsizetype i = 0; i < m_actions.size(); ++i)
        m_actions.at(i)->setShortcut(m_defaults.at(i));
    keep();
}

void ShortcutBook::keep()
{
    QJsonObject kept;
    for (qsizetype i = 0; i < m_actions.size(); ++i) {
        if (m_actions.at(i)->shortcut() != m_defaults.at(i))
            kept.insert(m_actions.at(i)->objectName(), m_actions.at(i)->shortcut().toString(QKeySequence::PortableText));
    }
    m_state.keep(kKey, kept.isEmpty() ? QByteArray() : QJsonDocument(kept).toJson(QJsonDocument::Compact));
    Q_EMIT changed();
}

}  // namespace packmule
