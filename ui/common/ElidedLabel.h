#pragma once

#include <QFrame>

namespace packmule {

/// One line of foreign text, always plain, shortened in the middle where it does not fit; the whole is its tool tip and its
/// accessible name, and can be copied. Thread: GUI.
class ElidedLabel : public QFrame
{
    Q_OBJECT

public:
    explicit ElidedLabel(QWidget *parent = nullptr);

    void setText(const QString &text);
    QString text() const { return m_text; }
    /// Kept for whoever watches the label by name (a screen reader): what the text is, said before it.
    void setCaption(const QString &caption);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;

private:
    void describe();

    QString m_text, m_caption;
};

}  // namespace packmule
