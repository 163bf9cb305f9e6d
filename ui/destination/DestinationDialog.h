#pragma once

#include "core/base/CallHandle.h"
#include "core/base/Result.h"
#include "core/s3/Types.h"
#include "core/settings/ConnectionProfile.h"
#include "ui/destination/UploadDestination.h"

#include <QDialog>
#include <QList>

#include <functional>

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace packmule {

/// Asks where an upload goes: connection, bucket, prefix. The buckets are looked up while it is open; a bucket may be
/// typed as well, as many keys may not list them. Thread: GUI.
class DestinationDialog : public QDialog
{
    Q_OBJECT

public:
    using ListBuckets = std::function<CallHandle(const ConnectionProfile &, std::function<void(Result<QList<BucketSummary>>)>)>;

    struct Question {
        QList<ConnectionProfile> connections;   ///< at least one
        UploadDestination preset;
        qsizetype files = 0, folders = 0;       ///< both 0: chosen for later
    };

    DestinationDialog(Question question, ListBuckets listBuckets, QWidget *parent = nullptr);

    UploadDestination destination() const;
    bool isRemembered() const;
    /// Why this cannot be a destination, as a sentence; empty: it can.
    static QString refusalOf(const UploadDestination &destination);
    /// What a person types as a prefix, as it is used: without leading, with a closing slash.
    static QByteArray prefixFromText(const QString &text);

Q_SIGNALS:
    void newConnectionRequested();

private:
    QString headline() const;
    void takeConnection();
    void fillBuckets(const Result<QList<BucketSummary>> &buckets);
    void judge();

    const Question m_question;
    const ListBuckets m_listBuckets;
    QComboBox *m_connection, *m_bucket;
    QLineEdit *m_prefix;
    QCheckBox *m_remember;
    QLabel *m_note, *m_where;
    QPushButton *m_accept;
    CallHandle m_listing;
};

}  // namespace packmule
