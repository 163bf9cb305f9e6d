#pragma once

#include <QDialog>

class QLabel;
class QLineEdit;
class QPushButton;

namespace packmule {

/// Asks for the name of a new bucket and says what is wrong with it as it is typed. Thread: GUI.
class CreateBucketDialog : public QDialog
{
    Q_OBJECT

public:
    explicit CreateBucketDialog(const QString &connection, QWidget *parent = nullptr);

Q_SIGNALS:
    void bucketNamed(const QByteArray &bucket);

private:
    void judge();

    QLineEdit *m_name;
    QLabel *m_note;
    QPushButton *m_create;
};

}  // namespace packmule
