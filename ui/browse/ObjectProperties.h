#pragma once

#include "core/s3/Types.h"

#include <QCoreApplication>
#include <QDialog>
#include <QList>
#include <QString>

#include <utility>

class QFormLayout;
class QLabel;

namespace packmule {

struct Error;

/// What HeadObject says of one object, in a window of its own. Thread: GUI.
class ObjectProperties : public QDialog
{
    Q_OBJECT

public:
    explicit ObjectProperties(const ObjectAddress &object, QWidget *parent = nullptr);

    void setHead(const ObjectHead &head);
    void setError(const Error &error);

    /// Labels and values in order; what the store did not tell is left out.
    static QList<std::pair<QString, QString>> rows(const ObjectHead &head);

private:
    void addRow(const QString &label, const QString &value, const QString &name);

    QFormLayout *m_form;
    QLabel *m_note;
};

}  // namespace packmule
