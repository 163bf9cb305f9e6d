#pragma once

#include <QWidget>

class QLineEdit;

namespace packmule {

/// A field for a secret with a button that shows what was typed. It is never filled in from anywhere. Thread: GUI.
class SecretField final : public QWidget
{
    Q_OBJECT

public:
    explicit SecretField(QWidget *parent = nullptr);

    QByteArray secret() const;
    /// One is kept already: typing replaces it.
    void setIsKept(bool isKept);
    QLineEdit &line() { return *m_line; }
    void clear();

Q_SIGNALS:
    void edited();

private:
    QLineEdit *m_line;
};

}  // namespace packmule
