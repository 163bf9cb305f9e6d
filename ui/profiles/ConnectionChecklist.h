#pragma once

#include "core/transfer/ConnectionFinding.h"

#include <QListWidget>

namespace packmule {

/// The connection test, a line for each finding as it comes. Every line says its state in a word too. Thread: GUI.
class ConnectionChecklist final : public QListWidget
{
    Q_OBJECT

public:
    explicit ConnectionChecklist(QWidget *parent = nullptr);

    void begin();
    void add(const ConnectionFinding &finding);
    /// A sentence at the end: what could not even be tried.
    void addFailure(const QString &sentence);
    int failures() const { return m_failures; }

protected:
    void changeEvent(QEvent *event) override;

private:
    void addLine(ConnectionFinding::Outcome outcome, const QString &text);
    void colour(QListWidgetItem &item, ConnectionFinding::Outcome outcome) const;

    int m_failures = 0;
};

}  // namespace packmule
