#pragma once

#include "core/base/Error.h"

#include <QWidget>

class QLabel;
class QPushButton;

namespace packmule {

/// What stands in a list's place when there is nothing to show: a sentence, what to do, and a button where one helps.
/// Thread: GUI.
class StoreNotice : public QWidget
{
    Q_OBJECT

public:
    explicit StoreNotice(QWidget *parent = nullptr);

    /// @param button empty: none.
    void say(const QString &headline, const QString &sentence, const QString &button = {});
    void say(const Error &error);
    /// What a person who looked at a store can do about this; empty: nothing sensible.
    static QString advice(const Error &error);

Q_SIGNALS:
    void pressed();

private:
    QLabel *m_headline, *m_sentence;
    QPushButton *m_button;
};

}  // namespace packmule
